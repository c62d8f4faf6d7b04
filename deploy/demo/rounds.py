"""The rounds that the demo's commissioners make, whether or not they find anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.sla.calendar import WorkingCalendar
from deploy.demo.cast import Cast
from deploy.demo.times import Diary, chance, opening_moment
from deploy.demo.visits import NOTES, Camera, make_visit

Row = Mapping[str, Any]

ROUNDS, EVERY_DAYS, LAST_DAYS = 20, 4, 2


def make_rounds(
    cast: Cast, calendar: WorkingCalendar, camera: Camera, projects: Sequence[Row], now: datetime
) -> None:
    """A visit every few days, to one project after the other; most bring a photo."""
    for number in range(ROUNDS):
        project = projects[number * 3 % len(projects)]
        entry, key = {"project": project["code"]}, f"visit:round:{number}"
        days_ago = LAST_DAYS + (ROUNDS - 1 - number) * EVERY_DAYS
        diary = Diary(calendar, opening_moment(calendar, now, days_ago, chance(key)), now)
        make_visit(
            cast.commissioner(entry),
            key,
            cast.place(entry),
            diary,
            camera,
            pictures=0 if number % 5 == 4 else 1,
            note=NOTES[number % len(NOTES)],
        )
