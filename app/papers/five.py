"""The five rates as tables and charts: the numbers that `GET /rates` answers, digit for digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bson import ObjectId

from app.foundation.cells import Cell
from app.foundation.district import pack
from app.foundation.messages import say
from app.papers.content import Chart, Column, Definition, Series, Table
from app.people.documents import Person
from app.projects.rates import definitions
from app.projects.rates.formulas import COMPLETION, FILED, RATES
from app.projects.rates.queries import BY, Answer, Group
from app.projects.rates.rollups import Rates, Side
from app.registers import terms
from app.registers.documents import INDUSTRY

ZH = "zh"
LEAST_OUTSIDE = 5
"""What is of fewer projects tells of single firms, and does not leave staff (k-anonymity)."""
_CENT = Decimal("0.01")


def money(value: Decimal | int | None) -> Decimal | None:
    """万元 with two places, as the API has it."""
    return None if value is None else Decimal(value).quantize(_CENT)


def table(found: Rates, *, inside: bool = True) -> Table:
    """The five of one group: by count, by money, and of those that had the whole time."""
    note = "paper.five.note" if inside else "paper.five.note_outside"
    return Table(
        say("paper.five.title"),
        (
            Column(say("paper.five.rate"), 18),
            Column(say("paper.five.numerator"), 9, number=True),
            Column(say("paper.five.denominator"), 9, number=True),
            Column(say("paper.five.percent"), 9, number=True),
            Column(say("paper.five.money_numerator"), 13, number=True),
            Column(say("paper.five.money_denominator"), 13, number=True),
            Column(say("paper.five.money_percent"), 10, number=True),
            Column(say("paper.five.matured_percent"), 10, number=True),
        ),
        [_line(found, rate, inside=inside) for rate in RATES],
        empty="",
        note=say(note, least=pack().rates.small_sample if inside else LEAST_OUTSIDE),
    )


def _line(found: Rates, rate: str, *, inside: bool) -> list[Cell]:
    name = say(f"metric.name.{rate}")
    if not inside and not _leaves(found, rate):
        return [name, *[None] * 7]
    if rate == COMPLETION:
        spent = found.completion
        share = spent.current.share
        sides = [money(share.numerator), money(share.denominator), share.percent]
        return [_marked(name, small=spent.small), None, spent.projects, None, *sides, None]
    step = found.open[rate]
    matured = found.matured[rate].count
    full = inside or matured.denominator >= LEAST_OUTSIDE
    got, due = int(step.count.numerator), int(step.count.denominator)
    told = inside or (_hides(got) and _hides(due - got))
    return [
        _marked(name, small=step.small),
        got,
        due,
        step.count.percent,
        money(step.money.numerator) if told else None,
        money(step.money.denominator),
        step.money.percent if told else None,
        matured.percent if full else None,
    ]


def _hides(count: int) -> bool:
    """Whether the money of so many projects tells of no single one: of none, or of enough."""
    return count == 0 or count >= LEAST_OUTSIDE


def _leaves(found: Rates, rate: str) -> bool:
    """Whether it is of enough projects to be told outside."""
    projects = found.completion.projects
    count = projects if rate == COMPLETION else found.open[rate].count.denominator
    return count >= LEAST_OUTSIDE


def percent(found: Rates, rate: str, *, inside: bool = True) -> Decimal | None:
    """The one number that a rate is told by: by count; of the completion by money, by the present plan."""
    if not inside and not _leaves(found, rate):
        return None
    if rate == COMPLETION:
        return found.completion.current.share.percent
    return found.open[rate].count.percent


def chart(named: Mapping[str, Rates], *, inside: bool = True) -> Chart:
    """The five as bars, one series for each group."""
    return Chart(
        say("paper.five.chart"),
        [say(f"metric.name.{rate}") for rate in RATES],
        [
            Series(name, [percent(found, rate, inside=inside) for rate in RATES])
            for name, found in named.items()
        ],
        say("paper.five.unit"),
    )


def by_group(answer: Answer, *, inside: bool = True) -> Chart:
    """How far each group has come with the investment of the year, and with filing what it signed."""
    shown = (COMPLETION, FILED)
    names = names_of(answer)
    return Chart(
        say("paper.five.by_group"),
        [names[line.group] for line in answer.lines],
        [
            Series(
                say(f"metric.name.{rate}"),
                [percent(line.rates, rate, inside=inside) for line in answer.lines],
            )
            for rate in shown
        ],
        say("paper.five.unit"),
    )


def ranked(answer: Answer, *, inside: bool = True) -> Table:
    """Each group's five rates with the rank that it has by each, in the order of the completion."""
    names = names_of(answer)
    note = "paper.five.ranked_note" if inside else "paper.five.note_outside"
    told = {
        rate: [percent(each.rates, rate, inside=inside) for each in answer.lines] for rate in RATES
    }
    ranks = {rate: _ranks(values) for rate, values in told.items()}
    rows: list[tuple[int, list[Cell]]] = []
    for number, line in enumerate(answer.lines):
        cells: list[Cell] = [names[line.group]]
        for rate in RATES:
            cells += [told[rate][number], ranks[rate][number]]
        rows.append((ranks[COMPLETION][number] or len(answer.lines) + 1, cells))
    total: list[Cell] = [say("paper.total")]
    for rate in RATES:
        total += [percent(answer.total, rate, inside=inside), None]
    columns = [Column(say(f"paper.five.by.{answer.by}"), 16)]
    for rate in RATES:
        columns.append(
            Column(say("paper.five.of", rate=say(f"metric.name.{rate}")), 10, number=True)
        )
        columns.append(Column(say("paper.rank"), 6, number=True))
    ordered = [cells for _, cells in sorted(rows, key=lambda each: each[0])]
    return Table(
        say("paper.five.ranked"),
        columns,
        [*ordered, total] if ordered else [],
        say("paper.five.nothing"),
        say(note, least=pack().rates.small_sample if inside else LEAST_OUTSIDE),
    )


def _ranks(values: Sequence[Decimal | None]) -> list[int | None]:
    """1 for the highest; equal ones have the same, what is not known has none."""
    known = sorted((each for each in values if each is not None), reverse=True)
    return [None if each is None else known.index(each) + 1 for each in values]


def names_of(answer: Answer) -> dict[Group, str]:
    """What people call each group."""
    return group_names(answer.by, [line.group for line in answer.lines])


def group_names(by: str, groups: Sequence[Group]) -> dict[Group, str]:
    """The same of the groups of any answer that is told apart `by` something."""
    known: dict[Side, str] = {unit.code: unit.name for unit in pack().units}
    if "industry" in BY[by]:
        known |= {row["code"]: row["name"] for row in terms.of(INDUSTRY)}
    keys = [side for group in groups for side in group if isinstance(side, ObjectId)]
    people = Person.rows().find({"_id": {"$in": keys}}, {"name": 1}) if keys else ()
    known |= {row["_id"]: row["name"] for row in people}
    if by == "level":
        sides = {side for group in groups for side in group if side}
        known |= {side: say(f"project.level.{side}") for side in sides}
    blank = say("paper.unknown")
    return {
        group: " · ".join(known.get(side, str(side)) if side else blank for side in group)
        or say("paper.district")
        for group in groups
    }


def defined(*codes: str) -> list[Definition]:
    """What these rates and metrics mean."""
    found = {row["code"]: row for row in definitions.definitions(ZH)}
    return [
        Definition(*(found[code][name] for name in ("name", "formula", "source", "notes")))
        for code in codes
    ]


def _marked(name: str, *, small: bool) -> str:
    return f"{name}*" if small else name
