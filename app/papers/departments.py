"""Figures of departments as a table: the numbers that `GET /reports/departments` answers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.foundation.cells import Cell
from app.foundation.district import local
from app.foundation.messages import say
from app.papers.content import Column, Definition, Table
from app.reports.queries import Line, Report
from app.reports.rates import RATES, Rate, share

SHOWN = ("accepted_in_time", "answered_in_time", "resolved", "satisfied", "returned", "redone")
RANKED_BY = "answered_in_time"


def percent(rate: Rate) -> Decimal | None:
    """The API's rate in %, which has four places there and two here."""
    found = share(len(rate.numerator), len(rate.denominator))
    return None if found is None else (Decimal(str(found)) * 100).quantize(Decimal("0.01"))


def table(report: Report) -> Table:
    """A line for each department that had anything to do, those that answer in time first; then the
    district. The others are named below."""
    busy = [each for each in report.lines if _busy(each)]
    idle = [each.department_name or "" for each in report.lines if not _busy(each)]
    ranked = sorted(busy, key=_order)
    rows = [_line(each, each.department_name or "", _rank(each, ranked)) for each in ranked]
    if report.total and rows:
        rows.append(_line(report.total, say("paper.total"), None))
    columns = [Column(say("paper.column.department"), 16), _number("rank", 5)]
    for name in SHOWN:
        columns.append(Column(say(f"paper.figure.{name}.of"), 9))
        columns.append(Column(say(f"paper.figure.{name}"), 9, number=True))
    columns += [_number("coverage", 9), _number("hours", 9)]
    return Table(
        say("paper.departments.title"),
        columns,
        rows,
        say("paper.departments.none"),
        frozen(report) + (say("paper.departments.idle", names="、".join(idle)) if idle else ""),
    )


def frozen(report: Report) -> str:
    """Whether the figures are those of a frozen month, and how many are counted otherwise by now."""
    if report.frozen_at is None:
        return say("paper.departments.live")
    changed = sum(len(each.corrections) for each in report.lines)
    at = f"{local(report.frozen_at):%Y-%m-%d %H:%M}"
    return say("paper.departments.frozen", at=at, changed=changed)


def defined() -> list[Definition]:
    """What the figures mean; at length in docs/reports.md."""
    source = say("paper.figure.source")
    names = (*SHOWN, "coverage", "hours")
    return [
        Definition(say(f"paper.figure.{name}"), say(f"paper.figure.{name}.formula"), source)
        for name in names
    ]


def _line(line: Line, name: str, rank: int | None) -> list[Cell]:
    cells: list[Cell] = [name, rank]
    for each in SHOWN:
        rate: Rate = getattr(line.figures, each)
        cells += [f"{len(rate.numerator)}/{len(rate.denominator)}", percent(rate)]
    coverage = line.figures.coverage
    told = share(coverage.by_enterprise, len(coverage.asked))
    hours = line.figures.hours_to_answer.hours
    cells.append(None if told is None else (Decimal(str(told)) * 100).quantize(Decimal("0.01")))
    cells.append(None if hours is None else Decimal(str(hours)))
    return cells


def _busy(line: Line) -> bool:
    rates = (getattr(line.figures, name) for name in RATES)
    return any(each.denominator for each in rates) or bool(line.figures.hours_to_answer.of)


def _order(line: Line) -> tuple[bool, Decimal, str]:
    found = percent(getattr(line.figures, RANKED_BY))
    return found is None, -(found or Decimal(0)), line.department_name or ""


def _rank(line: Line, among: Sequence[Line]) -> int | None:
    """1 for the best; equal ones have the same, without a rate there is none."""
    own = percent(getattr(line.figures, RANKED_BY))
    if own is None:
        return None
    known = [percent(getattr(each.figures, RANKED_BY)) for each in among]
    return 1 + sum(each is not None and each > own for each in known)


def _number(name: str, width: int) -> Column:
    code = "paper.rank" if name == "rank" else f"paper.figure.{name}"
    return Column(say(code), width, number=True)
