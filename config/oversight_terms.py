"""How long an order has where nobody says, and when leaders get their week. Read from `oversight.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from pathlib import Path

from config.strict_yaml import Entry, read

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class OversightTerms:
    """`order_wd` are working days; the digest is due on `digest_weekday` (0 is Monday) at `digest_at`."""

    order_wd: int
    digest_weekday: int
    digest_at: time


def oversight_terms(directory: Path) -> OversightTerms:
    """The terms. Raises PackError."""
    name = "oversight.yaml"
    entry = Entry.of(read(directory / name), name, {"order_wd", "digest"}, set())
    digest = entry.inner("digest", {"weekday", "at"})
    return OversightTerms(
        order_wd=entry.whole("order_wd", 1, 250),
        digest_weekday=WEEKDAYS.index(digest.choice("weekday", WEEKDAYS)),
        digest_at=digest.time_of_day("at"),
    )
