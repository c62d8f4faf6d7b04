"""Reading the values of all subjects of a template, each source once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from app.foundation.district import pack
from app.scoreboards import catalogue
from app.scoreboards.catalogue import ENTERED
from app.scoreboards.periods import Period, year_before
from app.scoreboards.scoring import NO_VALUE, Value, Values
from app.scoreboards.sources.asking import Frame
from app.scoreboards.sources.entered import figures_of
from app.scoreboards.sources.projects import Projects, zero_where_nothing
from app.scoreboards.sources.visits import Visits
from app.scoreboards.sources.work import Work
from app.scoreboards.template import LAST_YEAR, Item, Template

Read = Callable[[catalogue.Metric, Mapping[str, str]], dict[str, Value]]


class Reading:
    """Values of one period for one kind of subject, as they are at `now`."""

    def __init__(self, board: str, of: str, period: Period, now: datetime) -> None:
        frame = Frame(period, of, now)
        projects, work, visits = Projects(frame), Work(frame), Visits(frame)
        self._board, self._period = board, period
        self._by: Mapping[str, Read] = {
            "rates": projects.rates,
            "metrics": projects.metrics,
            "projects": projects.counted,
            "work": work.work,
            "visits": visits.visits,
        }

    def of(self, item: Item) -> dict[str, Value]:
        """The item's value of each subject of which there is anything to tell."""
        if item.source == ENTERED:
            found = figures_of(self._board, item.code, self._period.code)
            return {subject: _enough(item, value) for subject, value in found.items()}
        metric = catalogue.METRICS[item.source]
        return self._by[metric.family](metric, item.options)


def values(
    board: str, template: Template, period: Period, subjects: Iterable[str], now: datetime
) -> Values:
    """The value of every item of every subject; those held against last year come with that one."""
    reading = Reading(board, template.of, period, now)
    found = {item.code: reading.of(item) for item in template.items}
    earlier: dict[str, dict[str, Value]] = {}
    against = [item for item in template.items if item.normalisation == LAST_YEAR]
    if against:
        last = Reading(board, template.of, year_before(period), now)
        earlier = {item.code: last.of(item) for item in against}
    return {
        subject: {
            item.code: replace(
                _of(found[item.code], item, subject),
                last=_of(earlier[item.code], item, subject).value if item.code in earlier else None,
            )
            for item in template.items
        }
        for subject in subjects
    }


def _of(found: Mapping[str, Value], item: Item, subject: str) -> Value:
    if subject in found:
        return found[subject]
    metric = catalogue.METRICS.get(item.source)
    return (zero_where_nothing(metric) if metric else None) or NO_VALUE


def _enough(item: Item, value: Value) -> Value:
    """A sum over too few firms would tell of a single one."""
    if not item.aggregate or (value.firms or 0) >= pack().scoreboards.least_firms:
        return value
    return Value(value=None, firms=value.firms, withheld=True, entry=value.entry)
