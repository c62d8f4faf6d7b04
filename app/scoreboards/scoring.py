"""Scores: values of subjects and a template in, points and ranks out, each with its steps. Pure.

Each value becomes 0 to the item's cap, times its weight; the sum is the score, with two places, halves up.
Whatever the way of normalising, a better value never lowers a score while those of the others stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from bson import ObjectId

from app.foundation.reasons import Reason
from app.scoreboards.template import (
    DOWN,
    EXCLUDE,
    MINMAX,
    PERCENT,
    RANK,
    SPREAD,
    TARGET,
    WHOLE,
    Item,
    Template,
)

CENT, HUNDRED, NOTHING = Decimal("0.01"), Decimal(100), Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a metric says of one subject in the period; None where there is nothing to say.

    `sample` is of how many cases it is. `firms` are those behind it, where that matters; `withheld`: they
    are too few. `last` is the value of the year before. `links` call up the records, `entry` is the row of
    an entered figure.
    """

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    sample: int | None = None
    firms: int | None = None
    withheld: bool = False
    last: Decimal | None = None
    numerator_ids: tuple[ObjectId, ...] = ()
    denominator_ids: tuple[ObjectId, ...] = ()
    links: tuple[str, ...] = ()
    entry: ObjectId | None = None


NO_VALUE = Value(value=None)
Values = Mapping[str, Mapping[str, Value]]
"""Of each subject its values, by the item's code."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One item of one subject. `points` are None where it does not count; `steps` tell how it came about."""

    item: Item
    value: Value
    small: bool
    normalised: Decimal | None
    points: Decimal | None
    steps: tuple[Reason, ...]

    @property
    def counts(self) -> bool:
        """Whether it is in the sum."""
        return self.points is not None


@dataclass(frozen=True, slots=True)
class Score:
    """`total` and `rank` are None for who is excluded (`why` says by which reason) or not eligible."""

    subject: str
    total: Decimal | None
    rank: int | None
    items: tuple[Scored, ...]
    excluded: bool
    why: tuple[Reason, ...]

    @property
    def small(self) -> bool:
        """Whether anything that counts is of a small sample."""
        return any(each.small and each.counts for each in self.items)


def scores(
    template: Template, values: Values, excluded: Mapping[str, str], least: int
) -> list[Score]:
    """The scores of all subjects, the best first; equal ones share a rank, those without one come last.

    `excluded` tells why by subject. `least` is the district's least sample.
    """
    by_item = {
        item.code: _scored(item, template, values, excluded, least) for item in template.items
    }
    found = [
        _score(
            template,
            subject,
            tuple(by_item[each.code][subject] for each in template.items),
            excluded.get(subject),
        )
        for subject in values
    ]
    return _ranked(found)


def _scored(
    item: Item, template: Template, values: Values, excluded: Mapping[str, str], least: int
) -> dict[str, Scored]:
    """One item of everybody. The excluded and the left out are in nobody's range."""
    enough = least if item.least is None else item.least
    of = {subject: known.get(item.code, NO_VALUE) for subject, known in values.items()}
    small = {
        subject: each.value is not None and each.sample is not None and each.sample < enough
        for subject, each in of.items()
    }
    pool = [
        each.value
        for subject, each in of.items()
        if each.value is not None
        and subject not in excluded
        and not (small[subject] and template.small == EXCLUDE)
    ]
    return {
        subject: _one(item, template, each, small[subject], pool, enough)
        for subject, each in of.items()
    }


def _one(
    item: Item,
    template: Template,
    value: Value,
    small: bool,
    pool: Sequence[Decimal],
    enough: int,
) -> Scored:
    steps: list[Reason] = []
    if value.withheld:
        steps.append(Reason("score.step.withheld", {"firms": value.firms or 0}))
    if value.value is None:
        counts = template.missing != SPREAD
        steps.append(Reason("score.step.missing" if counts else "score.step.missing_spread"))
        return Scored(item, value, False, None, NOTHING if counts else None, tuple(steps))
    if small:
        params = {"sample": value.sample, "least": enough}
        steps.append(Reason("score.step.small", params))
        if template.small == EXCLUDE:
            steps.append(Reason("score.step.left_out"))
            return Scored(item, value, True, None, None, tuple(steps))
    raw, why = normalise(item, value, pool)
    steps.append(why)
    normalised = min(max(raw, NOTHING), Decimal(item.cap)).quantize(CENT, ROUND_HALF_UP)
    if raw != normalised and (raw > item.cap or raw < 0):
        steps.append(Reason("score.step.cap", {"cap": item.cap, "result": text(normalised)}))
    points = normalised * item.weight / HUNDRED
    said = {"normalised": text(normalised), "weight": item.weight, "points": text(points)}
    steps.append(Reason("score.step.weight", said))
    return Scored(item, value, small, normalised, points, tuple(steps))


def normalise(item: Item, value: Value, pool: Sequence[Decimal]) -> tuple[Decimal, Reason]:
    """A value as points of 100 before the cap, and how that was reckoned.

    `pool` are the values of all that are compared; a value that is not among them is held against it.
    """
    at = value.value if value.value is not None else NOTHING
    down = item.direction == DOWN
    if item.normalisation == PERCENT:
        raw = HUNDRED - at if down else at
        code = "score.step.percent_down" if down else "score.step.percent"
        return raw, Reason(code, {"value": text(at), "result": text(raw)})
    if item.normalisation == MINMAX:
        return _minmax(at, [*pool, at], down)
    if item.normalisation == RANK:
        better = sum(each < at if down else each > at for each in pool)
        count = max(len(pool), better + 1)
        raw = HUNDRED * (count - better) / count
        params = {"value": text(at), "rank": better + 1, "count": count, "result": text(raw)}
        return raw, Reason("score.step.rank", params)
    against = item.target if item.normalisation == TARGET else value.last
    code = "score.step.target" if item.normalisation == TARGET else "score.step.last_year"
    if against is None:
        return NOTHING, Reason("score.step.no_last_year", {"value": text(at)})
    raw = _against(at, against, item.cap, down=down)
    return raw, Reason(code, {"value": text(at), "against": text(against), "result": text(raw)})


def _minmax(at: Decimal, pool: Sequence[Decimal], down: bool) -> tuple[Decimal, Reason]:
    low, high = min(pool), max(pool)
    above = high - at if down else at - low
    raw = HUNDRED if low == high else above / (high - low) * HUNDRED
    params = {"value": text(at), "low": text(low), "high": text(high), "result": text(raw)}
    return raw, Reason("score.step.minmax_down" if down else "score.step.minmax", params)


def _against(at: Decimal, against: Decimal, cap: int, *, down: bool) -> Decimal:
    """A value against a measure, as percent of it; what is nothing at all is no divisor."""
    above, below = (against, at) if down else (at, against)
    if below > 0:
        return above / below * HUNDRED
    if down or at > max(against, NOTHING):
        return Decimal(cap)
    return HUNDRED if at >= against else NOTHING


def _score(
    template: Template, subject: str, items: tuple[Scored, ...], excluded: str | None
) -> Score:
    if excluded is not None:
        why = Reason("score.excluded", {"reason": excluded})
        return Score(subject, None, None, items, True, (why,))
    weight = sum(each.item.weight for each in items if each.counts)
    # What has no value is no ground for a rank, even where it counts as nothing.
    known = sum(each.item.weight for each in items if each.normalised is not None)
    if not weight or not known or known < template.eligible_weight:
        why = Reason("score.not_eligible", {"weight": known, "least": template.eligible_weight})
        return Score(subject, None, None, items, False, (why,))
    points = sum((each.points for each in items if each.points is not None), start=NOTHING)
    reasons: tuple[Reason, ...] = ()
    if weight != WHOLE:
        reasons = (Reason("score.spread", {"weight": weight, "points": text(points)}),)
    total = (points * WHOLE / weight).quantize(CENT, ROUND_HALF_UP)
    return Score(subject, total, None, items, False, reasons)


def _ranked(found: Iterable[Score]) -> list[Score]:
    known = list(found)
    totals = sorted((each.total for each in known if each.total is not None), reverse=True)
    ranks: dict[Decimal, int] = {}
    for rank, total in enumerate(totals, start=1):
        ranks.setdefault(total, rank)
    placed = [
        each if each.total is None else replace(each, rank=ranks[each.total]) for each in known
    ]
    return sorted(placed, key=lambda each: (each.rank is None, each.rank or 0, each.subject))


def text(value: Decimal) -> str:
    """A number for people: four places at most, without idle zeros."""
    rounded = value.quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()
    return f"{rounded:f}"
