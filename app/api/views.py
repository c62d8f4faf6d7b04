"""Stored things as what their schemas dump: names instead of codes, reasons in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import request

from app.api import auth, pressing_views
from app.api.errors import language
from app.foundation import clock
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.foundation.ids import fingerprint
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.foundation.replay import act_once
from app.issues.desk.previewing import Preview
from app.notices.words import words

Row = Mapping[str, Any]


def perform(act: Callable[[], object], part: str = "") -> bool:
    """Do an action, once if it came with an Idempotency-Key: False when that was before.

    `part` names one of several actions that came with the same key. Raises Invalid for an unfit key.
    """
    key = idempotency_key()
    if key is None:
        act()
        return True
    content = {"path": request.path, "body": request.get_data(as_text=True)}
    return act_once(auth.me().id, key + part, fingerprint(content), clock.now(), act)


def idempotency_key() -> str | None:
    """The key that the request came with, if any. Raises Invalid for an unfit one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and (not 1 <= len(key) <= 100 or not key.isprintable()):
        raise Invalid("request.invalid", fields={"Idempotency-Key": [Reason("request.form")]})
    return key


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


def preview(made: Preview) -> dict[str, Any]:
    """What would become of an issue, before anything is filed."""
    decision = made.decision
    return {
        "sentence": say(made.sentence.code, language(), **made.sentence.params),
        "category": decision.category,
        "department": made.department,
        "assisting": [_department_name(code) for code in decision.assisting],
        "urgent": decision.urgent,
        "restricted": decision.restricted is not None,
        "confidence": decision.confidence,
        "needs_dispatcher": decision.needs_dispatcher,
        "promise": {
            "reply_by": made.promise.reply_by,
            "resolve_by": made.promise.resolve_by,
            "provisional": made.promise.provisional,
            "why": reasons(made.promise.why),
        },
        "reasons": reasons(decision.reasons),
        "alternatives": _alternatives(
            {"category": a.category, "department": a.department, "confidence": a.confidence}
            for a in decision.alternatives
        ),
        "rulebook": decision.rulebook,
        "judge": decision.judge,
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
        "rulebook": row.get("rulebook"),
        "judge": row.get("judge"),
        "assisting": [_department_name(code) for code in row.get("assisting", ())],
        "priority": row.get("priority"),
    }


def _promise(row: Row, clock: Row) -> dict[str, Any] | None:
    return {**row, "why": reasons(row["why"]), **_ledger(clock)} if row else None


def _ledger(clock: Row) -> dict[str, Any]:
    """When a clock stood still, and why."""
    rows = clock.get("pauses", ())
    pauses = [{**row, "text": row.get("text", ""), "by": row.get("by_name", "")} for row in rows]
    return {"pauses": pauses, "paused": any(row["until"] is None for row in rows)}


def summary(row: Row) -> dict[str, Any]:
    """An issue in a list."""
    return {
        **row,
        "id": str(row["_id"]),
        "state_name": say(f"issue.state.{row['state']}", language()),
        "enterprise_id": row.get("enterprise"),
        "project_id": row.get("project"),
        "site_id": row.get("site"),
        "visit_id": row.get("visit"),
        "missing": {
            "count": len(row.get("awaited", [])),
            "client_ids": row.get("awaited", []),
            "visit_client_id": row.get("awaited_visit"),
        },
        "photo_ids": row.get("photos", []),
        "route": _route(row.get("route", {})),
        "promise": _promise(row.get("promise", {}), row.get("clock", {})),
        "outcome_name": _named("issue.outcome", row.get("outcome")),
        "reminders": row.get("reminders", 0),
        "redos": row.get("redos", 0),
        "split_from_id": row.get("split_from"),
        "merged_into_id": row.get("merged_into"),
        "master_id": row.get("master"),
        "followed_only": row.get("followed_only", False),
    }


def _named(room: str, code: str | None) -> str | None:
    return say(f"{room}.{code}", language()) if code else None


def whole(row: Row) -> dict[str, Any]:
    """An issue with its tickets and history."""
    return {
        **summary(row),
        "enterprise": row.get("enterprise_name"),
        "project": row.get("project_name"),
        "site": row.get("site_name"),
        "tickets": [ticket(each) for each in row["tickets"]],
        "history": [_history(each) for each in row["history"]],
        "confirmation": _said(row.get("confirmation")),
        "supervisions": [pressing_views.supervision(each) for each in row["supervisions"]],
        "meetings": [pressing_views.meeting(each) for each in row["meetings"]],
        "plan": row.get("plan") or None,
        **{name: [_line(each) for each in row[name]] for name in ("parts", "merged", "linked")},
    }


def _line(row: Row) -> dict[str, Any]:
    """An issue that belongs to another, by its number."""
    named = say(f"issue.state.{row['state']}", language())
    return {**row, "id": str(row["_id"]), "state_name": named}


def _said(row: Row | None) -> dict[str, Any] | None:
    if not row:
        return None
    return {"channel": "app", "photo_ids": row.get("photos", []), **row, "by": _by(row)}


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
    """A ticket, described by `portrait.described`; `row["inside"]` shows what is only for departments."""
    idle = ("answered", "waiting_enterprise")
    late = row["live"] and row["state"] not in idle and row["due_at"] < (now or clock.now())
    own = {
        "draft": _answer(row.get("draft")),
        "extension": _signed(row.get("extension")),
        "rung": row.get("rung") or None,
        "climbed": row.get("climbed", []),
    }
    return {
        **row,
        "id": str(row["_id"]),
        "issue_id": row["issue"],
        "state_name": say(f"ticket.state.{row['state']}", language()),
        "department_id": row["department"],
        "department": row["department_name"],
        "assignee_id": row.get("assignee"),
        "assignee": row["assignee_name"],
        "how": row.get("origin", {}).get("how", ""),
        "why": reasons(row.get("why", ())),
        **_ledger(row.get("clock", {})),
        "overdue": late,
        "question": _signed(row.get("question")),
        "answer": _answer(row.get("answer")),
        **(own if row["inside"] else {**dict.fromkeys(own), "climbed": []}),
        "actions": row["legal"],
    }


def _signed(row: Row | None) -> dict[str, Any] | None:
    return {**row, "by": row["by_name"]} if row else None


def _answer(row: Row | None) -> dict[str, Any] | None:
    if not row:
        return None
    result = pack().result(row["result"]).name
    return {**row, "photo_ids": row["photos"], "by": row["by_name"], "result_name": result}


def notice(row: Row) -> dict[str, Any]:
    """A notice in words."""
    title, text = words(row, language())
    return {
        **row,
        "id": str(row["_id"]),
        "issue_id": row.get("issue"),
        "visit_id": row.get("visit"),
        "photo_id": row.get("photo"),
        "project_id": row.get("project"),
        "title": title,
        "text": text,
    }


def site(row: Row | None) -> dict[str, Any] | None:
    """A GeoJSON point as degrees."""
    if not row:
        return None
    longitude, latitude = row["coordinates"]
    return {"latitude": latitude, "longitude": longitude}
