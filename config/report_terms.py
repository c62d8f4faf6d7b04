"""When the figures of a month are frozen. Read from `reports.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.strict_yaml import Entry, read


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """`freeze_day`: the day of the next month on which a month is frozen."""

    freeze_day: int


def report_terms(directory: Path) -> ReportTerms:
    """The terms. Raises PackError."""
    name = "reports.yaml"
    entry = Entry.of(read(directory / name), name, {"freeze_day"}, set())
    return ReportTerms(freeze_day=entry.whole("freeze_day", 1, 28))
