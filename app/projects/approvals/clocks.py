"""The statutory clock of an approval: apart from what the service promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.calendars import registry
from app.foundation.district import pack
from app.projects.approvals.graph import clock_end
from app.sla.calendar import WorkingCalendar


def calendar_of(item: str) -> WorkingCalendar:
    """What the department of an item counts by: its own calendar, where it has one."""
    known = pack().approvals.by_code().get(item)
    named = pack().calendar_of(known.department) if known else None
    days = registry.current()
    return registry.own(named, days) if named else days


def due_on(approval: Mapping[str, Any], submitted: date) -> date:
    """The last day of the clock of a stored approval, if it is submitted on a day."""
    clock = approval["clock"]
    return clock_end(clock["days"], clock["kind"], submitted, calendar_of(approval["item"]))
