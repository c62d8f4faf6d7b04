"""Duplicates: one goes on, the other ends and says where it went."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.issues.documents import Issue
from tests.issues import stories
from tests.issues.desk_stories import REASON, Two, merge


@pytest.fixture
def two(given) -> Two:
    return Two(given)


class TestTheOneThatEnds:
    def test_it_ends_and_says_where_it_went(self, two):
        seen = merge(two.dispatcher, two.ends, two.goes_on)
        assert (seen["state"], seen["merged_into_id"]) == ("merged", two.goes_on.issue)
        told = two.ends.contact.see(f"/issues/{two.ends.issue}")
        row = next(each for each in told["history"] if each["action"] == "merge")
        assert row["text"] == REASON["reason"]
        assert two.goes_on.number in row["reasons"][0]["text"]
        assert told["ended_at"] is not None

    def test_its_tickets_are_cancelled_and_told_why(self, two):
        two.merged()
        ticket = two.ends.clerk.see(f"/tickets/{two.ends.ticket}")
        assert ticket["state"] == "cancelled"
        told = {each["event"]: each for each in two.ends.clerk.see("/notices")["items"]}
        assert "并入" in told["ticket.cancelled"]["text"]

    def test_its_people_are_told(self, two):
        two.merged()
        events = [each["event"] for each in two.ends.contact.see("/notices")["items"]]
        assert events.count("issue.merged") == 1
        assert "issue.merged" not in [
            each["event"] for each in two.goes_on.contact.see("/notices")["items"]
        ]

    def test_whoever_sees_both_sees_them_joined(self, two):
        two.merged()
        whole = two.dispatcher.see(f"/issues/{two.goes_on.issue}")
        assert [each["number"] for each in whole["merged"]] == [two.ends.number]
        own = two.goes_on.contact.see(f"/issues/{two.goes_on.issue}")
        assert own["merged"] == []
        assert two.ends.number not in str(own)


class TestRefused:
    def test_only_a_dispatcher_merges(self, two):
        body = {**REASON, "into_id": two.goes_on.issue}
        for phone in (two.ends.contact, two.ends.clerk, two.ends.head, two.given.inspector()):
            assert phone.post(two.ends.on_issue("merge"), body).status_code == 403
        stranger = two.given.contact(two.given.enterprise())
        assert stranger.post(two.ends.on_issue("merge"), body).status_code == 404

    @pytest.mark.parametrize("play", [stories.resolved, stories.withdrawn])
    def test_not_into_what_has_ended(self, play, two):
        over = play(two.given)
        answer = two.dispatcher.post(two.ends.on_issue("merge"), {**REASON, "into_id": over.issue})
        assert (answer.status_code, answer.json["code"]) == (409, "issue.other_not_open")
        assert over.number in answer.json["message"]

    @pytest.mark.parametrize("play", [stories.resolved, stories.withdrawn, stories.answered])
    def test_nor_what_was_answered_or_ended(self, play, two):
        over = play(two.given)
        answer = two.dispatcher.post(over.on_issue("merge"), {**REASON, "into_id": two.ends.issue})
        assert (answer.status_code, answer.json["code"]) == (409, "issue.transition_not_allowed")

    def test_an_answered_one_may_take_another_in(self, two):
        answered = stories.answered(two.given)
        merge(two.dispatcher, two.ends, answered)

    def test_not_into_itself_or_nothing(self, two):
        for into, code in [(two.ends.issue, "issue.same_issue"), ("f" * 24, "reference.unknown")]:
            answer = two.dispatcher.post(two.ends.on_issue("merge"), {**REASON, "into_id": into})
            assert (answer.status_code, answer.json["code"]) == (422, code)

    def test_not_a_master_of_others(self, two):
        linked = stories.dispatched(two.given)
        body = {**REASON, "master_id": two.ends.issue}
        two.dispatcher.do(linked.on_issue("link"), body)
        answer = two.dispatcher.post(
            two.ends.on_issue("merge"), {**REASON, "into_id": two.goes_on.issue}
        )
        assert (answer.status_code, answer.json["code"]) == (409, "issue.is_a_master")


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_dispatchers_who_merge_them_crosswise_one_wins(two, attempt):
    one, other = two.given.dispatcher(), two.given.dispatcher()
    ways = [(one, two.ends, two.goes_on), (other, two.goes_on, two.ends)]

    def press(way) -> tuple[int, str]:
        phone, story, into = way
        answer = phone.post(story.on_issue("merge"), {**REASON, "into_id": into.issue})
        return answer.status_code, answer.json.get("code", "")

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, ways))
    refused = {"issue.other_not_open", "issue.transition_not_allowed", "changed_meanwhile"}
    assert answers[0][0] == 200
    assert answers[1][0] == 409
    assert answers[1][1] in refused
    states = sorted(Issue.get(story.issue).state for story in (two.ends, two.goes_on))
    assert states == ["dispatched", "merged"]
