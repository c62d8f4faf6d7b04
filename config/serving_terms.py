"""How often commissioners visit, and what a day's round holds. Read from `serving.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from config.strict_yaml import Entry, read

CLASSES = ("new", "potential", "rising", "above_scale")
UNCLASSED = "else"


@dataclass(frozen=True, slots=True)
class ServingTerms:
    """`visits` are the least visits a month by class of growth, and those of no class (UNCLASSED).

    For `startup_months` after production began a place is starting up; a day's round has `stops_a_day`
    places at most.
    """

    visits: Mapping[str, int] = field(hash=False)
    startup_months: int
    stops_a_day: int


def serving_terms(directory: Path) -> ServingTerms:
    """The terms. Raises PackError."""
    name = "serving.yaml"
    keys = {"visits_a_month", "startup_months", "stops_a_day"}
    entry = Entry.of(read(directory / name), name, keys, set())
    visits = entry.inner("visits_a_month", {*CLASSES, UNCLASSED})
    return ServingTerms(
        visits=MappingProxyType({each: visits.whole(each, 0, 31) for each in visits.raw}),
        startup_months=entry.whole("startup_months", 0, 120),
        stops_a_day=entry.whole("stops_a_day", 1, 15),
    )
