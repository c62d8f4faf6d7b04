"""The standing of a project: what all that was entered of it comes to. Pure; stored as `standings`.

Days are local, money is 万元, land mu. What is not known is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.foundation import amounts, days
from app.foundation.db import Row
from app.projects.rates import decimals, phases
from app.projects.rates.pledged import Pledged
from app.projects.rates.target import Sold, trailing, when_on_target
from config.rate_terms import TargetTerms

MONTHS = 12
ACTUAL_STAGES = ("signed", "filed", "land", "started", "completed", "certificate", "production")
DATES = (*ACTUAL_STAGES, "recognised")
"""Days that a standing tells of: when it came to a stage, and the start that the authority recognised."""
PARTICULARS = (
    "code",
    "name",
    "enterprise",
    "unit",
    "industry",
    "level",
    "kind",
    "size_class",
    "leader",
    "commissioner",
)
SUMS = ("invested", "paid_in", "sales12", "tax12")
PROMISED = ("investment", "promised_sales", "promised_tax", "land_mu")


@dataclass(frozen=True, slots=True)
class Suspension:
    """From `since` to before `until`; None while it lasts."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """What was to be invested in a year, by its first and its present plan, and what was, month by month."""

    first: Decimal | None = None
    plan: Decimal | None = None
    actual: tuple[Decimal | None, ...] = (None,) * MONTHS


@dataclass(frozen=True, slots=True)
class Standing:
    """A project with the days of its stages, its money and its course.

    `dates` hold what came, by DATES; `planned` the planned day of each stage. Of several phases the earliest
    day counts, for the end of building and its certificate the latest, once all that began have it.
    `years` are by `"2026"`. `on_target_on` is the end of the first month of those the district allows in
    which the trailing twelve months' sales and tax each reached their share of the promise.
    `zero_months` are the latest months, over when this was made, without investment since the start;
    0 before the start and from completion on. `last_month` is the last for which sales or tax are stated,
    `sales12` and `tax12` what the twelve months to it brought. `invested` and `paid_in` are all that was
    ever stated. `phased` and `pledged` are those of `phases.Course`.
    """

    id: ObjectId
    code: str
    name: str
    enterprise: ObjectId | None
    unit: str
    industry: str
    level: str
    kind: str
    size_class: str | None
    leader: ObjectId | None
    commissioner: ObjectId | None
    investment: Decimal | None
    promised_sales: Decimal | None
    promised_tax: Decimal | None
    land_mu: Decimal | None
    dates: Mapping[str, date]
    planned: Mapping[str, date]
    course: str
    suspended_since: date | None
    suspensions: tuple[Suspension, ...]
    exited_on: date | None
    on_target_on: date | None
    years: Mapping[str, Year]
    invested: Decimal | None
    paid_in: Decimal | None
    zero_months: int
    sales12: Decimal | None
    tax12: Decimal | None
    last_month: str | None
    made_at: datetime
    phased: bool = False
    pledged: tuple[Pledged, ...] = ()


def particulars(project: Mapping[str, Any]) -> Row:
    """What of a stored project its standing holds, as it is stored."""
    defaults = {"industry": "", "level": "district", "kind": "new"}
    names = (*PARTICULARS, *PROMISED)
    return {name: project.get(name, defaults.get(name)) for name in names}


def standing_of(
    project: Mapping[str, Any],
    stages: Iterable[Mapping[str, Any]],
    plans: Iterable[Mapping[str, Any]],
    figures: Iterable[Mapping[str, Any]],
    now: datetime,
    terms: TargetTerms,
) -> Standing:
    """What these stored entries, all held true at once, come to for the project on the day of `now`.

    `figures` are the project's own: those of its enterprise are no part of it.
    """
    month = days.month_of(days.today(now) + timedelta(days=1))
    found = phases.read(stages)
    monthly = sorted(figures, key=lambda each: each["month"])
    years = _years(plans, monthly)
    held: Row = {name: decimals.read(project.get(name)) for name in PROMISED}
    sold = [_sold(each) for each in monthly if _says(each, ("sales", "tax"))]
    last = max((each.month for each in sold), default=None)
    sums = trailing(sold, last)
    reached = when_on_target(
        found.dates.get("production"),
        [each for each in sold if each.month < month],
        (held["promised_sales"], held["promised_tax"]),
        terms,
    )
    return Standing(
        id=project["_id"],
        **{name: value for name, value in particulars(project).items() if name in PARTICULARS},
        **held,
        dates=found.dates,
        planned=found.planned,
        course=found.course,
        suspended_since=found.suspended_since,
        suspensions=tuple(Suspension(*each) for each in found.suspensions),
        exited_on=found.exited_on,
        on_target_on=reached,
        years=years,
        invested=_stated(monthly, "actual_investment"),
        paid_in=_stated(monthly, "paid_in"),
        zero_months=zero_months(years, found.dates, days.today(now)),
        sales12=sums[0],
        tax12=sums[1],
        last_month=last,
        made_at=now,
        phased=found.phased,
        pledged=found.pledged,
    )


def zero_months(years: Mapping[str, Year], dates: Mapping[str, date], today: date) -> int:
    """How many months on end, to the last that is over, saw no investment, or none stated.

    Months count from the one after the start on; 0 before it, and once building has ended. A month is over
    on its last day.
    """
    if "started" not in dates or "completed" in dates:
        return 0
    count, at = 0, days.months_later((today + timedelta(days=1)).replace(day=1), -1)
    first = days.months_later(dates["started"].replace(day=1), 1)
    while at >= first:
        if years.get(str(at.year), Year()).actual[at.month - 1]:
            break
        count, at = count + 1, days.months_later(at, -1)
    return count


def row_of(standing: Standing) -> Row:
    """As it is stored, all but its `version`."""
    row: Row = {"_id": standing.id}
    row |= {name: getattr(standing, name) for name in (*PARTICULARS, "course", "zero_months")}
    row |= {name: _stored(getattr(standing, name)) for name in PROMISED}
    row |= {name: _stored(getattr(standing, name)) for name in SUMS}
    ends = ("suspended_since", "exited_on", "on_target_on")
    return row | {
        **{name: _day(getattr(standing, name)) for name in ends},
        "dates": {name: day.isoformat() for name, day in standing.dates.items()},
        "planned": {name: day.isoformat() for name, day in standing.planned.items()},
        "suspensions": [
            {"since": each.since.isoformat(), "until": _day(each.until)}
            for each in standing.suspensions
        ],
        "years": {
            year: {
                "first": _stored(money.first),
                "plan": _stored(money.plan),
                "actual": [_stored(each) for each in money.actual],
            }
            for year, money in standing.years.items()
        },
        "last_month": standing.last_month,
        "made_at": standing.made_at,
        "phased": standing.phased,
        "pledged": [each.stored() for each in standing.pledged],
    }


def of_row(row: Mapping[str, Any]) -> Standing:
    """The standing that was stored as `row`."""
    read = decimals.read
    plain: Row = {name: row[name] for name in (*PARTICULARS, "course", "zero_months")}
    sums: Row = {name: read(row[name]) for name in (*PROMISED, *SUMS)}
    return Standing(
        id=row["_id"],
        **plain,
        **sums,
        dates=_days(row["dates"]),
        planned=_days(row["planned"]),
        suspended_since=_read_day(row["suspended_since"]),
        suspensions=tuple(
            Suspension(date.fromisoformat(each["since"]), _read_day(each["until"]))
            for each in row["suspensions"]
        ),
        exited_on=_read_day(row["exited_on"]),
        on_target_on=_read_day(row["on_target_on"]),
        years={
            year: Year(read(money["first"]), read(money["plan"]), tuple(map(read, money["actual"])))
            for year, money in row["years"].items()
        },
        last_month=row["last_month"],
        made_at=row["made_at"],
        phased=row.get("phased", False),
        pledged=tuple(map(Pledged.read, row.get("pledged", ()))),
    )


def _years(
    plans: Iterable[Mapping[str, Any]], monthly: Sequence[Mapping[str, Any]]
) -> dict[str, Year]:
    planned = {str(each["year"]): each for each in plans}
    spent: dict[str, list[Decimal | None]] = {}
    for each in monthly:
        if _says(each, ("actual_investment",)):
            of_year = spent.setdefault(each["month"][:4], [None] * MONTHS)
            of_year[int(each["month"][5:]) - 1] = decimals.read(each["actual_investment"])
    return {
        year: Year(
            first=decimals.read(planned[year]["first"]) if year in planned else None,
            plan=decimals.read(planned[year]["investment"]) if year in planned else None,
            actual=tuple(spent.get(year, [None] * MONTHS)),
        )
        for year in sorted({*planned, *spent})
    }


def _says(figure: Mapping[str, Any], measures: Iterable[str]) -> bool:
    return any(figure.get(name) is not None for name in measures)


def _stated(figures: Iterable[Mapping[str, Any]], name: str) -> Decimal | None:
    """The sum of a measure over all months; None where it is stated of none."""
    stated = [decimals.read(each[name]) for each in figures if each.get(name) is not None]
    return amounts.total(stated) if stated else None


def _sold(figure: Mapping[str, Any]) -> Sold:
    sales, tax = decimals.read(figure.get("sales")), decimals.read(figure.get("tax"))
    return Sold(figure["month"], sales, tax)


def _stored(value: Decimal | None) -> Any:
    return None if value is None else amounts.stored(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _days(raw: Mapping[str, str]) -> dict[str, date]:
    return {name: date.fromisoformat(each) for name, each in raw.items()}
