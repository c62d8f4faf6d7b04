"""The stage line of a project: now, as it was known on a day, or as it truly was then."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.people.who import Who
from app.projects.asking import Asked
from app.projects.queries import see_project
from app.projects.stages.course import Course, course_of, step_of
from app.projects.stages.documents import PLANNED, StageEntry

_IN_ORDER = [("known_at", 1), ("_id", 1)]


@dataclass(frozen=True, slots=True)
class Line:
    """What was asked, the course of the project, and the entries that others superseded, oldest first."""

    project: ObjectId
    asked: Asked
    course: Course
    past: tuple[Row, ...]


def line(who: Who, key: str, asked: Asked) -> Line:
    """The stage line of a project. Raises NotFound."""
    project = see_project(who, key).id
    return line_of(project, asked)


def line_of(project: ObjectId, asked: Asked) -> Line:
    """The same for those who may see the project."""
    found = StageEntry.rows().find({"project": project, **asked.standing()})
    rows = [asked.seen(row) for row in found.sort(_IN_ORDER) if _was_so(row, asked)]
    past: list[Row] = []
    if asked.history:
        gone = StageEntry.rows().find({"project": project, **asked.past()}).sort(_IN_ORDER)
        past = [asked.seen(row) for row in gone]
    return Line(project, asked, course_of(step_of(row) for row in rows), tuple(past))


def _was_so(row: Row, asked: Asked) -> bool:
    """What happened later than the day that is asked for had not happened then."""
    return asked.truly is None or row["kind"] == PLANNED or row["on"] <= asked.truly


def see_entry(who: Who, key: str) -> Row:
    """An entry. Raises NotFound."""
    row = StageEntry.rows().find_one({"_id": object_id(key)})
    if row is None:
        raise NotFound("not_found")
    see_project(who, str(row["project"]))
    return row
