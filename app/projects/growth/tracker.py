"""成长关: the firms and projects that came into production not long ago, and what helps them next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bson import ObjectId

from app.enterprises.documents import ENTERED, Enterprise, ScaleEntry
from app.foundation import amounts, days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.entries import STANDING
from app.people.access import Columns, scope
from app.people.who import Who
from app.projects.documents import EXITED
from app.projects.figures.documents import ENTERPRISE, PROJECT, FigureEntry
from app.projects.growth import facts
from app.projects.growth.facts import Grown
from app.projects.rates.documents import StoredStanding
from app.projects.rates.target import Sold, trailing
from app.projects.ties import COLUMNS
from app.registers.documents import INDUSTRY, Term
from config.review_terms import Help

_FIRMS = Columns(enterprise="_id", unit="unit", served_by="commissioner")
_SHOWN = (
    *("name", "enterprise", "unit", "industry", "dates.production", "promised_sales"),
    *("promised_tax", "sales12", "tax12", "last_month", "on_target_on"),
)
SORTS = ("months_left", "sales_percent", "tax_percent", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growing:
    """A project, or a firm by itself (`kind`), with what it has grown to; `month` counts from production."""

    kind: str
    id: ObjectId
    name: str
    enterprise: ObjectId | None
    enterprise_name: str | None
    unit: str | None
    grown: Grown
    month: int
    months_left: int
    sales_percent: Decimal | None
    tax_percent: Decimal | None
    help: Sequence[Help]


def tracked(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    unit: str | None = None,
    sort: str = "months_left",
    late: bool = False,
) -> tuple[list[Growing], int]:
    """A page of those `who` may see, the most pressing first, and how many there are.

    A project counts from its production; a firm by itself, from its own, where no project of it does. Those
    that left are out. Beyond the months that the district gives it to be on target, a project is shown only
    with `late`, as long as it is not. What is not known sorts last.
    """
    today = days.today(now)
    rows = _projects(who, today, unit, late)
    firms = _firms(who, today, unit, {row["enterprise"] for row in rows})
    names = _names({row["enterprise"] for row in rows if row["enterprise"]})
    scales = _scales([*rows, *firms])
    found = [_tracked(PROJECT, row, names, scales, today) for row in rows]
    found += [_tracked(ENTERPRISE, row, names, scales, today) for row in firms]
    ordered = sorted(found, key=lambda each: _rank(each, sort))
    return ordered[(page - 1) * page_size : page * page_size], len(ordered)


def _rank(each: Growing, sort: str) -> tuple[bool, int | Decimal | str, str]:
    value = getattr(each, sort)
    return value is None, 0 if value is None else value, str(each.id)


def _since(today: date) -> str:
    return days.months_later(today, -pack().rates.target.until_month).isoformat()


def _projects(who: Who, today: date, unit: str | None, late: bool) -> list[Row]:
    begun = {"$gte": _since(today), "$lte": today.isoformat()}
    young: Row = {"dates.production": begun}
    if late:
        behind = {"dates.production": {"$lt": begun["$gte"]}, "on_target_on": None}
        young = {"$or": [young, behind]}
    parts = [scope(who, "growth.see", COLUMNS), young, {"course": {"$ne": EXITED}}]
    parts += [{"unit": unit}] if unit else []
    rows = StoredStanding.rows().find({"$and": parts}, dict.fromkeys(_SHOWN, 1))
    return [{**row, "production_on": row["dates"]["production"]} for row in rows]


def _firms(who: Who, today: date, unit: str | None, known: set[ObjectId | None]) -> list[Row]:
    """Firms that say themselves since when they produce, with the figures of the firm as a whole."""
    begun = {"$gte": _since(today), "$lte": today.isoformat()}
    parts = [scope(who, "growth.see", _FIRMS), {"production_on": begun}]
    parts.append({"_id": {"$nin": [key for key in known if key]}})
    parts += [{"unit": unit}] if unit else []
    shown = ("name", "unit", "sector", "production_on")
    rows = list(Enterprise.rows().find({"$and": parts}, dict.fromkeys(shown, 1)))
    sold = _sold([row["_id"] for row in rows])
    return [
        {**row, "industry": row.get("sector", ""), **_figures(sold.get(row["_id"], []))}
        for row in rows
    ]


def _sold(firms: Sequence[ObjectId]) -> dict[ObjectId, list[Sold]]:
    found: dict[ObjectId, list[Sold]] = {}
    query = {"kind": ENTERPRISE, "subject": {"$in": list(firms)}, **STANDING}
    for row in FigureEntry.rows().find(query, {"subject": 1, "month": 1, "sales": 1, "tax": 1}):
        sales, tax = amounts.read(row.get("sales")), amounts.read(row.get("tax"))
        if sales is not None or tax is not None:
            found.setdefault(row["subject"], []).append(Sold(row["month"], sales, tax))
    return found


def _figures(sold: Sequence[Sold]) -> Row:
    last = max((each.month for each in sold), default=None)
    sales, tax = trailing(sold, last)
    return {"sales12": sales, "tax12": tax, "last_month": last}


def _names(firms: Iterable[ObjectId]) -> Mapping[ObjectId, str]:
    rows = Enterprise.rows().find({"_id": {"$in": list(firms)}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}


def _scales(rows: Sequence[Row]) -> Mapping[ObjectId, Decimal]:
    """Of each firm that is not entered into the statistics yet, from how much a year it would be."""
    firms = {row.get("enterprise", row["_id"]): row["industry"] for row in rows}
    codes = [code for code in set(firms.values()) if code]
    terms = Term.rows().find({"dictionary": INDUSTRY, "code": {"$in": codes}})
    least = {
        row["code"]: Decimal(row["attributes"]["scale_sales"])
        for row in terms
        if row.get("attributes", {}).get("scale_sales")
    }
    entered = _entered([key for key, code in firms.items() if key and code in least])
    return {
        key: least[code]
        for key, code in firms.items()
        if key and code in least and key not in entered
    }


def _entered(firms: Sequence[ObjectId]) -> set[ObjectId]:
    """Those whose latest turn is to have been entered."""
    last: dict[ObjectId, str] = {}
    query = {"enterprise": {"$in": list(firms)}, **STANDING}
    for row in ScaleEntry.rows().find(query, {"enterprise": 1, "event": 1}).sort("on", 1):
        last[row["enterprise"]] = row["event"]
    return {key for key, event in last.items() if event == ENTERED}


def _tracked(
    kind: str,
    row: Row,
    names: Mapping[ObjectId, str],
    scales: Mapping[ObjectId, Decimal],
    today: date,
) -> Growing:
    firm = row["_id"] if kind == ENTERPRISE else row["enterprise"]
    reached = row.get("on_target_on")
    grown = Grown(
        production_on=date.fromisoformat(row["production_on"]),
        promised_sales=amounts.read(row.get("promised_sales")),
        promised_tax=amounts.read(row.get("promised_tax")),
        sales12=amounts.read(row.get("sales12")),
        tax12=amounts.read(row.get("tax12")),
        last_month=row.get("last_month"),
        on_target_on=date.fromisoformat(reached) if reached else None,
        scale_sales=scales.get(firm),
    )
    months = pack().rates.target.until_month
    known = facts.facts(grown, today, months)
    month = facts.months_since(grown, today)
    stated = facts.months_stated(grown)
    return Growing(
        kind=kind,
        id=row["_id"],
        name=row["name"],
        enterprise=firm,
        enterprise_name=row["name"] if kind == ENTERPRISE else names.get(firm),
        unit=row.get("unit"),
        grown=grown,
        month=month,
        months_left=facts.months_left(grown, today, months),
        sales_percent=facts.percent(grown.sales12, grown.promised_sales, stated),
        tax_percent=facts.percent(grown.tax12, grown.promised_tax, stated),
        help=facts.next_help(known, month, pack().reviews.help),
    )
