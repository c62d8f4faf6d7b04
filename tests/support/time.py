"""A clock that stands where a test sets it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.foundation import clock

ZONE = ZoneInfo("Asia/Shanghai")


def local_time(text: str) -> datetime:
    """`2026-11-24 10:00` in the district, as an aware moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def said(moment: str) -> str:
    """What the API says of a moment, as `2026-11-24 10:00`."""
    return datetime.fromisoformat(moment).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


class StandingClock:
    """`foundation.clock.now` for one test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def is_(self, text: str) -> datetime:
        """Set it, to local time."""
        self.now = local_time(text)
        return self.now

    def passes(self, **span: float) -> datetime:
        """Let it go on by `hours=…`, `days=…`."""
        self.now += timedelta(**span)
        return self.now
