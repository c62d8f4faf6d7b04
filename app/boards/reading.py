"""A board: all its figures of one moment, from cells that a fixed number of looks finds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.boards import cells
from app.boards.cells import MONTHLY
from app.boards.documents import ONE, BoardCell, Marker
from app.boards.figures import (
    COMMISSIONER,
    TARGETS,
    Figure,
    Share,
    Values,
    on,
    shares_on,
)
from app.boards.subjects import Subject
from app.foundation import days
from app.foundation.amounts import MONEY_PLACES
from app.foundation.db import Row, snapshot
from app.foundation.district import pack
from app.foundation.errors import Unavailable
from app.projects.rates.formulas import months_over, percent
from app.projects.rates.rollups import ACTUAL
from app.reports import quotas

SERIES_DAYS, SERIES_WEEKS, SERIES_MONTHS = 30, 12, 24
RETRY_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records, and what list opens to them: the figure's, of a value or of days, both included."""

    figure: str
    value: int
    by: str | None = None
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """A figure; `target` is what it is to reach."""

    code: str
    counted: Counted
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A figure told apart by a value."""

    code: str
    items: list[Counted]


@dataclass(frozen=True, slots=True)
class Rated:
    """A rate, in %, one place; None of nothing. With `sums` (万元) it is of these, not of the counts."""

    code: str
    percent: Decimal | None
    numerator: Counted
    denominator: Counted
    sums: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A figure over time, and this year to the day against the same days of last year."""

    code: str
    month: Counted
    year: Counted
    last_year: Counted
    days: list[Counted]
    weeks: list[Counted]
    months: list[Counted]


@dataclass(frozen=True, slots=True)
class Board:
    """A board as of a moment. `pending` changes are not in it yet; `stops` are left for today's round."""

    subject: Subject
    as_of: datetime
    day: date
    pending: int
    figures: list[Plain]
    groups: list[Group]
    rates: list[Rated]
    courses: list[Course]
    stops: int | None


@dataclass(slots=True)
class _Cells:
    """Cells of one building that are wanted, then known."""

    gen: int
    subject: Subject
    wanted: set[tuple[str, str]] = field(default_factory=set)
    keys: list[str] = field(default_factory=list)
    rows: list[Mapping[str, int]] = field(default_factory=list)

    def bounds(self, figure: Figure, values: Values | None, monthly: bool = False) -> Values:
        """The first and the last cell of some values of a figure; of a mark without any, that one."""
        family = MONTHLY[figure.family] if monthly else figure.family
        first, last = values or (None, None)
        scope = self.subject.scope(figure)
        return (
            cells.cell(self.gen, scope, cells.mark(family, first)),
            cells.cell(self.gen, scope, cells.mark(family, last)),
        )

    def read(self) -> None:
        """All that is wanted, in one look."""
        exact = [first for first, last in self.wanted if first == last]
        ranges = [{"_id": {"$gte": a, "$lte": b}} for a, b in sorted(self.wanted) if a != b]
        either: list[Row] = [{"_id": {"$in": exact}}, *ranges]
        found = sorted(BoardCell.rows().find({"$or": either}), key=lambda row: row["_id"])
        self.keys = [row["_id"] for row in found]
        self.rows = [{"n": row["n"], **row.get("sums", {})} for row in found]

    def some(self, bounds: Values) -> Sequence[tuple[str, Mapping[str, int]]]:
        """The cells within bounds, by their value."""
        start, end = bisect_left(self.keys, bounds[0]), bisect_right(self.keys, bounds[1])
        return [
            (self.keys[at].rpartition("/")[2].partition("|")[2], self.rows[at])
            for at in range(start, end)
        ]

    def sum(self, bounds: Values) -> dict[str, int]:
        """What the cells within bounds come to."""
        return cells.together(row for _, row in self.some(bounds))


def board(subject: Subject) -> Board:
    """The board as it was last folded. Raises Unavailable while nothing is built yet."""
    return snapshot(lambda: _board(subject))


def marker() -> Row:
    """How far the boards are folded. Raises Unavailable while nothing is built yet."""
    found = Marker.rows().find_one({"_id": ONE}, {"told": 0, "bases": 0})
    if found is None:
        raise Unavailable("boards.not_ready", retry_after=RETRY_SECONDS)
    return found


def _board(subject: Subject) -> Board:
    state = marker()
    day = days.today(state["as_of"])
    shown = [each for each in on(subject.board) if subject.shows(each)]
    shares = [each for each in shares_on(subject.board) if subject.shows(each.denominator)]
    known = _Cells(state["gen"], subject)
    for each in shown:
        known.wanted |= {*_wanted(known, each, day)}
    for share in shares:
        for side in (share.numerator, share.denominator):
            known.wanted.add(known.bounds(side, side.span and side.span(day)))
    known.read()
    figures = [_plain(known, each, day, shown) for each in shown if not (each.dated or each.by)]
    return Board(
        subject,
        state["as_of"],
        day,
        state["pending"],
        figures,
        [_group(known, each, day) for each in shown if each.by],
        [_rated(known, each, day) for each in shares],
        [_course(known, each, day) for each in shown if each.dated],
        _stops(figures) if subject.board == COMMISSIONER else None,
    )


def _wanted(known: _Cells, figure: Figure, day: date) -> Iterable[Values]:
    if not figure.dated:
        yield known.bounds(figure, figure.span and figure.span(day))
        return
    weeks = day - timedelta(days=7 * SERIES_WEEKS + day.weekday())
    yield known.bounds(figure, (weeks.isoformat(), day.isoformat()))
    yield known.bounds(figure, (_months_ago(day, SERIES_MONTHS), days.month_of(day)), monthly=True)
    then = days.months_later(day, -12)
    yield known.bounds(figure, (f"{days.month_of(then)}-01", then.isoformat()))


def _plain(known: _Cells, figure: Figure, day: date, shown: Sequence[Figure]) -> Plain:
    value = known.sum(known.bounds(figure, figure.span and figure.span(day)))["n"]
    target = None
    if figure.code in TARGETS:
        of = next(each for each in shown if each.code == TARGETS[figure.code])
        classes = known.some(known.bounds(of, of.span and of.span(day)))
        target = sum(quotas.wanted(name) * row["n"] for name, row in classes)
    return Plain(figure.code, Counted(figure.code, value), target)


def _group(known: _Cells, figure: Figure, day: date) -> Group:
    found = known.some(known.bounds(figure, figure.span and figure.span(day)))
    return Group(figure.code, [Counted(figure.code, row["n"], by=value) for value, row in found])


def _rated(known: _Cells, share: Share, day: date) -> Rated:
    part, whole = (
        known.sum(known.bounds(side, side.span and side.span(day)))
        for side in (share.numerator, share.denominator)
    )
    numerator = Counted(share.numerator.code, part["n"])
    denominator = Counted(share.denominator.code, whole["n"])
    if not share.money:
        return Rated(share.code, percent(part["n"], whole["n"]), numerator, denominator)
    spent, plan = money(whole, day)
    return Rated(share.code, percent(spent, plan), numerator, denominator, (spent, plan))


def money(sums: Mapping[str, int], day: date) -> tuple[Decimal, Decimal]:
    """Of sums of a year's plans: what the months that are over by a day brought, and the plan; 万元."""
    names = ACTUAL[: months_over(day.year, day)]
    spent = sum(sums.get(name, 0) for name in names)
    return _decimal(spent), _decimal(sums.get("plan", 0))


def _decimal(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-MONEY_PLACES)


def _course(known: _Cells, figure: Figure, day: date) -> Course:
    def within(first: date, last: date) -> Counted:
        return Counted(
            figure.code,
            _in_days(known, figure, first, last),
            first=first.isoformat(),
            last=last.isoformat(),
        )

    monday = day - timedelta(days=day.weekday())
    then = days.months_later(day, -12)
    starts = [days.month(_months_ago(day, n)) for n in range(SERIES_MONTHS - 1, -1, -1)]
    return Course(
        code=figure.code,
        month=within(day.replace(day=1), day),
        year=within(day.replace(month=1, day=1), day),
        last_year=within(then.replace(month=1, day=1), then),
        days=[within(each, each) for each in _back(day, SERIES_DAYS, 1)],
        weeks=[
            within(each, min(day, each + timedelta(days=6)))
            for each in _back(monday, SERIES_WEEKS, 7)
        ],
        months=[within(each, min(day, days.end_of_month(each))) for each in starts],
    )


def _in_days(known: _Cells, figure: Figure, first: date, last: date) -> int:
    """By whole months as far as there are, else by days: what is yet to come is 0 in both."""
    found, at = 0, first
    while at <= last and at.day == 1 and days.end_of_month(at) <= last:
        months = days.month_of(at), days.month_of(at)
        found += known.sum(known.bounds(figure, months, monthly=True))["n"]
        at = days.months_later(at, 1)
    if at <= last:
        found += known.sum(known.bounds(figure, (at.isoformat(), last.isoformat())))["n"]
    return found


def _back(last: date, count: int, step: int) -> list[date]:
    return [last - timedelta(days=step * n) for n in range(count - 1, -1, -1)]


def _months_ago(day: date, count: int) -> str:
    return days.month_of(days.months_later(day.replace(day=1), -count))


def _stops(figures: Iterable[Plain]) -> int:
    """As many places as a day has stops, less those visited: see `reports.rounds`."""
    by_code = {each.code: each.counted.value for each in figures}
    left = max(0, pack().serving.stops_a_day - by_code["places.seen_today"])
    return min(left, by_code["places.left_today"])
