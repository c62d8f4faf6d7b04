"""How long the steps of a claim may take and took, in working days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.calendars import registry
from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.policies.claims.states import LIVE, OWNERS, PUBLICISED

Days = Mapping[str, int]
"""Working days by state, or by link of the chain."""


def notice_days(policy: Row, now: datetime) -> tuple[str, str]:
    """The first and the last local day of a public notice that begins now, both included.

    The day on which it is put up does not count.
    """
    today = days.today(now)
    count = policy["notice_wd"] or pack().policies.notice_wd
    return today.isoformat(), registry.current().add_working_days(today, count).isoformat()


def notice_over(notice: Mapping[str, Any], now: datetime) -> bool:
    """Whether the last day of a public notice is over."""
    return days.today(now).isoformat() > str(notice["last"])


def due_at(state: str, now: datetime, notice: Mapping[str, Any] | None) -> datetime | None:
    """When the step that a claim waits for in a state is due: when the office closes on that day.

    From now on, of a public notice from its end on. None where nothing is waited for.
    """
    if state not in OWNERS:
        return None
    calendar, count = registry.current(), pack().policies.terms_wd[state]
    start = days.today(now)
    if state == PUBLICISED and notice:
        start = date.fromisoformat(notice["last"])
    return calendar.closing(calendar.add_working_days(start, count)).astimezone(UTC)


def began(state: str, by_name: str, now: datetime) -> Row:
    """The span of a state that begins now."""
    side = OWNERS.get(state)
    return {"state": state, "since": now, "until": None, "days": None, "by": by_name, "side": side}


def moved_on(steps: list[Row], state: str, by_name: str, now: datetime) -> list[Row]:
    """The spans of a claim that moves into a state now; staying in one begins no new span."""
    if steps and steps[-1]["state"] == state:
        return steps
    ended = [{**steps[-1], "until": now, "days": took(steps[-1]["since"], now)}] if steps else []
    return [*steps[:-1], *ended, began(state, by_name, now)]


def took(since: datetime, until: datetime) -> int:
    """Working days from one moment to another, the first day not counted."""
    return registry.current().working_days_between(days.today(since), days.today(until))


def by_state(steps: Iterable[Row], now: datetime) -> dict[str, int]:
    """Working days that a claim spent in each state, so far in the present one."""
    spent: dict[str, int] = {}
    for each in steps:
        if each["state"] in LIVE:
            count = each["days"] if each["days"] is not None else took(each["since"], now)
            spent[each["state"]] = spent.get(each["state"], 0) + count
    return spent


def by_link(spent: Days) -> dict[str, int]:
    """The same by link of the district's chain: 发现问题, 对症下药, 调整优化, 及时兑付."""
    return {
        link.code: sum(spent.get(state, 0) for state in link.states)
        for link in pack().policies.chain
        if any(state in spent for state in link.states)
    }
