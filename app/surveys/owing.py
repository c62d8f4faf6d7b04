"""Owing it that firms are reminded, and that a survey ends with its last day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.calendars import registry
from app.foundation import duties
from app.foundation.district import pack

REMIND, CLOSE = "surveys.remind", "surveys.close"


def owe(survey: Mapping[str, Any], now: datetime) -> None:
    """Owe both of a stored survey, for its last day; what waits for another day by then is passed over.

    Firms are reminded on a working day, by day; never where that is past. Joins the surrounding transaction.
    """
    key, until = survey["_id"], survey["until"]
    last = date.fromisoformat(until)
    terms = pack().surveys
    morning = _at(registry.current().add_working_days(last, -terms.remind_wd), terms.remind_at)
    for kind, due_at in ((REMIND, morning), (CLOSE, _at(last + timedelta(days=1), time()))):
        if due_at > now:
            name, payload = f"{kind}:{key}:{until}", {"until": until}
            duties.add(kind, key, now=now, due_at=due_at, key=name, payload=payload)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, pack().zone).astimezone(UTC)
