"""A phone's outbox in one call: entry by entry, each alone, in any order."""

from __future__ import annotations

from typing import Any

import pytest

from app.api import outbox
from app.foundation.errors import Unavailable
from app.issues.documents import Issue
from tests.api.shape import FIELDS, nothing_stored, refused
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, client_id
from tests.support.outbox import entry, issue, outcomes, send, visit
from tests.support.phone import Phone, issue_body

PICTURE = PHOTOS[0].read_bytes()


class TestTheOutbox:
    def test_visits_issues_and_notes_in_one_call(self, given):
        enterprise = given.enterprise()
        phone = given.commissioner()
        sent = [issue(enterprise_id=str(enterprise.id)), visit(enterprise)]
        results = send(phone, *sent)
        assert [each["outcome"] for each in results] == ["created"] * 2
        assert [each["client_id"] for each in results] == [each["client_id"] for each in sent]
        assert results[0]["number"] == phone.see(f"/issues/{results[0]['id']}")["number"]
        assert phone.see(f"/visits/{results[1]['id']}")["enterprise_id"] == str(enterprise.id)
        assert [each["error"] for each in results] == [None, None]
        run_due()
        assert phone.see(f"/issues/{results[0]['id']}")["state"] == "dispatched"

    def test_a_note_is_written_once(self, given):
        story = stories.accepted(given)
        note = entry("note", {"ticket_id": story.ticket, "text": "下午到现场", "internal": True})
        first, again = send(story.clerk, note, note)
        assert (first["outcome"], again["outcome"]) == ("created", "replayed")
        assert first["id"] == again["id"] == story.ticket
        assert outcomes(story.clerk, note) == ["replayed"]
        rows = story.clerk.see(f"/issues/{story.issue}")["history"]
        assert [row["text"] for row in rows if row["action"] == "note"] == ["下午到现场"]
        assert story.contact.see(f"/issues/{story.issue}")["history"][-1]["action"] != "note"

    def test_sent_again_all_is_replayed_with_the_same_ids(self, given):
        phone, enterprise = given.commissioner(), given.enterprise()
        sent = [visit(enterprise), issue(), issue()]
        first, again = send(phone, *sent), send(phone, *reversed(sent))
        assert {each["outcome"] for each in again} == {"replayed"}
        assert [each["id"] for each in again] == [each["id"] for each in reversed(first)]
        assert Issue.rows().count_documents({}) == 2

    def test_what_was_sent_alone_before_is_replayed(self, given):
        phone, said = given.commissioner(), issue_body()
        alone = phone.do("/issues", said)
        key = said.pop("client_id")
        [result] = send(phone, entry("issue", said, key))
        assert (result["outcome"], result["id"]) == ("replayed", alone["id"])
        [result] = send(phone, entry("issue", {**said, "client_id": key.upper()}, key))
        assert result["outcome"] == "replayed"

    def test_other_content_under_the_same_id_is_a_conflict(self, given):
        phone, enterprise = given.commissioner(), given.enterprise()
        story = stories.accepted(given)
        for sender, one, other in (
            (phone, issue(), {"text": "别的"}),
            (phone, visit(enterprise), {"note": "别的"}),
            (
                story.clerk,
                entry("note", {"ticket_id": story.ticket, "text": "一"}),
                {"text": "二"},
            ),
        ):
            send(sender, one)
            [result] = send(sender, {**one, "body": {**one["body"], **other}})
            assert result["outcome"] == "conflict"
            assert result["error"]["code"].endswith(".conflict")
            assert (result["error"]["status"], result["id"]) == (409, None)

    def test_a_step_the_ticket_does_not_allow_is_a_conflict_too(self, given):
        story = stories.dispatched(given)
        [result] = send(story.clerk, entry("note", {"ticket_id": story.ticket, "text": "x"}))
        assert result["outcome"] == "conflict"
        assert result["error"]["code"] == "ticket.transition_not_allowed"


def bad_entries() -> list[tuple[Any, int, str]]:
    """The entry, the status of its error, and a field that is to blame."""
    here, now = "0123456789abcdef01234567", "2026-11-24T09:00:00+08:00"
    visit = {"enterprise_id": here, "started_at": now}
    return [
        (None, 422, "_schema"),
        (5, 422, "_schema"),
        ("x", 422, "_schema"),
        ([], 422, "_schema"),
        ([[]], 422, "_schema"),
        ({}, 422, "type"),
        ({"type": "issue"}, 422, "client_id"),
        (entry("issue", None), 422, "body"),
        (entry("issue", []), 422, "body"),
        (entry("issue", "x"), 422, "body"),
        (entry("issue", {}), 422, "kind"),
        (entry("photo", {}), 422, "type"),
        ({**issue(), "type": None}, 422, "type"),
        ({**issue(), "type": {"$gt": ""}}, 422, "type"),
        ({**issue(), "type": ["issue"]}, 422, "type"),
        ({**issue(), "client_id": "x"}, 422, "client_id"),
        ({**issue(), "client_id": {"$gt": ""}}, 422, "client_id"),
        ({**issue(), "client_id": None}, 422, "client_id"),
        ({**issue(), "state": "done"}, 422, "state"),
        (issue(state="done"), 422, "state"),
        (issue(kind="other"), 422, "kind"),
        (issue(text=""), 422, "text"),
        (issue(text="a\0b"), 422, "text"),
        (issue(text={"$gt": ""}), 422, "text"),
        (issue(category="NO_SUCH"), 422, "category"),
        (issue(photo_ids=[here]), 422, "photo_ids"),
        (issue(visit_id=here), 422, "visit_id"),
        (issue(position={"latitude": 91, "longitude": 0}), 422, "position.latitude"),
        (entry("issue", {**issue()["body"], "client_id": client_id()}), 422, "client_id"),
        (entry("issue", {**issue()["body"], "client_id": 5}), 422, "client_id"),
        (entry("visit", visit), 422, ""),
        (entry("visit", {"started_at": now}), 422, ""),
        (entry("visit", {**visit, "started_at": "2026-11-24T09:00:00"}), 422, "started_at"),
        (entry("note", {"text": "x"}), 422, "ticket_id"),
        (entry("note", {"ticket_id": "x", "text": "x"}), 422, "ticket_id"),
        (entry("note", {"ticket_id": here, "text": ""}), 422, "text"),
        (entry("note", {"ticket_id": here, "text": "x", "state": 1}), 422, "state"),
        (entry("note", {"ticket_id": here, "text": "x"}), 404, ""),
    ]


class TestOneBadEntry:
    @pytest.mark.parametrize(("bad", "status", "field"), bad_entries())
    def test_is_rejected_and_blocks_no_other(self, bad, status, field, given):
        phone = given.commissioner()
        first, result, last = send(phone, issue(), bad, issue())
        assert (first["outcome"], last["outcome"]) == ("created", "created")
        assert result["outcome"] == "rejected"
        assert result["id"] is None
        error = result["error"]
        assert set(error) == FIELDS
        assert error["status"] == status
        assert error["message"]
        assert not field or field in error["errors"]
        assert Issue.rows().count_documents({}) == 2

    def test_all_of_them_at_once_store_nothing(self, given):
        phone = given.commissioner()
        many = [bad for bad, _, _ in bad_entries()]
        with nothing_stored():
            assert set(outcomes(phone, *many)) == {"rejected"}

    def test_what_is_not_theirs_to_do_is_403(self, given):
        enterprise = given.enterprise()
        contact = given.contact(enterprise)
        ours, theirs, walk = send(
            contact, issue(), issue(enterprise_id=str(given.enterprise().id)), visit(enterprise)
        )
        assert ours["outcome"] == "created"
        assert [each["error"]["status"] for each in (theirs, walk)] == [403, 403]
        story = stories.accepted(given)
        [result] = send(contact, entry("note", {"ticket_id": story.ticket, "text": "x"}))
        assert result["error"]["status"] == 404

    def test_a_bug_in_one_blocks_no_other_and_says_to_keep_it(self, given, monkeypatch):
        def broken(*_: Any) -> Any:
            raise RuntimeError("a bug")

        monkeypatch.setitem(outbox.MAKE, "visit", broken)
        walk, fine = send(given.commissioner(), visit(given.enterprise()), issue())
        assert fine["outcome"] == "created"
        assert (walk["outcome"], walk["error"]["status"]) == ("rejected", 500)

    def test_a_database_that_is_away_is_503_for_all_and_may_be_sent_again(self, given, monkeypatch):
        phone, sent = given.commissioner(), [issue(), visit(given.enterprise())]
        with monkeypatch.context() as patch:

            def away(*_: Any) -> Any:
                raise Unavailable("database.away", retry_after=2)

            patch.setitem(outbox.MAKE, "issue", away)
            answer = phone.post("/sync", {"entries": sent})
            refused(answer, 503, "database.away")
            assert answer.headers["Retry-After"] == "2"
        assert outcomes(phone, *sent) == ["created", "replayed"]

    def test_the_language_is_the_readers(self, given):
        phone = given.commissioner()
        english = phone.post("/sync", {"entries": [None]}, Accept_Language="en").json
        chinese = phone.post("/sync", {"entries": [None]}).json
        messages = [each["results"][0]["error"]["message"] for each in (english, chinese)]
        assert messages[0].isascii()
        assert not messages[1].isascii()


class TestTheCall:
    @pytest.mark.parametrize("entries", [[], None, {}, "x", 5, [None] * 101])
    def test_is_refused_when_it_is_no_list_of_one_to_a_hundred(self, entries, given):
        phone = given.commissioner()
        with nothing_stored():
            answer = phone.post("/sync", {"entries": entries})
            assert "entries" in refused(answer, 422, "request.invalid")["errors"]

    def test_refuses_unknown_fields_and_strangers(self, given):
        phone = given.commissioner()
        refused(phone.post("/sync", {"entries": [issue()], "x": 1}), 422)
        refused(Phone(phone.client, "x", phone.person).post("/sync", {"entries": [issue()]}), 401)

    def test_takes_a_hundred(self, given):
        phone = given.commissioner()
        assert outcomes(phone, *(issue() for _ in range(100))) == ["created"] * 100
        assert Issue.rows().count_documents({}) == 100


class TestOrder:
    @pytest.mark.parametrize("turned", [False, True], ids=["in-order", "turned-round"])
    def test_of_references_by_client_id_does_not_matter(self, turned, given):
        phone, enterprise = given.commissioner(), given.enterprise()
        picture = client_id()
        walk = visit(enterprise, photo_client_ids=[picture])
        found = issue(visit_client_id=walk["client_id"], photo_client_ids=[picture])
        sent = [found, walk] if turned else [walk, found]
        ids = {each["client_id"]: each["id"] for each in send(phone, *sent)}
        photo = phone.take_photo(PICTURE, client_id=picture).json["id"]
        run_due()
        seen = phone.see(f"/issues/{ids[found['client_id']]}")
        assert seen["visit_id"] == ids[walk["client_id"]]
        assert seen["photo_ids"] == [photo]
        assert phone.see(f"/visits/{ids[walk['client_id']]}")["photo_ids"] == [photo]

    def test_the_issue_may_come_calls_before_its_visit(self, given):
        phone, enterprise = given.commissioner(), given.enterprise()
        walk = visit(enterprise)
        [found] = send(phone, issue(visit_client_id=walk["client_id"]))
        [walked] = send(phone, walk)
        run_due()
        assert phone.see(f"/issues/{found['id']}")["visit_id"] == walked["id"]
