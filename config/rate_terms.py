"""What the rates of projects are counted by. Read from `rates.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.strict_yaml import Entry, read

_WINDOWS = ("filed", "started", "production", "on_target")
_TARGET = ("percent", "from_month", "until_month")
_PLAIN = ("landing_months", "unranked_months", "small_sample")


@dataclass(frozen=True, slots=True)
class Windows:
    """Months that a project has for each step of the rates, after the month of the step before."""

    filed: int
    started: int
    production: int
    on_target: int


@dataclass(frozen=True, slots=True)
class TargetTerms:
    """On target: `percent` of each promise, in months `from_month` to `until_month` after production."""

    percent: int
    from_month: int
    until_month: int


@dataclass(frozen=True, slots=True)
class RateTerms:
    """`landing_months` from signed to production; a rate of fewer than `small_sample` is marked.

    A firm in production for less than `unranked_months` has no rank by tax per mu.
    """

    windows: Windows
    target: TargetTerms
    landing_months: int
    unranked_months: int
    small_sample: int


def rate_terms(directory: Path) -> RateTerms:
    """The terms. Raises PackError."""
    name = "rates.yaml"
    entry = Entry.of(read(directory / name), name, {"windows", "target", *_PLAIN}, set())
    windows = entry.inner("windows", set(_WINDOWS))
    target = entry.inner("target", set(_TARGET))
    begins = target.whole("from_month", 1, 120)
    return RateTerms(
        windows=Windows(**{each: windows.whole(each, 0, 240) for each in _WINDOWS}),
        target=TargetTerms(
            percent=target.whole("percent", 1, 100),
            from_month=begins,
            until_month=target.whole("until_month", begins, 240),
        ),
        landing_months=entry.whole("landing_months", 1, 240),
        unranked_months=entry.whole("unranked_months", 0, 240),
        small_sample=entry.whole("small_sample", 1, 1000),
    )
