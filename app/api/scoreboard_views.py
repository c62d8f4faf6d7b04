"""Contests, awards and appraisal as their schemas show them: numbers as text, reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.api import views
from app.api.errors import language
from app.api.stages import entry_meta
from app.foundation import amounts
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.scoreboards import catalogue, scoring, subjects
from app.scoreboards.appraisal import Card, Indicator
from app.scoreboards.documents import FROZEN, OPEN
from app.scoreboards.ranking import Line, Ranking
from app.scoreboards.scoring import Score, Scored, Value
from app.scoreboards.simulating import Simulated
from app.scoreboards.template import NORMALISATIONS


def line(row: Mapping[str, Any]) -> Row:
    """A version in a list."""
    named = {name: row["content"][name] for name in ("title", "of", "every")}
    return {**row, **named, "by": row["by_name"]}


def version(row: Mapping[str, Any], told: Iterable[Row]) -> Row:
    """A version whole."""
    return {**line(row), "history": [step(each, "scoreboard") for each in told]}


def step(row: Mapping[str, Any], thing: str) -> Row:
    """A row of history."""
    title = say(f"history.{thing}.{row['action']}", language())
    return {**row, "title": title, "by": row["by_name"]}


def metrics() -> Row:
    """All metrics with their names and options."""
    items = [
        {
            "code": each.code,
            "name": metric_name(each.code),
            "of": [kind for kind in each.of if kind in catalogue.KINDS],
            "percent": each.percent,
            "of_firms": each.of_firms,
            "options": {name: list(catalogue.OPTIONS[name]) for name in each.options},
        }
        for each in catalogue.METRICS.values()
    ]
    least = pack().scoreboards.least_firms
    return {"items": items, "least_firms": least, "normalisations": list(NORMALISATIONS)}


def metric_name(code: str) -> str:
    """What people call a metric."""
    family, _, name = code.partition(".")
    if family in ("rates", "metrics") and name != catalogue.GAP:
        return say(f"metric.name.{name}", language())
    return say(f"score.metric.{family}.{name}", language())


def ranking(found: Ranking, out: Iterable[Row]) -> Row:
    """The ranking of a period."""
    stored = found.stored or {}
    return {
        **_framed(found),
        "title": found.template.title,
        "of": found.template.of,
        **{name: stored.get(name) for name in ("frozen_at", "frozen_by", "appeals_until")},
        "items": [_line(each) for each in found.lines],
        "exclusions": [exclusion(row) for row in out],
    }


def score(found: Ranking, one: Line) -> Row:
    """A score with all that explains it."""
    items = [_scored(each) for each in one.score.items]
    return {**_framed(found), **_line(one), "items": items}


def simulated(found: Simulated) -> Row:
    """Both rankings."""
    items = []
    for each in found.lines:
        before = each.before
        items.append(
            {
                "subject": each.subject,
                "name": each.name,
                "total_before": _text(before.total) if before else None,
                "rank_before": before.rank if before else None,
                "total": _text(each.after.total),
                "rank": each.after.rank,
            }
        )
    return {**_framed(found.new), "items": items}


def exclusion(row: Mapping[str, Any]) -> Row:
    """Who is out, and why."""
    return {**row, "id": str(row["_id"]), "by": row["by_name"], "lifted": word(row["lifted"])}


def word(said: Mapping[str, Any] | None) -> Row | None:
    """What somebody said with a step."""
    return {**said, "by": said["by_name"]} if said else None


def appeal(row: Mapping[str, Any], corrected: Iterable[Row]) -> Row:
    """An appeal with what was corrected."""
    return {
        **row,
        "id": str(row["_id"]),
        "by": row["by_name"],
        "decision": word(row["decision"]),
        "corrections": [
            {**each, "by": each["by_name"], "value": _text(amounts.read(each["value"]))}
            for each in corrected
        ],
    }


def award(row: Mapping[str, Any]) -> Row:
    """An award."""
    kind, english = pack().scoreboards.award(row["kind"]), language() == "en"
    named = (kind.name_en if english else kind.name) if kind else row["kind"]
    return {
        **row,
        "id": str(row["_id"]),
        "kind_name": named,
        "state_name": say(f"award.state.{row['state']}", language()),
        "by": row["by_name"],
        "total": _text(amounts.read(row["total"])),
        "decision": word(row["decision"]),
        "withdrawal": word(row["withdrawal"]),
    }


def figures(rows: list[Row]) -> list[Row]:
    """Entered figures, with the names of whom they are of."""
    names = {each.key: each.name for of in catalogue.KINDS for each in subjects.listed(of)}
    return [
        {
            **row,
            **entry_meta(row),
            "score_value": _text(amounts.read(row["score_value"])),
            "subject_name": names.get(row["score_subject"], row["score_subject"]),
        }
        for row in rows
    ]


def card(found: Card) -> Row:
    """A card of appraisal."""
    return {
        "kind": found.kind,
        "subject": found.subject,
        "name": found.name,
        "period": found.period.code,
        "as_of": found.as_of,
        "parts": [
            {
                "department_id": str(each.department) if each.department else None,
                "department": each.department_name,
                "indicators": [_indicator(one) for one in each.indicators],
            }
            for each in found.parts
        ],
    }


def _indicator(found: Indicator) -> Row:
    value = found.value
    return {
        "metric": found.metric,
        "name": metric_name(found.metric),
        "value": _text(value.value),
        **_behind(value),
        "small": found.small,
        "withheld": value.withheld,
        "median": _text(found.median),
        "group": found.group,
    }


def _behind(value: Value) -> Row:
    return {
        "numerator": _text(value.numerator),
        "denominator": _text(value.denominator),
        "sample": value.sample,
        "numerator_ids": list(map(str, value.numerator_ids)),
        "denominator_ids": list(map(str, value.denominator_ids)),
        "links": list(value.links),
    }


def _framed(found: Ranking) -> Row:
    return {
        "board": found.board,
        "period": found.period.code,
        "state": FROZEN if found.stored else OPEN,
        "number": found.number,
        "as_of": found.as_of,
    }


def _line(one: Line) -> Row:
    found: Score = one.score
    beside = one.corrected
    return {
        "subject": found.subject,
        "name": one.name,
        "total": _text(found.total),
        "rank": found.rank,
        "excluded": found.excluded,
        "small": found.small,
        "why": views.reasons(found.why),
        "corrected": {"total": _text(beside.total), "rank": beside.rank} if beside else None,
    }


def _scored(found: Scored) -> Row:
    item, value = found.item, found.value
    return {
        **{n: getattr(item, n) for n in ("code", "name", "weight", "source", "normalisation")},
        "options": dict(item.options),
        "value": _text(value.value),
        **_behind(value),
        "firms": value.firms,
        "last_year": _text(value.last),
        "small": found.small,
        "counts": found.counts,
        "normalised": _text(found.normalised),
        "points": _text(found.points),
        "steps": views.reasons(found.steps),
        "entry_id": str(value.entry) if value.entry else None,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else scoring.text(value)
