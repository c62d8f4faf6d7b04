"""Going on leave: who may, with which deputy, when; and two at once."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from bson import ObjectId

from app.departments import registry
from app.foundation import clock, duties, history
from app.foundation.db import transaction
from app.foundation.errors import Conflict
from app.people import leave
from app.people.documents import Grant, Leave
from tests.foundation.failing import dump
from tests.issues.halfway import fails_whole, post
from tests.people.leaves import HOUR, body, change, key, under_way, who_is


@pytest.fixture
def people(given):
    """A clerk who goes on leave, and one to stand in."""
    return given.clerk("HOUSING"), given.clerk("HOUSING")


def refused(answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


class TestTaking:
    def test_both_see_it_and_the_deputy_is_told(self, people):
        clerk, deputy = people
        asked = body(deputy)
        answer = clerk.post("/me/leave", asked)
        assert answer.status_code == 201
        row = answer.json
        assert (row["person_id"], row["deputy_id"]) == (key(clerk), key(deputy))
        assert (row["person"], row["deputy"]) == (clerk.person.name, deputy.person.name)
        assert (row["state"], row["ended_at"]) == ("coming", None)
        assert datetime.fromisoformat(row["since"]) == datetime.fromisoformat(asked["since"])
        for phone in people:
            assert phone.see("/me/leave")["items"] == [row]
        [told] = history.of("person", clerk.person.id, internal=True)
        assert (told["action"], told["by"], told["role"]) == ("leave", clerk.person.id, "clerk")
        assert told["data"]["people"] == [deputy.person.id]
        [duty] = duties.rows().find({"kind": "notices.deliver", "subject": clerk.person.id})
        assert duty["payload"] == {"event": "person.leave", "row": told["_id"]}
        [why] = told["reasons"]
        names = {"absent": clerk.person.name, "deputy": deputy.person.name}
        assert (why["code"], names.items() <= why["params"].items()) == ("leave.from_until", True)

    def test_a_beginning_in_the_past_is_now(self, people):
        clerk, deputy = people
        before = clock.now()
        row = clerk.do("/me/leave", body(deputy, since=-5))
        assert before <= datetime.fromisoformat(row["since"]) <= clock.now()
        assert row["state"] == "running"

    @pytest.mark.parametrize(("since", "until"), [(2, 1), (1, 1), (-2, -1)])
    def test_times_that_are_over_or_turned_round(self, since, until, people):
        clerk, deputy = people
        answer = clerk.post("/me/leave", body(deputy, since, until))
        assert refused(answer) == (422, "leave.times")
        assert list(answer.json["errors"]) == ["until"]

    def test_nobody_stands_in_for_themself(self, people):
        assert refused(people[0].post("/me/leave", body(people[0]))) == (422, "leave.deputy_self")

    @pytest.mark.parametrize(
        ("of", "code"),
        [
            (lambda given: given.clerk("APPROVAL"), "leave.deputy_unfit"),
            (lambda given: given.dispatcher(), "leave.deputy_unfit"),
            (lambda given: given.role("admin"), "leave.deputy_unfit"),
            (lambda given: given.phone(given.person()), "leave.deputy_unfit"),
            (lambda given: disabled(given.clerk("HOUSING")), "leave.deputy_unknown"),
        ],
    )
    def test_a_deputy_must_fit(self, of, code, given, people):
        answer = people[0].post("/me/leave", body(of(given)))
        assert refused(answer) == (422, code)
        assert list(answer.json["errors"]) == ["deputy_id"]
        assert Leave.rows().count_documents({}) == 0

    def test_the_head_may_stand_in_for_a_clerk_and_a_clerk_for_the_head(self, given, people):
        head = given.head("HOUSING")
        people[0].do("/me/leave", body(head))
        head.do("/me/leave", body(people[1], 3, 4))

    def test_for_every_role_one_holds_the_deputy_must_fit(self, given, people):
        home = registry.by_code("HOUSING").id
        grants = (Grant(role="clerk", department=home), Grant(role="inspector"))
        both, alike = (given.phone(given.person(*grants)) for _ in range(2))
        assert refused(both.post("/me/leave", body(people[0]))) == (422, "leave.deputy_unfit")
        both.do("/me/leave", body(alike))

    def test_who_has_nothing_to_lend_goes_without(self, given, people):
        for phone in (given.contact(given.enterprise()), given.role("admin")):
            assert refused(phone.post("/me/leave", body(people[0]))) == (403, "forbidden")

    def test_sent_twice_it_is_one(self, people):
        clerk, deputy = people
        asked = body(deputy, since=0)
        answers = [clerk.post("/me/leave", asked, Idempotency_Key="tap-1") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json == answers[1].json
        assert Leave.rows().count_documents({}) == 1


def disabled(phone):
    change(phone, active=False)
    return phone


class TestOverlaps:
    @pytest.mark.parametrize(
        ("hours", "free"),
        [((1, 2), False), ((0, 9), False), ((1.5, 3), False), ((0.5, 1.1), False), ((3, 4), True)],
    )
    def test_of_one_person_are_refused(self, hours, free, given, people):
        clerk, deputy = people
        clerk.do("/me/leave", body(deputy, 1, 2))
        answer = clerk.post("/me/leave", body(given.clerk("HOUSING"), *hours))
        assert (answer.status_code == 201) is free
        if not free:
            assert refused(answer) == (409, "leave.overlaps")

    def test_one_may_begin_where_the_other_ends(self, people):
        clerk, deputy = people
        first = body(deputy, 1, 2)
        clerk.do("/me/leave", first)
        clerk.do("/me/leave", {**body(deputy, 2, 3), "since": first["until"]})

    def test_what_was_called_off_is_free_again(self, people):
        clerk, deputy = people
        row = clerk.do("/me/leave", body(deputy))
        clerk.do(f"/leave/{row['id']}/end")
        clerk.do("/me/leave", body(deputy))

    def test_no_chains_a_deputy_is_not_away(self, given, people):
        clerk, deputy = people
        deputy.do("/me/leave", body(given.clerk("HOUSING"), 1, 2))
        answer = clerk.post("/me/leave", body(deputy, 1.5, 3))
        assert refused(answer) == (409, "leave.deputy_away")
        clerk.do("/me/leave", body(deputy, 2.5, 3))

    def test_no_chains_who_stands_in_does_not_go(self, given, people):
        clerk, deputy = people
        clerk.do("/me/leave", body(deputy, 1, 2))
        third = given.clerk("HOUSING")
        answer = deputy.post("/me/leave", body(third, 1.5, 3))
        assert refused(answer) == (409, "leave.is_deputy")
        deputy.do("/me/leave", body(third, 2.5, 3))


class TestGiving:
    @pytest.mark.parametrize(
        ("by", "status"),
        [
            (lambda given: given.head("HOUSING"), 201),
            (lambda given: given.role("admin"), 201),
            (lambda given: given.head("APPROVAL"), 403),
            (lambda given: given.clerk("HOUSING"), 403),
            (lambda given: given.inspector(), 403),
        ],
        ids=["head", "admin", "another's head", "clerk", "inspector"],
    )
    def test_by_the_head_or_an_admin(self, by, status, given, people):
        clerk, deputy = people
        giver = by(given)
        answer = giver.post(f"/people/{key(clerk)}/leave", body(deputy))
        assert answer.status_code == status
        if status == 201:
            assert answer.json["person_id"] == key(clerk)
            [row] = history.of("person", clerk.person.id, internal=True)
            assert row["by"] == giver.person.id
            assert row["data"]["people"] == [deputy.person.id, clerk.person.id]

    def test_not_to_somebody_who_is_not_there(self, given, people):
        admin = given.role("admin")
        for path in (f"/people/{ObjectId()}/leave", f"/people/{key(disabled(people[0]))}/leave"):
            assert admin.post(path, body(people[1])).status_code == 404

    def test_not_to_somebody_with_nothing_to_lend(self, given, people):
        contact = given.contact(given.enterprise())
        answer = given.role("admin").post(f"/people/{key(contact)}/leave", body(people[1]))
        assert refused(answer) == (422, "leave.nothing_to_lend")

    def test_a_deputy_gives_leave_to_others_but_not_to_whom_they_stand_in_for(self, given, people):
        head, (clerk, deputy) = given.head("HOUSING"), people
        head.do("/me/leave", body(deputy, since=0, until=2))
        answer = deputy.post(f"/people/{key(head)}/leave", body(deputy, 3, 4))
        assert refused(answer) == (403, "forbidden")
        other = given.clerk("HOUSING")
        deputy.do(f"/people/{key(clerk)}/leave", body(other))
        [row] = history.of("person", clerk.person.id, internal=True)
        assert row["by"] == deputy.person.id
        assert row["by_name"] == f"{deputy.person.name}（代{head.person.name}）"

    def test_sent_twice_it_is_one(self, given, people):
        clerk, deputy = people
        path, head, asked = f"/people/{key(clerk)}/leave", given.head("HOUSING"), body(deputy)
        answers = [head.post(path, asked, Idempotency_Key="tap-1") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json == answers[1].json


class TestEnding:
    @pytest.mark.parametrize(
        ("by", "status"),
        [
            (lambda given, clerk, deputy: clerk, 200),
            (lambda given, clerk, deputy: given.head("HOUSING"), 200),
            (lambda given, clerk, deputy: given.role("admin"), 200),
            (lambda given, clerk, deputy: deputy, 403),
            (lambda given, clerk, deputy: given.head("APPROVAL"), 404),
            (lambda given, clerk, deputy: given.clerk("HOUSING"), 404),
        ],
        ids=["own", "head", "admin", "deputy", "another's head", "another clerk"],
    )
    def test_by_whose_it_is_the_head_or_an_admin(self, by, status, given, people):
        clerk, deputy = people
        row = clerk.do("/me/leave", body(deputy, since=0))
        answer = by(given, clerk, deputy).post(f"/leave/{row['id']}/end")
        assert answer.status_code == status
        stored = clerk.see("/me/leave")["items"][0]
        assert stored["state"] == ("over" if status == 200 else "running")
        rows = history.of("person", clerk.person.id, internal=True)
        actions = [each["action"] for each in rows]
        assert actions == (["leave", "end_leave"] if status == 200 else ["leave"])
        told = duties.rows().find({"kind": "notices.deliver", "subject": clerk.person.id})
        assert [each["payload"]["row"] for each in told] == [each["_id"] for each in rows]

    def test_a_deputy_who_stands_in_for_the_head_does_not_end_it(self, given, people):
        head, deputy = given.head("HOUSING"), people[1]
        row = head.do("/me/leave", body(deputy, since=0))
        assert deputy.post(f"/leave/{row['id']}/end").status_code == 403

    def test_once(self, people):
        clerk, deputy = people
        row = clerk.do("/me/leave", body(deputy))
        ended = clerk.do(f"/leave/{row['id']}/end")
        assert (ended["state"], ended["until"]) == ("over", row["until"])
        assert refused(clerk.post(f"/leave/{row['id']}/end")) == (409, "leave.over")

    def test_not_what_is_over(self, people):
        clerk, deputy = people
        now = clock.now()
        row = under_way(clerk, deputy, now - 2 * HOUR)
        with pytest.raises(Conflict, match=r"leave\.over"):
            leave.end(who_is(clerk, now), str(row.id), row.until)
        assert leave.state(row, now) == "over"


class TestLooking:
    def test_a_head_sees_the_own_department_an_admin_all(self, given, people):
        clerk, deputy = people
        others = [given.clerk("APPROVAL") for _ in range(2)]
        here = clerk.do("/me/leave", body(deputy, 1, 2))["id"]
        there = others[0].do("/me/leave", body(others[1], 3, 4))["id"]
        head, admin = given.head("HOUSING"), given.role("admin")
        housing, approval = (str(registry.by_code(code).id) for code in ("HOUSING", "APPROVAL"))

        def found(phone, **query):
            return [each["id"] for each in phone.see("/leave", **query)["items"]]

        assert found(head) == found(head, department_id=housing) == [here]
        assert head.get("/leave", department_id=approval).status_code == 403
        assert found(admin) == [there, here]
        assert found(admin, department_id=approval) == [there]
        assert found(admin, page_size=1, page=2) == [here]
        assert clerk.get("/leave").status_code == 403

    def test_who_was_never_away_sees_nothing(self, given):
        assert given.contact(given.enterprise()).see("/me/leave")["total"] == 0


class TestAtOnce:
    """Two leaves that cannot both be, asked for at the same time: one of them is, on a real server."""

    def test_the_second_waits_for_the_first_and_is_refused(self, given, people):
        clerk, first = people
        second, now = given.clerk("HOUSING"), clock.now()
        entered, done = threading.Event(), threading.Event()
        who, asked = who_is(clerk, now), leave.Absence(now, now + HOUR, key(first))

        def hold_open() -> None:
            def work() -> None:
                leave.take(who, asked, now)
                entered.set()
                done.wait(0.5)  # long enough for another to slip in, were nothing to stop it

            transaction(work)

        with ThreadPoolExecutor(1) as pool:
            holding = pool.submit(hold_open)
            assert entered.wait(10)
            with pytest.raises(Conflict, match=r"leave\.overlaps"):
                leave.take(who, leave.Absence(now, now + HOUR, key(second)), now)
            done.set()
            holding.result(10)
        assert [each.deputy for each in Leave.objects] == [first.person.id]

    def test_two_who_name_each_other(self, people):
        one, other = people
        now = clock.now()
        entered, done = threading.Event(), threading.Event()
        first, second = who_is(one, now), who_is(other, now)

        def hold_open() -> None:
            def work() -> None:
                leave.take(first, leave.Absence(now, now + HOUR, key(other)), now)
                entered.set()
                done.wait(0.5)

            transaction(work)

        with ThreadPoolExecutor(1) as pool:
            holding = pool.submit(hold_open)
            assert entered.wait(10)
            with pytest.raises(Conflict, match=r"leave\.deputy_away"):
                leave.take(second, leave.Absence(now, now + HOUR, key(one)), now)
            done.set()
            holding.result(10)
        assert [each.person for each in Leave.objects] == [one.person.id]

    def test_six_requests_make_one(self, given):
        clerk, *deputies = (given.clerk("HOUSING") for _ in range(7))
        together = threading.Barrier(6, timeout=20)

        def take(deputy) -> int:
            phone, asked = given.phone(clerk.person), body(deputy, 1, 2)
            together.wait()
            return phone.post("/me/leave", asked).status_code

        with ThreadPoolExecutor(6) as pool:
            answers = sorted(pool.map(take, deputies))
        assert answers == [201, *[409] * 5]
        assert Leave.rows().count_documents({}) == 1
        assert len(history.of("person", clerk.person.id, internal=True)) == 1


class TestAllOrNothing:
    def test_taking(self, people, hinted):
        clerk, deputy = people
        fails_whole(post(clerk, "/me/leave", body(deputy)), 6, hinted)

    def test_giving_with_a_key(self, given, people, hinted):
        path, asked = f"/people/{key(people[0])}/leave", body(people[1])
        act = post(given.head("HOUSING"), path, asked, Idempotency_Key=uuid.uuid4().hex)
        fails_whole(act, 7, hinted)

    def test_ending(self, people, hinted):
        row = people[0].do("/me/leave", body(people[1]))
        fails_whole(post(people[0], f"/leave/{row['id']}/end"), 4, hinted)

    def test_what_is_refused_leaves_nothing(self, people):
        before = dump()
        assert people[0].post("/me/leave", body(people[0])).status_code == 422
        assert dump() == before
