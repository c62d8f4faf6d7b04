"""Standing in: whose rights the deputy has, from which moment, until which."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.departments import registry
from app.foundation import clock, db
from app.people import leave
from app.people.documents import Grant, Person
from app.people.standing import LENT, fits, to_lend
from app.people.who import ROLES, Held, Who
from tests.people.leaves import HOUR, body, change, key, under_way, who_is

TICK = timedelta(milliseconds=1)
HERE, THERE = ObjectId(), ObjectId()


class TestWhoFits:
    @pytest.mark.parametrize(
        ("grant", "own", "fit"),
        [
            (Held("clerk", HERE), [Held("clerk", HERE)], True),
            (Held("clerk", HERE), [Held("head", HERE)], True),
            (Held("head", HERE), [Held("clerk", HERE)], True),
            (Held("head", HERE), [Held("head", HERE)], True),
            (Held("clerk", HERE), [Held("clerk", THERE)], False),
            (Held("head", HERE), [Held("head", THERE), Held("admin")], False),
            (Held("clerk"), [Held("clerk")], False),
            (Held("clerk", HERE), [Held("dispatcher")], False),
            (Held("dispatcher"), [Held("dispatcher")], True),
            (Held("dispatcher"), [Held("inspector")], False),
            (Held("inspector"), [Held("leader"), Held("inspector")], True),
            (Held("commissioner"), [Held("clerk", HERE)], False),
            (Held("leader"), [], False),
        ],
    )
    def test_by_role_and_department(self, grant, own, fit):
        assert fits(grant, own) is fit

    def test_what_is_never_lent(self):
        kept = {role for role in ROLES if not to_lend([Held(role, HERE)])}
        assert kept == {"admin", "contact", "service", "unit_admin"}
        assert len(LENT) + len(kept) == len(ROLES)


class TestTheMoment:
    def test_rights_begin_and_end_exactly(self, given):
        head, clerk, now = given.head("HOUSING"), given.clerk("HOUSING"), clock.now()
        leave.take(who_is(head, now), leave.Absence(now + HOUR, now + 2 * HOUR, key(clerk)), now)
        for moment, stands_in in (
            (now, False),
            (now + HOUR - TICK, False),
            (now + HOUR, True),
            (now + 2 * HOUR - TICK, True),
            (now + 2 * HOUR, False),
        ):
            who = who_is(clerk, moment)
            assert who.has("head") is stands_in, moment
            assert who.standing_for == ((head.person.id,) if stands_in else ())
            assert who.ids == (clerk.person.id, *who.standing_for)
            assert leave.away(head.person.id, moment) is stands_in
            deputies = {head.person.id: clerk.person.id} if stands_in else {}
            assert leave.deputies_of([head.person.id, clerk.person.id], moment) == deputies

    def test_an_early_end_counts_from_its_moment(self, given):
        head, clerk, now = given.head("HOUSING"), given.clerk("HOUSING"), clock.now()
        row = under_way(head, clerk, now)
        ended = now + HOUR / 2
        leave.end(who_is(head, now), str(row.id), ended)
        assert who_is(clerk, ended - TICK).has("head")
        assert not who_is(clerk, ended).has("head")
        assert not leave.away(head.person.id, ended)

    def test_a_token_of_before_is_enough_and_is_not_enough_after(self, given):
        head, clerk = given.head("HOUSING"), given.clerk("HOUSING")
        path = f"/departments/{registry.by_code('HOUSING').id}/review"
        assert clerk.post(path, {"required": True}).status_code == 403
        row = head.do("/me/leave", body(clerk, since=0))
        clerk.do(path, {"required": True})
        head.do(path, {"required": False})  # the absent keep their own rights
        head.do(f"/leave/{row['id']}/end")
        assert clerk.post(path, {"required": True}).status_code == 403


class TestWhatIsLent:
    def test_all_that_is_lent_and_nothing_else(self, given):
        home = registry.by_code("HOUSING").id
        both = [Grant(role="clerk", department=home), Grant(role="inspector")]
        absent = given.phone(given.person(*both, Grant(role="admin"), Grant(role="service")))
        deputy, now = given.phone(given.person(*both)), clock.now()
        under_way(absent, deputy, now)
        lent = [each for each in who_is(deputy, now).held if each.instead_of == absent.person.id]
        name = absent.person.name
        assert lent == [
            Held("clerk", home, instead_of=absent.person.id, whose=name),
            Held("inspector", instead_of=absent.person.id, whose=name),
        ]

    def test_for_two_absent_at_once(self, given):
        first, second, deputy = (given.dispatcher() for _ in range(3))
        now = clock.now()
        under_way(second, deputy, now - HOUR, lasts=3 * HOUR)
        under_way(first, deputy, now)
        assert who_is(deputy, now).standing_for == (second.person.id, first.person.id)

    def test_what_ceased_to_fit_is_not(self, given):
        head, clerk, now = given.head("HOUSING"), given.clerk("HOUSING"), clock.now()
        under_way(head, clerk, now)
        elsewhere = Grant(role="clerk", department=registry.by_code("APPROVAL").id)
        change(clerk, grants=[elsewhere.to_mongo()])
        who = who_is(clerk, now)
        assert (who.has("head"), who.standing_for) == (False, ())
        assert leave.deputies_of([head.person.id], now) == {}

    @pytest.mark.parametrize("disabled", ["absent", "deputy"])
    def test_nor_from_or_to_somebody_disabled(self, disabled, given):
        head, clerk, now = given.head("HOUSING"), given.clerk("HOUSING"), clock.now()
        under_way(head, clerk, now)
        change({"absent": head, "deputy": clerk}[disabled], active=False)
        assert leave.deputies_of([head.person.id], now) == {}
        if disabled == "absent":
            assert not who_is(clerk, now).has("head")

    def test_what_is_a_commissioners_own_is_the_deputys_meanwhile(self, given):
        absent, deputy = given.commissioner(), given.commissioner()
        firm = str(given.enterprise().id)
        began = (clock.now() - HOUR).isoformat()
        visit = absent.do(
            "/visits",
            {"client_id": key_of_draft(), "enterprise_id": firm, "started_at": began},
        )["id"]
        assert deputy.get(f"/visits/{visit}").status_code == 404
        row = absent.do("/me/leave", body(deputy, since=0))
        assert deputy.see(f"/visits/{visit}")["owner_id"] == key(absent)
        assert [each["id"] for each in deputy.see("/visits")["items"]] == [visit]
        absent.do(f"/leave/{row['id']}/end")
        assert deputy.see("/visits")["total"] == 0


def key_of_draft() -> str:
    return "6f2f1d1e-6f0b-4d0e-9a53-0f3c0c3c8e11"


class TestWhoActs:
    ABSENT = ObjectId()
    STOOD_IN = Held("head", HERE, instead_of=ABSENT, whose="张三")

    def test_is_named_with_whom_they_stand_in_for(self):
        who = Who(ObjectId(), "李四", (Held("clerk", HERE), self.STOOD_IN))
        acting = who.acting("head")
        assert (acting.id, acting.name, acting.role) == (who.id, "李四（代张三）", "head")

    @pytest.mark.parametrize("turned", [False, True])
    def test_an_own_grant_comes_first(self, turned):
        held = (self.STOOD_IN, Held("head", HERE))
        who = Who(ObjectId(), "李四", held[::-1] if turned else held)
        assert who.acting("head").name == "李四"
        assert who.acting().name == "李四"

    def test_alone_they_hold_what_is_theirs(self):
        own = Held("clerk", HERE)
        who = Who(ObjectId(), "李四", (own, self.STOOD_IN), standing_for=(self.ABSENT,))
        assert who.alone() == Who(who.id, "李四", (own,))


def test_it_costs_no_further_round_trip(given):
    head, clerk, now = given.head("HOUSING"), given.clerk("HOUSING"), clock.now()
    under_way(head, clerk, now)
    before = asked()
    who_is(clerk, now)
    after = asked()
    # who_is looks for the session itself; the rest is one aggregate.
    assert {name: after[name] - before[name] for name in after} == {"find": 1, "aggregate": 1}


def asked() -> dict[str, int]:
    """How many commands the server has had, by name."""
    commands = db.client().admin.command("serverStatus")["metrics"]["commands"]
    return {name: commands[name]["total"] for name in ("find", "aggregate")}


def test_both_questions_of_a_leave_are_answered_by_an_index(given):
    person = given.clerk("HOUSING").person.id
    now = clock.now()
    for field in ("person", "deputy"):
        plan = db.database().command(
            "explain", {"find": "absences", "filter": {field: person, "until": {"$gt": now}}}
        )["queryPlanner"]["winningPlan"]
        assert f"'indexName': '{field}_1_until_1'" in str(plan)
    assert Person.rows().find_one({"_id": person})["leave_version"] == 0
