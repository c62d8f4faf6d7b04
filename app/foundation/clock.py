"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The current time, aware, in UTC, cut to milliseconds: what MongoDB keeps comes back equal."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def since(begun: datetime) -> timedelta:
    """How long ago it was that `now` told this; not less than nothing, should clocks be set back."""
    return max(now() - begun, timedelta(0))
