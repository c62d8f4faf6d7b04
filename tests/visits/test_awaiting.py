"""What never joins is told: its owner after a day, the dispatchers after three; not dropped, not nagged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.foundation import clock, duties, history
from app.notices import actions as notices
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.factories import who as as_who
from tests.visits.stories import END, at, begun, photo


@pytest.fixture
def later(monkeypatch):
    """Let hours go by, and do what is due then."""
    real = clock.now

    def pass_by(hours: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=hours))
        run_due()

    return pass_by


@pytest.fixture
def phone(given):
    return given.commissioner()


@pytest.fixture
def desk(given):
    return given.dispatcher()


def events(who) -> list[str]:
    # Tokens run out while the hours pass: the inbox is read below the API.
    rows, _ = notices.inbox(as_who(who), unread_only=False, page=1, page_size=50)
    return [row["event"] for row in rows]


def test_a_visit_that_lacks_photos(phone, desk, later, given):
    late = client_id()
    visit = phone.do("/visits", at(given.enterprise(), ended_at=END, photo_client_ids=[late]))
    later(23.9)
    assert (events(phone), events(desk)) == ([], [])
    later(24.1)
    assert (events(phone), events(desk)) == (["visit.incomplete"], [])
    later(71.9)
    assert (events(phone), events(desk)) == (["visit.incomplete"], [])
    later(72.1)
    assert (events(phone), events(desk)) == (["visit.incomplete"], ["visit.still_incomplete"])
    later(500)
    assert (events(phone), events(desk)) == (["visit.incomplete"], ["visit.still_incomplete"])
    assert visit["missing"]["client_ids"] == [late]


def test_the_words_of_it(phone, later, given, monkeypatch):
    place = given.enterprise(name="演示机械厂")
    phone.do("/visits", at(place, ended_at=END, expected_photos=3, photo_ids=[photo(phone)]))
    later(25)
    monkeypatch.undo()
    told = phone.see("/notices")["items"][0]
    assert told["text"] == "2026-11-24 09:00 走访演示机械厂还缺 2 张照片，请打开手机补传"
    assert told["issue_id"] is None
    assert phone.get(f"/visits/{told['visit_id']}").status_code == 200


def test_what_has_come_by_then_is_not_told(phone, desk, later, given):
    late = client_id()
    phone.do("/visits", at(given.enterprise(), ended_at=END, photo_client_ids=[late]))
    photo(phone, client_id=late)
    later(24.1)
    later(72.1)
    assert (events(phone), events(desk)) == ([], [])


def test_what_comes_in_between_is_not_told_to_the_desk(phone, desk, later, given):
    late = client_id()
    phone.do("/visits", at(given.enterprise(), ended_at=END, photo_client_ids=[late]))
    later(24.1)
    assert events(phone) == ["visit.incomplete"]
    later(0)
    photo(phone, client_id=late)
    later(72.1)
    assert events(desk) == []


def test_a_visit_that_lacks_nothing_owes_nothing(phone, given):
    phone.do("/visits", at(given.enterprise(), ended_at=END, photo_ids=[photo(phone)]))
    assert duties.rows().count_documents({"kind": "issues.missing"}) == 0


def test_each_occasion_counts_but_nobody_is_told_twice(phone, later, given):
    key = begun(phone, given.enterprise(), photo_client_ids=[client_id()])["id"]
    phone.do(f"/visits/{key}/photos", {"photo_client_ids": [client_id()]})
    phone.do(f"/visits/{key}/end", {"ended_at": END})
    later(25)
    assert events(phone) == ["visit.incomplete"]
    assert history.rows().count_documents({"action": "incomplete"}) == 1


def test_an_issue_that_lacks_its_visit_and_a_photo(phone, desk, later, given, monkeypatch):
    visit, late = client_id(), client_id()
    issue = phone.open_issue(visit_client_id=visit, photo_client_ids=[late])
    later(24.1)
    assert "issue.incomplete" in events(phone)
    assert "issue.still_incomplete" not in events(desk)
    later(72.1)
    assert "issue.still_incomplete" in events(desk)
    assert events(phone).count("issue.incomplete") == 1
    monkeypatch.undo()
    seen = phone.see(f"/issues/{issue['id']}")
    assert seen["missing"] == {"count": 1, "client_ids": [late], "visit_client_id": visit}
    told = next(
        each for each in phone.see("/notices")["items"] if each["event"] == "issue.incomplete"
    )
    assert "还缺 2 项" in told["text"]
    assert "后到" not in str(seen["history"])
