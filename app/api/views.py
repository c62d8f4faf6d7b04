"""Stored things as what their schemas dump: names instead of codes, reasons in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import request

from app.api import auth
from app.api.errors import language
from app.foundation import clock
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.foundation.ids import fingerprint
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.foundation.replay import act_once
from app.issues.moves import machine_of
from app.routing.decide import Decision

Row = Mapping[str, Any]


def perform(act: Callable[[], object]) -> None:
    """Do an action, once if it came with an Idempotency-Key. Raises Invalid for an unfit key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        act()
        return
    if not 1 <= len(key) <= 100 or not key.isprintable():
        raise Invalid("request.invalid", fields={"Idempotency-Key": [Reason("request.form")]})
    content = {"path": request.path, "body": request.get_data(as_text=True)}
    act_once(auth.me().id, key, fingerprint(content), clock.now(), act)


def page(items: list[Any], total: int, query: Row) -> dict[str, Any]:
    """A page as its schema wants it."""
    return {"items": items, "total": total, "page": query["page"], "page_size": query["page_size"]}


def reasons(found: Iterable[Reason | Row]) -> list[dict[str, Any]]:
    """Reasons with their words."""
    spoken = language()
    rows = (each.as_dict() if isinstance(each, Reason) else each for each in found)
    return [
        {
            "code": row["code"],
            "params": dict(row["params"]),
            "text": say(row["code"], spoken, **row["params"]),
        }
        for row in rows
    ]


def _department_name(code: str | None) -> str | None:
    return pack().department(code).name if code else None


def _alternatives(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [{**row, "department": _department_name(row["department"])} for row in rows]


def preview(decision: Decision) -> dict[str, Any]:
    """A decision before anything is filed."""
    return {
        "category": decision.category,
        "department": _department_name(decision.department),
        "assisting": [_department_name(code) for code in decision.assisting],
        "urgent": decision.urgent,
        "confidence": decision.confidence,
        "needs_dispatcher": decision.needs_dispatcher,
        "reasons": reasons(decision.reasons),
        "alternatives": _alternatives(
            {"category": a.category, "department": a.department, "confidence": a.confidence}
            for a in decision.alternatives
        ),
    }


def _route(row: Row) -> dict[str, Any] | None:
    if not row:
        return None
    return {
        "department_id": row.get("department"),
        "department": row.get("department_name"),
        "by": row.get("by", "rule"),
        "confidence": row.get("confidence", 0.0),
        "reasons": reasons(row["reasons"]),
        "alternatives": _alternatives(row.get("alternatives", ())),
    }


def _promise(row: Row) -> dict[str, Any] | None:
    return {**row, "why": reasons(row["why"])} if row else None


def summary(row: Row) -> dict[str, Any]:
    """An issue in a list."""
    return {
        **row,
        "id": str(row["_id"]),
        "state_name": say(f"issue.state.{row['state']}", language()),
        "enterprise_id": row.get("enterprise"),
        "project_id": row.get("project"),
        "visit_id": row.get("visit"),
        "missing": {
            "count": len(row.get("awaited", [])),
            "client_ids": row.get("awaited", []),
            "visit_client_id": row.get("awaited_visit"),
        },
        "photo_ids": row.get("photos", []),
        "route": _route(row.get("route", {})),
        "promise": _promise(row.get("promise", {})),
    }


def whole(row: Row) -> dict[str, Any]:
    """An issue with its tickets and history."""
    return {
        **summary(row),
        "enterprise": row.get("enterprise_name"),
        "project": row.get("project_name"),
        "tickets": [ticket(each) for each in row["tickets"]],
        "history": [_history(each) for each in row["history"]],
        "confirmation": _said(row.get("confirmation")),
        "actions": machine_of("issue").legal(row["state"]),
    }


def _said(row: Row | None) -> dict[str, Any] | None:
    return {**row, "by": _by(row)} if row else None


def _by(row: Row) -> str:
    """Who acted; somebody whose name these eyes must not see has none."""
    return row["by_name"] or say("person.anonymous", language())


def _history(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["_id"]),
        "action": row["action"],
        "title": say(f"history.{row['thing']}.{row['action']}", language()),
        "ticket_id": row["part_id"],
        "by": _by(row),
        "role": row["role"],
        "at": row["at"],
        "before": row["from"],
        "after": row["to"],
        "text": row["text"],
        "internal": row["internal"],
        "reasons": reasons(row["reasons"]),
        "photo_ids": row["data"].get("photos", []),
    }


def ticket(row: Row, now: datetime | None = None) -> dict[str, Any]:
    """A ticket, described by `queries.described`."""
    late = row["live"] and row["state"] != "answered" and row["due_at"] < (now or clock.now())
    given = row.get("answer")
    answer = {**given, "photo_ids": given["photos"], "by": given["by_name"]} if given else None
    return {
        **row,
        "id": str(row["_id"]),
        "issue_id": row["issue"],
        "department_id": row["department"],
        "department": row["department_name"],
        "assignee_id": row.get("assignee"),
        "assignee": row["assignee_name"],
        "overdue": late,
        "answer": answer,
        "actions": row["legal"],
    }


def notice(row: Row) -> dict[str, Any]:
    """A notice in words."""
    spoken, event = language(), row["event"]
    return {
        **row,
        "id": str(row["_id"]),
        "issue_id": row.get("issue"),
        "visit_id": row.get("visit"),
        "photo_id": row.get("photo"),
        "title": say(f"notice.{event}.title", spoken, **row["params"]),
        "text": say(f"notice.{event}.text", spoken, **row["params"]),
    }


def site(row: Row | None) -> dict[str, Any] | None:
    """A GeoJSON point as degrees."""
    if not row:
        return None
    longitude, latitude = row["coordinates"]
    return {"latitude": latitude, "longitude": longitude}
