"""Projects as lines of a paper: where each stands, what it was to spend and did, what is next and whose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.foundation import amounts, days
from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.issues.access import ISSUE_COLUMNS
from app.issues.documents import Issue
from app.papers.content import Column, Table
from app.papers.five import money
from app.papers.kind import Asked
from app.people.access import allowed, scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import EXITED, STAGES, SUSPENDED, Project
from app.projects.milestones import queries as milestones
from app.projects.milestones.documents import OPEN
from app.projects.rates import formulas
from app.projects.rates.documents import StoredStanding
from app.projects.rates.standing import Standing, of_row
from app.projects.ties import COLUMNS, project_ties
from app.projects.warnings.documents import KeptWarning

FIGURES, WARNINGS = "figure.see", "warning.see"
SIGNING, BUILDING, PRODUCING = GROUPS = ("signing", "building", "producing")
STAGES_OF: Mapping[str, tuple[str, ...]] = {
    SIGNING: ("reserve", "negotiation", "signed", "filed", "land"),
    BUILDING: ("started",),
    PRODUCING: ("completed", "certificate", "production", "on_target"),
}
"""洽谈签约, 开工在建, 竣工投产."""
NEXT: Mapping[str, tuple[str, ...]] = {
    SIGNING: ("signed", "filed", "land", "started"),
    BUILDING: ("completed",),
    PRODUCING: ("certificate", "production"),
}
"""The stages whose planned days are looked at, in each group."""
PLAIN: Row = {"restricted": None, "units_barred": {"$ne": True}, "withheld": {"$ne": True}}
"""Issues and tickets that a paper counts: what few may know of is in none, whoever asks for it."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was planned and spent in the year so far (万元), by months that are over; as the rates have it."""

    plan: Decimal
    actual: Decimal
    percent: Decimal | None
    gap: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """A project. `spent` is None where none is planned, or not for these eyes; `lacks` counts open issues
    by category, of those that stand for a factor (要素)."""

    project: Row
    standing: Standing | None
    spent: Spent | None
    warnings: Sequence[Row]
    lacks: Mapping[str, int]
    node: Row | None
    person: str

    @property
    def group(self) -> str:
        """One of GROUPS."""
        return next(name for name, stages in STAGES_OF.items() if self.project["stage"] in stages)


def lines(who: Who, query: Row, now: datetime) -> list[Line]:
    """The projects that the query finds and `who` may see, by stage and code, without those that left."""
    seen = {"$and": [scope(who, "project.see", COLUMNS), {"course": {"$ne": EXITED}}, query]}
    projects = list(Project.rows().find(seen))
    projects.sort(key=lambda row: (STAGES.index(row["stage"]), row["code"]))
    keys = [row["_id"] for row in projects]
    stored = StoredStanding.rows().find({"_id": {"$in": keys}})
    standings = {row["_id"]: of_row(row) for row in stored}
    warnings = _warnings(who, projects)
    lacks = _lacks(who, keys)
    nodes = _next_nodes(who, projects)
    names = _names(node["responsible"] for node in nodes.values())
    return [
        Line(
            project=row,
            standing=standings.get(row["_id"]),
            spent=_spent(who, row, standings.get(row["_id"]), now),
            warnings=warnings.get(row["_id"], ()),
            lacks=lacks.get(row["_id"], {}),
            node=nodes.get(row["_id"]),
            person=names.get((nodes.get(row["_id"]) or {}).get("responsible"), ""),
        )
        for row in projects
    ]


def table(some: Sequence[Line], asked: Asked, empty: str) -> Table:
    """The lines of one group; what does not leave staff is no column of what does."""
    inner = _columns("investment", "plan", "actual", "percent", "gap") if asked.inside else ()
    tail = _columns("trouble", "node", "person") if asked.inside else ()
    columns = (*_columns("number", "name", "state"), *inner, *_columns("next"), *tail)
    rows: list[list[Cell]] = []
    for number, line in enumerate(some, start=1):
        row: list[Cell] = [number, called(line.project), state(line)]
        if asked.inside:
            spent = line.spent
            row += [money(amounts.read(line.project.get("investment")))]
            row += [spent.plan, spent.actual, spent.percent, spent.gap] if spent else [None] * 4
        row.append(next_step(line, asked.now))
        if asked.inside:
            row += [trouble(line), node(line, asked.now), line.person or None]
        rows.append(row)
    return Table("", columns, rows, empty)


_WIDTHS = {"number": 5, "name": 26, "state": 14, "next": 15, "trouble": 17, "node": 18, "person": 9}
_NUMBERS = ("number", "investment", "plan", "actual", "percent", "gap")


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(
        Column(say(f"paper.column.{name}"), _WIDTHS.get(name, 11), number=name in _NUMBERS)
        for name in names
    )


def called(project: Mapping[str, Any]) -> str:
    """A project by name and code."""
    return say("paper.project", name=project["name"], code=project["code"])


def state(line: Line) -> str:
    """The stage it came to and when; whether it is suspended."""
    stage = line.project["stage"]
    standing = line.standing
    on: date | None = None
    if standing is not None:
        on = standing.on_target_on if stage == "on_target" else standing.dates.get(stage)
    name = say(f"project.stage.{stage}")
    text = say("paper.standing.since", stage=name, on=str(on)) if on else name
    if line.project.get("course") == SUSPENDED:
        text = say("paper.standing.suspended", state=text)
    return text


def next_step(line: Line, now: datetime) -> str | None:
    """The next stage that has a planned day, and by how many days that is past."""
    if line.standing is None:
        return None
    today = days.today(now)
    for stage in NEXT[line.group]:
        planned = line.standing.planned.get(stage)
        if planned is None or stage in line.standing.dates:
            continue
        name = say(f"project.stage.{stage}")
        if planned < today:
            return say("paper.next.late", stage=name, on=str(planned), days=(today - planned).days)
        return say("paper.next.planned", stage=name, on=str(planned))
    return None


def trouble(line: Line) -> str | None:
    """Its open warnings, and what it lacks."""
    told = [warned(each) for each in line.warnings]
    told += [
        say("paper.lacks", category=pack().category(code).name, count=count)
        for code, count in sorted(line.lacks.items())
    ]
    return "；".join(told) or None


def warned(warning: Mapping[str, Any]) -> str:
    """A warning by level and kind."""
    level, kind = say(f"warning.level.{warning['level']}"), say(f"warning.kind.{warning['kind']}")
    return say("paper.warned", level=level, kind=kind)


def node(line: Line, now: datetime) -> str | None:
    """The milestone that is due first."""
    if line.node is None:
        return None
    late = milestones.is_overdue(line.node, now)
    code = "paper.node.late" if late else "paper.node.due"
    return say(code, name=line.node["name"], on=line.node["due_on"])


def _spent(who: Who, project: Row, standing: Standing | None, now: datetime) -> Spent | None:
    if standing is None or not allowed(who, FIGURES, project_ties(project)):
        return None
    today = days.today(now)
    found = formulas.completing(standing, today.year)
    if found is None:
        return None
    months = formulas.months_over(today.year, today)
    actual = amounts.total(found.actual[:months])
    plan = found.plan
    share, gap = formulas.percent(actual, plan), formulas.schedule_gap(actual, plan, months)
    return Spent(money(plan) or plan, money(actual) or actual, share, gap)


def _warnings(who: Who, projects: Sequence[Row]) -> dict[ObjectId, list[Row]]:
    keys = [row["_id"] for row in projects if allowed(who, WARNINGS, project_ties(row))]
    found: dict[ObjectId, list[Row]] = defaultdict(list)
    open_ones = {"project": {"$in": keys}, "cleared_at": None}
    for row in KeptWarning.rows().find(open_ones).sort([("level", 1), ("opened_at", -1)]):
        found[row["project"]].append(row)
    return found


def _lacks(who: Who, projects: Sequence[ObjectId]) -> dict[ObjectId, Counter[str]]:
    factors = [each.code for each in pack().categories if each.factor]
    wanted = {"project": {"$in": list(projects)}, "ended_at": None, "category": {"$in": factors}}
    query = {"$and": [wanted, PLAIN, scope(who, "issue.see_whole", ISSUE_COLUMNS)]}
    found: dict[ObjectId, Counter[str]] = defaultdict(Counter)
    for row in Issue.rows().find(query, {"project": 1, "category": 1}):
        found[row["project"]][row["category"]] += 1
    return found


def _next_nodes(who: Who, projects: Sequence[Row]) -> dict[ObjectId, Row]:
    """Of each project the open milestone that is due first, of those that `who` may know of."""
    by_project: dict[ObjectId, list[Row]] = defaultdict(list)
    for row in milestones.standing([each["_id"] for each in projects]):
        if row["state"] == OPEN:
            by_project[row["project"]].append(row)
    found: dict[ObjectId, Row] = {}
    for project in projects:
        if some := milestones.seen_of(who, by_project[project["_id"]], project):
            found[project["_id"]] = some[0]
    return found


def _names(people: Iterable[ObjectId]) -> dict[ObjectId | None, str]:
    rows = Person.rows().find({"_id": {"$in": list(set(people))}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}
