"""Keeping warnings: judged on change and each night, opened, worsened, eased and cleared by facts alone.

A red one owes something to somebody (`owing`). One that stays red is proposed for exit. All of it is for
people to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError

from app.foundation import days, duties, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.errors import Stale
from app.foundation.writes import write_all
from app.projects.exits import proposing
from app.projects.milestones import for_warnings
from app.projects.rates.documents import StoredStanding
from app.projects.rates.standing import Standing, of_row
from app.projects.ties import CHANGE, HISTORY
from app.projects.warnings import causes, gathering, owing, rules, spending
from app.projects.warnings.clocks import Span, clock
from app.projects.warnings.documents import OPEN, KeptWarning
from app.projects.warnings.facts import BREACH, KINDS, NO_FACTS, RED, Facts, Finding
from app.projects.warnings.steps import Step, Subject, step_of

TRIES = 5

Live = Mapping[tuple[ObjectId, str], Row]


def judge(duty: Duty, now: datetime) -> None:
    """Judge the duty's projects. Raises Stale or DuplicateKeyError when others were faster time and again."""
    cause = duty.payload.get("cause", CHANGE)

    def work() -> None:
        judge_projects(causes.left_to(duty), now, historic=cause == HISTORY)
        duties.finish(duty, now)

    for tried in range(1, TRIES + 1):
        try:
            transaction(work)
        except (Stale, BulkWriteError, DuplicateKeyError):
            if tried == TRIES:
                raise
        else:
            return


def judge_projects(keys: Sequence[ObjectId], now: datetime, *, historic: bool = False) -> None:
    """Let the warnings of these projects be what the facts say. Joins the surrounding transaction.

    What reddens by facts that are `historic` does so silently.
    Raises Stale, or pymongo's BulkWriteError or DuplicateKeyError, when somebody else did it at once.
    """
    today = days.today(now)
    standings = _standings(keys, today)
    facts, live = gathering.facts_of(keys, today), _live(keys)
    steps: list[Step] = []
    kept: list[Row] = []
    for each in standings:
        found = _findings(each, facts.get(each.id, NO_FACTS), live, today)
        subject = Subject(each.unit, each.id)
        for kind in KINDS:
            row = live.get((each.id, kind))
            step = step_of(subject, row, found.get(kind), now)
            if step is not None:
                steps.append(step)
            if kind in found and (after := step.row if step else row) is not None:
                kept.append(after)
    written = {step.row["_id"]: step.row for step in carry_out(steps, now, historic=historic)}
    red = [written.get(row["_id"], row) for row in kept if row["level"] == RED]
    owing.catch_up(red, now)
    off = {key: each.off for key, each in facts.items()}
    proposing.propose([row for row in red if owing.may_lead_to_exit(row)], off, now)


def carry_out(steps: Sequence[Step], now: datetime, *, historic: bool = False) -> Sequence[Step]:
    """Write the steps, with their history and what red ones owe, and give them as they were written.

    What is red no more owes nothing any more: its milestone is cancelled. Joins the surrounding transaction.
    """
    projects = owing.of_reddening(steps)
    steps = owing.quieted(steps, projects, now, historic=historic)
    write_all(KeptWarning, [step.write for step in steps])
    history.append_all(step.told for step in steps if step.told and not step.reddens)
    for_warnings.drop((step.row for step in steps if step.relieves), now)
    for step in steps:
        if step.reddens:
            owing.owe(step, projects.get(step.row["project"]), now)
    return steps


def _standings(keys: Sequence[ObjectId], today: date) -> list[Standing]:
    """Without the years that no rule looks at: to read decimals is most of the work."""
    years = spending.years_of(rules.last_month(pack().warnings, today))
    shown = {field.name: 1 for field in fields(Standing) if field.name not in ("id", "years")}
    shown |= {f"years.{year}": 1 for year in years}
    rows = StoredStanding.rows().find({"_id": {"$in": list(keys)}}, shown)
    return [of_row(row) for row in rows]


def _live(keys: Sequence[ObjectId]) -> Live:
    query = {"project": {"$in": list(keys)}, "cleared_at": None}
    return {(row["project"], row["kind"]): row for row in KeptWarning.rows().find(query)}


def _findings(standing: Standing, facts: Facts, live: Live, today: date) -> dict[str, Finding]:
    """What the facts say, with what has gone unanswered of that."""
    terms = pack().warnings
    found = rules.judge(standing, facts, terms, today)
    red = [kind for kind, each in found.items() if each.level == RED and kind != BREACH]
    if len(red) < terms.breach.reds:
        return found
    rows = (live.get((standing.id, kind)) for kind in red)
    since = [
        _unanswered_since(row, facts.off, today)
        for row in rows
        if row is not None and row["state"] == OPEN and not row.get("silent")
    ]
    late = tuple(day for day in since if day is not None and day <= today)
    if len(late) < terms.breach.reds:
        return found
    return rules.judge(standing, replace(facts, unanswered=late), terms, today)


def _unanswered_since(row: Row, off: Sequence[Span], today: date) -> date | None:
    """When the days to answer were over, without those that government cost."""
    red_at: datetime | None = row["red_at"]
    if red_at is None:
        return None
    start = days.today(red_at)
    end = start + timedelta(days=pack().warnings.breach.answer_days)
    return clock(start, end, off, today).due
