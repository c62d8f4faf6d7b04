"""Templates and values by hand, and a contest that is in use, for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.scoreboards.documents import Scoreboard
from app.scoreboards.scoring import Score, Value, scores
from app.scoreboards.template import Template, template_of
from tests.projects.rates.entered import money, restand, stage
from tests.support.factories import Given, client_id
from tests.support.phone import Phone

SANSHUI, LUOTANG = "321204002", "321204001"
BOARD = "spring"
LARGE = money(60_000)


def item(code: str = "a", **fields: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"项目{code}",
        "weight": 100,
        "source": "rates.filed",
        "normalisation": "percent",
        **fields,
    }


def counting(code: str, weight: int, **fields: Any) -> dict[str, Any]:
    """Projects that came to a stage, the most against the least."""
    of = {"source": f"projects.{code}", "normalisation": "minmax", **fields}
    return item(code, weight=weight, **of)


def content(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"title": "春季竞赛", "of": "units", "every": "month", "items": list(items), **fields}


def template(*items: dict[str, Any], **fields: Any) -> Template:
    return template_of(content(*items, **fields))


def value(number: int | str | None, **fields: Any) -> Value:
    return Value(value=None if number is None else Decimal(number), **fields)


def scored(made: Template, least: int = 0, out: Any = None, **values: Any) -> dict[str, Score]:
    """The scores of subjects, each with a number for the only item, or a Value."""
    only = made.items[0].code
    of = {
        subject: {only: each if isinstance(each, Value) else value(each)}
        for subject, each in values.items()
    }
    return {each.subject: each for each in scores(made, of, out or {}, least)}


def drafted(admin: Phone, made: dict[str, Any], board: str = BOARD) -> dict[str, Any]:
    body = {"client_id": client_id(), "board": board, "content": made}
    return admin.do("/scoreboards", body)


def published(admin: Phone, made: dict[str, Any], board: str = BOARD) -> int:
    number = drafted(admin, made, board)["number"]
    admin.do(f"/scoreboards/{board}/versions/{number}/publish", {"reason": "经研究决定"})
    return number


def project(given: Given, unit: str, **days: str) -> ObjectId:
    """A large project of a unit that came to these stages."""
    made = given.project(unit=unit, investment=LARGE, size_class="gte_500m")
    for name, day in days.items():
        stage(made.id, name, day)
    return made.id


def october(given: Given) -> list[ObjectId]:
    """Sanshui started two projects in October and completed one, Luotang started one."""
    found = [
        project(given, SANSHUI, signed="2026-09-01", started="2026-10-05"),
        project(given, SANSHUI, started="2026-10-31", completed="2026-10-31"),
        project(given, LUOTANG, started="2026-10-01"),
        project(given, LUOTANG, started="2026-11-01"),
    ]
    restand()
    return found


def versions() -> int:
    return Scoreboard.rows().count_documents({})
