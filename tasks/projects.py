"""What runs later for projects: their standings, warnings, milestones."""

from __future__ import annotations

from app.foundation import clock, duties
from app.projects.forecasts import paces
from app.projects.milestones import climbing
from app.projects.rates import restanding
from app.projects.warnings import keeping, nightly
from tasks.queue import celery, send_when_ready, work_on


@celery.task(name="projects.begin")
def begin() -> None:
    """See to it that standings follow the month, all are judged at night, and paces each hour."""
    for each in (restanding, nightly, paces):
        each.begin(clock.now())


send_when_ready(begin, 3600)


@celery.task(name="projects.restand")
def restand(*duty_ids: str) -> None:
    """Make standings anew. Never given up: cells that stay behind would stay wrong."""
    for duty_id in duty_ids:
        work_on(duty_id, restanding.restand, restanding.restand)


@celery.task(name="projects.turn_month")
def turn_month(*duty_ids: str) -> None:
    """Owe new standings to all projects once a month is over. Never given up."""
    for duty_id in duty_ids:
        work_on(duty_id, restanding.turn_month, restanding.turn_month)


@celery.task(name="projects.judge")
def judge(*duty_ids: str) -> None:
    """Judge projects: let their warnings be what the facts say."""
    for duty_id in duty_ids:
        work_on(duty_id, keeping.judge, duties.give_up)


@celery.task(name="projects.judge_all")
def judge_all(*duty_ids: str) -> None:
    """Owe it of all projects that they are judged, and the next night. Never given up."""
    for duty_id in duty_ids:
        work_on(duty_id, nightly.judge_all, nightly.judge_all)


@celery.task(name="milestones.climb")
def climb_milestones(*duty_ids: str) -> None:
    """Climb the rungs of milestones that are due."""
    for duty_id in duty_ids:
        work_on(duty_id, climbing.climb, duties.give_up)


@celery.task(name="projects.pace")
def pace(*duty_ids: str) -> None:
    """Make the district's paces anew."""
    for duty_id in duty_ids:
        work_on(duty_id, paces.make, duties.give_up)
