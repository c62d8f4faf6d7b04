"""Who knows of a case, when, and how much of it."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.issues.documents import Issue
from app.notices.documents import Notice
from tests.issues.work_stories import department_of
from tests.oversight import check_stories
from tests.oversight.check_stories import Watch
from tests.support.duties import run_due
from tests.support.factories import client_id

STAFF = {"audience": {"kind": "staff"}}


@pytest.fixture
def watch(given, the_time) -> Watch:
    return check_stories.begun(given, the_time)


@pytest.fixture
def checked(watch) -> Watch:
    watch.drawn()
    watch.record()
    return watch


def test_a_commissioner_sees_the_case_about_them_and_no_other(checked, given):
    one, other = given.commissioner(), given.commissioner()
    checked.propose(subject_kind="person", subject_id=str(one.person.id), kind="positive")
    assert one.get(checked.case).status_code == 404
    checked.step(checked.inspector, "serve")
    checked.step(one, "reply", text="谢谢")
    checked.step(checked.leader, "approve")
    checked.step(checked.inspector, "circulate", **STAFF)
    assert one.see(checked.case)["kind_name"] == "正面典型"
    assert other.get(checked.case).status_code == 404
    assert other.see("/cases")["total"] == 0


def test_a_unit_is_heard_by_its_admins_and_a_list_reaches_those_named(checked, given):
    unit = checked.story.enterprise.unit
    admin, outside = given.role("unit_admin", unit=unit), given.clerk("ECOLOGY")
    listed, head = given.clerk("WATER_AFFAIRS"), checked.story.head
    checked.propose(subject_kind="unit", subject_id=unit)
    checked.step(checked.inspector, "serve")
    checked.step(admin, "reply")
    checked.step(checked.leader, "approve")
    empty = {"audience": {"kind": "list"}}
    assert checked.refused(checked.inspector, "circulate", **empty) == (422, "case.nobody_to_tell")
    some = {"audience": {"kind": "list", "department_ids": [department_of(listed)]}}
    checked.step(checked.inspector, "circulate", **some)
    run_due()
    assert Notice.rows().distinct("event", {"person": listed.person.id}) == ["case.circulated"]
    assert listed.see(checked.case)["state"] == "circulated"
    for phone in (outside, head, given.role("dispatcher")):
        assert phone.get(checked.case).status_code == 404
    checked.step(checked.leader, "withdraw")
    assert listed.see(checked.case)["state"] == "withdrawn"
    assert outside.get(checked.case).status_code == 404


def test_what_is_restricted_is_withheld_from_whoever_may_not_know_of_it(checked, given):
    checked.propose()
    checked.step(checked.inspector, "serve")
    issue = {"_id": ObjectId(checked.story.issue)}
    barred = {"restricted": "official", "departments": []}
    Issue.rows().update_one(issue, {"$set": barred})
    for phone in (checked.leader, checked.story.head):
        [row] = phone.see(checked.case)["evidence"]
        assert row == {"kind": "check", "id": None, "name": "", "text": "", "withheld": True}
    [row] = checked.inspector.see(checked.case)["evidence"]
    assert (row["withheld"], row["name"]) == (False, checked.story.number)


SEES = [
    ("inspector", 404, 200),
    ("dispatcher", 404, 200),
    ("unit_admin", 404, 200),
    ("admin", 404, 200),
    ("commissioner", 404, 404),
    ("service", 404, 404),
    ("leader", 200, 200),
]


def test_who_sees_it_before_and_after_it_is_circulated(watch, given):
    where = {"unit_admin": {"unit": "321204003"}}
    phones = {role: given.role(role, **where.get(role, {})) for role, *_ in SEES}
    seen: dict[str, list[int]] = {role: [] for role in phones}
    watch.approved()
    for circulated in (False, True):
        if circulated:
            watch.step(watch.inspector, "circulate", **STAFF)
        for role, phone in phones.items():
            status = phone.get(watch.case).status_code
            assert phone.see("/cases")["total"] == int(status == 200), role
            seen[role].append(status)
    assert [(role, *statuses) for role, statuses in seen.items()] == SEES
    contact = watch.story.contact
    assert (contact.get(watch.case).status_code, contact.see("/cases")["total"]) == (404, 0)
    assert contact.post("/cases", watch.proposal(client_id=client_id())).status_code == 403
