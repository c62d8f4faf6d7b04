"""Versions change while issues are opened and placed, each by two workers at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from bson import ObjectId

from app.departments import registry as departments
from app.foundation import clock, duties, history
from app.issues.documents import Issue, Ticket
from app.rulebooks import actions, registry
from tasks.queue import celery
from tests.rulebooks.stories import published, rule
from tests.support.duties import run_due
from tests.support.factories import who
from tests.support.phone import Phone

LEADS = {1: "ECOLOGY", 2: "WATER_AFFAIRS"}
OPENERS, LEAST, MOST = 3, 6, 40


def test_each_issue_is_placed_once_by_one_version_that_it_names(given):
    admin, firm = given.role("admin"), str(given.enterprise().id)
    for lead in LEADS.values():
        published(admin, rule("电梯", lead))
    phones = [given.commissioner() for _ in range(OPENERS)]
    made: list[ObjectId] = []
    over = threading.Event()

    with ThreadPoolExecutor(OPENERS + 1) as pool:
        changing = pool.submit(back_and_forth, admin, over)
        try:
            list(pool.map(lambda phone: open_and_place(phone, firm, made), phones))
        finally:
            over.set()
        assert changing.result() > 2
    run_due()
    assert both_used(made)
    for issue in Issue.objects(id__in=made):
        assert_placed_once(issue)


def back_and_forth(admin: Phone, over: threading.Event) -> int:
    """Put the other version in use, again and again; how often that was."""
    turns = 0
    while not over.is_set():
        state = registry.state()
        other = sum(LEADS) - state["rulebook"]
        actions.revert(who(admin), other, "换", state["version"], clock.now())
        turns += 1
    return turns


def open_and_place(phone: Phone, firm: str, made: list[ObjectId]) -> None:
    """Until both versions have placed some."""
    with ThreadPoolExecutor(2) as workers:
        for done in range(MOST):
            if done >= LEAST and both_used(made):
                return
            issue = ObjectId(phone.open_issue(text="电梯坏了", enterprise_id=firm)["id"])
            duty = duties.rows().find_one({"kind": "issues.route", "subject": issue})["_id"]
            list(workers.map(celery.tasks["issues.route"].run, [str(duty)] * 2))
            made.append(issue)


def both_used(made: list[ObjectId]) -> bool:
    return len(Issue.rows().distinct("route.rulebook", {"_id": {"$in": made}})) == len(LEADS)


def assert_placed_once(issue: Issue) -> None:
    """By one version, named throughout, with the department that it says."""
    [ticket] = Ticket.objects(issue=issue.id)
    version = issue.route["rulebook"]
    leads = {f"v{number}": departments.by_code(code).id for number, code in LEADS.items()}
    assert issue.route["department"] == ticket.department == leads[version]
    named = {each["params"].get("rulebook", version) for each in issue.route["reasons"]}
    assert named == {version}
    steps = [row["action"] for row in history.of("issue", issue.id, internal=True)]
    assert steps.count("route") == 1
