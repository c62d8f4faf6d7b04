"""Values of projects: the five rates, the further metrics, and how many came to a stage in the period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.projects.rates import formulas, measuring, queries, reading
from app.projects.rates.documents import StoredStanding
from app.projects.rates.formulas import COMPLETION
from app.projects.rates.queries import BY, FIRST
from app.projects.rates.rollups import Rates, Share
from app.projects.rates.standing import Standing
from app.scoreboards.catalogue import GAP, Metric
from app.scoreboards.scoring import Value
from app.scoreboards.sources.asking import EVERYBODY, Frame

Options = Mapping[str, str]
Found = dict[str, Value]


class Projects:
    """Reads values of projects; what was read once is kept for the next item that asks the same."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._rates: dict[tuple[Any, ...], queries.Answer] = {}
        self._measured: dict[tuple[Any, ...], measuring.Measured] = {}
        self._standings: dict[tuple[Any, ...], list[Standing]] = {}

    def rates(self, metric: Metric, options: Options) -> Found:
        """One of the five, of each subject."""
        asked = self._frame.asked(options)
        key = _key(asked)
        if key not in self._rates:
            self._rates[key] = queries.rates(EVERYBODY, asked, self._frame.now)
        pick = _completion if metric.name in (COMPLETION, GAP) else _stepped
        found = {
            str(line.group[0]): self._linked(
                pick(line.rates, metric.name, options), metric, options, line.group[0]
            )
            for line in self._rates[key].lines
            if line.group[0] is not None
        }
        return self._guarded(found, metric, options)

    def metrics(self, metric: Metric, options: Options) -> Found:
        """One of the further metrics, of each subject."""
        asked = self._frame.asked(options)
        key = _key(asked)
        if key not in self._measured:
            self._measured[key] = measuring.metrics(EVERYBODY, asked, self._frame.now)
        found = {}
        for group, measures in self._measured[key].lines:
            if group[0] is None:
                continue
            each = measures[metric.name]
            link = self._frame.link("/projects/metrics", options, str(group[0]))
            found[str(group[0])] = Value(
                value=each.value,
                numerator=each.numerator,
                denominator=each.denominator,
                sample=each.count,
                links=(link,),
            )
        return self._guarded(found, metric, options)

    def counted(self, metric: Metric, options: Options) -> Found:
        """How many projects came to a stage in the window. It is an absolute number, so no sample is small.

        The day is the reported one; an exit later on changes nothing of it.
        """
        frame = self._frame
        span = {"$gte": f"{frame.first(options)}-01", "$lte": frame.as_of.isoformat()}
        narrowed = {n: options[n] for n in ("size_class", "level", "industry") if n in options}
        query: Row = {f"dates.{metric.name}": span, **narrowed}
        ids: dict[str, list[ObjectId]] = defaultdict(list)
        for row in StoredStanding.rows().find(query, {frame.by: 1}).sort("_id", 1):
            if row.get(frame.by) is not None:
                ids[str(row[frame.by])].append(row["_id"])
        return {
            subject: Value(
                value=Decimal(len(keys)), numerator=Decimal(len(keys)), numerator_ids=tuple(keys)
            )
            for subject, keys in ids.items()
        }

    def _linked(self, value: Value, metric: Metric, options: Options, subject: object) -> Value:
        rate = COMPLETION if metric.name == GAP else metric.name
        matured = {"matured": "true"} if options.get("cohort") == "matured" else {}
        link = self._frame.link(
            "/rates",
            options,
            str(subject),
            projects="true",
            rate=rate,
            year=self._frame.period.year,
            **matured,
        )
        return replace(value, links=(link,))

    def _guarded(self, found: Found, metric: Metric, options: Options) -> Found:
        """What is made of tax or sales of firms counts only where enough of them are behind it."""
        if not metric.of_firms:
            return found
        counted = {subject: value.sample or 0 for subject, value in found.items()}
        firms = counted if metric.name in _BY_FIRM else self._firms(metric, options)
        least = pack().scoreboards.least_firms
        return {
            subject: replace(value, firms=firms.get(subject, 0))
            if firms.get(subject, 0) >= least
            else Value(value=None, firms=firms.get(subject, 0), withheld=value.value is not None)
            for subject, value in found.items()
        }

    def _firms(self, metric: Metric, options: Options) -> Mapping[str, int]:
        """How many firms are behind a metric of each subject."""
        asked = self._frame.asked(options)
        key = _key(asked)
        sums = metric.name in _BEHIND
        if (*key, sums) not in self._standings:
            frame = queries.frame(asked, self._frame.now)
            mine = queries.visible(EVERYBODY, asked)
            # A cohort needs no sums, and on a past day these cost a look at every entry.
            read = reading.exact if sums else reading.standings
            self._standings[*key, sums] = list(read(frame.at, mine))
        behind = _BEHIND[metric.name] if sums else self._of_cohort(metric.name, options)
        of: dict[str, set[ObjectId]] = defaultdict(set)
        [field] = BY[asked.by]
        for each in self._standings[*key, sums]:
            if behind(each):
                of[str(getattr(each, field))].add(each.enterprise or each.id)
        return {subject: len(firms) for subject, firms in of.items()}

    def _of_cohort(self, rate: str, options: Options) -> Callable[[Standing], bool]:
        """Whether a project is in the denominator of a rate of steps."""
        first, last, day = self._frame.first(options), self._frame.last, self._frame.as_of
        if options.get("cohort") == "matured":
            before = formulas.matured_before(getattr(pack().rates.windows, rate), day)
            last = min(last, days.month_of(days.months_later(days.month(before), -1)))

        def behind(each: Standing) -> bool:
            member = formulas.STEPS[rate](each)
            return member is not None and first <= days.month_of(member.since) <= last

        return behind


def zero_where_nothing(metric: Metric) -> Value | None:
    """What a subject has of which nothing was found: nobody came to a stage is a count of 0."""
    return Value(value=Decimal(0), numerator=Decimal(0)) if metric.family == "projects" else None


def _key(asked: queries.Asked) -> tuple[Any, ...]:
    return (asked.first, asked.last, tuple(sorted(asked.only.items(), key=str)))


def _stepped(rates: Rates, name: str, options: Options) -> Value:
    of = rates.matured if options.get("cohort") == "matured" else rates.open
    stepped = of[name]
    share = stepped.money if options.get("measure") == "money" else stepped.count
    return _share(share, int(stepped.count.denominator))


def _completion(rates: Rates, name: str, options: Options) -> Value:
    found = rates.completion
    against = found.first if options.get("plan") == FIRST else found.current
    value = _share(against.share, found.projects)
    return replace(value, value=against.gap) if name == GAP else value


def _share(share: Share, sample: int) -> Value:
    return Value(
        value=share.percent,
        numerator=Decimal(share.numerator),
        denominator=Decimal(share.denominator),
        sample=sample,
    )


def _known(*names: str) -> Callable[[Standing], bool]:
    def behind(each: Standing) -> bool:
        working = "production" in each.dates and not each.exited_on
        return working and all(getattr(each, name) for name in names)

    return behind


_BEHIND: Mapping[str, Callable[[Standing], bool]] = {
    "input_output": _known("sales12", "invested"),
    "land_yield": _known("sales12", "land_mu"),
    "fiscal": _known("tax12", "invested"),
    "output_symmetry": _known("sales12", "promised_sales", "investment", "invested"),
}
_BY_FIRM = ("tax_per_mu", "payout_symmetry")
"""Their samples are firms: those old enough to be ranked, or that were paid anything, and no others."""
