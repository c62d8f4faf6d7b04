"""One talk with three demands becomes three issues, each with its own number, ticket and clock."""

from __future__ import annotations

import pytest

from app.foundation import history
from app.issues.documents import Issue
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, client_id

TALK = "施工许可证两个月没下来；厂门口的路坏了；食堂的燃气还没接通"
PERMIT, ROAD, GAS = "施工许可证两个月没下来", "厂门口的路坏了", "食堂的燃气还没接通"
PARTS = [{"text": PERMIT}, {"text": ROAD, "category": "ROAD"}, {"text": GAS, "category": "GAS"}]
SPLIT = {"parts": PARTS, "reason": "一次谈话三件事，分别办理"}


def split(given, story, **fields):
    return given.dispatcher().do(story.on_issue("split"), {**SPLIT, **fields})


class TestBeforeItIsPlaced:
    def test_each_demand_becomes_an_issue_that_is_placed_by_itself(self, given):
        story = stories.submitted(given, text=TALK, category=None)
        whole = split(given, story)
        assert (whole["text"], whole["demand"]) == (TALK, PERMIT)
        assert [each["state"] for each in whole["parts"]] == ["submitted", "submitted"]
        run_due()
        mine = story.contact.see("/issues")["items"]
        assert {each["text"] for each in mine} == {TALK, ROAD, GAS}
        assert {each["state"] for each in mine} == {"dispatched"}
        assert {each["category"] for each in mine} == {"PERMIT", "ROAD", "GAS"}
        departments = {each["text"]: each["route"]["department"] for each in mine}
        assert departments[ROAD] != departments[TALK]
        first = story.contact.see(f"/issues/{story.issue}")
        assert first["category"] == "PERMIT"
        assert first["tickets"][0]["excerpt"] == PERMIT

    def test_the_first_may_be_given_a_category_of_its_own(self, given):
        story = stories.dispatching(given)
        parts = [{"text": PERMIT, "category": "PERMIT"}, {"text": ROAD}]
        assert split(given, story, parts=parts)["category"] == "PERMIT"

    def test_a_part_is_the_same_peoples_from_the_same_place(self, given):
        commissioner, enterprise = given.commissioner(), given.enterprise()
        picture = commissioner.take_photo(PHOTOS[0].read_bytes()).json["id"]
        told = {
            "text": TALK,
            "enterprise_id": str(enterprise.id),
            "position": {"latitude": 32.5, "longitude": 120.1},
            "photo_ids": [picture],
            "anonymous": True,
            "contact": {"name": "门卫", "phone": "13800000000"},
            "on_behalf_of": {"name": "王总", "phone": "13900000000"},
            "source": "phone",
            "urgent": True,
        }
        issue = commissioner.open_issue(**told)
        given.dispatcher().do(f"/issues/{issue['id']}/split", SPLIT)
        whole, *parts = (
            commissioner.see(f"/issues/{each['id']}")
            for each in reversed(commissioner.see("/issues")["items"])
        )
        same = ("enterprise_id", "unit", "position", "photo_ids", "anonymous", "source", "urgent")
        people = ("owner", "contact", "on_behalf_of")
        assert len(parts) == 2
        for part in parts:
            assert part["split_from_id"] == whole["id"]
            assert {name: part[name] for name in (*same, *people)} == {
                name: whole[name] for name in (*same, *people)
            }
        assert len({each["number"] for each in (whole, *parts)}) == 3
        assert len({each["client_id"] for each in (whole, *parts)}) == 3
        stranger = given.contact(given.enterprise())
        assert stranger.get(f"/photos/{picture}").status_code == 404
        assert [each["number"] for each in whole["parts"]] == [each["number"] for each in parts]

    def test_what_is_still_on_its_way_joins_the_parts_too(self, given):
        commissioner, coming = given.commissioner(), client_id()
        issue = commissioner.open_issue(text=TALK, photo_client_ids=[coming])
        given.dispatcher().do(f"/issues/{issue['id']}/split", SPLIT)
        photo = commissioner.take_photo(PHOTOS[0].read_bytes(), client_id=coming).json["id"]
        run_due()
        for each in commissioner.see("/issues")["items"]:
            assert each["photo_ids"] == [photo]


class TestAfterItWentOut:
    def test_the_ticket_that_is_out_is_about_the_first_demand(self, given):
        story = stories.accepted(given, text=TALK)
        split(given, story)
        assert story.clerk.see(f"/tickets/{story.ticket}")["excerpt"] == PERMIT
        assert story.clerk.see("/tickets", box="mine", q=PERMIT)["total"] == 1
        assert story.clerk.see("/tickets", box="mine", q=GAS)["total"] == 0
        row = story.contact.see(f"/issues/{story.issue}")["history"][-1]
        assert row["action"] == "split"
        assert row["text"] == SPLIT["reason"]
        codes = [each["code"] for each in row["reasons"]]
        assert codes == ["split.into", "split.ticket_told"]
        for part in story.contact.see(f"/issues/{story.issue}")["parts"]:
            assert part["number"] in row["reasons"][0]["text"]

    def test_the_first_keeps_the_category_it_was_placed_by(self, given):
        story = stories.dispatched(given, text=TALK)
        dispatcher = given.dispatcher()
        parts = [{"text": PERMIT, "category": "GAS"}, {"text": ROAD}]
        answer = dispatcher.post(story.on_issue("split"), {**SPLIT, "parts": parts})
        assert (answer.status_code, answer.json["code"]) == (422, "split.placed_already")
        parts[0]["category"] = "PERMIT"
        dispatcher.do(story.on_issue("split"), {**SPLIT, "parts": parts})

    def test_those_who_asked_are_told(self, given):
        story = stories.dispatched(given, text=TALK)
        split(given, story)
        run_due()
        events = [each["event"] for each in story.contact.see("/notices")["items"]]
        assert events.count("issue.split") == 1

    @pytest.mark.parametrize(
        "play", [stories.answered, stories.resolved, stories.withdrawn, stories.reopened]
    )
    def test_not_once_it_was_answered_or_ended(self, play, given):
        story = play(given, text=TALK)
        answer = given.dispatcher().post(story.on_issue("split"), SPLIT)
        assert (answer.status_code, answer.json["code"]) == (409, "issue.transition_not_allowed")
        assert Issue.objects.count() == 1


class TestTheParts:
    def test_a_part_knows_where_it_came_from(self, given):
        story = stories.submitted(given, text=TALK)
        [part, _] = split(given, story)["parts"]
        seen = story.contact.see(f"/issues/{part['id']}")
        assert seen["split_from_id"] == story.issue
        [opened] = seen["history"]
        assert (opened["action"], opened["to"]) == ("open", "submitted")
        assert story.number in opened["reasons"][0]["text"]

    def test_a_part_may_be_split_again(self, given):
        story = stories.submitted(given, text=TALK)
        [part, _] = split(given, story)["parts"]
        parts = [{"text": "路面"}, {"text": "路灯"}]
        again = given.dispatcher().do(f"/issues/{part['id']}/split", {**SPLIT, "parts": parts})
        assert len(again["parts"]) == 1

    def test_only_parts_that_one_may_see_are_shown(self, given):
        story = stories.submitted(given, text=TALK, category=None)
        split(given, story)
        run_due()
        assert len(story.contact.see(f"/issues/{story.issue}")["parts"]) == 2
        [own] = story.clerk.see(f"/issues/{story.issue}")["parts"]
        assert story.clerk.see(f"/issues/{own['id']}")["text"] == GAS

    def test_they_are_found_by_their_words(self, given):
        story = stories.submitted(given, text=TALK)
        split(given, story)
        assert story.contact.see("/issues", q="燃气还没接通")["total"] == 2


class TestOnce:
    def test_sent_again_under_its_key_it_is_done_once(self, given):
        story, dispatcher = stories.submitted(given, text=TALK), given.dispatcher()
        for _ in range(2):
            dispatcher.do(story.on_issue("split"), SPLIT, Idempotency_Key="split-1")
        assert Issue.objects.count() == 3
        other = dispatcher.post(
            story.on_issue("split"), {**SPLIT, "reason": "x"}, Idempotency_Key="split-1"
        )
        assert (other.status_code, other.json["code"]) == (409, "idempotency_key.conflict")

    def test_a_client_id_is_taken_once(self, given):
        story, dispatcher, key = (
            stories.submitted(given, text=TALK),
            given.dispatcher(),
            client_id(),
        )
        parts = [{"text": PERMIT}, {"text": ROAD, "client_id": key}]
        dispatcher.do(story.on_issue("split"), {**SPLIT, "parts": parts})
        answer = dispatcher.post(story.on_issue("split"), {**SPLIT, "parts": parts})
        assert (answer.status_code, answer.json["code"]) == (409, "client_id.conflict")
        assert Issue.objects.count() == 2
        rows = history.of("issue", Issue.get(story.issue).id, internal=True)
        assert [row["action"] for row in rows] == ["open", "split"]


class TestWhoAndWhat:
    def test_only_a_dispatcher_splits(self, given):
        story = stories.dispatched(given, text=TALK)
        for phone in (story.contact, story.clerk, story.head, given.inspector()):
            assert phone.post(story.on_issue("split"), SPLIT).status_code == 403
        for phone in (given.contact(given.enterprise()), given.clerk("WATER_AFFAIRS")):
            assert phone.post(story.on_issue("split"), SPLIT).status_code == 404

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            ([{"text": PERMIT}], "parts"),
            ([{"text": PERMIT}] * 11, "parts"),
            ([{"text": PERMIT}, {"text": " "}], "parts.1.text"),
            ([{"text": PERMIT}, {"text": ROAD, "category": "NONE"}], "parts.1.category"),
            ([{"text": PERMIT}, {"text": ROAD, "owner": "x"}], "parts.1.owner"),
        ],
    )
    def test_a_split_that_cannot_be_used(self, parts, field, given):
        story = stories.submitted(given, text=TALK)
        answer = given.dispatcher().post(story.on_issue("split"), {**SPLIT, "parts": parts})
        assert answer.status_code == 422
        assert field in answer.json["errors"]
        assert Issue.objects.count() == 1
