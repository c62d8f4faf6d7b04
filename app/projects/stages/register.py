"""The register of stages: how statements about them come in, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.messages import LANGUAGES, say
from app.foundation.writes import Change, write_all
from app.photos import actions as photos
from app.projects.documents import STAGES, Project
from app.projects.milestones import waiting
from app.projects.places import place_again
from app.projects.register import said
from app.projects.stages.checks import about_of, check, standing
from app.projects.stages.course import course_of
from app.projects.stages.documents import KINDS, PLANNED, TURNS, StageEntry
from app.projects.ties import COLUMNS, cause_of, owe_standing, project_ties
from app.registers.fields import Choice, Day, Field, Ref, Whole
from app.registers.register import Batch, Draft, Register

BEFORE_ALL = STAGES[0]
"""Where a project is of which nothing is known that happened."""


def follow(batch: Batch, projects: Mapping[ObjectId, Row]) -> None:
    """Let stage and course of the projects, as they were read, follow from their entries; and milestones.

    Joins the surrounding transaction. Raises Stale where a project was changed since it was read: statements
    about one project come one after the other, so that each is judged by what the others said.
    """
    held = standing(projects)
    courses = {key: course_of(held.get(key, {}).values()) for key in projects}
    changes, told, turned = [], [], set()
    for key, row in projects.items():
        course = courses[key]
        now = {"stage": course.stage or BEFORE_ALL, "course": course.course}
        same = {"_id": key, "version": row.get("version")}
        update = {"$set": {**now, "updated_at": batch.now}, "$inc": {"version": 1}}
        changes.append(Change(same, update))
        was = {name: row.get(name) for name in now}
        if was != now:
            told.append(_told(batch, key, was, now))
        if was["course"] != now["course"]:
            turned.add(key)
    write_all(Project, changes)
    history.append_all(told)
    waiting.follow(courses, turned, batch.now, tell=not batch.historic)


def _told(batch: Batch, project: ObjectId, was: Row, now: Row) -> Mapping[str, Any]:
    return {
        "thing": "project",
        "thing_id": project,
        "action": "stage",
        "by": batch.by,
        "now": batch.now,
        "before": was["stage"],
        "after": now["stage"],
        "text": batch.reason,
        "data": {"before": was, "after": now, "source": batch.source},
    }


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    if not drafts:
        return
    happened = [draft for draft in drafts if draft.after["kind"] != PLANNED]
    follow(batch, {draft.after["project"]: draft.refs["project"] for draft in happened})
    _attach(drafts)
    owe_standing((draft.after["project"] for draft in drafts), batch.now, cause_of(batch))


def _attach(drafts: Iterable[Draft]) -> None:
    """The photos that are new show the project, and are measured to its site."""
    for draft in drafts:
        known = (draft.before or {}).get("photos", ())
        if fresh := [each for each in draft.after["photos"] if each not in known]:
            project = draft.refs["project"]
            site = place_again(project.get("enterprise"), project["_id"]).site
            photos.attach(fresh, "project", project["_id"], site)


def _kinds() -> Mapping[str, Sequence[str]]:
    return {code: [say(f"stage.kind.{code}", each) for each in LANGUAGES] for code in KINDS}


REGISTER = Register(
    name="stages",
    document=StageEntry,
    fields=(
        Ref(name="project", required=True, document=Project, key="code", into="project"),
        Choice(name="stage", required=True, choices=said("project.stage", (*STAGES, *TURNS))),
        Whole(name="phase", greatest=99),
        Choice(name="kind", required=True, choices=_kinds),
        Whole(name="turn", greatest=99),
        Day(name="on", required=True),
        Field(name="note", most=500),
    ),
    key=("project", "stage", "phase", "kind", "turn"),
    see="project.see",
    write="ledger.write",
    ties=project_ties,
    columns=COLUMNS,
    home="project",
    about=about_of,
    check=check,
    after=_after,
)
