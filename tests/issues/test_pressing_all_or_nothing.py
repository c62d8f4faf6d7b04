"""The first law for pressing on: each step is done whole or not at all, wherever the database fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.foundation import clock
from app.foundation.db import transaction
from app.issues.documents import Issue, Ticket
from app.issues.pressing import agreeing, planning, reminding, supervising
from tests.issues import stories
from tests.issues.halfway import Act, due_now, duty_done, fails_whole, post
from tests.issues.pressing_stories import (
    DONE,
    ORDER,
    REPLY,
    minutes,
    planned,
    replied,
    ruled,
    supervised,
    task,
)
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, Given

PAST = {"held_at": "2026-01-05T15:00:00+08:00"}


@pytest.fixture(autouse=True)
def morning(the_time):
    the_time.is_("2026-11-24 10:00")


def _picture(phone) -> str:
    return str(phone.take_photo(PHOTOS[0].read_bytes()).json["id"])


def remind(given: Given) -> Act:
    story = stories.accepted(given)
    return post(story.contact, story.on_issue("remind"), {"text": "请尽快"})


def confirm_soon(given: Given) -> Act:
    stories.answered(given)
    due_now("issues.confirm_soon")
    return duty_done("issues.confirm_soon", lambda duty: reminding.confirm_soon(duty, clock.now()))


def supervise(given: Given) -> Act:
    story = stories.accepted(given)
    return post(given.inspector(), story.on_issue("supervise"), ORDER)


def supervise_by_ladder(given: Given) -> Act:
    story = stories.accepted(given)

    def work(_: object) -> None:
        ticket, issue = Ticket.get(story.ticket), Issue.get(story.issue)
        transaction(lambda: supervising.order_by_ladder(ticket, issue, clock.now()))

    return duty_done("notices.deliver", work)


def reply(given: Given) -> Act:
    story, key = supervised(given, given.inspector())
    body = {**REPLY, "photo_ids": [_picture(story.head)]}
    return post(story.head, f"/supervisions/{key}/reply", body)


def accept_reply(given: Given) -> Act:
    inspector = given.inspector()
    _, key = replied(given, inspector)
    return post(inspector, f"/supervisions/{key}/close", {"accepted": True})


def send_reply_back(given: Given) -> Act:
    inspector = given.inspector()
    _, key = replied(given, inspector)
    return post(inspector, f"/supervisions/{key}/close", {"accepted": False, "text": "不够"})


def supervision_due(given: Given) -> Act:
    supervised(given, given.inspector())
    due_now("issues.supervision_due")
    return duty_done("issues.supervision_due", lambda duty: supervising.overdue(duty, clock.now()))


def withdraw_what_is_pressed(given: Given) -> Act:
    story, _ = supervised(given, given.inspector())
    given.dispatcher().do(story.on_issue("meetings"), minutes(task(story.clerk)))
    return post(story.contact, story.on_issue("withdraw"), {"reason": "不办了"})


def meet(given: Given) -> Act:
    story = stories.accepted(given)
    body = minutes(task(story.clerk), task(story.head))
    return post(given.dispatcher(), story.on_issue("meetings"), body)


def meet_and_rule(given: Given) -> Act:
    story = stories.accepted(given)
    body = minutes(task(story.clerk), **ruled(story.head, "not_yours"))
    return post(given.dispatcher(), story.on_issue("meetings"), body)


def meet_and_settle_a_return(given: Given) -> Act:
    story = stories.returned(given)
    body = minutes(**PAST, **ruled(story.head, "yours"))
    return post(given.dispatcher(), story.on_issue("meetings"), body)


def agreed_due(given: Given) -> Act:
    story = stories.accepted(given)
    given.dispatcher().do(story.on_issue("meetings"), minutes(task(story.clerk)))
    due_now("issues.agreed_due")
    return duty_done("issues.agreed_due", lambda duty: agreeing.agreed_due(duty, clock.now()))


def agreed_done(given: Given) -> Act:
    story = stories.accepted(given)
    seen = given.dispatcher().do(story.on_issue("meetings"), minutes(task(story.clerk)))
    path = f"/meetings/{seen['meetings'][0]['id']}/duties/1/done"
    return post(story.clerk, path, {**DONE, "photo_ids": [_picture(story.clerk)]})


def check_plan(given: Given) -> Act:
    planned(given)
    due_now("issues.check_plan")
    return duty_done("issues.check_plan", lambda duty: planning.check_plan(duty, clock.now()))


def plan_kept(given: Given) -> Act:
    story = _plan_due(given)
    body = {"kept": True, "photo_ids": [_picture(story.clerk)]}
    return post(story.clerk, story.on_issue("plan"), body)


def plan_broken(given: Given) -> Act:
    story = _plan_due(given)
    return post(story.contact, story.on_issue("plan"), {"kept": False, "text": "没有"})


def _plan_due(given: Given) -> stories.Story:
    story = planned(given)
    due_now("issues.check_plan")
    run_due()
    return story


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {
    remind: 4,
    confirm_soon: 5,
    supervise: 6,
    supervise_by_ladder: 6,
    reply: 6,
    accept_reply: 5,
    send_reply_back: 6,
    supervision_due: 6,
    withdraw_what_is_pressed: 10,
    meet: 9,
    meet_and_rule: 13,
    meet_and_settle_a_return: 8,
    agreed_due: 6,
    agreed_done: 5,
    check_plan: 5,
    plan_kept: 5,
    plan_broken: 8,
}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
