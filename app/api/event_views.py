"""Events and their checklists, as their schemas dump them."""

from __future__ import annotations

from app.api import auth
from app.api.errors import language
from app.api.offer_views import Rows, firm_names, unit_name
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.messages import say
from app.offers.events import actions, items, queries
from app.offers.events.documents import Event
from app.people import finding


def event_list(rows: Rows) -> list[Row]:
    """Events with the names of units, guests and owner."""
    found, who = list(rows), auth.me()
    owners = finding.names(row["owner"] for row in found)
    firms = firm_names(key for row in found for key in row["enterprises"])
    return [
        {
            **row,
            "id": row["_id"],
            "state_name": say(f"event.state.{row['state']}", language()),
            "unit_names": [unit_name(each) for each in row["units"]],
            "enterprise_ids": row["enterprises"],
            "enterprise_names": [firms.get(each, "") for each in row["enterprises"]],
            "department_id": row["department"],
            "owner_id": row["owner"],
            "owner": owners.get(row["owner"], ""),
            "actions": actions.legal(who, row),
        }
        for row in found
    ]


def event_items(rows: Rows) -> list[Row]:
    """Items of checklists with their events."""
    found, who, now = list(rows), auth.me(), clock.now()
    keys = list({row["event"] for row in found})
    held = {row["_id"]: row for row in Event.rows().find({"_id": {"$in": keys}})}
    named = finding.names(row["responsible"] for row in found)
    return [
        {
            **row,
            "id": row["_id"],
            "event_id": row["event"],
            "event": held[row["event"]]["title"],
            "phase_name": say(f"event.phase.{row['phase']}", language()),
            "state_name": say(f"event.item.{row['state']}", language()),
            "responsible_id": row["responsible"],
            "responsible": named.get(row["responsible"], ""),
            "overdue": queries.is_overdue(row, now),
            "done_by": row["done_by_name"],
            "actions": items.legal_of_item(who, row, held[row["event"]]),
        }
        for row in found
    ]
