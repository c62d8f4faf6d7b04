"""What the desk does is done whole or not at all: it fails after each of its writes in turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.foundation import clock
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.issues.desk import linking
from app.issues.documents import Issue, Ticket
from tests.issues import stories
from tests.issues.halfway import Act, duty_done, fails_whole, post, worked
from tests.issues.stories import ANSWER
from tests.support.factories import PHOTOS, Given

REASON = {"reason": "更正"}


def split(given: Given) -> Act:
    story = stories.dispatched(given)
    body = {"parts": [{"text": "许可证"}, {"text": "道路"}], **REASON}
    return post(given.dispatcher(), story.on_issue("split"), body)


def correct_firm(given: Given) -> Act:
    story = stories.dispatched(given)
    body = {**REASON, "enterprise_id": str(given.enterprise("321204101").id)}
    return post(given.dispatcher(), story.on_issue("correct"), body)


def _with_photo(given: Given) -> tuple[stories.Story, str]:
    enterprise = given.enterprise()
    contact = given.contact(enterprise)
    photo = contact.take_photo(PHOTOS[0].read_bytes()).json["id"]
    issue = contact.open_issue(photo_ids=[photo])
    nobody = given.clerk("HOUSING")
    story = stories.Story(enterprise, contact, nobody, nobody, issue["id"], issue["number"])
    return story, photo


def hide_photo(given: Given) -> Act:
    story, photo = _with_photo(given)
    body = {**REASON, "remove_photo_ids": [photo]}
    return post(given.dispatcher(), story.on_issue("correct"), body)


def restore_photo(given: Given) -> Act:
    story, photo = _with_photo(given)
    given.dispatcher().do(story.on_issue("correct"), {**REASON, "remove_photo_ids": [photo]})
    body = {**REASON, "restore_photo_ids": [photo]}
    return post(given.inspector(), story.on_issue("correct"), body)


def merge(given: Given) -> Act:
    target, story = stories.dispatched(given), stories.dispatched(given)
    body = {**REASON, "into_id": target.issue}
    return post(given.dispatcher(), story.on_issue("merge"), body)


def link(given: Given) -> Act:
    master, story = stories.answered(given), stories.dispatched(given)
    body = {**REASON, "master_id": master.issue}
    return post(given.dispatcher(), story.on_issue("link"), body)


def unlink(given: Given) -> Act:
    master, story = stories.dispatched(given), stories.dispatched(given)
    given.dispatcher().do(story.on_issue("link"), {**REASON, "master_id": master.issue})
    return post(given.dispatcher(), story.on_issue("unlink"), REASON)


def follow(given: Given) -> Act:
    story = stories.dispatched(given)
    return post(story.contact, story.on_issue("follow"))


def unfollow(given: Given) -> Act:
    story = stories.dispatched(given)
    story.contact.do(story.on_issue("follow"))
    path = story.on_issue("unfollow")
    return lambda: worked(story.contact.post(path).status_code)


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {
    split: 8,
    correct_firm: 5,
    hide_photo: 6,
    restore_photo: 6,
    merge: 8,
    link: 7,
    unlink: 3,
    follow: 3,
    unfollow: 3,
}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_of_the_desk_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)


def test_an_answer_to_a_linked_issue_is_given_whole_or_not_at_all(given, hinted):
    """Each has a transaction of its own, so each is played for itself."""
    story, linked = stories.accepted(given), stories.dispatched(given)
    given.dispatcher().do(linked.on_issue("link"), {**REASON, "master_id": story.issue})
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    master, key, now = Issue.get(story.issue), Issue.get(linked.issue).id, clock.now()
    answer = dict(Ticket.get(story.ticket).answer)

    def give(duty: Duty) -> None:
        transaction(lambda: linking.give_answer(key, master, answer, now))

    fails_whole(duty_done("issues.answer_linked", give), 9, hinted)
