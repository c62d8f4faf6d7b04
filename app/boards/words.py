"""What figures and their values are called, and what they mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bson import ObjectId

from app.boards.figures import BOARDS, PLAIN, SHARES
from app.departments import registry
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say

_SAID = {
    "state": "issue.state.",
    "ticket": "ticket.state.",
    "stage": "project.stage.",
    "course": "board.course.",
    "kind": "warning.kind.",
    "exit": "exit.state.",
}


_SHARES = {side.code: each.code for each in SHARES for side in (each.numerator, each.denominator)}


def name(code: str, language: str) -> str:
    """What a figure or rate is called; a side of a rate is called like it."""
    return say(f"board.figure.{_SHARES.get(code, code)}", language)


def values(by: str, found: Collection[str], language: str) -> Mapping[str, str]:
    """What the values of a figure that is told apart are called."""
    if by == "department":
        names = registry.names({ObjectId(each) for each in found if each})
        return {each: names.get(ObjectId(each), "") if each else _none(language) for each in found}
    if by == "category":
        known = {each.code: each.name for each in pack().categories}
        return {each: known.get(each, each) if each else _none(language) for each in found}
    return {each: say(f"{_SAID[by]}{each}", language) for each in found}


def definitions(language: str) -> list[Row]:
    """Each figure and rate in words: {code, name, text, boards, numerator, denominator}.

    Of a rate the last two are the figures that it sets against each other, else None.
    """
    plain = [(each.code, each.boards, None, None) for each in PLAIN]
    rates = [
        (each.code, each.denominator.boards, each.numerator.code, each.denominator.code)
        for each in SHARES
    ]
    return [
        {
            "code": code,
            "name": name(code, language),
            "text": say(f"board.what.{code}", language),
            "boards": [board for board in BOARDS if board in boards],
            "numerator": numerator,
            "denominator": denominator,
        }
        for code, boards, numerator, denominator in (*plain, *rates)
    ]


def notes(language: str) -> list[str]:
    """What holds for all of them."""
    return [say(each, language) for each in ("board.as_of", "board.restricted", "board.lists")]


def _none(language: str) -> str:
    return say("board.none", language)
