"""Stating a year and telling of one that is missing are done whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.calendars import actions
from app.calendars.actions import Stated
from app.foundation import clock
from tests.issues.halfway import Act, duty_done, fails_whole, worked
from tests.support.factories import Given, who

NOTICE = {"published": True, "days_off": [], "working_days": [], "reason": "通知"}


def state_a_year(given: Given) -> Act:
    admin = given.role("admin")
    headers = {"If-Match": "*"}
    return lambda: worked(
        admin.call("PUT", "/calendar/2027", json=NOTICE, headers=headers).status_code
    )


def state_it_again(given: Given) -> Act:
    admin = who(given.role("admin"))
    actions.change_year(admin, 2027, Stated(True, (), (), "第一版"), 0, clock.now())
    return state_a_year(given)


def tell_unpublished(given: Given) -> Act:
    actions.alarm(2027, clock.now())
    return duty_done(
        "calendars.unpublished", lambda duty: actions.tell_unpublished(duty, clock.now())
    )


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {
    state_a_year: 6,
    state_it_again: 6,
    tell_unpublished: 4,
}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
