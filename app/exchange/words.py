"""What people call registers and their fields, and what they may write into cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.foundation.messages import LANGUAGES, say
from app.registers.fields import (
    Choice,
    Choices,
    Day,
    Field,
    Flag,
    Land,
    Money,
    Month,
    Point,
    Ref,
    Whole,
    plain,
)
from app.registers.register import Register
from app.registers.terms import Names

REQUIRED = " *"
"""Follows the heading of a column that a new row needs."""
KINDS: Mapping[type[Field], str] = {
    Choice: "choice",
    Choices: "choices",
    Land: "land",
    Money: "money",
    Whole: "whole",
    Day: "day",
    Month: "month",
    Flag: "flag",
    Point: "point",
    Ref: "reference",
    Field: "text",
}
"""What kinds of fields are called, the special before the general."""
_MARKS = " *＊"


def kind_of(field: Field) -> str:
    """The kind of a field."""
    return next(name for kind, name in KINDS.items() if isinstance(field, kind))


def name_of(field: Field, language: str) -> str:
    """What people call a field."""
    return say(f"field.{field.name}", language)


def title_of(register: Register, language: str) -> str:
    """What people call a register."""
    return say(f"register.name.{register.name}", language)


def heading_of(field: Field, language: str) -> str:
    """The heading of its column."""
    return name_of(field, language) + (REQUIRED if field.required else "")


def fields_by_heading(register: Register) -> Mapping[str, Field]:
    """The fields by all they may be called in a heading, as `heading_key` has it."""
    found = {}
    for field in register.fields:
        for text in (field.name, *(name_of(field, each) for each in LANGUAGES)):
            found[heading_key(text)] = field
    return found


def heading_key(text: str) -> str:
    """A heading without marks, blanks and capitals."""
    return "".join(plain(text).rstrip(_MARKS).lower().split())


def choices_of(field: Field, language: str, day: str) -> Sequence[tuple[str, str]]:
    """Code and name of what a new row may have on a day; nothing where anything may be written."""
    if isinstance(field, Flag):
        return [(code, say(f"export.{code}", language)) for code in ("yes", "no")]
    if not isinstance(field, Choice | Choices):
        return []
    choices = field.choices
    known = choices.offered(day) if isinstance(choices, Names) else choices()
    return [(code, names[0 if language == "zh" else -1]) for code, names in known.items()]


def says_clear(text: str) -> bool:
    """Whether a cell says that what is known shall be forgotten; a blank one says nothing."""
    return text.lower() in {say("import.clear", each).lower() for each in LANGUAGES}
