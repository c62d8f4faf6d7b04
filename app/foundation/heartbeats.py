"""Signs of life, for /healthz/ready: who beat last, and when."""

from __future__ import annotations

from datetime import datetime

from app.foundation import db


def beat(name: str, now: datetime) -> None:
    """Say that `name` is alive."""
    db.database().heartbeats.update_one({"_id": name}, {"$set": {"at": now}}, upsert=True)


def last(name: str) -> datetime | None:
    """When `name` last said so."""
    row = db.database().heartbeats.find_one({"_id": name})
    return row["at"] if row else None
