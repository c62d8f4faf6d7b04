"""The demo's enterprises and projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.enterprises.documents import Enterprise, credit_code
from app.people.documents import Person
from app.projects.documents import Project

Row = Mapping[str, Any]


def keep_enterprises(rows: Iterable[Row], now: datetime) -> None:
    """Add the enterprises that are not there yet; their commissioners are."""
    people = {row["account"]: row["_id"] for row in Person.rows().find({}, {"account": 1})}
    known = set(Enterprise.rows().distinct("credit_code"))
    for row in rows:
        code = credit_code(row["credit_code"])
        if code not in known:
            Enterprise(
                credit_code=code,
                name=row["name"],
                unit=row["unit"],
                industry=row["industry"],
                address=row["address"],
                site=_point(row),
                tags=row["tags"],
                commissioner=people[row["commissioner"]],
                synthetic=True,
                created_at=now,
            ).insert()


def keep_projects(rows: Iterable[Row], now: datetime) -> None:
    """Add the projects that are not there yet; their enterprises and commissioners are."""
    people = {row["account"]: row["_id"] for row in Person.rows().find({}, {"account": 1})}
    enterprises = {row["credit_code"]: row["_id"] for row in Enterprise.rows().find()}
    known = set(Project.rows().distinct("code"))
    for row in rows:
        if row["code"] not in known:
            Project(
                code=row["code"],
                name=row["name"],
                enterprise=enterprises[row["enterprise"]],
                unit=row["unit"],
                stage=row["stage"],
                level=row["level"],
                kind=row["kind"],
                site=_point(row),
                site_radius_m=row["site_radius_m"],
                commissioner=people[row["commissioner"]],
                synthetic=True,
                created_at=now,
            ).insert()


def _point(row: Row) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
