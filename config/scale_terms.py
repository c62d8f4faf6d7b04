"""From when an enterprise is counted above scale. Read from `scale.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from config.strict_yaml import Entry, read


@dataclass(frozen=True, slots=True)
class ScaleTerms:
    """`default_sales`: a year's sales, 万元, for industries whose dictionary names none.

    `near_percent`: from this part of it on, percent, a firm is near.
    """

    default_sales: Decimal
    near_percent: int


def scale_terms(directory: Path) -> ScaleTerms:
    """The terms. Raises PackError."""
    name = "scale.yaml"
    entry = Entry.of(read(directory / name), name, {"default_sales", "near_percent"}, set())
    return ScaleTerms(
        default_sales=Decimal(entry.whole("default_sales", 1, 100_000_000)),
        near_percent=entry.whole("near_percent", 1, 100),
    )
