"""When projects and units are warned of, and how projects leave. From `warnings.yaml` and `exits.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from config.strict_yaml import Entry, read

T = TypeVar("T")
FEWEST, MOST = 0, 1000


@dataclass(frozen=True, slots=True)
class SlowTerms:
    """进度迟缓. Points are percentage points of the year's plan; red is more than `gap_points_red`."""

    late_days: int
    late_months_red: int
    gap_points: int
    gap_points_red: int


@dataclass(frozen=True, slots=True)
class NoStartTerms:
    """长期无法开工: months since signing, filing, and the start that the land contract names."""

    signed_months: int
    filed_months_red: int
    land_months_red: int


@dataclass(frozen=True, slots=True)
class InvestLagTerms:
    """投资严重滞后. Percentages are of the planned investment, the share of the land; less is too little."""

    zero_months: int
    started_months: int
    paid_percent: int
    suspended_months_red: int
    invested_percent_red: int
    developed_share_red: Fraction


@dataclass(frozen=True, slots=True)
class ProductionTerms:
    """投产失衡. `unit_points` are percentage points below the district, of `unit_least` projects or more."""

    completed_months: int
    production_months_red: int
    sales_percent_red: int
    unit_points: int
    unit_least: int


@dataclass(frozen=True, slots=True)
class BreachTerms:
    """严重违约. `percent` of the promised sales or tax; `reds` warnings unanswered for `answer_days`."""

    production_months: int
    percent: int
    reds: int
    answer_days: int


@dataclass(frozen=True, slots=True)
class WarningTerms:
    """`at` is local time. Figures of a month count from the `figures_day` of the next one on.

    `sources` say of each figure, as `SLOW.gap_points`, where it comes from.
    """

    at: time
    figures_day: int
    slow: SlowTerms
    no_start: NoStartTerms
    invest_lag: InvestLagTerms
    production: ProductionTerms
    breach: BreachTerms
    sources: Mapping[str, str] = field(hash=False)


CLASSES = ("rectify", "reduce", "change_of_use", "buy_back", "terminate")


@dataclass(frozen=True, slots=True)
class Measure:
    """A lawful end of a case: its class of CLASSES, on what `basis`, and the roles that `decide` on it.

    With `needs_department` only people of that department decide. One that `exits` ends the project.
    """

    code: str
    name: str
    class_: str
    basis: str
    decides: tuple[str, ...]
    exits: bool
    needs_department: str | None = None


@dataclass(frozen=True, slots=True)
class ExitTerms:
    """Working days to reply to a notice, the least days to rectify, the measures there are.

    A red warning of a kind in `persists` is proposed for exit once it has been red for so many months.
    """

    reply_wd: int
    rectify_days: int
    persists: Mapping[str, int] = field(hash=False)
    measures: tuple[Measure, ...]

    def measure(self, code: str) -> Measure | None:
        """The measure with this code."""
        return next((each for each in self.measures if each.code == code), None)


def warning_terms(directory: Path) -> WarningTerms:
    """The terms. Raises PackError."""
    name = "warnings.yaml"
    kinds = {"SLOW", "NO_START", "INVEST_LAG", "PROD_IMBALANCE", "BREACH"}
    entry = Entry.of(read(directory / name), name, {"at", "figures_day", *kinds}, set())
    sources: dict[str, str] = {}
    figures_day, sources["figures_day"] = _figure(entry, "figures_day", _whole)
    return WarningTerms(
        at=entry.time_of_day("at"),
        figures_day=min(figures_day, 28),
        slow=_part(entry, "SLOW", SlowTerms, sources),
        no_start=_part(entry, "NO_START", NoStartTerms, sources),
        invest_lag=_part(entry, "INVEST_LAG", InvestLagTerms, sources),
        production=_part(entry, "PROD_IMBALANCE", ProductionTerms, sources),
        breach=_part(entry, "BREACH", BreachTerms, sources),
        sources=MappingProxyType(sources),
    )


def exit_terms(directory: Path, departments: set[str]) -> ExitTerms:
    """The terms; departments of measures must be among these. Raises PackError."""
    name = "exits.yaml"
    keys = {"reply_wd", "rectify_days", "persists", "measures"}
    entry = Entry.of(read(directory / name), name, keys, set())
    kinds = {"NO_START", "INVEST_LAG", "BREACH"}
    persists = entry.inner("persists", kinds)
    measures = tuple(_measure(each, name, departments) for each in entry.items("measures"))
    codes = [each.code for each in measures]
    if len(set(codes)) < len(codes) or not any(each.exits for each in measures):
        raise entry.fail("measures: a code stands twice, or none of them exits")
    return ExitTerms(
        reply_wd=entry.whole("reply_wd", 1, 60),
        rectify_days=entry.whole("rectify_days", 1, 365),
        persists=MappingProxyType({kind: persists.whole(kind, 0, 60) for kind in kinds}),
        measures=measures,
    )


def _measure(raw: Any, name: str, departments: set[str]) -> Measure:
    required = {"code", "name", "class", "basis", "decides", "exits"}
    entry = Entry.of(raw, f"{name}, measures", required, {"needs_department"})
    department = entry.text_or_none("needs_department")
    if department is not None and department not in departments:
        raise entry.fail(f"needs_department: {department} is not in departments.yaml")
    return Measure(
        code=entry.text("code"),
        name=entry.text("name"),
        class_=entry.choice("class", CLASSES),
        basis=entry.text("basis"),
        decides=entry.texts("decides"),
        exits=entry.flag("exits"),
        needs_department=department,
    )


def _part(entry: Entry, kind: str, terms: Callable[..., T], sources: dict[str, str]) -> T:
    """The figures of a kind, each {is, source}."""
    names = {each.name: each.type for each in fields(terms)}  # type: ignore[arg-type]
    part, values = entry.inner(kind, set(names)), {}
    for name, type_ in names.items():
        parse = _fraction if type_ == "Fraction" else _whole
        values[name], sources[f"{kind}.{name}"] = _figure(part, name, parse)
    return terms(**values)


def _figure(part: Entry, name: str, parse: Callable[[Entry], Any]) -> tuple[Any, str]:
    figure = part.inner(name, {"is", "source"})
    return parse(figure), figure.text("source")


def _whole(figure: Entry) -> int:
    return figure.whole("is", FEWEST, MOST)


def _fraction(figure: Entry) -> Fraction:
    try:
        found = Fraction(figure.text("is"))
    except (ValueError, ZeroDivisionError):
        raise figure.fail('must be a share such as "1/3"') from None
    if not 0 <= found <= 1:
        raise figure.fail("must be a share from 0 to 1")
    return found
