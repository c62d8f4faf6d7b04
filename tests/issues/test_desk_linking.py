"""One cause behind many issues: answered once, told to each, confirmed by each for itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.foundation import clock, duties, history
from app.issues.desk import linking
from app.issues.documents import Issue, Ticket
from tests.issues import stories, work_stories
from tests.issues.stories import ANSWER, Story
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.factories import PHOTOS
from tests.support.phone import Phone

REASON = {"reason": "同一条管线故障"}


def link(phone: Phone, story: Story, master: Story):
    return phone.do(story.on_issue("link"), {**REASON, "master_id": master.issue})


def seen(story: Story):
    return story.contact.see(f"/issues/{story.issue}")


def answers_of(story: Story) -> list[dict]:
    rows = history.of("issue", Issue.get(story.issue).id, internal=True)
    return [row for row in rows if row["action"] == "answer"]


@pytest.fixture
def master(given) -> Story:
    return stories.accepted(given)


@pytest.fixture
def desk(given) -> Phone:
    return given.dispatcher()


class TestLinking:
    def test_both_sides_say_so_to_whoever_may_see_both(self, given, master, desk):
        linked = stories.dispatched(given)
        told = link(desk, linked, master)
        assert told["master_id"] == master.issue
        [own] = desk.see(f"/issues/{master.issue}")["linked"]
        assert (own["number"], own["state"]) == (linked.number, "dispatched")
        assert seen(master)["linked"] == []
        row = seen(linked)["history"][-1]
        assert (row["action"], row["text"]) == ("link", REASON["reason"])
        assert master.number in row["reasons"][0]["text"]
        assert linked.number not in str(seen(master))

    def test_those_who_asked_are_told(self, given, master, desk):
        linked = stories.dispatched(given)
        link(given.inspector(), linked, master)
        run_due()
        events = [each["event"] for each in linked.contact.see("/notices")["items"]]
        assert events.count("issue.linked") == 1
        assert "issue.linked" not in str(master.contact.see("/notices"))

    def test_a_link_may_be_changed_and_dropped(self, given, master, desk):
        linked, other = stories.dispatched(given), stories.dispatched(given)
        link(desk, linked, master)
        again = desk.post(linked.on_issue("link"), {**REASON, "master_id": master.issue})
        assert (again.status_code, again.json["code"]) == (409, "issue.linked_already")
        assert link(desk, linked, other)["master_id"] == other.issue
        assert desk.do(linked.on_issue("unlink"), REASON)["master_id"] is None
        again = desk.post(linked.on_issue("unlink"), REASON)
        assert (again.status_code, again.json["code"]) == (409, "issue.not_linked")

    def test_there_are_no_chains(self, given, master, desk):
        linked, third = stories.dispatched(given), stories.dispatched(given)
        link(desk, linked, master)
        for story, into in [(third, linked), (master, third)]:
            answer = desk.post(story.on_issue("link"), {**REASON, "master_id": into.issue})
            assert (answer.status_code, answer.json["code"]) == (409, "issue.no_chains")

    def test_not_to_itself_to_nothing_or_to_what_is_over(self, given, master, desk):
        over = stories.withdrawn(given)
        for into, status, code in [
            (master.issue, 422, "issue.same_issue"),
            ("f" * 24, 422, "reference.unknown"),
            (over.issue, 409, "issue.other_not_open"),
        ]:
            answer = desk.post(master.on_issue("link"), {**REASON, "master_id": into})
            assert (answer.status_code, answer.json["code"]) == (status, code)
        answer = desk.post(over.on_issue("link"), {**REASON, "master_id": master.issue})
        assert (answer.status_code, answer.json["code"]) == (409, "issue.transition_not_allowed")

    def test_dispatchers_and_inspectors_link(self, given, master):
        linked = stories.dispatched(given)
        for verb, body in [("link", {**REASON, "master_id": master.issue}), ("unlink", REASON)]:
            for phone in (linked.contact, linked.clerk, linked.head, given.role("leader")):
                assert phone.post(linked.on_issue(verb), body).status_code == 403
            stranger = given.contact(given.enterprise())
            assert stranger.post(linked.on_issue(verb), body).status_code == 404

    @pytest.mark.parametrize("attempt", range(5))
    def test_of_two_who_would_make_a_chain_one_is_refused(self, given, master, attempt):
        middle, last = stories.dispatched(given), stories.dispatched(given)
        ways = [(given.dispatcher(), middle, master), (given.inspector(), last, middle)]

        def press(way) -> int:
            phone, story, into = way
            body = {**REASON, "master_id": into.issue}
            return phone.post(story.on_issue("link"), body).status_code

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(press, ways)) == [200, 409]
        masters = [Issue.get(story.issue).master for story in (middle, last)]
        assert masters.count(None) == 1


class TestAnsweredOnce:
    def test_each_gets_the_answer_on_its_own_ticket_whatever_its_state(self, given, desk):
        master = stories.accepted(given)
        linked = [
            stories.dispatched(given),
            stories.accepted(given),
            stories.in_progress(given),
            work_stories.asked(given),
            work_stories.extension_asked(given),
            stories.reopened(given),
        ]
        for each in linked:
            link(desk, each, master)
        run_due()
        photo = master.clerk.take_photo(PHOTOS[0].read_bytes()).json["id"]
        master.clerk.do(master.on_ticket("answer"), {**ANSWER, "photo_ids": [photo]})
        run_due()
        for each in linked:
            issue = seen(each)
            assert issue["state"] == "answered"
            [ticket] = issue["tickets"]
            assert (ticket["id"], ticket["state"]) == (each.ticket, "answered")
            assert ticket["answer"]["text"] == ANSWER["text"]
            assert ticket["answer"]["by"] == master.clerk.person.name
            assert each.contact.get(f"/photos/{photo}").status_code == 200
            told = {notice["event"]: notice for notice in each.contact.see("/notices")["items"]}
            assert ANSWER["text"] in told["issue.answered"]["text"]
            row = answers_of(each)[-1]
            assert row["data"]["master"] == Issue.get(master.issue).id
            assert row["role"] == "system"
            assert master.number in str(issue["history"])

    def test_each_enterprise_confirms_for_itself(self, given, master, desk):
        yes, no = stories.dispatched(given), stories.dispatched(given)
        for each in (yes, no):
            link(desk, each, master)
        master.clerk.do(master.on_ticket("answer"), ANSWER)
        run_due()
        master.contact.do(master.on_issue("confirm"), {"solved": "yes"})
        assert seen(yes)["confirm_by"] == seen(no)["confirm_by"]
        yes.contact.do(yes.on_issue("confirm"), {"solved": "yes"})
        no.contact.do(no.on_issue("confirm"), {"solved": "no", "comment": "我们还没有"})
        run_due()
        assert (seen(yes)["state"], seen(no)["state"]) == ("resolved", "reopened")
        assert len(answers_of(no)) == 1

    def test_its_silence_ends_as_any_other(self, given, master, desk):
        linked = stories.dispatched(given)
        link(desk, linked, master)
        body = {"text": "列入计划", "result": "planned", "planned_for": "2099-01-05"}
        master.clerk.do(master.on_ticket("answer"), body)
        run_due()
        issue = Issue.get(linked.issue)
        kinds = duties.rows().distinct("kind", {"subject": issue.id, "state": "due"})
        assert {"issues.lapse", "issues.check_plan"} <= set(kinds)
        lapse = duties.rows().find_one({"kind": "issues.lapse", "subject": issue.id})
        assert lapse["due_at"] == issue.confirm_by
        assert seen(linked)["plan"]["day"] == "2099-01-05"

    def test_a_department_may_answer_its_own_before(self, given, master, desk):
        linked = stories.accepted(given)
        link(desk, linked, master)
        linked.clerk.do(linked.on_ticket("answer"), {**ANSWER, "text": "我局已先行处理"})
        master.clerk.do(master.on_ticket("answer"), ANSWER)
        run_due()
        assert seen(linked)["tickets"][0]["answer"]["text"] == "我局已先行处理"
        assert len(answers_of(linked)) == 1

    def test_those_who_assist_are_not_waited_for_and_that_is_said(self, given, master, desk):
        linked = stories.accepted(given)
        helper = given.clerk("WATER_AFFAIRS")
        body = {"department_id": department_of(helper), "text": "请查排水"}
        linked.clerk.do(linked.on_ticket("invite"), body)
        link(desk, linked, master)
        master.clerk.do(master.on_ticket("answer"), ANSWER)
        run_due()
        lead = next(each for each in seen(linked)["tickets"] if each["role"] == "lead")
        assert master.number in lead["answer"]["without_assisting"]
        assert helper.see("/tickets", box="department")["total"] == 1

    def test_what_was_unlinked_ended_or_is_with_nobody_gets_nothing(self, given, desk):
        master = stories.accepted(given)
        gone, over, waits = (
            stories.dispatched(given),
            stories.dispatched(given),
            stories.dispatching(given),
        )
        for each in (gone, over, waits):
            link(desk, each, master)
        desk.do(gone.on_issue("unlink"), REASON)
        over.contact.do(over.on_issue("withdraw"), {"reason": "好了"})
        master.clerk.do(master.on_ticket("answer"), ANSWER)
        run_due()
        assert [answers_of(each) for each in (gone, over, waits)] == [[], [], []]

    def test_what_is_linked_to_an_answered_one_is_answered_too(self, given, desk):
        master, linked = stories.answered(given), stories.dispatched(given)
        link(desk, linked, master)
        run_due()
        assert seen(linked)["state"] == "answered"

    def test_a_second_answer_of_the_master_is_given_again(self, given, desk):
        master, linked = stories.accepted(given), stories.dispatched(given)
        link(desk, linked, master)
        master.clerk.do(master.on_ticket("answer"), ANSWER)
        run_due()
        for each in (master, linked):
            each.contact.do(each.on_issue("confirm"), {"solved": "no"})
        run_due()
        master.head.do(master.on_ticket("accept"))
        master.head.do(master.on_ticket("answer"), {**ANSWER, "text": "管线已更换"})
        run_due()
        assert [row["text"] for row in answers_of(linked)] == [ANSWER["text"], "管线已更换"]
        assert seen(linked)["state"] == "answered"

    def test_an_answer_that_was_taken_up_again_is_given_to_nobody_else(self, given, desk):
        master, linked = stories.accepted(given), stories.dispatched(given)
        link(desk, linked, master)
        master.clerk.do(master.on_ticket("answer"), ANSWER)
        master.contact.do(master.on_issue("confirm"), {"solved": "no"})
        run_due()
        assert answers_of(linked) == []


class TestAWorkerThatDies:
    @pytest.fixture
    def owed(self, given, master, desk) -> tuple[list[Story], duties.Duty]:
        """Three linked issues, the master answered, and its duty claimed by a worker."""
        linked = [stories.dispatched(given) for _ in range(3)]
        for each in linked:
            link(desk, each, master)
        run_due()
        master.clerk.do(master.on_ticket("answer"), ANSWER)
        return linked, self._claimed(clock.now())

    def _claimed(self, now) -> duties.Duty:
        row = duties.rows().find_one({"kind": "issues.answer_linked"})
        duty = duties.claim(row["_id"], now=now, lease=timedelta(seconds=60))
        assert duty is not None
        return duty

    def test_the_next_one_goes_on_and_nobody_is_answered_twice(self, owed, monkeypatch):
        linked, duty = owed
        real, done = linking.send, []

        def dying(*args, **options):
            if len(done) == 1:
                raise KeyboardInterrupt
            done.append(real(*args, **options))

        monkeypatch.setattr(linking, "send", dying)
        with pytest.raises(KeyboardInterrupt):
            linking.answer_linked(duty, clock.now())
        assert sorted(len(answers_of(each)) for each in linked) == [0, 0, 1]
        states = [Ticket.get(each.ticket).state for each in linked]
        assert sorted(states) == ["answered", "dispatched", "dispatched"]
        monkeypatch.setattr(linking, "send", real)
        later = clock.now() + timedelta(minutes=3)
        linking.answer_linked(self._claimed(later), later)
        assert [len(answers_of(each)) for each in linked] == [1, 1, 1]
        assert duties.rows().find_one({"_id": duty.id})["state"] == "done"

    def test_nor_is_who_said_no_meanwhile(self, owed):
        linked, duty = owed
        linking.answer_linked(duty, clock.now())
        linked[0].contact.do(linked[0].on_issue("confirm"), {"solved": "no"})
        duties.rows().update_one({"_id": duty.id}, {"$set": {"state": "due"}})
        later = clock.now() + timedelta(minutes=3)
        linking.answer_linked(self._claimed(later), later)
        assert [len(answers_of(each)) for each in linked] == [1, 1, 1]
