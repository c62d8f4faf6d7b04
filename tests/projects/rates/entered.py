"""Entries of the ledger as they are stored, and standings made of them by the real duty."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import Decimal128, ObjectId

from app.enterprises.payouts import Payout
from app.foundation import clock, duties
from app.foundation.db import transaction
from app.projects.documents import Project
from app.projects.figures.documents import FigureEntry, PlanEntry, about_figure, about_plan
from app.projects.rates import restanding
from app.projects.stages.documents import StageEntry, about
from app.projects.ties import owe_standing

LEASE = timedelta(seconds=60)
SIGNATURE = {"by": None, "by_name": "人员", "role": "admin", "source": "phone"}


def money(value: int | str | None) -> Decimal128 | None:
    return None if value is None else Decimal128(Decimal(value))


def _enter(document: type, key: str, **values: Any) -> None:
    """As what is stated now: it supersedes what stands about the same."""
    now = clock.now()
    document.rows().update_many(
        {"about": key, "superseded_at": None}, {"$set": {"superseded_at": now}}
    )
    document.insert_row(about=key, known_at=now, **SIGNATURE, **values)


def stage(project: ObjectId, name: str, on: str, kind: str = "actual", phase=0, turn=0, void=False):
    _enter(
        StageEntry,
        about(project, phase, name, kind, turn),
        **{"project": project, "stage": name, "kind": kind, "on": on},
        **{"phase": phase, "turn": turn, "void": void},
    )


def plan(project: ObjectId, year: int, investment: int | str) -> None:
    key = about_plan(project, year)
    first = PlanEntry.rows().find_one({"about": key}, sort=[("known_at", 1)])
    amount = money(investment)
    values = {"investment": amount, "first": first["first"] if first else amount}
    _enter(PlanEntry, key, project=project, year=year, **values)


def figure(subject: ObjectId, month: str, kind: str = "project", **amounts: Any) -> None:
    values = {name: money(value) for name, value in amounts.items()}
    _enter(
        FigureEntry,
        about_figure(kind, subject, month),
        kind=kind,
        subject=subject,
        month=month,
        **values,
    )


def payout(enterprise: ObjectId, on: str, amount: int) -> None:
    others = {name: ObjectId() for name in ("policy", "department", "claim")}
    values = {
        "enterprise": enterprise,
        "policy_title": "设备补助",
        "amount": money(amount),
        "on": on,
    }
    _enter(Payout, str(ObjectId()), **others, **values)


def restand(*projects: ObjectId) -> None:
    """Make their standings anew as a worker does; of all projects where none is named."""
    keys = list(projects) or Project.rows().distinct("_id")
    transaction(lambda: owe_standing(keys, clock.now()))
    work_off()


def work_off(kind: str = "projects.restand") -> int:
    """Work on these duties, and on no others."""
    waiting = [row["_id"] for row in duties.rows().find({"kind": kind, "state": "due"})]
    for key in waiting:
        duty = duties.claim(key, now=clock.now(), lease=LEASE)
        assert duty is not None
        {"projects.restand": restanding.restand, "projects.turn_month": restanding.turn_month}[
            kind
        ](duty, clock.now())
    return len(waiting)


def at(the_time: Any, text: str) -> datetime:
    return the_time.is_(text)
