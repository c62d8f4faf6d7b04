"""述职: how one unit stands with its projects, in three groups: 洽谈签约, 开工在建, 竣工投产."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.foundation import amounts, days
from app.foundation.district import pack
from app.foundation.messages import say
from app.papers import five, photos, visits
from app.papers.content import Block, Content, Heading, Text
from app.papers.kind import Asked, Kind, Subject
from app.papers.projects import GROUPS, Line, lines, table
from app.papers.settling import unit_of
from app.people.who import Who
from app.projects.rates import queries
from app.projects.rates.formulas import RATES

ASK = "paper.duty_report"
NEEDS = (
    ASK,
    "project.see",
    "rates.see",
    "figure.see",
    "warning.see",
    "milestone.see",
    "issue.see_whole",
    "visit.see",
)
PHOTOS_EACH = 2


def settle(who: Who, params: Mapping[str, Any], now: datetime) -> Subject:
    """Of one unit: a unit's admin of their own, which need not be named."""
    unit = unit_of(who, ASK, params.get("unit"))
    each = params.get("photos_each", PHOTOS_EACH)
    return Subject(params={"unit": unit, "photos_each": each}, needs=NEEDS, unit=unit)


def gather(asked: Asked) -> Content:
    """What the unit has to report."""
    unit = pack().unit(asked.params["unit"])
    found = lines(asked.who, {"unit": unit.code}, asked.now)
    answer = queries.rates(asked.who, queries.Asked(only={"unit": unit.code}), asked.now)
    blocks: list[Block] = [
        Heading(say("paper.duty.whole")),
        Text(_summary(unit.name, found, asked)),
        five.table(answer.total, inside=asked.inside),
        five.chart({unit.name: answer.total}, inside=asked.inside),
    ]
    for group in GROUPS:
        some = [each for each in found if each.group == group]
        blocks.append(Heading(say(f"paper.group.{group}")))
        blocks.append(table(some, asked, say(f"paper.group.{group}.none")))
        blocks += _photos(some, asked)
    frame = answer.frame
    return Content(
        title=say("paper.duty.title", unit=unit.name),
        blocks=blocks,
        facts=[
            (say("paper.fact.scope"), say("paper.duty.scope", unit=unit.name)),
            (say("paper.fact.period"), say("paper.period", first=frame.first, last=frame.last)),
        ],
        definitions=five.defined(*RATES),
        landscape=True,
    )


def _summary(unit: str, found: Sequence[Line], asked: Asked) -> str:
    counts = {group: sum(each.group == group for each in found) for group in GROUPS}
    text = say("paper.duty.summary", unit=unit, count=len(found), **counts)
    if not asked.inside:
        return text
    spent = [each.spent for each in found if each.spent]
    if spent:
        text += say(
            "paper.duty.money",
            year=days.today(asked.now).year,
            projects=len(spent),
            plan=amounts.total(each.plan for each in spent),
            actual=amounts.total(each.actual for each in spent),
        )
    warnings = [each for line in found for each in line.warnings]
    red = sum(each["level"] == "red" for each in warnings)
    return text + say("paper.duty.warnings", count=len(warnings), red=red)


def _photos(some: Sequence[Line], asked: Asked) -> list[Block]:
    if not some:
        return []
    names = {line.project["_id"]: line.project["name"] for line in some}
    most = pack().papers.most_photos
    each = int(asked.params["photos_each"])
    found = visits.pictures(
        visits.latest(asked.who, list(names)), names, each, most, inside=asked.inside
    )
    if not found:
        return [Text(say("paper.photos.none"))]
    return [Heading(say("paper.photos"), 2), *photos.shown(asked.audience, found)]


KIND = Kind(
    name="duty_report",
    prefix="SZ",
    params=("unit", "photos_each"),
    settle=settle,
    gather=gather,
)
