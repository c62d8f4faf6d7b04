"""The figures of the boards, in one table: what each counts and on whose boards it stands.

A room that is to count adds its facts in `sources.table` and its figures here; the words are
`board.figure.{code}` and `board.what.{code}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.boards.cells import LAST
from app.foundation import days
from app.projects.rates.formulas import STEPS

DISTRICT, UNIT, DEPARTMENT, LEADER, COMMISSIONER = BOARDS = (
    "district",
    "unit",
    "department",
    "leader",
    "commissioner",
)
ISSUES = (DISTRICT, UNIT, LEADER, COMMISSIONER)
VISITS = (DISTRICT, UNIT, COMMISSIONER)
SOON_DAYS = 3
WEEK_DAYS = 7

Values = tuple[str, str]
"""The first and the last of the values that count, both included."""
Span = Callable[[date], Values]
By = Literal["state", "category", "department", "stage", "course", "kind", "ticket", "exit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A count of records of a `kind`: facts with a mark of the `family`.

    `span` gives the values that count on a day, without it the mark has none; `by` tells them apart;
    `dated` counts the days that are asked for. `apart` counts what is restricted. `newest` first in lists.
    """

    code: str
    kind: str
    family: str
    boards: tuple[str, ...]
    span: Span | None = None
    by: By | None = None
    dated: bool = False
    apart: bool = False
    newest: bool = False


def everything(day: date) -> Values:
    """All values, nothing known too."""
    return "", LAST


def only(value: str) -> Span:
    """One value."""
    return lambda day: (value, value)


def today(day: date) -> Values:
    """The day itself."""
    return day.isoformat(), day.isoformat()


def within(count: int) -> Span:
    """From the day on, so many days more."""
    return lambda day: (day.isoformat(), (day + timedelta(days=count)).isoformat())


def before_today(day: date) -> Values:
    """Earlier days, and never."""
    return "", (day - timedelta(days=1)).isoformat()


def this_month(day: date) -> Values:
    """The month of the day."""
    return days.month_of(day), days.month_of(day)


def days_of_month(day: date) -> Values:
    """The days of the month of the day."""
    return day.replace(day=1).isoformat(), days.end_of_month(day).isoformat()


def before_this_month(day: date) -> Values:
    """Earlier months, and never."""
    return "", days.month_of(days.months_later(day.replace(day=1), -1))


def months_of_year(day: date) -> Values:
    """January to the month of the day."""
    return f"{day.year}-01", days.month_of(day)


def this_year(day: date) -> Values:
    """The year of the day."""
    return str(day.year), str(day.year)


def _issue(code: str, family: str, span: Span | None = None, **more: object) -> Figure:
    given = {"boards": ISSUES, **more}
    return Figure(code=f"issues.{code}", kind="issue", family=family, span=span, **given)  # type: ignore[arg-type]


def _ticket(code: str, family: str, span: Span | None = None, **more: object) -> Figure:
    given = {"boards": (DEPARTMENT,), **more}
    return Figure(code=f"tickets.{code}", kind="ticket", family=family, span=span, **given)  # type: ignore[arg-type]


def _project(code: str, family: str, span: Span | None = None, **more: object) -> Figure:
    given = {"boards": ISSUES, "kind": "project", "newest": True, **more}
    return Figure(code=code, family=family, span=span, **given)  # type: ignore[arg-type]


def _visit(code: str, kind: str, family: str, span: Span | None = None, **more: object) -> Figure:
    given = {"boards": VISITS, "newest": True, **more}
    return Figure(code=code, kind=kind, family=family, span=span, **given)  # type: ignore[arg-type]


_OF_ISSUES = (
    _issue("open", "i.open"),
    _issue("late", "i.late"),
    _issue("due_today", "i.due", today),
    _issue("due_soon", "i.due", within(SOON_DAYS)),
    _issue("urgent", "i.urgent"),
    _issue("awaiting", "i.awaiting"),
    _issue("confirm_soon", "i.confirm.due", within(SOON_DAYS)),
    _issue("confirm_late", "i.confirm.late"),
    _issue("by_state", "i.state", everything, by="state", newest=True),
    _issue("by_category", "i.category", everything, by="category"),
    _issue("by_department", "i.department", everything, by="department"),
    _issue("opened", "i.opened", dated=True, newest=True),
    _issue("closed", "i.closed", dated=True, newest=True),
    _issue("restricted", "i.open", boards=(DISTRICT,), apart=True),
    _issue("restricted_late", "i.late", boards=(DISTRICT,), apart=True),
)
_OF_TICKETS = (
    _ticket("open", "t.open"),
    _ticket("late", "t.late"),
    _ticket("due_today", "t.due", today),
    _ticket("due_soon", "t.due", within(SOON_DAYS)),
    _ticket("returned_month", "t.returned", days_of_month),
    _ticket("by_state", "t.state", everything, by="ticket"),
    _ticket("returned", "t.returned", dated=True, newest=True),
    _ticket("restricted", "t.open", apart=True),
)
_OF_PROJECTS = (
    _project("projects.going", "j.going"),
    _project("projects.by_stage", "j.stage", everything, by="stage"),
    _project("projects.by_course", "j.course", everything, by="course"),
    _project("warnings.yellow", "w.level", only("yellow"), kind="warning"),
    _project("warnings.red", "w.level", only("red"), kind="warning"),
    _project("warnings.unread", "w.unread", kind="warning"),
    _project("warnings.by_kind", "w.kind", everything, kind="warning", by="kind"),
    _project("exits.open", "x.open", kind="exit"),
    _project("exits.by_state", "x.state", everything, kind="exit", by="exit"),
    _project("milestones.late", "m.late", kind="milestone", newest=False),
    _project("milestones.due_soon", "m.due", within(WEEK_DAYS), kind="milestone", newest=False),
)
_SUPERVISED = (DISTRICT, UNIT, DEPARTMENT, LEADER)
_ORDERED = (*_SUPERVISED, COMMISSIONER)
_CLAIMED = (DISTRICT, DEPARTMENT)
_OWED = (
    Figure(code="supervisions.open", kind="supervision", family="s.open", boards=_SUPERVISED),
    Figure(code="supervisions.late", kind="supervision", family="s.late", boards=_SUPERVISED),
    Figure(code="orders.open", kind="order", family="o.open", boards=_ORDERED),
    Figure(code="orders.late", kind="order", family="o.late", boards=_ORDERED),
    Figure(code="claims.open", kind="claim", family="c.open", boards=_CLAIMED),
    Figure(code="claims.late", kind="claim", family="c.late", boards=_CLAIMED),
)
_OWN = (COMMISSIONER,)
_OF_VISITS = (
    _visit("visits.today", "visit", "v.made", today),
    _visit("visits.month", "visit", "v.made", days_of_month),
    _visit("visits.made", "visit", "v.made", dated=True),
    _visit("firms.served", "enterprise", "f.class", everything),
    _visit("firms.met", "enterprise", "f.met", this_month),
    _visit("firms.short", "enterprise", "f.met", before_this_month),
    _visit("places.served", "place", "p.seen", everything, boards=_OWN),
    _visit("places.seen_today", "place", "p.seen", today, boards=_OWN),
    _visit("places.left_today", "place", "p.seen", before_today, boards=_OWN),
    _visit("calls.open", "call", "k.open", boards=_OWN, newest=False),
    _visit("calls.late", "call", "k.late", boards=_OWN, newest=False),
    _visit("calls.due_today", "call", "k.due", today, boards=_OWN, newest=False),
)


@dataclass(frozen=True, slots=True)
class Share:
    """A rate: a figure out of another. With `money`, what they add up to is set against each other."""

    code: str
    numerator: Figure
    denominator: Figure
    money: bool = False


def _steps(code: str) -> Share:
    part, whole = (
        _project(f"{code}.{side}", f"j.{code}.{side}", months_of_year) for side in ("in", "of")
    )
    return Share(code, part, whole)


def _of_month(code: str) -> Share:
    part, whole = (
        _ticket(f"{code}.{side}", f"r.{code}.{side}", this_month) for side in ("in", "of")
    )
    return Share(code, part, whole)


SPENDING = _project("completion.of", "j.spending", this_year)
COMPLETION = Share("completion", SPENDING, SPENDING, money=True)
SHARES: tuple[Share, ...] = (
    *(_steps(code) for code in STEPS),
    COMPLETION,
    *(
        _of_month(code)
        for code in ("accepted_in_time", "answered_in_time", "resolved", "satisfied")
    ),
)
PLAIN: tuple[Figure, ...] = (
    *_OF_ISSUES,
    *_OF_TICKETS,
    *_OF_PROJECTS,
    *_OWED,
    *_OF_VISITS,
)
FIGURES: Mapping[str, Figure] = {
    each.code: each
    for each in (
        *PLAIN,
        *(side for share in SHARES for side in (share.numerator, share.denominator)),
    )
}
TARGETS: Mapping[str, str] = {"visits.month": "firms.served"}
"""Figures that are to reach something: the quota of those that another counts."""


def on(board: str) -> list[Figure]:
    """The plain figures of a board, in order."""
    return [each for each in PLAIN if board in each.boards]


def shares_on(board: str) -> list[Share]:
    """The rates of a board, in order."""
    return [each for each in SHARES if board in each.denominator.boards]
