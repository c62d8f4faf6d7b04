"""The first law: an action is done whole or not at all.

Every action of the domain fails after each of its writes in turn, on a real server; nothing may change.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

import wsgi
from app.foundation import clock
from app.issues.desk import placing
from app.notices import actions as notices
from app.photos import processing
from tests.foundation.failing import failing_after
from tests.issues import stories
from tests.issues.halfway import Act, duty_done, fails_whole, post, worked
from tests.issues.stories import ANSWER
from tests.support.duties import run_due
from tests.support.factories import PASSWORD, PHOTOS, Given, client_id
from tests.support.phone import issue_body


def _photo() -> bytes:
    return PHOTOS[0].read_bytes()


def log_in(given: Given) -> Act:
    person = given.person()
    body = {"account": person.account, "password": PASSWORD}
    client = wsgi.app.test_client()
    return lambda: worked(client.post("/api/v1/auth/password", json=body).status_code)


def log_out(given: Given) -> Act:
    return post(given.commissioner(), "/auth/logout")


def take_photo(given: Given) -> Act:
    phone, key, data = given.commissioner(), client_id(), _photo()
    return lambda: worked(phone.take_photo(data, client_id=key).status_code)


def process_photo(given: Given) -> Act:
    given.commissioner().take_photo(_photo())
    store = wsgi.app.extensions["store"]
    return duty_done(
        "photos.process", lambda duty: processing.process(duty, store, clock.now(), "x")
    )


def process_broken_photo(given: Given) -> Act:
    data = _photo()
    given.commissioner().take_photo(data[: len(data) // 2])
    store = wsgi.app.extensions["store"]
    return duty_done(
        "photos.process", lambda duty: processing.process(duty, store, clock.now(), "x")
    )


def give_up_on_photo(given: Given) -> Act:
    given.commissioner().take_photo(_photo())
    return duty_done("photos.process", lambda duty: processing.give_up(duty, clock.now()))


def log_visit(given: Given) -> Act:
    commissioner, project = given.commissioner(), given.project()
    body = {
        "client_id": client_id(),
        "project_id": str(project.id),
        "started_at": "2026-11-24T09:00:00+08:00",
        "photo_ids": [commissioner.take_photo(_photo()).json["id"]],
    }
    return post(commissioner, "/visits", body)


def open_issue(given: Given) -> Act:
    contact = given.contact(given.enterprise())
    picture = contact.take_photo(_photo()).json["id"]
    return post(contact, "/issues", issue_body(photo_ids=[picture]))


def route(given: Given) -> Act:
    stories.submitted(given)
    return duty_done("issues.route", lambda duty: placing.route_issue(duty, clock.now()))


def refer(given: Given) -> Act:
    stories.submitted(given, **stories.NOBODYS)
    return duty_done("issues.route", lambda duty: placing.route_issue(duty, clock.now()))


def give_up_on_routing(given: Given) -> Act:
    stories.submitted(given)
    return duty_done("issues.route", lambda duty: placing.hand_to_dispatcher(duty, clock.now()))


def place(given: Given) -> Act:
    story = stories.dispatching(given)
    return post(given.dispatcher(), story.on_issue("place"), {"category": "PERMIT"})


def accept(given: Given) -> Act:
    story = stories.dispatched(given)
    return post(story.clerk, story.on_ticket("accept"))


def accept_with_a_key(given: Given) -> Act:
    story = stories.dispatched(given)
    return post(story.clerk, story.on_ticket("accept"), Idempotency_Key="tap-1")


def note(given: Given) -> Act:
    story = stories.accepted(given)
    picture = story.clerk.take_photo(_photo()).json["id"]
    return post(story.clerk, story.on_ticket("note"), {"text": "到现场", "photo_ids": [picture]})


def internal_note(given: Given) -> Act:
    story = stories.accepted(given)
    return post(story.clerk, story.on_ticket("note"), {"text": "请示局长", "internal": True})


def answer(given: Given) -> Act:
    story = stories.accepted(given)
    picture = story.clerk.take_photo(_photo()).json["id"]
    return post(story.clerk, story.on_ticket("answer"), {**ANSWER, "photo_ids": [picture]})


def return_ticket(given: Given) -> Act:
    story = stories.dispatched(given)
    body = {"reason_code": "not_ours", "reason": "不归我局"}
    return post(story.clerk, story.on_ticket("return"), body)


def confirm_solved(given: Given) -> Act:
    story = stories.answered(given)
    return post(story.contact, story.on_issue("confirm"), {"solved": "yes"})


def confirm_not_solved(given: Given) -> Act:
    story = stories.answered(given)
    return post(story.contact, story.on_issue("confirm"), {"solved": "no"})


def withdraw(given: Given) -> Act:
    story = stories.accepted(given)
    return post(story.contact, story.on_issue("withdraw"), {"reason": "已解决"})


def deliver_notice(given: Given) -> Act:
    stories.answered(given)
    now = clock.now()
    return duty_done("notices.deliver", lambda duty: notices.deliver(duty, now))


def give_up_on_notice(given: Given) -> Act:
    stories.answered(given)
    return duty_done("notices.deliver", lambda duty: notices.give_up(duty, clock.now()))


def read_notice(given: Given) -> Act:
    story = stories.answered(given)
    run_due()
    notice = story.contact.see("/notices")["items"][0]["id"]
    return post(story.contact, f"/notices/{notice}/read")


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


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_an_action_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)


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
