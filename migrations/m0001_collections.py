"""Collections and indexes. They exist before first use: a transaction must not make them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING


def _unique(keys: list[tuple[str, int]], **options: Any) -> IndexModel:
    return IndexModel(keys, unique=True, **options)


def _present(field: str) -> dict[str, Any]:
    return {"partialFilterExpression": {field: {"$type": "string"}}}


_MADE_BY = _unique([("owner", UP), ("client_id", UP)])

INDEXES: dict[str, list[IndexModel]] = {
    "persons": [
        _unique([("account", UP)], **_present("account")),
        _unique([("wechat_openid", UP)], **_present("wechat_openid")),
        IndexModel([("grants.role", UP), ("grants.department", UP)]),
        IndexModel([("grants.role", UP), ("grants.enterprise", UP)]),
    ],
    "sessions": [
        IndexModel([("person", UP)]),
        IndexModel([("expires_at", UP)], expireAfterSeconds=86400),
    ],
    "departments": [_unique([("code", UP)])],
    "enterprises": [
        _unique([("credit_code", UP)], **_present("credit_code")),
        IndexModel([("unit", UP), ("name", UP)]),
        IndexModel([("site", GEOSPHERE)]),
    ],
    "projects": [
        _unique([("code", UP)]),
        IndexModel([("enterprise", UP)]),
        IndexModel([("unit", UP), ("name", UP)]),
        IndexModel([("commissioner", UP)]),
        IndexModel([("site", GEOSPHERE)]),
    ],
    "photos": [_MADE_BY, IndexModel([("sha256", UP)]), IndexModel([("links.thing_id", UP)])],
    "visits": [
        _MADE_BY,
        IndexModel([("owner", UP), ("started_at", DOWN)]),
        IndexModel([("enterprise", UP), ("started_at", DOWN)]),
        IndexModel([("unit", UP), ("started_at", DOWN)]),
    ],
    "issues": [
        _MADE_BY,
        _unique([("number", UP)]),
        IndexModel([("owner", UP), ("created_at", DOWN)]),
        IndexModel([("commissioner", UP), ("created_at", DOWN)]),
        IndexModel([("enterprise", UP), ("created_at", DOWN)]),
        IndexModel([("departments", UP), ("created_at", DOWN)]),
        IndexModel([("unit", UP), ("created_at", DOWN)]),
        IndexModel([("state", UP), ("created_at", DOWN)]),
        IndexModel([("created_at", DOWN)]),
    ],
    "tickets": [
        _unique(
            [("issue", UP), ("role", UP)],
            name="one_live_lead",
            partialFilterExpression={"live": True, "role": "lead"},
        ),
        IndexModel([("issue", UP), ("dispatched_at", UP)]),
        IndexModel([("department", UP), ("live", UP), ("due_at", UP)]),
        IndexModel([("department", UP), ("state", UP), ("due_at", UP)]),
        IndexModel([("assignee", UP), ("live", UP), ("due_at", UP)]),
        IndexModel([("state", UP), ("due_at", UP)]),
        IndexModel([("unit", UP), ("live", UP), ("due_at", UP)]),
    ],
    "history": [IndexModel([("thing_id", UP), ("at", UP)])],
    "duties": [
        _unique([("key", UP)]),
        IndexModel([("state", UP), ("next_at", UP)]),
        IndexModel([("subject", UP)]),
    ],
    "notices": [
        _unique([("row", UP), ("event", UP), ("person", UP)]),
        IndexModel([("person", UP), ("created_at", DOWN)]),
        IndexModel([("person", UP), ("read_at", UP)]),
    ],
    "actions": [
        _unique([("person", UP), ("key", UP)]),
        IndexModel([("at", UP)], expireAfterSeconds=90 * 86400),
    ],
    "heartbeats": [],
    "counters": [],
    "migrations": [],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        if indexes:
            database[name].create_indexes(indexes)
