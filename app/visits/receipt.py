"""The receipt: what of a visit is stored for good, in the server's own signed words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import local
from app.foundation.errors import Missing
from app.foundation.messages import say
from app.foundation.signing import Signer
from app.gateways.store import Store
from app.visits.awaiting import Stock, stock
from app.visits.documents import Visit


def receipt(
    visit: Visit,
    store: Store,
    signer: Signer,
    now: datetime,
    hidden: Collection[ObjectId] = (),
) -> dict[str, Any]:
    """What is stored of the visit's photos, signed: plain JSON values only, so that anybody can check it.

    Each original is looked for in the store, under its hash and with its size. `complete` says that all
    that were expected are there: then, and only then, the statement allows to delete them from the
    phone. Photos that are `hidden` from the reader are counted, but not listed. Raises Unavailable when the
    store cannot be asked.
    """
    found = stock(visit)
    photos = [_line(row, store) for row in found.originals]
    unseen = {str(key) for key in hidden}
    content = {
        "visit_id": str(visit.id),
        "client_id": visit.client_id,
        "count": sum(line["stored"] for line in photos),
        "expected": found.expected,
        "photos": [line for line in photos if line["id"] not in unseen],
        "missing_client_ids": found.client_ids,
        "made_at": _iso(now),
    }
    content["complete"] = content["count"] == found.expected
    content["statement"] = _statement(found, content["count"])
    return {**content, "signature": signer.sign(content)}


def _statement(found: Stock, count: int) -> str:
    if not found.expected:
        return say("receipt.no_photos")
    if count == found.expected:
        return say("receipt.complete", count=count, expected=found.expected)
    return say(
        "receipt.incomplete",
        count=count,
        expected=found.expected,
        missing=found.expected - count,
    )


def _line(row: Row, store: Store) -> dict[str, Any]:
    return {
        "id": str(row["_id"]),
        "client_id": row["client_id"],
        "sha256": row["sha256"],
        "size": row["size"],
        "received_at": _iso(row["received_at"]),
        "stored": _stored(row, store),
    }


def _stored(row: Row, store: Store) -> bool:
    try:
        return bool(store.size(row["key"]) == row["size"])
    except Missing:
        return False


def _iso(moment: datetime) -> str:
    return local(moment).isoformat(timespec="milliseconds")
