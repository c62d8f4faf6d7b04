"""The three pledges of a project, phase by phase: 拿地即开工, 竣工即发证, 竣工即投产. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.foundation.db import Row

PLEDGES: Mapping[str, tuple[str, str]] = {
    "land_start": ("land", "started"),
    "completed_certificate": ("completed", "certificate"),
    "completed_production": ("completed", "production"),
}
"""From which stage to which each counts; the limits are `pledges` of `approvals.yaml`."""
WHOLE = 0


@dataclass(frozen=True, slots=True)
class Pledged:
    """A pledge of a `phase` (0 is the whole) that has begun: since when, and when the second stage came."""

    pledge: str
    phase: int
    since: date
    came: date | None

    def stored(self) -> Row:
        """As a standing keeps it."""
        came = self.came.isoformat() if self.came else None
        days = {"since": self.since.isoformat(), "came": came}
        return {"pledge": self.pledge, "phase": self.phase, **days}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Pledged:
        """The one that was stored as `row`."""
        came = date.fromisoformat(row["came"]) if row["came"] else None
        return cls(row["pledge"], row["phase"], date.fromisoformat(row["since"]), came)


def pledged(
    actual: Mapping[str, Mapping[int, date]], whole: Mapping[str, date]
) -> Iterator[Pledged]:
    """Those that began, by the days of each stage by phase, and those of the whole by stage.

    To what a phase does not say itself it came with what is said of the whole. The whole came to what is
    said of its phases only as `whole` has it.
    """
    for name, (first, second) in PLEDGES.items():
        said = actual.get(second, {})
        for phase, since in sorted(actual.get(first, {}).items()):
            came = whole.get(second) if phase == WHOLE else said.get(phase, said.get(WHOLE))
            yield Pledged(name, phase, since, came)
