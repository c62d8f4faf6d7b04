"""Boards and what their figures open to, as their schemas want them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import quote, urlencode

from app.api.errors import language
from app.boards import words
from app.boards.figures import FIGURES
from app.boards.opening import Line, Opened
from app.boards.reading import Board, Counted, Course, Group, Plain, Rated
from app.boards.subjects import Subject
from app.foundation.district import local

ROUNDS = "/me/rounds"
_TENTH = Decimal("0.1")

Open = Callable[[Counted], str]


def board(found: Board, prefix: str) -> dict[str, Any]:
    """A board; `prefix` stands before the paths of calls."""
    opens = opening(found.subject, found.as_of, prefix)
    stops = {"stops": found.stops, "opens": f"{prefix}{ROUNDS}"}
    return {
        "board": found.subject.board,
        "key": found.subject.key,
        "name": found.subject.name,
        "as_of": found.as_of,
        "day": found.day,
        "pending": found.pending,
        "figures": [_plain(each, opens) for each in found.figures],
        "groups": [_group(each, opens) for each in found.groups],
        "rates": [_rate(each, opens) for each in found.rates],
        "series": [_course(each, opens) for each in found.courses],
        "round": None if found.stops is None else stops,
        "notes": words.notes(language()),
    }


def opening(subject: Subject, as_of: datetime, prefix: str) -> Open:
    """What makes of a count the call that lists exactly its records."""
    moment = local(as_of).isoformat(timespec="milliseconds")
    common = urlencode({**subject.named(), "as_of": moment})

    def opens(counted: Counted) -> str:
        path = f"{prefix}/boards/figures/{counted.figure}?{common}"
        if counted.by is not None:
            path += f"&value={quote(counted.by)}"
        if counted.first is not None:
            path += f"&from={counted.first}&to={counted.last}"
        return path

    return opens


def records(code: str, found: Opened, query: dict[str, Any]) -> dict[str, Any]:
    """A page of the records behind a figure."""
    return {
        "code": code,
        "name": words.name(code, language()),
        "as_of": found.as_of,
        "items": [_record(each) for each in found.lines],
        "total": found.total,
        "page": query["page"],
        "page_size": query["page_size"],
    }


def _record(line: Line) -> dict[str, Any]:
    spent, plan = line.amounts or (None, None)
    shown = line.shown
    if shown is None:
        return {"kind": line.kind}
    due = shown.due_at
    return {
        **{name: getattr(shown, name) for name in ("id", "number", "title", "state", "unit")},
        "kind": line.kind,
        "due": local(due).isoformat(timespec="milliseconds") if isinstance(due, datetime) else due,
        "issue_id": shown.issue,
        "project_id": shown.project,
        "spent": _money(spent),
        "plan": _money(plan),
    }


def _plain(each: Plain, opens: Open) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": words.name(each.code, language()),
        "value": each.counted.value,
        "target": each.target,
        "opens": opens(each.counted),
    }


def _group(each: Group, opens: Open) -> dict[str, Any]:
    by, keys = FIGURES[each.code].by, [item.by or "" for item in each.items]
    names = words.values(by or "", keys, language())
    return {
        "code": each.code,
        "name": words.name(each.code, language()),
        "items": [
            {
                "key": item.by,
                "name": names[item.by or ""],
                "value": item.value,
                "opens": opens(item),
            }
            for item in each.items
        ],
    }


def _rate(each: Rated, opens: Open) -> dict[str, Any]:
    spent, plan = each.sums or (None, None)
    return {
        "code": each.code,
        "name": words.name(each.code, language()),
        "percent": None if each.percent is None else float(each.percent),
        "numerator": _side(each.numerator, spent, opens),
        "denominator": _side(each.denominator, plan, opens),
    }


def _side(counted: Counted, amount: Decimal | None, opens: Open) -> dict[str, Any]:
    told = {"code": counted.figure, "value": counted.value, "sum": _money(amount)}
    return {**told, "opens": opens(counted)}


def _course(each: Course, opens: Open) -> dict[str, Any]:
    def point(counted: Counted) -> dict[str, Any]:
        days = {"from": counted.first, "to": counted.last}
        return {"value": counted.value, "opens": opens(counted), **days}

    return {
        "code": each.code,
        "name": words.name(each.code, language()),
        **{name: point(getattr(each, name)) for name in ("month", "year", "last_year")},
        "change_percent": _change(each.year.value, each.last_year.value),
        **{
            name: [point(one) for one in getattr(each, name)]
            for name in ("days", "weeks", "months")
        },
    }


def _money(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _change(now: int, then: int) -> float | None:
    if not then:
        return None
    return float((Decimal(now - then) * 100 / then).quantize(_TENTH, ROUND_HALF_UP))
