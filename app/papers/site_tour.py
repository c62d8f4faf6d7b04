"""观摩: a tour of projects in a sensible order: a map without any base layer, each stop as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.papers import photos
from app.papers.content import (
    Block,
    Border,
    Column,
    Content,
    Heading,
    Map,
    Picture,
    Spot,
    Table,
    Text,
)
from app.papers.five import money
from app.papers.kind import Asked, Kind, Subject
from app.papers.projects import Line, called, lines, state
from app.papers.settling import missing
from app.people.access import require
from app.people.who import Who
from app.photos.documents import Photo
from app.photos.grading import judge
from app.projects.documents import STAGES
from app.projects.queries import see_project
from app.projects.ties import project_ties
from app.reports.portrait import pictures
from app.reports.routes import legs_of, route
from app.units.documents import THERE, UNIT, Area

ASK = "paper.site_tour"
NEEDS = (ASK, "project.see", "figure.see", "visit.see")
MOST_STOPS = 20


@dataclass(frozen=True, slots=True)
class Stop:
    """A project of the tour; `point` (latitude, longitude) is None where no site is known.

    `leg` is the metres to it from the stop before, as the crow flies.
    """

    number: int
    line: Line
    point: tuple[float, float] | None
    leg: float | None


def settle(who: Who, params: Mapping[str, Any], now: datetime) -> Subject:
    """Of projects that the asker may tour; of one unit only, its admin may read the paper too."""
    keys = list(dict.fromkeys(params.get("project_ids", ())))
    if not keys:
        raise missing("project_ids")
    found = [see_project(who, key) for key in keys]
    for each in found:
        require(who, ASK, project_ties(each))
    units = {each.unit for each in found}
    settled = {"project_ids": keys, "keep_order": bool(params.get("keep_order"))}
    return Subject(params=settled, needs=NEEDS, unit=units.pop() if len(units) == 1 else None)


def gather(asked: Asked) -> Content:
    """The way, the map, then stop by stop."""
    stops = _stops(asked)
    blocks: list[Block] = [Heading(say("paper.tour.way")), Text(_summary(stops)), _way(stops)]
    if any(each.point for each in stops):
        blocks.append(_map(stops))
    for each in stops:
        blocks += _stop(each, asked)
    units = dict.fromkeys(pack().unit(each.line.project["unit"]).name for each in stops)
    scope = say("paper.tour.scope", count=len(stops), units="、".join(units))
    return Content(
        title=say("paper.tour.title", district=pack().name),
        blocks=blocks,
        facts=[(say("paper.fact.scope"), scope)],
    )


def _stops(asked: Asked) -> list[Stop]:
    """In the order in which they are visited; those without a site last, in the order given."""
    wanted = [ObjectId(each) for each in asked.params["project_ids"]]
    there = {
        each.project["_id"]: each for each in lines(asked.who, {"_id": {"$in": wanted}}, asked.now)
    }
    given = [there[key] for key in wanted if key in there]
    placed = [(each, point) for each in given if (point := _point(each.project)) is not None]
    points = [point for _, point in placed]
    order = list(range(len(points))) if asked.params["keep_order"] else route(points)
    legs = legs_of(points, order, None)
    legs_to = [None, *legs[1:]]
    found = [Stop(n, *placed[at], legs_to[n - 1]) for n, at in enumerate(order, 1)]
    lost = [each for each in given if _point(each.project) is None]
    return found + [Stop(n, each, None, None) for n, each in enumerate(lost, len(found) + 1)]


def _point(project: Row) -> tuple[float, float] | None:
    if not project.get("site"):
        return None
    longitude, latitude = project["site"]["coordinates"]
    return latitude, longitude


def _summary(stops: Sequence[Stop]) -> str:
    metres = sum(each.leg or 0 for each in stops)
    text = say("paper.tour.summary", count=len(stops), km=f"{metres / 1000:.1f}")
    lost = [each.line.project["name"] for each in stops if each.point is None]
    return text + (say("paper.tour.lost", names="、".join(lost)) if lost else "")


def _way(stops: Sequence[Stop]) -> Table:
    columns = [
        Column(say("paper.column.number"), 5, number=True),
        Column(say("paper.column.name"), 30),
        Column(say("paper.column.unit"), 12),
        Column(say("paper.column.state"), 16),
        Column(say("paper.column.leg"), 10, number=True),
    ]
    rows = [
        [
            each.number,
            called(each.line.project),
            pack().unit(each.line.project["unit"]).name,
            state(each.line),
            None if each.leg is None else money(round(each.leg / 1000, 2)),  # type: ignore[arg-type]
        ]
        for each in stops
    ]
    return Table("", columns, rows, say("paper.tour.none"))


def _map(stops: Sequence[Stop]) -> Map:
    spots = [
        Spot(each.number, each.line.project["name"], *each.point) for each in stops if each.point
    ]
    return Map(
        say("paper.tour.map"),
        spots,
        [each for row in _areas() for each in _borders(row)],
        say("paper.tour.map_note"),
        say("paper.tour.north"),
    )


def _areas() -> list[Row]:
    return list(Area.rows().find({"kind": UNIT, **THERE}, {"name": 1, "shape": 1}).sort("code", 1))


def _borders(area: Row) -> Iterator[Border]:
    """The outer rings: of each polygon one."""
    shape = area["shape"]
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for polygon in polygons:
        yield Border(area["name"], [[(x, y) for x, y in polygon[0]]])


def _stop(stop: Stop, asked: Asked) -> list[Block]:
    line, project = stop.line, stop.line.project
    said = say("paper.tour.stop", number=stop.number, project=project["name"])
    found: list[Block] = [Heading(said), Text(_facts(line))]
    found.append(_stages(line))
    if asked.inside:
        found.append(_spent(line))
    found.append(Heading(say("paper.tour.photos"), 2))
    some = _before_and_now(asked, project["_id"])
    return found + (photos.shown(asked.audience, some) or [Text(say("paper.tour.no_photos"))])


def _facts(line: Line) -> str:
    project = line.project
    return say(
        "paper.tour.facts",
        code=project["code"],
        unit=pack().unit(project["unit"]).name,
        level=say(f"project.level.{project['level']}"),
        kind=say(f"project.kind.{project['kind']}"),
        state=state(line),
    )


def _stages(line: Line) -> Table:
    """The line of stages: each that is planned or was reached, and how far these are apart."""
    columns = [
        Column(say("paper.column.stage"), 16),
        Column(say("paper.column.planned_on"), 14),
        Column(say("paper.column.reached_on"), 14),
        Column(say("paper.column.late_days"), 12, number=True),
    ]
    rows: list[list[Cell]] = []
    for stage in STAGES:
        planned, came = _days(line, stage)
        if planned or came:
            late = (came - planned).days if planned and came else None
            days = [str(each) if each else None for each in (planned, came)]
            rows.append([say(f"project.stage.{stage}"), *days, late])
    return Table(say("paper.tour.stages"), columns, rows, say("paper.tour.stages.none"))


def _days(line: Line, stage: str) -> tuple[date | None, date | None]:
    if line.standing is None:
        return None, None
    came = line.standing.dates.get(stage)
    if stage == "on_target":
        came = line.standing.on_target_on
    return line.standing.planned.get(stage), came


def _spent(line: Line) -> Table:
    """What was to be invested in the year by its plan, and what was."""
    names = ("plan", "actual", "percent", "gap")
    columns = [Column(say(f"paper.column.{name}"), 12, number=True) for name in names]
    spent = line.spent
    rows = [[spent.plan, spent.actual, spent.percent, spent.gap]] if spent else []
    return Table(say("paper.tour.spent"), columns, rows, say("paper.tour.spent.none"))


def _before_and_now(asked: Asked, project: ObjectId) -> list[Picture]:
    """The first and the latest photo of its visits; hidden ones are in no paper."""
    last, first = pictures.visits(asked.who, project)
    found = pictures.photos(asked.who, [*last, *first])
    there = {key: row for key, row in found.items() if not row.get("hidden")}
    both = pictures.before_and_now(first, last, there)
    if both is not None:
        return [_picture(both[name]["photo"], name, asked) for name in ("before", "now")]
    some = next((there[key] for row in last for key in row["photos"] if key in there), None)
    return [_picture(some, "now", asked)] if some else []


def _picture(row: Row, when: str, asked: Asked) -> Picture:
    """With when it was taken and how far it can be believed; why, is for staff."""
    grade = judge(Photo.get(row["_id"]))
    at = local(row.get("shot_at") or row["received_at"])
    words = say(
        "paper.tour.photo" if asked.inside else "paper.tour.photo_outside",
        when=say(f"paper.tour.{when}"),
        at=f"{at:%Y-%m-%d %H:%M}",
        grade=say(f"evidence.grade.{grade.grade}"),
        why="；".join(_reason(each) for each in grade.reasons[:2]),
    )
    return Picture(row["_id"], words)


def _reason(reason: Reason) -> str:
    return say(reason.code, **reason.params)


KIND = Kind(
    name="site_tour",
    prefix="GM",
    params=("project_ids", "keep_order"),
    settle=settle,
    gather=gather,
)
