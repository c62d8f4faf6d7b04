"""What was answered, held against the form that was answered. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bson import Decimal128

from app.foundation import amounts, days
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.surveys.forms import (
    CHOICE,
    DATE,
    MONEY,
    MONTH,
    MULTI,
    Question,
)
from app.visits import answers as checklists
from config.checklists import Item

Answers = Mapping[str, Any]
_BLANK: tuple[Any, ...] = (None, "", [])


def read(form: Sequence[Question], said: Answers, *, whole: bool) -> dict[str, Any]:
    """The answers as they are stored: money as Decimal128, days and months as text, several as a list.

    A blank answer is none. What is not asked, after what was answered before, is left out. Raises Invalid
    by question for an answer that cannot be, and with `whole` for a required one that is missing.
    """
    problems = {key: [Reason("survey.no_such_question")] for key in said}
    stored: dict[str, Any] = {}
    for each in form:
        problems.pop(each.key, None)
        if not asked(each, stored):
            continue
        value = said.get(each.key)
        if value in _BLANK:
            if whole and each.required:
                problems[each.key] = [Reason("request.required")]
            continue
        stored[each.key], problem = _read(each, value)
        problems |= {each.key: [problem]} if problem else {}
    if problems:
        fields = {f"answers.{key}": why for key, why in problems.items()}
        raise Invalid("survey.answers_invalid", fields=fields)
    return stored


def asked(each: Question, stored: Answers) -> bool:
    """Whether the question is one after these answers to those before it."""
    if each.only_if is None:
        return True
    said = stored.get(each.only_if.key)
    return bool(set(each.only_if.values) & set(said if isinstance(said, list) else [said]))


def _read(each: Question, said: Any) -> tuple[Any, Reason | None]:
    if each.type == MONEY:
        return _money(said)
    if each.type == MULTI:
        chosen = said if isinstance(said, list) else [said]
        if not set(chosen) <= set(each.choices):
            return None, Reason("request.one_of", {"choices": ", ".join(each.choices)})
        return [choice for choice in each.choices if choice in chosen], None
    if isinstance(said, list):
        return None, Reason("request.invalid_value")
    if each.type in (DATE, MONTH):
        return _day(said, month=each.type == MONTH)
    choices = each.choices if each.type == CHOICE else ()
    item = Item(each.key, each.text, each.type, each.required, choices, None)
    return checklists.read_answer(item, said)


def _money(said: Any) -> tuple[Any, Reason | None]:
    try:
        exact = amounts.money(said if isinstance(said, int) else str(said))
    except ValueError:
        return None, Reason("survey.not_an_amount")
    return amounts.stored(exact), None


def _day(said: Any, *, month: bool) -> tuple[Any, Reason | None]:
    try:
        day = days.month(said) if month else date.fromisoformat(said)
    except (ValueError, TypeError):
        return None, Reason("survey.not_a_day")
    if said != (days.month_of(day) if month else day.isoformat()):
        return None, Reason("survey.not_a_day")  # ISO 8601 knows other ways to write a day
    return said, None


def shown(stored: Answers) -> dict[str, Any]:
    """Stored answers as people see them: amounts as text."""
    return {
        key: str(value.to_decimal()) if isinstance(value, Decimal128) else value
        for key, value in stored.items()
    }


def suggested(form: Sequence[Question], stored: Answers) -> Iterator[tuple[Question, str]]:
    """The questions whose answers speak for an issue, with its category."""
    for each in form:
        if each.opens_issue and stored.get(each.key) in each.opens_issue.when:
            yield each, each.opens_issue.category


def fed(form: Sequence[Question], stored: Answers) -> dict[str, str]:
    """What of an expansion intent the answers fill, as text by its names."""
    plain = shown(stored)
    return {
        each.feeds: str(plain[each.key])
        for each in form
        if each.feeds is not None and plain.get(each.key) is not None
    }
