"""What a paper keeps from whoever may not know of it: other roles, outside, whoever comes later."""

from __future__ import annotations

import io

import openpyxl
import pytest

from app.foundation import clock, duties
from app.papers import making
from app.papers.documents import Paper
from app.people.documents import Grant
from tests.papers.test_papers import ask, made
from tests.papers.unit import OTHER, UNIT, Unit
from tests.projects.rates.entered import money, restand, stage
from tests.support.duties import run_due
from tests.support.ledger import STORE

TABLE = {"kind": "table", "params": {"table": "warnings"}, "format": "xlsx"}


def status(given, phone, paper) -> int:
    return given.phone(phone.person).get(f"/papers/{paper['id']}/file").status_code


def test_its_asker_reads_it_by_the_roles_only_that_it_was_made_by(given, the_time):
    """They could ask for it still, but would get another one."""
    the_time.is_("2026-11-24 18:30")
    Unit(given)
    for role, others in (
        ("leader", [Grant(role="commissioner")]),
        ("unit_admin", [Grant(role="unit_admin", unit=OTHER)]),
        ("leader", [Grant(role="dispatcher")]),
    ):
        phone = given.role(role, **({"unit": UNIT} if role == "unit_admin" else {}))
        wish = TABLE
        if others[0].role == "dispatcher":
            wish = {"kind": "duty_report", "params": {"unit": UNIT}, "format": "xlsx"}
        paper, file = made(phone, **wish)
        assert file.status_code == 200
        before = list(phone.person.grants)
        phone.person.update(set__grants=[*before, *others])
        assert status(given, phone, paper) == 200
        phone.person.update(set__grants=others)
        assert status(given, phone, paper) == 404, role


def test_outside_no_money_tells_of_fewer_than_five_projects(given, the_time):
    """Of five that were signed one was filed: what it is to cost is not said, nor that of four of five."""
    the_time.is_("2026-11-24 18:30")
    firm = given.enterprise(unit=UNIT)
    for number in range(5):
        cost = money(f"{1000 + 7 * number}.00")
        project = given.project(firm, unit=UNIT, stage="signed", investment=cost)
        stage(project.id, "signed", "2026-02-10")
        if number == 4:
            stage(project.id, "filed", "2026-03-10")
    restand()
    leader = given.role("leader")
    params = {"params": {"unit": UNIT}, "format": "xlsx"}
    lines = {}
    for audience in ("inside", "outside"):
        _, file = made(leader, **params, audience=audience)
        sheet = openpyxl.load_workbook(io.BytesIO(file.get_data())).worksheets[1]
        lines[audience] = next(
            [cell.value for cell in row[1:7]] for row in sheet.rows if row[1].value == 1
        )
    assert lines["inside"] == [1, 5, 20, 1028, 5070, 20.3]
    assert lines["outside"] == [1, 5, 20, None, 5070, None]


def test_a_bulletin_is_of_a_unit_or_of_a_department(given, the_time):
    the_time.is_("2026-11-24 18:30")
    head = given.head("HOUSING")
    both = {"unit": UNIT, "department_id": str(head.person.grants[0].department)}
    answer = ask(given.role("leader"), kind="bulletin", params=both)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["params.unit"])


def test_what_a_worker_that_was_killed_has_laid_down_goes_with_the_paper(
    given, the_time, monkeypatch, tmp_path
):
    phone = given.role("leader")
    key = ask(phone, kind="table", params={"table": "rates"}, format="xlsx").json["id"]
    [row] = duties.rows().find({"kind": "papers.render"})
    duty = duties.claim(row["_id"], now=clock.now(), lease=making.LEASE)
    with monkeypatch.context() as dying:
        dying.setattr(making, "_tell_asker", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            making.make(duty, STORE, clock.now(), tmp_path)
    [first] = Paper.get(key).laid
    assert STORE.exists(first)
    the_time.passes(seconds=121)
    run_due()
    stored = Paper.get(key)
    assert (stored.state, stored.laid) == ("ready", [first, stored.key])
    [row] = duties.rows().find({"kind": "papers.expire"})
    the_time.now = stored.keep_until
    making.expire(duties.claim(row["_id"], now=clock.now(), lease=making.LEASE), STORE, clock.now())
    assert not any(STORE.exists(each) for each in stored.laid)
