"""Who serves whom: assigned, ended, handed over; the present one follows at once, open work soon after."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, get_ident
from typing import Any

import pytest
from bson import ObjectId

from app.enterprises import serving as serving_room
from app.enterprises.documents import Enterprise
from app.enterprises.register import REGISTER as ENTERPRISES
from app.enterprises.serving_documents import Assignment, end_of, serving
from app.foundation import clock, duties, history
from app.foundation.entries import STANDING
from app.projects.serving import OF_ENTERPRISES
from app.registers.planning import carry_out, plan
from app.registers.stating import batch_of, loaded
from migrations import m0027_serving
from tests.api.shape import refused
from tests.support.duties import run_due
from tests.support.factories import client_id, who
from tests.support.phone import Phone
from tests.support.time import local_time

UNIT, OTHER_UNIT = "321204002", "321204001"


def entry(since: str, until: str | None = None) -> dict[str, Any]:
    return {"since": since, "until": until, "person": since}


@pytest.mark.parametrize(
    ("entries", "day", "expected"),
    [
        ([], "2026-11-24", None),
        ([entry("2026-01-01")], "2025-12-31", None),
        ([entry("2026-01-01")], "2026-01-01", "2026-01-01"),
        ([entry("2026-01-01", "2026-02-01")], "2026-01-31", "2026-01-01"),
        ([entry("2026-01-01", "2026-02-01")], "2026-02-01", None),
        ([entry("2026-01-01"), entry("2026-06-01")], "2026-05-31", "2026-01-01"),
        ([entry("2026-06-01"), entry("2026-01-01")], "2026-06-01", "2026-06-01"),
        ([entry("2026-01-01"), entry("2026-06-01", "2026-07-01")], "2026-08-01", None),
    ],
)
def test_the_last_begun_serves_unless_it_has_ended(entries, day, expected):
    found = serving(entries, day)
    assert (found and found["person"]) == expected


def test_one_ends_by_its_own_word_or_where_the_next_begins():
    first, second = entry("2026-01-01", "2026-09-01"), entry("2026-06-01")
    assert end_of(first, [first, second]) == "2026-06-01"
    assert end_of(second, [first, second]) is None
    assert end_of(first, [first]) == "2026-09-01"


def assign(desk: Phone, subject: Any, server: Phone, **said: Any) -> Any:
    kind = "enterprise_id" if isinstance(subject, Enterprise) else "project_id"
    body = {"client_id": client_id(), kind: str(subject.id), "person_id": str(server.person.id)}
    return desk.do("/assignments", {**body, "reason": "分片包干", **said})


def pass_on(desk: Phone, old: Phone, new: Phone, **said: Any) -> Any:
    ids = {"from_id": str(old.person.id), "to_id": str(new.person.id), "reason": "岗位调整"}
    return desk.post("/assignments/hand-over", {**ids, **said})


def server_of(subject: Any) -> ObjectId | None:
    return type(subject).get(subject.id).commissioner


@pytest.fixture
def desk(given) -> Phone:
    return given.role("unit_admin", unit=UNIT)


class TestAssigning:
    def test_the_present_one_follows_at_once_and_both_are_told(self, given, desk):
        firm, old, new = given.enterprise(), given.commissioner(), given.commissioner()
        body = {
            "client_id": client_id(),
            "enterprise_id": str(firm.id),
            "person_id": str(old.person.id),
            "reason": "分片包干",
        }
        made = desk.do("/assignments", body)
        assert (made["enterprise_id"], made["person"]) == (str(firm.id), old.person.name)
        assert (made["until"], made["ends"]) == (None, None)
        assert desk.post("/assignments", body).status_code == 200
        refused(desk.post("/assignments", {**body, "person_id": str(new.person.id)}), 409)
        assert server_of(firm) == old.person.id

        assign(desk, firm, new, reason="轮岗")
        assert server_of(firm) == new.person.id
        run_due()
        for phone in (old, new):
            told = phone.see("/notices")["items"][0]
            assert told["event"] == "person.serving"
            assert firm.name in told["text"]
            assert new.person.name in told["text"]
        steps = [row["action"] for row in history.of("enterprise", firm.id, internal=True)]
        assert steps == ["serve", "serve"]

    def test_a_project_is_its_new_commissioners_at_once_and_its_standing_is_owed(self, given, desk):
        project, old, new = given.project(), given.commissioner(), given.commissioner()
        assign(desk, project, old)
        duties.rows().delete_many({"kind": "projects.restand"})
        assert old.see("/projects", served="true")["total"] == 1
        assign(desk, project, new)
        assert old.see("/projects", served="true")["total"] == 0
        assert new.see("/projects", served="true")["total"] == 1
        owed = duties.rows().find_one({"kind": "projects.restand"})
        assert owed["payload"]["projects"] == [project.id]

    def test_a_day_to_come_comes(self, given, desk, the_time):
        the_time.is_("2026-11-24 10:00")
        firm, now, then = given.enterprise(), given.commissioner(), given.commissioner()
        assign(desk, firm, now)
        assign(desk, firm, then, since="2026-12-01", until="2026-12-31")
        assert server_of(firm) == now.person.id
        assert desk.see("/assignments")["total"] == 1
        both = desk.see("/assignments", present="false", enterprise_id=str(firm.id))["items"]
        assert [each["ends"] for each in both] == ["2026-12-31", "2026-12-01"]
        the_time.is_("2026-12-01 00:00")
        run_due()
        assert server_of(firm) == then.person.id
        the_time.is_("2026-12-31 00:00")
        run_due()
        assert server_of(firm) is None

    def test_ended_nobody_serves_it(self, given, desk, the_time):
        the_time.is_("2026-11-24 10:00")
        firm, server = given.enterprise(), given.commissioner()
        key = assign(desk, firm, server)["id"]
        too_early = desk.post(f"/assignments/{key}/end", {"reason": "x"})
        refused(too_early, 422)
        the_time.is_("2026-11-25 10:00")
        ended = desk.do(f"/assignments/{key}/end", {"reason": "离岗"})
        assert (ended["until"], ended["reason"]) == ("2026-11-25", "离岗")
        assert server_of(firm) is None
        again = desk.post(f"/assignments/{key}/end", {"reason": "离岗"})
        refused(again, 409)
        assert again.json["code"] == "serving.over"
        kept = list(Assignment.rows().find({"subject": firm.id}).sort("_id", 1))
        assert [row["until"] for row in kept] == [None, "2026-11-25"]
        assert kept[0]["superseded_at"] is not None

    def test_assigned_twice_at_once_the_last_begun_serves(self, given, desk, monkeypatch):
        firm, one, two = given.enterprise(), given.commissioner(), given.commissioner()
        assign(desk, firm, one, since="2026-01-01")
        real, both, looked = serving_room.entries_of, Barrier(2), set()

        def entries_of(*args):
            """Both have read what there is before either writes who serves."""
            found = real(*args)
            if get_ident() not in looked:
                looked.add(get_ident())
                both.wait(10)
            return found

        monkeypatch.setattr(serving_room, "entries_of", entries_of)
        said = ((two, "2026-02-01"), (one, "2026-03-01"))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: assign(desk, firm, each[0], since=each[1]), said))
        assert Assignment.rows().count_documents({"subject": firm.id, **STANDING}) == 3
        assert server_of(firm) == one.person.id

    def test_two_in_one_moment_are_two_and_no_third_is_made_up(self, given, desk, the_time):
        the_time.is_("2026-11-24 10:00")
        one, two = given.commissioner(), given.commissioner()
        firm = given.enterprise(created_at=local_time("2026-01-01 10:00"))
        assign(desk, firm, one, since="2026-06-01")
        assign(desk, firm, two, since="2026-07-01")
        kept = Assignment.rows().find({"subject": firm.id}).sort("since", 1)
        assert [row["since"] for row in kept] == ["2026-06-01", "2026-07-01"]

    def test_what_ends_was_not_so_from_the_beginning(self, given, desk, the_time):
        the_time.is_("2026-11-24 10:00")
        firm = given.enterprise(created_at=local_time("2026-01-01 10:00"))
        key = assign(desk, firm, given.commissioner(), since="2026-06-01")["id"]
        desk.do(f"/assignments/{key}/end", {"reason": "离岗"})
        kept = Assignment.rows().find({"subject": firm.id, **STANDING})
        assert [(row["since"], row["until"]) for row in kept] == [("2026-06-01", "2026-11-24")]

    def test_who_may(self, given, desk):
        here, there = given.enterprise(UNIT), given.enterprise(OTHER_UNIT)
        server, clerk = given.commissioner(), given.clerk("HOUSING")
        body = {"client_id": client_id(), "person_id": str(server.person.id), "reason": "x"}
        refused(desk.post("/assignments", {**body, "enterprise_id": str(there.id)}), 403)
        refused(server.post("/assignments", {**body, "enterprise_id": str(here.id)}), 403)
        refused(clerk.get("/assignments"), 403)
        key = assign(given.role("admin"), there, server)["id"]
        refused(desk.post(f"/assignments/{key}/end", {"reason": "x"}), 404)
        refused(server.post(f"/assignments/{key}/end", {"reason": "x"}), 403)
        assert server.see("/assignments")["total"] == 1
        assert desk.see("/assignments")["total"] == 0

    def test_what_cannot_be(self, given, desk):
        firm, clerk = given.enterprise(), given.clerk("HOUSING")
        server = str(given.commissioner().person.id)
        body = {"client_id": client_id(), "enterprise_id": str(firm.id), "reason": "x"}
        for said, blamed in (
            ({"person_id": str(clerk.person.id)}, "person"),
            ({"person_id": server, "since": "2026-02-30"}, "since"),
            ({"person_id": server, "since": "2026-11-24", "until": "2026-11-24"}, "until"),
            ({"person_id": server, "project_id": str(given.project().id)}, "enterprise_id"),
        ):
            answer = desk.post("/assignments", {**body, **said})
            refused(answer, 422)
            assert set(answer.json["errors"]) == {blamed}
        assert Assignment.rows().count_documents({}) == 0

    def test_imported_history_moves_nothing_and_tells_nobody(self, given, desk):
        firm, server = given.enterprise(), given.commissioner()
        batch = batch_of(who(desk), clock.now(), historic=True)
        register = OF_ENTERPRISES.register
        rows = [("2024-01-01", "2025-01-01"), ("2025-01-01", None)]
        lines = [
            loaded(
                register,
                {
                    "enterprise": firm.credit_code,
                    "person": server.person.account,
                    "since": since,
                    "until": until,
                },
                number,
            )
            for number, (since, until) in enumerate(rows, start=1)
        ]
        planned = plan(register, batch, lines)
        assert planned.problems == []
        carry_out(register, batch, planned)
        assert server_of(firm) == server.person.id
        assert duties.rows().count_documents({"kind": "issues.hand_over"}) == 0
        run_due()
        assert server.see("/notices")["total"] == 0


class TestByTheRegister:
    def test_a_commissioner_that_the_register_names_is_an_assignment(self, given, desk):
        old, new = given.commissioner(), given.commissioner()
        firm = given.enterprise(commissioner=old.person.id)
        assert state(desk, firm, new) == []
        assert server_of(firm) == new.person.id
        rows = list(Assignment.rows().find({"subject": firm.id}))
        assert [row["person"] for row in rows] == [new.person.id]
        run_due()
        assert new.see("/notices")["items"][0]["event"] == "person.serving"

    def test_who_may_not_assign_does_not_by_the_register(self, given):
        server, friend = given.commissioner(), given.commissioner()
        firm = given.enterprise(commissioner=server.person.id)
        assert state(server, firm, friend) == ["register.not_yours"]
        assert server_of(firm) == server.person.id

    def test_what_was_served_before_is_written_down(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        server = given.commissioner()
        firm = given.enterprise(commissioner=server.person.id)
        project = given.project(commissioner=server.person.id)
        the_time.is_("2026-11-26 10:00")
        for _ in range(2):
            m0027_serving.apply(Assignment.rows().database)
            the_time.passes(hours=1)
        rows = Assignment.rows().find({}, {"kind": 1, "subject": 1, "since": 1, "historic": 1})
        found = {(row["kind"], row["subject"], row["since"], row["historic"]) for row in rows}
        day = "2026-11-24"
        assert found == {
            ("enterprise", firm.id, day, True),
            ("project", project.id, day, True),
        }


def state(phone: Phone, firm: Enterprise, server: Phone) -> list[str]:
    """Name its commissioner in the register of enterprises; the codes of what is wrong."""
    batch = batch_of(who(phone), clock.now())
    raw = {"credit_code": firm.credit_code, "commissioner": server.person.account}
    planned = plan(ENTERPRISES, batch, [loaded(ENTERPRISES, raw)])
    if not planned.problems:
        carry_out(ENTERPRISES, batch, planned)
    return [each.reason.code for each in planned.problems]
