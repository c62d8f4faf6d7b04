"""What all answers to a survey come to: sums, medians, counts, by unit, industry or class of firms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median
from typing import Any

from bson import Decimal128

from app.foundation import amounts
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import may
from app.people.who import Who
from app.surveys import states
from app.surveys.access import SEE, inside
from app.surveys.documents import Reply
from app.surveys.forms import COUNTED, MONEY, MULTI, SUMMED, Question, questions
from app.surveys.veiling import veiled

BY_UNIT, BY_INDUSTRY, BY_CLASS = BY = ("unit", "industry", "growth_class")
COLUMN = {BY_UNIT: "unit", BY_INDUSTRY: "sector", BY_CLASS: "growth_class"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What `answered` firms said: `total` and `middle` (the median) of numbers, `counts` by choice.

    Where it is `untold` all is null: it would tell of single firms. So is a count of few beside others.
    """

    answered: int | None
    total: Decimal | None = None
    middle: Decimal | None = None
    counts: Mapping[str, int | None] | None = None
    untold: bool = False


UNTOLD = Figures(answered=None, untold=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfQuestion:
    """A question with the versions of the form that ask it alike, all that was said, and that by group."""

    question: Question
    forms: tuple[int, ...]
    figures: Figures
    groups: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Results:
    """`submitted` replies, of `firms` in the set; with `guarded` figures of few firms stay untold."""

    firms: int
    submitted: int
    guarded: bool
    questions: list[OfQuestion]


def results(who: Who, survey: Row, by: str | None) -> Results | None:
    """The figures of a stored survey that `who` knows of; None for those who are only asked by it."""
    whole = inside(who, survey)
    if not (whole or may(who, SEE)):
        return None
    shown = dict.fromkeys(("state", "form", "answers", *COLUMN.values()), 1)
    rows = list(Reply.rows().find({"survey": survey["_id"]}, shown))
    said = [row for row in rows if row["state"] == states.SUBMITTED]
    least = 1 if whole else pack().surveys.least_firms
    found = [_of(each, versions, said, by, least) for each, versions in _asked(survey)]
    submitted = len(said)
    return Results(len(rows), submitted, not whole, found)


def _asked(survey: Row) -> Iterable[tuple[Question, tuple[int, ...]]]:
    """Each question once, in the words of the last version that asks it; another type is another question."""
    found: dict[tuple[str, str], tuple[Question, list[int]]] = {}
    for form in survey["forms"]:
        for each in questions(form["questions"]):
            earlier = found.get((each.key, each.type), (each, []))[1]
            found[each.key, each.type] = (each, [*earlier, form["version"]])
    return [(each, tuple(versions)) for each, versions in found.values()]


def _of(
    each: Question, versions: tuple[int, ...], said: Sequence[Row], by: str | None, least: int
) -> OfQuestion:
    rows = [row for row in said if row["form"] in versions and each.key in row["answers"]]
    by_group: dict[str, list[Row]] = {}
    for row in rows if by else ():
        by_group.setdefault(row[COLUMN[by or BY_UNIT]] or "", []).append(row)
    untold = veiled({name: len(some) for name, some in by_group.items()}, least)
    groups = {
        name: UNTOLD if name in untold else _group(each, some, least)
        for name, some in sorted(by_group.items())
    }
    figures = UNTOLD if 0 < len(rows) < least else _figures(each, rows, least)
    return OfQuestion(question=each, forms=versions, figures=figures, groups=groups)


def _group(each: Question, rows: Sequence[Row], least: int) -> Figures:
    """Of one group. What few said of it could be told from the other groups: then no count is told."""
    figures = _figures(each, rows, least)
    return replace(figures, counts=None) if least > 1 else figures


def _figures(each: Question, rows: Sequence[Row], least: int) -> Figures:
    values = [row["answers"][each.key] for row in rows]
    if each.type in SUMMED:
        numbers = [_number(value) for value in values]
        total, middle = sum(numbers, Decimal(0)), median(numbers) if numbers else None
        if each.type == MONEY:
            total = amounts.total(numbers)
        return Figures(answered=len(rows), total=total, middle=middle)
    if each.type in COUNTED:
        return Figures(answered=len(rows), counts=_counts(each, values, least))
    return Figures(answered=len(rows))


def _counts(each: Question, values: Sequence[Any], least: int) -> dict[str, int | None]:
    chosen = [one for value in values for one in (value if each.type == MULTI else [value])]
    # A version that offered other choices may have been answered with them.
    counts = {one: chosen.count(one) for one in dict.fromkeys([*each.answers, *chosen])}
    untold = veiled(counts, least)
    return {one: None if one in untold else number for one, number in counts.items()}


def _number(value: Any) -> Decimal:
    return value.to_decimal() if isinstance(value, Decimal128) else Decimal(str(value))
