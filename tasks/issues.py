"""What runs later for issues."""

from __future__ import annotations

from app.foundation import clock, duties
from app.issues.desk import (
    clusters,
    handing_over,
    linking,
    placing,
    proposing,
    recomputing,
    reorganising,
)
from app.issues.ending import confirming
from app.issues.intake import joining
from app.issues.pressing import agreeing, climbing, planning, reminding, supervising
from app.issues.work import asking
from tasks.queue import celery, send_when_ready, work_on


@celery.task(name="issues.route")
def route(*duty_ids: str) -> None:
    """Place submitted issues with departments."""
    for duty_id in duty_ids:
        work_on(duty_id, placing.route_issue, placing.hand_to_dispatcher)


@celery.task(name="issues.join")
def join(*duty_ids: str) -> None:
    """Join what has arrived with what waits for it."""
    for duty_id in duty_ids:
        work_on(duty_id, joining.join, duties.give_up)


@celery.task(name="issues.missing")
def missing(*duty_ids: str) -> None:
    """Tell people of what has never arrived."""
    for duty_id in duty_ids:
        work_on(duty_id, joining.tell_missing, duties.give_up)


@celery.task(name="issues.climb")
def climb(*duty_ids: str) -> None:
    """Climb the rungs that are due."""
    for duty_id in duty_ids:
        work_on(duty_id, climbing.climb, duties.give_up)


@celery.task(name="issues.go_on")
def go_on(*duty_ids: str) -> None:
    """Let clocks go on whose question found no answer."""
    for duty_id in duty_ids:
        work_on(duty_id, asking.go_on, duties.give_up)


@celery.task(name="issues.lapse")
def lapse(*duty_ids: str) -> None:
    """Close what an enterprise left without a word."""
    for duty_id in duty_ids:
        work_on(duty_id, confirming.lapse, duties.give_up)


@celery.task(name="issues.unreachable")
def unreachable(*duty_ids: str) -> None:
    """Count the calls in vain."""
    for duty_id in duty_ids:
        work_on(duty_id, confirming.call_in_vain, duties.give_up)


@celery.task(name="issues.supervision_due")
def supervision_due(*duty_ids: str) -> None:
    """Look at orders of supervision whose time has come."""
    for duty_id in duty_ids:
        work_on(duty_id, supervising.overdue, duties.give_up)


@celery.task(name="issues.agreed_due")
def agreed_due(*duty_ids: str) -> None:
    """Tell people that what was agreed at a meeting is due, or overdue."""
    for duty_id in duty_ids:
        work_on(duty_id, agreeing.agreed_due, duties.give_up)


@celery.task(name="issues.check_plan")
def check_plan(*duty_ids: str) -> None:
    """Look at promised dates that have come."""
    for duty_id in duty_ids:
        work_on(duty_id, planning.check_plan, duties.give_up)


@celery.task(name="issues.confirm_soon")
def confirm_soon(*duty_ids: str) -> None:
    """Remind enterprises before their silence closes an issue."""
    for duty_id in duty_ids:
        work_on(duty_id, reminding.confirm_soon, duties.give_up)


@celery.task(name="issues.recompute")
def recompute(*duty_ids: str) -> None:
    """Compute open promises anew after the calendar changed."""
    for duty_id in duty_ids:
        work_on(duty_id, recomputing.recompute, duties.give_up)


@celery.task(name="issues.reorganise")
def reorganise(*duty_ids: str) -> None:
    """Move the open tickets of a department that became part of another."""
    for duty_id in duty_ids:
        work_on(duty_id, reorganising.reorganise, duties.give_up)


@celery.task(name="issues.hand_over")
def hand_over(*duty_ids: str) -> None:
    """Let the open issues of what another serves now go over to them."""
    for duty_id in duty_ids:
        work_on(duty_id, handing_over.hand_over, duties.give_up)


@celery.task(name="issues.answer_linked")
def answer_linked(*duty_ids: str) -> None:
    """Give a master's answer to the issues that are linked to it."""
    for duty_id in duty_ids:
        work_on(duty_id, linking.answer_linked, duties.give_up)


@celery.task(name="issues.cluster")
def cluster(*duty_ids: str) -> None:
    """Look for issues of many enterprises about one cause."""
    for duty_id in duty_ids:
        work_on(duty_id, proposing.propose, duties.give_up)


@celery.task(name="issues.link_cluster")
def link_cluster(*duty_ids: str) -> None:
    """Link what the desk accepted as one cause."""
    for duty_id in duty_ids:
        work_on(duty_id, clusters.link_members, duties.give_up)


@celery.task(name="issues.begin")
def begin() -> None:
    """See to it that the next look for one cause is due; by the clock and when a worker comes up."""
    proposing.begin(clock.now())


send_when_ready(begin, 3600)
