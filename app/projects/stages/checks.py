"""The checks of statements about stages, one or ten thousand: a fixed number of looks for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import days
from app.foundation.entries import STANDING
from app.projects.stages.course import WHOLE, Step, course_of, step_of
from app.projects.stages.documents import (
    ACTUAL,
    PLANNED,
    RESUMED,
    SUSPENDED,
    StageEntry,
    about,
)
from app.projects.stages.gates import held_back
from app.projects.stages.rules import Around, key_of, refusals, turn_of
from app.registers.register import Batch, Draft

IN_ONE_LOOK = 2000
SIGNED = "signed"
NUMBERED = (SUSPENDED, RESUMED)
_OF_A_STEP = {"project": 1, "phase": 1, "stage": 1, "kind": 1, "turn": 1, "on": 1, "about": 1}

Of = dict[ObjectId, dict[str, Step]]
"""Of each project the steps that hold, by what they are about."""


def about_of(row: Mapping[str, Any]) -> str:
    """Of what a stated or stored row is. Raises KeyError where it does not say."""
    turn = turn_of(row["stage"], row.get("turn"))
    return about(row["project"], row.get("phase") or WHOLE, row["stage"], row["kind"], turn)


def check(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Fill in what follows, blame what cannot be, and warn of what is unusual."""
    for draft in drafts:
        _settle(draft)
    _blame_doubles(drafts)
    before = standing({draft.after["project"] for draft in drafts})
    after: Of = {project: dict(steps) for project, steps in before.items()}
    for draft in drafts:
        after.setdefault(draft.after["project"], {})[about_of(draft.after)] = step_of(draft.after)
    _refuse(batch, drafts, after)
    _hold_back(batch, drafts, before)
    _warn(drafts, before, after)


def standing(projects: Iterable[ObjectId]) -> Of:
    """What holds of these projects; a look for each two thousand."""
    wanted, found = list(projects), Of()
    for start in range(0, len(wanted), IN_ONE_LOOK):
        some = {"project": {"$in": wanted[start : start + IN_ONE_LOOK]}, **STANDING}
        for row in StageEntry.rows().find(some, _OF_A_STEP):
            found.setdefault(row["project"], {})[row["about"]] = step_of(row)
    return found


def supersedes(draft: Draft) -> bool:
    """Whether it takes the place of something that held."""
    return draft.before is not None and not draft.before["void"]


def _settle(draft: Draft) -> None:
    """Phase, turn, photos, and what is known of the evidence.

    What takes the place of another keeps its photos; who looked at that has not looked at another day.
    """
    after, before = draft.after, draft.before or {}
    after["phase"] = after.get("phase") or WHOLE
    after["turn"] = turn_of(after["stage"], after.get("turn"))
    after["note"] = after.get("note") or ""
    said = [] if after["photos"] is before.get("photos") else after["photos"]
    kept = before.get("photos", []) if supersedes(draft) else []
    after["photos"] = list(dict.fromkeys([*kept, *said]))
    after["evidence_missing"] = after["kind"] != PLANNED and not after["photos"]
    if not supersedes(draft) or before.get("on") != after["on"]:
        after["verified"] = None


def _blame_doubles(drafts: Sequence[Draft]) -> None:
    """Lines that mean the same, though they do not say it in the same way."""
    seen: dict[str, int] = {}
    for draft in drafts:
        first = seen.setdefault(about_of(draft.after), draft.line.number)
        if first != draft.line.number:
            draft.line.blame("stage", "register.twice", line=first)


def _refuse(batch: Batch, drafts: Sequence[Draft], after: Of) -> None:
    today, founded = days.today(batch.now).isoformat(), _founded(drafts)
    held = {
        project: {key_of(step): step.on for step in steps.values()}
        for project, steps in after.items()
    }
    for draft in drafts:
        around = Around(
            today=today,
            founded=founded.get(draft.refs["project"].get("enterprise")),
            held=held[draft.after["project"]],
            correction=supersedes(draft),
        )
        for field, reason in refusals(step_of(draft.after), around):
            draft.line.blame(field, reason.code, **reason.params)
        moved = supersedes(draft) and draft.was("on") != draft.after["on"]
        if moved and not draft.line.values.get("turn") and draft.after["stage"] in NUMBERED:
            # It may well be the next one: nobody is to take the place of another unawares.
            draft.line.blame("turn", "stage.turn_needed", day=draft.was("on"))
        elif moved and not batch.reason and batch.platform is None:
            draft.line.blame("on", "stage.reason_needed", day=draft.was("on"))


def _founded(drafts: Sequence[Draft]) -> dict[ObjectId | None, str]:
    """When the firms of the projects were founded, where that is known."""
    firms = {draft.refs["project"].get("enterprise") for draft in drafts} - {None}
    query = {"_id": {"$in": list(firms)}, "founded_on": {"$ne": None}}
    return {
        row["_id"]: row["founded_on"]
        for row in Enterprise.rows().find(query, {"founded_on": 1})
        if row.get("founded_on")
    }


def _hold_back(batch: Batch, drafts: Sequence[Draft], before: Of) -> None:
    """A project that is signed for the first time was reviewed; history is what it is."""
    if batch.historic:
        return
    signings = list(_first_signings(drafts, before))
    by_day: dict[ObjectId, str] = {}
    for draft in signings:
        project, day = draft.after["project"], draft.after["on"]
        by_day[project] = min(day, by_day.get(project, day))
    back = held_back(by_day)
    for draft in signings:
        if draft.after["project"] in back:
            draft.line.blame("stage", "project.not_reviewed")


def _first_signings(drafts: Sequence[Draft], before: Of) -> Iterator[Draft]:
    for draft in drafts:
        signs = (draft.after["stage"], draft.after["kind"]) == (SIGNED, ACTUAL)
        if signs and not draft.line.problems and not _signed(before, draft.after["project"]):
            yield draft


def _signed(before: Of, project: ObjectId) -> bool:
    steps = before.get(project, {}).values()
    return any((step.stage, step.kind) == (SIGNED, ACTUAL) for step in steps)


def _warn(drafts: Sequence[Draft], before: Of, after: Of) -> None:
    """Tell the first draft of a project what is unusual by it and its like, and was not before."""
    told: set[ObjectId] = set()
    for draft in drafts:
        project: ObjectId = draft.after["project"]
        if project not in told:
            told.add(project)
            known = course_of(before.get(project, {}).values()).warnings
            found = course_of(after[project].values()).warnings
            draft.warnings += [each for each in found if each not in known]
