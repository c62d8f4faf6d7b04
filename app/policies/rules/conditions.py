"""Who may claim a policy: conditions as data, held against what is known of a firm. Pure.

A condition is met, not met, or unknown while a fact that it needs is not stated. To learn a fact never
changes a verdict that was definite (Kleene's strong three-valued logic): so firms can be ruled out by what
is cheap to know, and nobody is told "met" on what may turn out otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from app.foundation import days
from app.foundation.reasons import Reason

MET, NOT_MET, UNKNOWN = VERDICTS = ("met", "not_met", "unknown")
ALL, ANY, NONE = HOWS = ("all", "any", "none")
GROUPS = (ALL, ANY)
MEMBERSHIPS = ("industry", "unit", "growth_class", "size_class")
"""Of what a firm, or one of its projects (`size_class`), must be one of some values."""
DAYS = ("founded_on", "production_on")
ENTERPRISE, PROJECTS = WHOSE = ("enterprise", "projects")
MEASURES = ("sales", "tax", "actual_investment", "paid_in")

Names = Mapping[str, Mapping[str, str]]
"""By dictionary (`tags`, and each of MEMBERSHIPS) what people call a code."""


@dataclass(frozen=True, slots=True)
class Group:
    """All of some conditions, or any of them."""

    how: str
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Tags:
    """The firm has all of the tags, any, or none of them."""

    how: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The firm is in one of the values, `of` a dictionary of MEMBERSHIPS."""

    of: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the firm's, `of` DAYS: within so many months before the day asked, before a day, or since."""

    of: str
    within_months: int | None = None
    before: str | None = None
    since: str | None = None

    @property
    def how(self) -> str:
        """Which of the three is asked."""
        if self.within_months is not None:
            return "within"
        return "before" if self.before is not None else "since"


@dataclass(frozen=True, slots=True)
class AboveScale:
    """The firm is counted above scale (进规纳统), or is not."""

    entered: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of a measure (万元) over months, of the firm as a whole or of its projects together.

    From month `first` to `last` (`2026-11`), or the `last_months` whole months before the day asked.
    """

    whose: str
    measure: str
    first: str | None = None
    last: str | None = None
    last_months: int | None = None

    def months(self, day: date) -> tuple[str, ...]:
        """The months that it sums, in order."""
        if self.last_months is not None:
            back = range(self.last_months, 0, -1)
            return tuple(days.month_of(days.months_later(day.replace(day=1), -n)) for n in back)
        start, end = days.month(str(self.first)), days.month(str(self.last))
        count = days.months_between(start, end) + 1
        return tuple(days.month_of(days.months_later(start, n)) for n in range(count))


@dataclass(frozen=True, slots=True)
class Reaches:
    """A figure is at least so much (万元)."""

    figure: Figure
    least: Decimal


Condition = Group | Tags | OneOf | Day | AboveScale | Reaches


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated of a figure: the sum (万元) over these of its months."""

    total: Decimal
    months: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a firm; None, or a figure that is not there, is not stated. Days are local text.

    `size_classes` are those of its projects.
    """

    tags: frozenset[str] | None = None
    industry: str | None = None
    unit: str | None = None
    growth_class: str | None = None
    size_classes: frozenset[str] | None = None
    founded_on: str | None = None
    production_on: str | None = None
    above_scale: bool | None = None
    figures: Mapping[Figure, Stated] = field(default_factory=dict)

    def missing(self, figure: Figure, day: date) -> tuple[str, ...]:
        """The months of a figure that are not stated."""
        stated = self.figures.get(figure)
        return tuple(
            each for each in figure.months(day) if stated is None or each not in stated.months
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition held against facts: the verdict, why, the value looked at, the parts of a group.

    `todo` says of what is unknown what is to be stated. `private`: reason and value tell of the firm's
    figures, which not everybody may see.
    """

    kind: str
    verdict: str
    reason: Reason
    value: Any = None
    of: tuple[Judged, ...] = ()
    todo: Reason | None = None
    private: bool = False


def judge(condition: Condition, facts: Facts, day: date, names: Names | None = None) -> Judged:
    """The condition held against the facts as of a day."""
    known = names or {}
    match condition:
        case Group():
            return _group(condition, [judge(each, facts, day, known) for each in condition.of])
        case Tags():
            return _tags(condition, facts, known.get("tags", {}))
        case OneOf():
            return _one_of(condition, facts, known.get(condition.of, {}))
        case Day():
            return _day(condition, facts, day)
        case AboveScale():
            return _above_scale(condition, facts)
        case Reaches():
            return _at_least(condition, facts, day)


def together(how: str, verdicts: Sequence[str]) -> str:
    """The verdict of a group by those of its parts."""
    decides, else_ = (NOT_MET, MET) if how == ALL else (MET, NOT_MET)
    if decides in verdicts:
        return decides
    return UNKNOWN if UNKNOWN in verdicts else else_


def todo_of(judged: Judged) -> list[Reason]:
    """What is to be stated so that an unknown verdict becomes definite; nothing for a definite one."""
    if judged.verdict != UNKNOWN:
        return []
    own = [judged.todo] if judged.todo else []
    return list({repr(each): each for part in judged.of for each in todo_of(part)}.values()) + own


def figures_of(condition: Condition) -> Iterator[Figure]:
    """The figures that a condition looks at."""
    match condition:
        case Group():
            for each in condition.of:
                yield from figures_of(each)
        case Reaches():
            yield condition.figure


def asks(condition: Condition, holds: Callable[[Condition], bool]) -> bool:
    """Whether the condition, or a part of it, is one for which `holds`."""
    if isinstance(condition, Group) and any(asks(each, holds) for each in condition.of):
        return True
    return holds(condition)


def _group(group: Group, parts: list[Judged]) -> Judged:
    verdict = together(group.how, [each.verdict for each in parts])
    met = sum(each.verdict == MET for each in parts)
    reason = Reason(f"policy.because.{group.how}", {"met": met, "count": len(parts)})
    return Judged(group.how, verdict, reason, of=tuple(parts))


def _is(fulfilled: bool) -> str:
    return MET if fulfilled else NOT_MET


def _unknown(kind: str, fact: str, **params: Any) -> Judged:
    reason = Reason(f"policy.unclear.{kind}", params)
    return Judged(kind, UNKNOWN, reason, todo=Reason(f"policy.todo.{fact}", params))


def _named(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return "、".join(names.get(each, each) for each in codes)


def _tags(condition: Tags, facts: Facts, names: Mapping[str, str]) -> Judged:
    kind, wanted = f"tags_{condition.how}", _named(condition.values, names)
    if facts.tags is None:
        return _unknown(kind, "tags", wanted=wanted)
    shared = [each for each in condition.values if each in facts.tags]
    fulfilled = {
        ALL: len(shared) == len(condition.values),
        ANY: bool(shared),
        NONE: not shared,
    }[condition.how]
    reason = Reason(
        f"policy.because.{kind}", {"wanted": wanted, "has": _named(shared, names) or "—"}
    )
    return Judged(kind, _is(fulfilled), reason, sorted(facts.tags))


def _one_of(condition: OneOf, facts: Facts, names: Mapping[str, str]) -> Judged:
    kind, wanted = condition.of, _named(condition.values, names)
    if kind == "size_class":
        sizes = facts.size_classes
        has = sorted(sizes) if sizes is not None else None
    else:
        has = [single] if (single := getattr(facts, kind)) else None
    if has is None:
        return _unknown(kind, kind, wanted=wanted)
    fulfilled = any(each in condition.values for each in has)
    params = {"wanted": wanted, "has": _named(has, names) or "—"}
    value = has if kind == "size_class" else has[0]
    return Judged(kind, _is(fulfilled), Reason(f"policy.because.{kind}", params), value)


def _day(condition: Day, facts: Facts, day: date) -> Judged:
    kind = f"{condition.of}_{condition.how}"
    limit = condition.within_months or condition.before or condition.since or 0
    found = getattr(facts, condition.of)
    if not found:
        return _unknown(kind, condition.of, limit=limit)
    on = date.fromisoformat(found)
    if condition.within_months is not None:
        fulfilled = on <= day <= days.months_later(on, condition.within_months)
    elif condition.before is not None:
        fulfilled = found < condition.before
    else:
        fulfilled = found >= str(condition.since)
    reason = Reason(f"policy.because.{kind}", {"limit": limit, "has": found})
    return Judged(kind, _is(fulfilled), reason, found)


def _above_scale(condition: AboveScale, facts: Facts) -> Judged:
    kind = "above_scale" if condition.entered else "below_scale"
    if facts.above_scale is None:
        return _unknown(kind, "above_scale")
    verdict, reason = _is(facts.above_scale == condition.entered), f"policy.because.{kind}"
    return Judged(kind, verdict, Reason(reason), facts.above_scale, private=True)


def _at_least(condition: Reaches, facts: Facts, day: date) -> Judged:
    figure, least = condition.figure, condition.least
    kind = f"{figure.whose}_{figure.measure}"
    span = figure.months(day)
    params = {"least": str(least), "first": span[0], "last": span[-1]}
    if gaps := facts.missing(figure, day):
        return _unknown(kind, kind, **params, months="、".join(gaps))
    total = facts.figures[figure].total
    reason = Reason(f"policy.because.{kind}", {**params, "has": str(total)})
    return Judged(kind, _is(total >= least), reason, str(total), private=True)
