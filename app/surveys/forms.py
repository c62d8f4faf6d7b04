"""Forms of surveys: their questions, and what makes a form that can be answered. Pure.

Kinds that the checklists of visits have too are read as those are (`app.visits.answers`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from config.checklists import YES_NO, Opens

TEXT, NUMBER, MONEY, CHOICE, MULTI, YES_OR_NO, DATE, MONTH = KINDS = (
    "text",
    "number",
    "money",
    "choice",
    "multi",
    "yes_no",
    "date",
    "month",
)
SUMMED, COUNTED = (NUMBER, MONEY), (CHOICE, MULTI, YES_OR_NO)
FEEDS: Mapping[str, str] = {"amount": MONEY, "funds_needed": MONEY, "land_needed_mu": NUMBER}
"""What of an expansion intent an answer may fill, and of which kind it is then."""
KEY = r"^[a-z][a-z0-9_]{0,59}$"
MOST_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """Asked only if the earlier question `key` was answered with one of `values`."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `unit` is what a number counts (money is 万元); `choices` of choice and multi only."""

    key: str
    text: str
    type: str
    required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    only_if: OnlyIf | None = None
    opens_issue: Opens | None = None
    feeds: str | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be chosen."""
        return YES_NO if self.type == YES_OR_NO else self.choices

    def stored(self) -> dict[str, Any]:
        """As it is kept, and shown."""
        return asdict(self)


def question(raw: Mapping[str, Any]) -> Question:
    """A question from its stored form, or as the schema gives it."""
    only_if, opens = raw.get("only_if"), raw.get("opens_issue")
    return Question(
        key=raw["key"],
        text=raw["text"],
        type=raw["type"],
        required=raw.get("required", False),
        unit=raw.get("unit") or "",
        choices=tuple(raw.get("choices") or ()),
        only_if=OnlyIf(only_if["key"], tuple(only_if["values"])) if only_if else None,
        opens_issue=Opens(opens["category"], tuple(opens["when"])) if opens else None,
        feeds=raw.get("feeds"),
    )


def questions(rows: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions of a form, in order."""
    return tuple(map(question, rows))


def check(form: Sequence[Question], categories: Collection[str]) -> None:
    """Raise Invalid, by question and field, for a form that cannot be answered."""
    problems: dict[str, list[Reason]] = {}
    if not form:
        problems["questions"] = [Reason("request.length", {"min": 1, "max": MOST_QUESTIONS})]
    earlier: dict[str, Question] = {}
    fed: set[str] = set()
    for number, each in enumerate(form):
        for name, reason in _wrong(each, earlier, fed, categories):
            problems.setdefault(f"questions.{number}.{name}", []).append(reason)
        earlier[each.key] = each
        fed.add(each.feeds or "")
    if problems:
        raise Invalid("request.invalid", fields=problems)


def _wrong(
    each: Question, earlier: Mapping[str, Question], fed: set[str], categories: Collection[str]
) -> Iterable[tuple[str, Reason]]:
    if each.key in earlier:
        yield "key", Reason("survey.key_twice")
    if not re.fullmatch(KEY, each.key):
        yield "key", Reason("request.form")
    if not _choices_fit(each):
        yield "choices", Reason("survey.choices")
    if each.only_if is not None and not _follows(each.only_if, earlier):
        yield "only_if", Reason("survey.only_if")
    if each.opens_issue is not None and not _opens_fit(each, each.opens_issue, categories):
        yield "opens_issue", Reason("survey.opens_issue")
    if each.feeds is not None and (FEEDS.get(each.feeds) != each.type or each.feeds in fed):
        yield "feeds", Reason("survey.feeds")


def _choices_fit(each: Question) -> bool:
    """Two at least, each once, where there is something to choose, and only there."""
    distinct = len(set(each.choices))
    return distinct == len(each.choices) and (distinct > 1) == (each.type in (CHOICE, MULTI))


def _follows(only_if: OnlyIf, earlier: Mapping[str, Question]) -> bool:
    before = earlier.get(only_if.key)
    return before is not None and _among(only_if.values, before.answers)


def _opens_fit(each: Question, opens: Opens, categories: Collection[str]) -> bool:
    fits = each.type != MULTI and _among(opens.when, each.answers)
    return fits and opens.category in categories


def _among(some: Collection[str], answers: Collection[str]) -> bool:
    return bool(some) and set(some) <= set(answers)
