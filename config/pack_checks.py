"""What several files of a pack are checked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from config.strict_yaml import Entry

CODE = re.compile(r"[A-Z][A-Z0-9_]*")


def matching(entry: Entry, key: str, pattern: re.Pattern[str]) -> str:
    """The text under a key, if all of it has the form. Raises PackError."""
    value = entry.text(key)
    if not pattern.fullmatch(value):
        raise entry.fail(f"{key} is {value!r}, must look like {pattern.pattern}")
    return value


def known(entry: Entry, key: str, codes: Iterable[str], those: set[str], what: str) -> None:
    """Raise PackError for a code that is not known; `what` says what it should be."""
    for code in codes:
        if code not in those:
            raise entry.fail(f"{key}: {code} is not {what}")


def distinct(entries: list[Entry], names: Callable[[Entry], tuple[str, ...]]) -> None:
    """Raise PackError where a name means two entries of one file."""
    seen: dict[str, str] = {}
    for entry in entries:
        for name in names(entry):
            if name in seen:
                raise entry.fail(f"{name} is also the name of {seen[name]}")
            seen[name] = entry.text("code")
