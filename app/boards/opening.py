"""What a figure opens to: exactly the records that it counted, as of the moment of the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.boards import cells, showing
from app.boards.documents import Fact
from app.boards.figures import FIGURES, SPENDING, Figure, Values
from app.boards.reading import marker, money
from app.boards.showing import Shown
from app.boards.subjects import Subject
from app.foundation import days
from app.foundation.db import Row, snapshot
from app.foundation.errors import Invalid, NotFound
from app.people.who import Who

INDEX = "by_cell"
Amounts = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which list: of one value, or of days, both included; as of a moment, else of the last fold."""

    by: str | None = None
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None
    page: int = 1
    page_size: int = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A record that is counted. `shown` is None where the viewer may know of it no more.

    `amounts` (spent and planned, 万元) where that is what the figure adds up.
    """

    kind: str
    shown: Shown | None
    amounts: Amounts | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of what is counted, and how much that is in all."""

    as_of: datetime
    lines: list[Line]
    total: int


def opened(who: Who, code: str, subject: Subject, asked: Asked) -> Opened:
    """The records of a figure on a board.

    Raises NotFound for a figure that is not on it, Invalid for a moment that is not kept or yet to come, and
    where a value or days are asked for that the figure has not, or has and are not said.
    """
    figure = FIGURES.get(code)
    if figure is None or not subject.shows(figure):
        raise NotFound("not_found")
    return snapshot(lambda: _opened(who, figure, subject, asked))


def query(figure: Figure, subject: Subject, asked: Asked, gen: int, at: datetime) -> Row:
    """What finds the facts that a figure counts at a moment, of one building."""
    values = _values(figure, asked, days.today(at))
    first, last = (cells.mark(figure.family, each) for each in values or (None, None))
    scope = subject.scope(figure)
    low, high = (cells.cell(gen, scope, each) for each in (first, last))
    held = low if low == high else {"$elemMatch": {"$gte": low, "$lte": high}}
    return {"cells": held, "until": {"$gt": at}, "since": {"$lte": at}}


def _opened(who: Who, figure: Figure, subject: Subject, asked: Asked) -> Opened:
    state = marker()
    at = asked.as_of or state["as_of"]
    if not state["kept_from"] <= at <= state["as_of"]:
        raise Invalid("boards.not_kept", fields={"as_of": []})
    found = query(figure, subject, asked, state["gen"], at)
    way = -1 if figure.newest else 1
    rows = list(
        Fact.rows()
        .find(found, {"kind": 1, "subject": 1, "sums": 1}, hint=INDEX)
        .sort([("rank", way), ("_id", way)])
        .skip((asked.page - 1) * asked.page_size)
        .limit(asked.page_size)
    )
    shown = showing.shown(who, rows)
    lines = [
        Line(row["kind"], shown.get((row["kind"], row["subject"])), _amounts(figure, row, at))
        for row in rows
    ]
    return Opened(at, lines, Fact.rows().count_documents(found, hint=INDEX))


def _values(figure: Figure, asked: Asked, day: date) -> Values | None:
    if (asked.by is not None) and not figure.by:
        raise Invalid("boards.no_values", fields={"value": []})
    dated = asked.first is not None or asked.last is not None
    if dated != figure.dated:
        raise Invalid("boards.days", fields={"from": [], "to": []})
    if asked.first is not None and asked.last is not None:
        return asked.first.isoformat(), asked.last.isoformat()
    if dated:
        raise Invalid("boards.days", fields={"from": [], "to": []})
    if asked.by is not None:
        return asked.by, asked.by
    return figure.span(day) if figure.span else None


def _amounts(figure: Figure, row: Mapping[str, Any], at: datetime) -> Amounts | None:
    if figure is not SPENDING:
        return None
    day = days.today(at)
    return money(row["sums"].get(cells.mark(figure.family, str(day.year)), {}), day)
