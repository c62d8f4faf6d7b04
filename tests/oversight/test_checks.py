"""Spot checks over HTTP: planned, drawn, made again, recorded, counted."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bson import ObjectId

from app.foundation import clock, db
from app.foundation.errors import Conflict
from app.issues.documents import Issue, Ticket
from app.notices.documents import Notice
from app.oversight.draws_documents import Check, Draw, Population
from app.oversight.draws_population import population
from app.people.documents import Person
from tests.issues.work_stories import department_of
from tests.oversight import check_stories
from tests.oversight.check_stories import Watch, plan
from tests.support.duties import run_due
from tests.support.factories import PHOTOS
from tests.support.phone import Phone


@pytest.fixture
def watch(given, the_time) -> Watch:
    return check_stories.begun(given, the_time)


def told(phone: Phone, kind: str = "check") -> set[str]:
    run_due()
    mine = {"person": phone.person.id, "event": {"$regex": f"^{kind}"}}
    return {row["event"] for row in Notice.rows().find(mine)}


def test_a_draw_that_anybody_can_make_again(watch):
    planned = watch.inspector.do("/draws", plan(strata="department"))
    assert (planned["seed"], planned["state"]) == (None, "planned")
    path = f"/draws/{planned['id']}"
    assert watch.leader.get(f"{path}/verify").json["code"] == "draw.not_drawn"
    drawn = watch.inspector.do(f"{path}/draw")
    assert hashlib.sha256(bytes.fromhex(drawn["seed"])).hexdigest() == planned["commitment"]
    assert drawn["as_of"].startswith("2026-12-02T09:00")
    page = watch.leader.see(f"{path}/population")
    lines = "".join(f"{each['line']}\n" for each in page["items"])
    assert hashlib.sha256(lines.encode()).hexdigest() == drawn["population_hash"]
    home = department_of(watch.story.head)
    assert lines == f"ticket:{watch.story.ticket} {home}\n"
    assert watch.leader.see(f"{path}/verify")["sound"]
    assert watch.inspector.post(f"{path}/draw").json["code"] == "draw.not_planned"
    assert told(watch.inspector) == {"check.assigned"}


def test_what_was_changed_behind_our_back_does_not_fit(watch):
    for tampered in ("seed", "population", "check"):
        path = f"/draws/{watch.drawn()}"
        tamper(tampered, ObjectId(path.rpartition("/")[2]))
        found = watch.leader.see(f"{path}/verify")
        fits = {
            "seed": found["seed_fits"],
            "population": found["population_fits"],
            "check": found["lots_fit"],
        }
        assert (found["sound"], fits[tampered]) == (False, False)


def tamper(tampered: str, key: ObjectId) -> None:
    if tampered == "seed":
        db.collection("draws").update_one({"_id": key}, {"$set": {"seed": "00" * 32}})
    elif tampered == "population":
        more = {"$push": {"lines": f"ticket:{ObjectId()} "}}
        Population.rows().update_one({"_id": key}, more)
    else:
        Check.rows().update_one({"draw": key}, {"$set": {"item_id": ObjectId()}})


PLANS: list[tuple[dict[str, Any], str | None]] = [
    ({"size": 3}, "draw.size_or_percent"),
    ({"percent": None}, "draw.size_or_percent"),
    ({"until": "2026-10-31"}, "draw.unfit_period"),
    ({"since": "2026-08-31"}, None),
    ({"since": "2026-08-30"}, "draw.unfit_period"),
    ({"kinds": ["visits"], "category": "PERMIT"}, "draw.visits_have_units_only"),
    ({"kinds": ["visits"], "strata": "department"}, "draw.visits_have_units_only"),
    ({"kinds": ["tickets", "visits"], "strata": "kind"}, None),
]


def test_what_can_be_planned(given, the_time):
    the_time.is_("2026-12-02 09:00")
    inspector = given.inspector()
    for said, code in PLANS:
        answer = inspector.post("/draws", plan(**said))
        wanted = (422, code) if code else (201, None)
        assert (answer.status_code, answer.json.get("code")) == wanted, said


def test_nothing_is_drawn_before_its_time_nor_from_nothing(watch):
    early = watch.inspector.do("/draws", plan(until="2026-12-02"))["id"]
    assert watch.inspector.post(f"/draws/{early}/draw").json["code"] == "draw.period_not_over"
    empty = watch.inspector.do("/draws", plan(category="LAND"))["id"]
    assert watch.inspector.post(f"/draws/{empty}/draw").json["code"] == "draw.nothing_there"
    said = {"text": "口径有误"}
    assert watch.inspector.do(f"/draws/{empty}/cancel", said)["state"] == "cancelled"
    states = {each["id"]: each["state"] for each in watch.leader.see("/draws")["items"]}
    assert states == {early: "planned", empty: "cancelled"}


def test_two_who_draw_at_once_draw_once(watch):
    key = watch.inspector.do("/draws", plan())["id"]
    phones = [watch.inspector, watch.again(watch.inspector)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda phone: phone.post(f"/draws/{key}/draw"), phones))
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert Check.rows().count_documents({}) == 1


def test_the_check_is_its_inspectors_and_recorded_once(watch, given):
    other, head = given.inspector(), watch.story.head
    watch.drawn(inspector_ids=[str(watch.inspector.person.id)])
    assert head.get(watch.check).status_code == 404
    body = {"outcome": "fake", "notes": "现场未见许可证"}
    assert other.post(f"{watch.check}/record", body).status_code == 403
    photo = watch.inspector.take_photo(PHOTOS[0].read_bytes()).json["id"]
    call = {"at": "2026-12-02T08:30:00+08:00", "reached": True, "solved": "no", "text": "没拿到"}
    done = watch.record(photo_ids=[photo], callback=call)
    assert (done["outcome_name"], done["callback"]["solved"]) == ("虚假", "no")
    again = watch.inspector.post(f"{watch.check}/record", body)
    assert again.json["code"] == "check.recorded_already"
    seen = head.see(watch.check)
    assert (seen["outcome"], seen["callback"]["text"], seen["inspector"]) == ("fake", "", None)
    assert seen["history"] == []
    assert told(head) == {"check.fake"}
    assert watch.story.contact.get(watch.check).status_code == 404


def test_a_call_that_cannot_have_been(watch):
    watch.drawn()
    call = {"at": "2026-12-02T08:30:00+08:00", "reached": False, "solved": "yes"}
    late = {**call, "at": "2026-12-03T08:30:00+08:00", "solved": None}
    for said, code in ((call, "check.nobody_reached"), (late, "check.call_to_come")):
        body = {"outcome": "fake", "notes": "无人接听", "callback": said}
        assert watch.inspector.post(f"{watch.check}/record", body).json["code"] == code


def test_nobody_checks_their_own_work_and_who_is_late_is_reminded(watch, given):
    worker = watch.story.clerk.person.id
    second = given.inspector()
    mine = {"assignee": watch.inspector.person.id}
    Ticket.rows().update_one({"_id": ObjectId(watch.story.ticket)}, {"$set": mine})
    watch.drawn()
    assert watch.inspector.see(watch.check)["inspector_id"] == str(second.person.id)
    for person, code in ((watch.inspector.person.id, "check.own_work"), (worker, None)):
        answer = second.post(f"{watch.check}/assign", {"inspector_id": str(person)})
        assert answer.json["code"] == (code or "check.not_an_inspector")
    watch.the_time.is_("2026-12-17 09:00")
    assert told(second) == {"check.assigned", "check.overdue"}
    assert "check.overdue" in told(watch.inspector)


def test_visits_are_drawn_too(watch, given):
    visitor = given.commissioner()
    began = {"started_at": "2026-11-25T09:00:00+08:00", "ended_at": "2026-11-25T10:00:00+08:00"}
    firm = str(watch.story.enterprise.id)
    visit = visitor.do(
        "/visits", {"client_id": plan()["client_id"], "enterprise_id": firm, **began}
    )
    key = watch.drawn(kinds=["tickets", "visits"], strata="kind")
    lines = {each["line"] for each in watch.leader.see(f"/draws/{key}/population")["items"]}
    assert lines == {f"ticket:{watch.story.ticket} ticket", f"visit:{visit['id']} visit"}
    assert watch.leader.see(f"/draws/{key}/verify")["sound"]
    assert visitor.see("/checks")["total"] == 0


def test_what_is_restricted_is_not_drawn_and_later_not_seen(watch, given):
    watch.drawn()
    watch.record()
    issue = {"_id": ObjectId(watch.story.issue)}
    Issue.rows().update_one(issue, {"$set": {"restricted": "official"}})
    admin = given.role("admin")
    for phone in (watch.leader, admin):
        assert phone.get(watch.check).status_code == 404
        assert phone.see("/checks")["total"] == 0
        assert phone.see("/checks/figures")["total"]["recorded"] == 0
    assert watch.inspector.see(watch.check)["outcome"] == "fake"
    again = watch.inspector.do("/draws", plan())["id"]
    assert watch.inspector.post(f"/draws/{again}/draw").json["code"] == "draw.nothing_there"


def test_who_inspects_no_more_is_given_nothing(watch, given):
    gone, other = given.inspector(), watch.inspector
    planned = other.do("/draws", plan(inspector_ids=[str(gone.person.id)]))["id"]
    Person.rows().update_one({"_id": gone.person.id}, {"$set": {"active": False}})
    other.do(f"/draws/{planned}/draw")
    [found] = other.see("/checks", draw_id=planned)["items"]
    assert found["inspector_id"] == str(other.person.id)


def test_who_stands_in_records_nothing_of_their_own_work(watch):
    watch.drawn()
    mine = {"$set": {"owner": watch.inspector.person.id}}
    Check.rows().update_one({"_id": ObjectId(watch.check.rpartition("/")[2])}, mine)
    answer = watch.inspector.post(f"{watch.check}/record", {"outcome": "confirmed", "notes": "好"})
    assert (answer.status_code, answer.json["code"]) == (403, "check.own_work")


def test_no_more_is_read_than_can_be_drawn_from(watch):
    draw = watch.inspector.do("/draws", plan())["id"]
    row = Draw.rows().find_one({"_id": ObjectId(draw)})
    assert len(population(row, clock.now(), most=1)) == 1
    with pytest.raises(Conflict, match=r"draw\.too_much"):
        population(row, clock.now(), most=0)


def test_lists_of_checks_are_not_sorted_in_memory(given):
    order = [("due_at", 1), ("_id", 1)]
    plan_ = Check.rows().find({"$and": [{}]}).sort(order).explain()
    assert "'SORT'" not in str(plan_["queryPlanner"]["winningPlan"])


SEES = [
    ("inspector", 200, 200),
    ("leader", 200, 200),
    ("admin", 200, 200),
    ("dispatcher", 403, 404),
    ("unit_admin", 403, 200),
    ("commissioner", 403, 404),
    ("service", 403, 404),
]


def test_who_sees_what_is_recorded(watch, given):
    watch.drawn()
    watch.record()
    for role, draws, checks in SEES:
        where = {"unit": watch.story.enterprise.unit} if role == "unit_admin" else {}
        phone = given.role(role, **where)
        assert phone.get("/draws").status_code == draws, role
        assert phone.get(watch.check).status_code == checks, role
        assert phone.see("/checks")["total"] == (checks == 200), role
