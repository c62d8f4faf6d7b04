"""A notice in words, made on reading: in the reader's language, whatever it was made in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.foundation.messages import DEFAULT, say

BLANK: Mapping[str, Any] = {
    "number": "",
    "excerpt": "",
    "department": "",
    "person": "",
    "text": "",
    "due": "",
    "missing": 0,
    "reasons": (),
    "verdict": None,
    "over": 0,
    "late": False,
}
"""What every notice of an issue knows. `reasons` are codes with params, `verdict` names a decision,
`over` are seconds past the promise (negative before it), `late` says that it is told late."""
SHOWN_FROM = 60
"""Seconds past a promise from which on people are told how late it is."""


def words(row: Mapping[str, Any], language: str = DEFAULT) -> tuple[str, str]:
    """Title and text of a stored notice, or of anything else with `event` and `params`."""
    params, event = _filled(row["params"], language), row["event"]
    title = say(f"notice.{event}.title", language, **params)
    return title, say(f"notice.{event}.text", language, **params)


def _filled(params: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The params with what they only name in words: `why`, the verdict, how late."""
    given = {**BLANK, **params}
    reasons = [say(each["code"], language, **each["params"]) for each in given.pop("reasons")]
    over, verdict = given["over"], given["verdict"]
    return {
        **given,
        "why": " ".join(reasons) or given["text"],
        "verdict": say(f"notice.verdict.{verdict}", language) if verdict else "",
        "delay": say("notice.delay", language, over=over) if over >= SHOWN_FROM else "",
        "ahead": say("notice.ahead", language, ahead=-over) if over <= -SHOWN_FROM else "",
        "mark": say("notice.told_late", language) if given["late"] else "",
    }
