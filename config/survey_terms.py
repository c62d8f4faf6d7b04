"""Surveys of what firms need: when they are reminded, how many answers make a figure. From `surveys.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from pathlib import Path

from config.strict_yaml import Entry, read


@dataclass(frozen=True, slots=True)
class SurveyTerms:
    """`remind_wd` working days before a survey's last day firms are reminded, at the local `remind_at`.

    Whoever may not read the single answers sees figures of `least_firms` firms at least.
    """

    remind_wd: int
    remind_at: time
    least_firms: int


def survey_terms(directory: Path) -> SurveyTerms:
    """The terms. Raises PackError."""
    name = "surveys.yaml"
    keys = {"remind_wd", "remind_at", "least_firms"}
    entry = Entry.of(read(directory / name), name, keys, set())
    return SurveyTerms(
        remind_wd=entry.whole("remind_wd", 0, 60),
        remind_at=entry.time_of_day("remind_at"),
        least_firms=entry.whole("least_firms", 5, 1000),
    )
