"""The ranking of a period: reckoned now while it is open, as it was frozen afterwards; for whom to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.foundation import amounts, days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict, NotFound
from app.people.access import allowed, require
from app.people.who import Who
from app.scoreboards import openness, reading, scoring, stored, subjects, versions
from app.scoreboards.catalogue import COMMISSIONERS
from app.scoreboards.documents import FROZEN, Correction, Exclusion, FrozenScore, ScorePeriod
from app.scoreboards.periods import Period
from app.scoreboards.scoring import Score
from app.scoreboards.template import Template, template_of

SCORE = "score.see"


@dataclass(frozen=True, slots=True)
class Line:
    """A subject's score; `corrected` is what it comes to with what appeals corrected, where any did."""

    name: str
    score: Score
    corrected: Score | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All scores of a period, the best first. `number` is the version of the template they are by.

    `stored` is the period's row once it is frozen, else None; then `as_of` is the day it was reckoned of.
    """

    board: str
    number: int
    template: Template
    period: Period
    as_of: str
    lines: list[Line]
    stored: Row | None

    def line(self, subject: str) -> Line | None:
        """The line of a subject."""
        return next((each for each in self.lines if each.score.subject == subject), None)


def ranking(board: str, code: str, now: datetime) -> Ranking:
    """The whole ranking of a period, for nobody's eyes yet.

    Raises NotFound for no such contest or period, Conflict for one that is still to come.
    """
    used = versions.in_use(board)
    period = openness.period_of(code, used["content"]["every"])
    row = openness.read(board, code)
    if row is not None and row["state"] == FROZEN:
        return _frozen(row, period)
    if not period.begun(days.today(now)):
        raise Conflict("score.to_come")
    template = template_of(used["content"])
    return live(board, used["number"], template, period, now)


def live(board: str, number: int, template: Template, period: Period, now: datetime) -> Ranking:
    """The ranking by a template as it is at `now`, whoever looks."""
    known = {each.key: each.name for each in subjects.listed(template.of)}
    values = reading.values(board, template, period, known, now)
    least = pack().scoreboards.small_sample
    found = scoring.scores(template, values, excluded(board, period.code), least)
    as_of = min(days.today(now), period.ends).isoformat()
    lines = [Line(known[each.subject], each) for each in found]
    return Ranking(board, number, template, period, as_of, lines, None)


def excluded(board: str, period: str) -> dict[str, str]:
    """Who is out of a period, and why."""
    query = {"board": board, "period": period, "lifted": None}
    return {row["subject"]: row["reason"] for row in Exclusion.rows().find(query)}


def _frozen(row: Row, period: Period) -> Ranking:
    template = template_of(row["content"])
    key = {"board": row["board"], "period": row["period"]}
    rows = list(FrozenScore.rows().find(key))
    names = {each["subject"]: each["name"] for each in rows}
    found = [stored.score_of(each, template) for each in rows]
    found.sort(key=lambda each: (each.rank is None, each.rank or 0, each.subject))
    corrections = list(Correction.rows().find(key).sort("_id", 1))
    beside = corrected(template, found, corrections, row["least"]) if corrections else {}
    lines = [Line(names[each.subject], each, beside.get(each.subject)) for each in found]
    return Ranking(row["board"], row["number"], template, period, row["as_of"], lines, row)


def corrected(
    template: Template, frozen: Sequence[Score], corrections: Sequence[Row], least: int
) -> Mapping[str, Score]:
    """The scores as they would be with what was corrected, in the order of the corrections."""
    values = {subject: dict(each) for subject, each in stored.values_of(frozen).items()}
    out = {each.subject: str(each.why[0].params["reason"]) for each in frozen if each.excluded}
    for row in corrections:
        if row["item"] is None:
            out.pop(row["subject"], None)
            continue
        value = values[row["subject"]][row["item"]]
        right = amounts.read(row["value"])
        values[row["subject"]][row["item"]] = replace(value, value=right, withheld=False)
    found = scoring.scores(template, values, out, least)
    return {each.subject: each for each in found}


def seen(who: Who, board: str, code: str, now: datetime) -> Ranking:
    """The lines of a period that `who` may see.

    What was frozen of units and departments is announced to all who see contests; of persons, and while a
    period is open, everybody sees their own, and those who look on all. Raises Forbidden, NotFound,
    Conflict.
    """
    require(who, versions.SEE)
    whole = ranking(board, code, now)
    of = whole.template.of
    if whole.stored is not None and of != COMMISSIONERS:
        return whole
    mine = [each for each in whole.lines if may_explain(who, of, each.score.subject)]
    return replace(whole, lines=mine)


def explained(who: Who, board: str, code: str, subject: str, now: datetime) -> tuple[Ranking, Line]:
    """The score of a subject down to what it is made of. Raises Forbidden, NotFound, Conflict."""
    require(who, versions.SEE)
    whole = ranking(board, code, now)
    line = whole.line(subject)
    if line is None or not may_explain(who, whole.template.of, subject):
        raise NotFound("not_found")
    return whole, line


def may_explain(who: Who, of: str, subject: str) -> bool:
    """Whether `who` may see how the score of a subject came about."""
    return allowed(who, SCORE, subjects.ties(of, subject))


def periods_of(who: Who, board: str) -> list[Row]:
    """The periods of a contest to which anything was done, the latest first. Raises Forbidden, NotFound."""
    require(who, versions.SEE)
    versions.in_use(board)
    return list(ScorePeriod.rows().find({"board": board}).sort("period", -1))
