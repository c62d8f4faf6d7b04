"""Rates and metrics as their schemas show them: names instead of codes, money as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from bson import ObjectId

from app.api import views
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import Ties, allowed
from app.people.documents import Person
from app.people.who import Who
from app.projects.rates import restanding
from app.projects.rates.measures import Measure
from app.projects.rates.measuring import Measured, Ranked
from app.projects.rates.members import Behind, Page
from app.projects.rates.queries import BY, FIRST, Answer, Frame, Group
from app.projects.rates.rollups import Against, Completion, Rates, Share, Side, Stepped
from app.registers import terms
from app.registers.documents import INDUSTRY

_GROUPED = ("unit", "unit_name", "industry", "industry_name", "level")
_PEOPLE = ("leader", "commissioner")
_CENT = Decimal("0.01")


def rates(found: Answer, plan: str) -> Row:
    """The rates of each group and of all; the completion against `plan`, first or current."""
    return {
        **_framed(found.frame, found.by, found.pending),
        "plan": plan,
        "items": _grouped(
            found.by, ((line.group, {"rates": _five(line.rates, plan)}) for line in found.lines)
        ),
        "total": _five(found.total, plan),
    }


def behind(page: Page, query: Row, who: Who) -> Row:
    """The projects behind a number; what was planned and spent for those who may see figures."""
    return views.page([_behind(each, who) for each in page.items], page.total, query)


def metrics(found: Measured) -> Row:
    """The metrics of each group and of all."""
    lines = ((group, {"metrics": _measures(each)}) for group, each in found.lines)
    return {
        **_framed(found.frame, found.by, found.pending),
        "items": _grouped(found.by, lines),
        "total": _measures(found.total),
    }


def firms(frame: Frame, ranked: list[Ranked], query: Row) -> Row:
    """A page of firms by tax per mu."""
    start = (query["page"] - 1) * query["page_size"]
    some = [_firm(each) for each in ranked[start : start + query["page_size"]]]
    return {**_as_of(frame, restanding.pending()), **views.page(some, len(ranked), query)}


def _framed(frame: Frame, by: str, pending: int) -> Row:
    return {**_as_of(frame, pending), "first": frame.first, "last": frame.last, "by": by}


def _as_of(frame: Frame, pending: int) -> Row:
    at = frame.at
    day = {"as_of": at.day.isoformat(), "basis": at.basis, "settled": at.settled}
    return {**day, "pending": pending}


def _grouped(by: str, lines: Iterable[tuple[Group, Row]]) -> list[Row]:
    """Each group's values under the names of its sides; what is not told apart is null."""
    known = list(lines)
    fields = BY[by]
    units = {unit.code: unit.name for unit in pack().units}
    industries = {row["code"]: row["name"] for row in terms.of(INDUSTRY)}
    people = _names({side for group, _ in known for side in group if isinstance(side, ObjectId)})
    found = []
    for group, values in known:
        row: Row = dict.fromkeys(_GROUPED)
        row |= {f"{name}{end}": None for name in _PEOPLE for end in ("", "_id")}
        for name, side in zip(fields, group, strict=True):
            row |= _side(name, side, units, industries, people)
        found.append({**row, **values})
    return found


def _side(
    name: str,
    side: Side,
    units: Mapping[str, str],
    industries: Mapping[str, str],
    people: Mapping[ObjectId, str],
) -> Row:
    if isinstance(side, ObjectId):
        return {f"{name}_id": str(side), name: people.get(side)}
    if side is None or name in _PEOPLE:
        return {}
    names = {"unit": units, "industry": industries}.get(name)
    return {name: side} if names is None else {name: side, f"{name}_name": names.get(side)}


def _names(keys: set[ObjectId]) -> Mapping[ObjectId, str]:
    rows = Person.rows().find({"_id": {"$in": list(keys)}}, {"name": 1}) if keys else ()
    return {row["_id"]: row["name"] for row in rows}


def _five(found: Rates, plan: str) -> Row:
    steps = {
        rate: {"open": _stepped(found.open[rate]), "matured": _stepped(found.matured[rate])}
        for rate in found.open
    }
    return {**steps, "completion": _completion(found.completion, plan)}


def _stepped(found: Stepped) -> Row:
    count, money = found.count, found.money
    return {
        "numerator": count.numerator,
        "denominator": count.denominator,
        "percent": _number(count.percent),
        "money": _money_share(money),
        "small": found.small,
    }


def _money_share(share: Share) -> Row:
    return {
        "numerator": _money(share.numerator),
        "denominator": _money(share.denominator),
        "percent": _number(share.percent),
    }


def _completion(found: Completion, plan: str) -> Row:
    first, current = _against(found.first), _against(found.current)
    return {
        "year": found.year,
        "months": found.months,
        "projects": found.projects,
        "actual": _money(found.current.share.numerator),
        **(first if plan == FIRST else current),
        "first": first,
        "current": current,
        "small": found.small,
    }


def _against(found: Against) -> Row:
    share = found.share
    return {
        "plan": _money(share.denominator),
        "percent": _number(share.percent),
        "gap": _number(found.gap),
    }


def _behind(found: Behind, who: Who) -> Row:
    project = found.standing
    ties = Ties(served_by=project.commissioner, enterprise=project.enterprise, unit=project.unit)
    sees = allowed(who, "figure.see", ties)
    return {
        "id": str(project.id),
        **{name: getattr(project, name) for name in ("code", "name", "unit", "industry")},
        "since": found.since.isoformat(),
        "reached": found.reached.isoformat() if found.reached else None,
        "exited_on": project.exited_on.isoformat() if project.exited_on else None,
        "investment": _money(project.investment),
        "counts": found.counts,
        "matured": found.matured,
        **{
            name: _money(getattr(found, name)) if sees else None
            for name in ("first", "plan", "actual")
        },
    }


def _measures(found: Mapping[str, Measure]) -> Row:
    least = pack().rates.small_sample
    return {
        name: {
            "value": _text(each.value),
            "numerator": _text(each.numerator),
            "denominator": _text(each.denominator),
            "count": each.count,
            "unranked": each.unranked,
            "small": each.count < least,
        }
        for name, each in found.items()
    }


def _firm(ranked: Ranked) -> Row:
    firm = ranked.firm
    return {
        "enterprise_id": str(firm.enterprise) if firm.enterprise else None,
        "name": firm.name,
        "production_on": firm.production_on.isoformat(),
        "tax": _money(firm.tax),
        "land_mu": _text(firm.land_mu),
        "tax_per_mu": _text(firm.tax_per_mu),
        "rank": ranked.rank,
    }


def _money(value: Decimal | int | None) -> str | None:
    return None if value is None else str(Decimal(value).quantize(_CENT))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(value: Decimal | None) -> float | None:
    """A percentage or points, with one place: no money."""
    return None if value is None else float(value)
