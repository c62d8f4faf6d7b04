"""The first law for milestones and approvals: a step is done whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.foundation import clock
from app.projects.milestones import climbing
from tests.issues.halfway import Act, due_now, duty_done, fails_whole, post
from tests.projects.milestones.stories import WHY, begun, finished
from tests.support.factories import Given


@pytest.fixture(autouse=True)
def morning(the_time):
    the_time.is_("2026-11-24 10:00")


def enter(given: Given) -> Act:
    story = begun(given)
    return post(story.commissioner, story.path, story.body("M1"))


def move(given: Given) -> Act:
    story = begun(given)
    key = story.add("M1")["id"]
    body = {"due_on": "2026-12-10", "reason": WHY}
    return post(story.commissioner, f"/milestones/{key}/move", body)


def finish(given: Given) -> Act:
    story = begun(given)
    key = story.add("M1")["id"]
    return post(story.commissioner, f"/milestones/{key}/done", finished(story.commissioner))


def climb(given: Given) -> Act:
    begun(given).add("M1", due_on="2026-11-20")
    due_now(climbing.KIND)
    return duty_done(climbing.KIND, lambda duty: climbing.climb(duty, clock.now()))


def submit(given: Given) -> Act:
    story = begun(given)
    path = f"/projects/{story.project.id}/approvals"
    seen = story.commissioner.do(path, {"items": ["FILING"]})
    key = seen["items"][0]["id"]
    return post(story.commissioner, f"/approvals/{key}/submit", {"on": "2026-11-24"})


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {enter: 5, move: 6, finish: 5, climb: 6, submit: 4}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
