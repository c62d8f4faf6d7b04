"""How long rendered papers are kept, and what one may hold. Read from `papers.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.strict_yaml import Entry, read


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """Days that files are kept, by kind where that has its own; photos a paper; papers made at once."""

    keep_days: int
    keep_days_of: Mapping[str, int] = field(hash=False)
    most_photos: int
    at_once: int

    def days(self, kind: str) -> int:
        """How many days a paper of this kind is kept."""
        return self.keep_days_of.get(kind, self.keep_days)


def paper_terms(directory: Path) -> PaperTerms:
    """The terms. Raises PackError."""
    name = "papers.yaml"
    plain = {"keep_days", "most_photos", "at_once"}
    entry = Entry.of(read(directory / name), name, plain, {"keep_days_of"})
    kinds = entry.raw.get("keep_days_of") or {}
    of = Entry.of(kinds, f"{name}, keep_days_of", set(), set(kinds))
    return PaperTerms(
        keep_days=entry.whole("keep_days", 1, 36500),
        keep_days_of={kind: of.whole(kind, 1, 36500) for kind in kinds},
        most_photos=entry.whole("most_photos", 1, 100),
        at_once=entry.whole("at_once", 1, 16),
    )
