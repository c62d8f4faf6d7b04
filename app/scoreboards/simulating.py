"""What another template would make of the same values: both rankings side by side. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.foundation import days
from app.foundation.errors import Conflict, Invalid, NotFound
from app.people.access import require
from app.people.who import Who
from app.scoreboards import openness, ranking, versions
from app.scoreboards.ranking import Ranking
from app.scoreboards.scoring import Score
from app.scoreboards.template import check_publishable, template_of


@dataclass(frozen=True, slots=True)
class Moved:
    """A subject before and after; `before` is None for a contest that was never published."""

    subject: str
    name: str
    before: Score | None
    after: Score


@dataclass(frozen=True, slots=True)
class Simulated:
    """Both rankings, in the order of the new one."""

    new: Ranking
    lines: list[Moved]


def simulate(
    who: Who, board: str, code: str, content: Mapping[str, Any], now: datetime
) -> Simulated:
    """What publishing this content would make of a period, open or frozen, by the values of now.

    Raises Forbidden, NotFound; Invalid for what could not be published; Conflict for a period to come.
    """
    require(who, versions.SIMULATE)
    last = versions.newest(board)
    if last is None:
        raise NotFound("not_found")
    template = template_of(content)
    check_publishable(template)
    period = openness.period_of(code, template.every)
    if not period.begun(days.today(now)):
        raise Conflict("score.to_come")
    try:
        used = versions.in_use(board)
    except NotFound:
        used = None
    old = None
    if used is not None:
        before = template_of(used["content"])
        if (before.of, before.every) != (template.of, template.every):
            raise Invalid("scoreboard.another_contest", fields={"of": [], "every": []})
        old = ranking.live(board, used["number"], before, period, now)
    new = ranking.live(board, last["number"] + 1, template, period, now)
    lines = []
    for each in new.lines:
        was = old.line(each.score.subject) if old else None
        lines.append(Moved(each.score.subject, each.name, was.score if was else None, each.score))
    return Simulated(new, lines)
