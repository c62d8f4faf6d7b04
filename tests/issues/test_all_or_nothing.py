"""The first law: an action is done whole or not at all.

Every action of the domain fails after each of its writes in turn, on a real server; nothing may change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import OperationFailure

import wsgi
from app.foundation import clock, duties
from app.foundation.duties import Duty
from app.issues import desk
from app.notices import actions as notices
from app.photos import actions as photos
from tasks.queue import hint
from tests.foundation.failing import UNKNOWN_ERROR, dump, failing_after
from tests.issues import stories
from tests.issues.stories import ANSWER
from tests.support.duties import run_due
from tests.support.factories import PASSWORD, PHOTOS, Given, client_id
from tests.support.phone import Phone, issue_body

# What an action does, and whether it worked.
Act = Callable[[], bool]
MOST_WRITES = 20


def _post(phone: Phone, path: str, body: Any = None, **headers: str) -> Act:
    return lambda: _worked(phone.post(path, body, **headers).status_code)


def _worked(status: int) -> bool:
    assert status in (200, 201, 204, 500), status
    return status < 300


def _duty(kind: str, work: Callable[[Duty], None]) -> Act:
    """A worker that claimed the duty does it."""
    row = duties.rows().find_one({"kind": kind, "state": "due"})
    claimed = duties.claim(row["_id"], now=clock.now(), lease=timedelta(seconds=60))
    assert claimed is not None

    def act() -> bool:
        try:
            work(claimed)
        except OperationFailure as error:
            if error.code != UNKNOWN_ERROR:
                raise
            return False
        return True

    return act


def _photo() -> bytes:
    return PHOTOS[0].read_bytes()


def log_in(given: Given) -> Act:
    person = given.person()
    body = {"account": person.account, "password": PASSWORD}
    client = wsgi.app.test_client()
    return lambda: _worked(client.post("/api/v1/auth/password", json=body).status_code)


def log_out(given: Given) -> Act:
    return _post(given.commissioner(), "/auth/logout")


def take_photo(given: Given) -> Act:
    phone, key, data = given.commissioner(), client_id(), _photo()
    return lambda: _worked(phone.take_photo(data, client_id=key).status_code)


def process_photo(given: Given) -> Act:
    given.commissioner().take_photo(_photo())
    store = wsgi.app.extensions["store"]
    return _duty("photos.process", lambda duty: photos.process(duty, store, clock.now()))


def process_broken_photo(given: Given) -> Act:
    data = _photo()
    given.commissioner().take_photo(data[: len(data) // 2])
    store = wsgi.app.extensions["store"]
    return _duty("photos.process", lambda duty: photos.process(duty, store, clock.now()))


def give_up_on_photo(given: Given) -> Act:
    given.commissioner().take_photo(_photo())
    return _duty("photos.process", lambda duty: photos.give_up(duty, clock.now()))


def log_visit(given: Given) -> Act:
    commissioner, project = given.commissioner(), given.project()
    body = {
        "client_id": client_id(),
        "project_id": str(project.id),
        "started_at": "2026-11-24T09:00:00+08:00",
        "photo_ids": [commissioner.take_photo(_photo()).json["id"]],
    }
    return _post(commissioner, "/visits", body)


def open_issue(given: Given) -> Act:
    contact = given.contact(given.enterprise())
    picture = contact.take_photo(_photo()).json["id"]
    return _post(contact, "/issues", issue_body(photo_ids=[picture]))


def route(given: Given) -> Act:
    stories.submitted(given)
    return _duty("issues.route", lambda duty: desk.route_issue(duty, clock.now()))


def refer(given: Given) -> Act:
    stories.submitted(given, category="OTHER")
    return _duty("issues.route", lambda duty: desk.route_issue(duty, clock.now()))


def give_up_on_routing(given: Given) -> Act:
    stories.submitted(given)
    return _duty("issues.route", lambda duty: desk.hand_to_dispatcher(duty, clock.now()))


def place(given: Given) -> Act:
    story = stories.dispatching(given)
    return _post(given.dispatcher(), story.on_issue("place"), {"category": "PERMIT"})


def accept(given: Given) -> Act:
    story = stories.dispatched(given)
    return _post(story.clerk, story.on_ticket("accept"))


def accept_with_a_key(given: Given) -> Act:
    story = stories.dispatched(given)
    return _post(story.clerk, story.on_ticket("accept"), Idempotency_Key="tap-1")


def note(given: Given) -> Act:
    story = stories.accepted(given)
    picture = story.clerk.take_photo(_photo()).json["id"]
    return _post(story.clerk, story.on_ticket("note"), {"text": "到现场", "photo_ids": [picture]})


def internal_note(given: Given) -> Act:
    story = stories.accepted(given)
    return _post(story.clerk, story.on_ticket("note"), {"text": "请示局长", "internal": True})


def answer(given: Given) -> Act:
    story = stories.accepted(given)
    picture = story.clerk.take_photo(_photo()).json["id"]
    return _post(story.clerk, story.on_ticket("answer"), {**ANSWER, "photo_ids": [picture]})


def return_ticket(given: Given) -> Act:
    story = stories.dispatched(given)
    body = {"reason_code": "not_ours", "reason": "不归我局"}
    return _post(story.clerk, story.on_ticket("return"), body)


def confirm_solved(given: Given) -> Act:
    story = stories.answered(given)
    return _post(story.contact, story.on_issue("confirm"), {"solved": "yes"})


def confirm_not_solved(given: Given) -> Act:
    story = stories.answered(given)
    return _post(story.contact, story.on_issue("confirm"), {"solved": "no"})


def withdraw(given: Given) -> Act:
    story = stories.accepted(given)
    return _post(story.contact, story.on_issue("withdraw"), {"reason": "已解决"})


def deliver_notice(given: Given) -> Act:
    stories.answered(given)
    now = clock.now()
    return _duty("notices.deliver", lambda duty: notices.deliver(duty, now))


def give_up_on_notice(given: Given) -> Act:
    stories.answered(given)
    return _duty("notices.deliver", lambda duty: notices.give_up(duty, clock.now()))


def read_notice(given: Given) -> Act:
    story = stories.answered(given)
    run_due()
    notice = story.contact.see("/notices")["items"][0]["id"]
    return _post(story.contact, f"/notices/{notice}/read")


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {
    log_in: 1,
    log_out: 1,
    take_photo: 4,
    process_photo: 4,
    process_broken_photo: 4,
    give_up_on_photo: 4,
    log_visit: 4,
    open_issue: 5,
    route: 6,
    refer: 5,
    give_up_on_routing: 5,
    place: 5,
    accept: 4,
    accept_with_a_key: 5,
    note: 5,
    internal_note: 3,
    answer: 6,
    return_ticket: 5,
    confirm_solved: 6,
    confirm_not_solved: 6,
    withdraw: 6,
    deliver_notice: 3,
    give_up_on_notice: 1,
    read_notice: 1,
}


@pytest.fixture
def hinted(app: Any) -> Iterator[list[str]]:
    """The hints that were given, which must not speak of what was rolled back."""
    heard: list[str] = []
    duties.announce_with(lambda kind, duty: heard.append(kind))
    yield heard
    duties.announce_with(hint)


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_an_action_that_fails_half_way_changes_nothing(prepare, given, hinted):
    act = prepare(given)
    before = dump()
    hinted.clear()
    for writes in range(MOST_WRITES):
        with failing_after(writes):
            worked = act()
        if worked:
            break
        assert dump() == before, f"after {writes} writes"
        assert hinted == []
    assert worked
    assert writes >= ACTIONS[prepare]
    assert dump() != before


def test_a_hint_follows_the_commit_and_only_it(given, hinted):
    contact = given.contact(given.enterprise())
    hinted.clear()
    with failing_after(0, ["commitTransaction"]):
        assert contact.post("/issues", issue_body()).status_code == 500
    assert hinted == []
    contact.open_issue()
    assert hinted == ["issues.route"]


def test_a_lost_commit_answer_is_not_an_issue_filed_twice(given):
    """The commit may have happened though its answer was lost: the phone sends again."""
    contact, body = given.contact(given.enterprise()), issue_body()
    with failing_after(0, ["commitTransaction"]):
        assert contact.post("/issues", body).status_code == 500
    first, second = contact.post("/issues", body), contact.post("/issues", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["id"] == second.json["id"]
