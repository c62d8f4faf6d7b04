"""What comes back to the dispatcher is placed anew, without starting the enterprise's clock again."""

from __future__ import annotations

from app.departments import registry
from tests.support.duties import run_due


def _returned(given, level: int = 0):
    enterprise = given.enterprise()
    contact, clerk, head = (
        given.contact(enterprise),
        given.clerk("HOUSING"),
        given.head("HOUSING"),
    )
    issue = contact.open_issue(category="PERMIT")
    run_due()
    ticket = clerk.see("/tickets", box="todo")["items"][0]
    if level:
        clerk.do(f"/tickets/{ticket['id']}/accept")
        clerk.do(f"/tickets/{ticket['id']}/answer", {"text": "已办", "result": "solved"})
        contact.do(f"/issues/{issue['id']}/confirm", {"solved": "no"})
    (head if level else clerk).do(
        f"/tickets/{ticket['id']}/return", {"reason_code": "not_ours", "reason": "不归我局管"}
    )
    return contact, issue["id"]


def _place(given, key: str, code: str):
    where = {"category": "EIA", "department_id": str(registry.by_code(code).id)}
    return given.dispatcher().do(f"/issues/{key}/place", where)


def test_the_promise_to_the_enterprise_stands(given):
    contact, key = _returned(given)
    before = contact.see(f"/issues/{key}")["promise"]
    placed = _place(given, key, "ECOLOGY")
    assert placed["promise"] == before
    assert [ticket["state"] for ticket in placed["tickets"]] == ["returned", "dispatched"]


def test_the_level_reached_stands(given):
    _, key = _returned(given, level=1)
    placed = _place(given, key, "ECOLOGY")
    assert [ticket["level"] for ticket in placed["tickets"]] == [1, 1]
