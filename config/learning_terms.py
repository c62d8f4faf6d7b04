"""When a new model is trained, and how many new labels that takes. Read from `learning.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from pathlib import Path

from config.strict_yaml import Entry, read

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class LearningTerms:
    """`weekday` is 0 for Monday; `at` is local time. Fewer than `least_labels` new ones train nothing."""

    weekday: int
    at: time
    least_labels: int


def learning_terms(directory: Path) -> LearningTerms:
    """The terms. Raises PackError."""
    name = "learning.yaml"
    train = Entry.of(read(directory / name), name, {"train"}, set()).inner(
        "train", {"weekday", "hour", "least_labels"}
    )
    return LearningTerms(
        weekday=WEEKDAYS.index(train.choice("weekday", WEEKDAYS)),
        at=time(train.whole("hour", 0, 23)),
        least_labels=train.whole("least_labels", 1, 100_000),
    )
