"""Answers to a checklist: held against the version they were filled with, and what they suggest. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from config.checklists import YES_NO, Checklist, Item

Form = Mapping[str, Any]
LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An issue that an answer speaks for: a draft, nothing is opened by itself."""

    item: str
    category: str
    text: str


def checked(form: Form, pictures: Collection[str], *, whole: bool) -> dict[str, Any]:
    """The form as it is stored: {template, version, answers}; empty for none.

    Without a version it is the newest one's. `pictures` are the ids and client_ids that a photo's answer
    may name. A blank answer is none. Raises Invalid for a template, question or answer that is not in
    that version, and with `whole` for a required answer that is missing.
    """
    if not form:
        return {}
    checklist = _named(form)
    problems: dict[str, list[Reason]] = {}
    answers: dict[str, Any] = {}
    items = {item.key: item for item in checklist.items}
    for key, said in form["answers"].items():
        if key not in items:
            problems[key] = [Reason("checklist.no_such_item")]
        elif said != "":
            answers[key], problem = read_answer(items[key], said, pictures)
            problems |= {key: [problem]} if problem else {}
    for item in checklist.items:
        if whole and item.required and answers.get(item.key) is None:
            problems.setdefault(item.key, [Reason("request.required")])
    if problems:
        fields = {f"checklist.answers.{key}": why for key, why in problems.items()}
        raise Invalid("checklist.invalid", fields=fields)
    return {"template": checklist.code, "version": checklist.version, "answers": answers}


def suggested(form: Form) -> list[Suggestion]:
    """The issues that the answers of a stored form speak for, in the order of the questions."""
    if not form:
        return []
    try:
        checklist = pack().checklist(form["template"], form["version"])
    except KeyError:  # a version that the district no longer keeps suggests nothing
        return []
    found = []
    for item in checklist.items:
        said = form["answers"].get(item.key)
        if item.opens_issue and said in item.opens_issue.when:
            text = f"{checklist.title}：{item.text}（{_words(said)}）"
            found.append(Suggestion(item.key, item.opens_issue.category, text))
    return found


def _words(said: str) -> str:
    return {"yes": "是", "no": "否"}.get(said, said)


def _named(form: Form) -> Checklist:
    try:
        return pack().checklist(form["template"], form.get("version"))
    except KeyError:
        blamed = "template" if form.get("version") is None else "version"
        fields = {f"checklist.{blamed}": [str(form[blamed])]}
        raise Invalid("checklist.unknown", fields=fields) from None


def read_answer(item: Item, said: Any, pictures: Collection[str] = ()) -> tuple[Any, Reason | None]:
    """The answer to a question as it is stored, or what is wrong with it."""
    if item.type == "yes_no":
        said = YES_NO[not said] if isinstance(said, bool) else said
        return _one_of(said, YES_NO)
    if item.type == "choice":
        return _one_of(said, item.choices)
    if item.type == "number":
        number = _number(said)
        return number, Reason("checklist.not_a_number") if number is None else None
    text = said if isinstance(said, str) else None
    if item.type == "photo":
        return text, None if text in pictures else Reason("checklist.not_a_photo_of_the_visit")
    return text, Reason("request.invalid_value") if text is None else None


def _one_of(said: Any, choices: tuple[str, ...]) -> tuple[Any, Reason | None]:
    if said in choices:
        return said, None
    return None, Reason("request.one_of", {"choices": ", ".join(choices)})


def _number(said: Any) -> float | int | None:
    """A number, given as such or as text; whole ones stay whole."""
    if isinstance(said, bool):
        return None
    try:
        number = float(said)
    except ValueError:
        return None
    if not math.isfinite(number) or abs(number) > LARGEST:
        return None
    return int(number) if number.is_integer() else number
