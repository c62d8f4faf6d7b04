"""Values of commissioners' visits, as `app.reports.visit_figures` counts them month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from app.reports import visit_figures
from app.reports.visit_figures import Figures
from app.scoreboards.catalogue import VISIT_SHARES, Metric
from app.scoreboards.scoring import Value
from app.scoreboards.sources.asking import EVERYBODY, Frame


class Visits:
    """Reads the months of a period once."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._months: dict[str, list[tuple[str, Figures]]] | None = None

    def visits(self, metric: Metric, options: Mapping[str, str]) -> dict[str, Value]:
        """A number of each commissioner: the sum of its months. `firms` are told month by month."""
        if self._months is None:
            self._months = self._read()
        return {person: _value(of, metric.name) for person, of in self._months.items()}

    def _read(self) -> dict[str, list[tuple[str, Figures]]]:
        found: dict[str, list[tuple[str, Figures]]] = defaultdict(list)
        for month in self._frame.period.months:
            if month <= self._frame.last:
                for each in visit_figures.figures(EVERYBODY, month, self._frame.now):
                    found[str(each.person)].append((month, each))
        return found


def _value(of: list[tuple[str, Figures]], name: str) -> Value:
    links = tuple(f"/visits/figures?month={month}&commissioner={each.person}" for month, each in of)
    if name not in VISIT_SHARES:
        count = Decimal(sum(getattr(each, name) for _, each in of))
        return Value(value=count, numerator=count, links=links)
    if name == "photos_verified":
        part, whole = sum(each.verified for _, each in of), sum(each.photos for _, each in of)
    else:
        part = sum(quota.met for _, each in of for _, quota in each.quotas)
        whole = sum(len(each.quotas) for _, each in of)
    value = None
    if whole:
        value = (Decimal(part) / whole * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Value(
        value=value,
        numerator=Decimal(part),
        denominator=Decimal(whole),
        sample=whole,
        links=links,
    )
