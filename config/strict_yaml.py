"""Read YAML that people edit by hand, and refuse what they did not mean.

YAML by itself keeps the last of two equal keys and turns `14:00` into 840; here each is an error
that names the file, the entry and what is wrong.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml


class PackError(ValueError):
    """The pack cannot be used; the message says which file and entry, and what is wrong."""


class _Loader(yaml.CSafeLoader):
    """SafeLoader (libyaml's, ten times as fast) that refuses a mapping with the same key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be a plain word", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read(path: Path) -> Any:
    """The parsed content of a file. Raises PackError when it is missing, not UTF-8 or not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError(f"{path.name}: the file is missing from {path.parent}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name}: cannot be read: {error}") from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise PackError(f"{path.name}: {error}") from error
    except ValueError as error:  # PyYAML lets a date such as 2026-02-30 out as it is
        raise PackError(f"{path.name}: {error}") from error


def read_entries(path: Path, required: set[str], optional: set[str]) -> list[Entry]:
    """A file that is a list of mappings, each with a `code` of its own."""
    raw = read(path)
    if not isinstance(raw, list) or not raw:
        raise PackError(f"{path.name}: must be a list with at least one entry")
    return coded(raw, f"{path.name}, entry", required, optional)


def coded(raw: Any, where: str, required: set[str], optional: set[str]) -> list[Entry]:
    """The mappings of a list, each with a `code` of its own; `where` is followed by it in errors."""
    if not isinstance(raw, list) or not raw:
        raise PackError(f"{where}: must be a list with at least one entry")
    entries: list[Entry] = []
    seen: set[str] = set()
    for number, item in enumerate(raw, start=1):
        code = item.get("code") if isinstance(item, dict) else None
        here = f"{where} {code if isinstance(code, str) else number}"
        entry = Entry.of(item, here, required | {"code"}, optional)
        if entry.text("code") in seen:
            raise PackError(f"{here}: code stands twice")
        seen.add(entry.text("code"))
        entries.append(entry)
    return entries


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping of a file, with known keys only, that hands out checked values."""

    raw: dict[str, Any]
    where: str

    @classmethod
    def of(cls, raw: Any, where: str, required: set[str], optional: set[str]) -> Entry:
        """Check the keys. Raises PackError for one that is unknown or missing."""
        if not isinstance(raw, dict):
            raise PackError(f"{where}: must be a mapping")
        unknown = sorted(str(key) for key in raw if key not in required | optional)
        if unknown:
            raise PackError(f"{where}: unknown key {', '.join(unknown)}")
        missing = sorted(required - set(raw))
        if missing:
            raise PackError(f"{where}: {', '.join(missing)} is missing")
        return cls(raw, where)

    def fail(self, what: str) -> PackError:
        """The error to raise about this entry."""
        return PackError(f"{self.where}: {what}")

    def inner(self, key: str, required: set[str]) -> Entry:
        """The mapping under a key, with exactly these keys."""
        return Entry.of(self.raw[key], f"{self.where}, {key}", required, set())

    def text(self, key: str) -> str:
        """A string that is not empty; a number must be quoted to count as one."""
        return self._as_text(key, self.raw[key])

    def text_or_none(self, key: str) -> str | None:
        """A string, or None when the key is absent."""
        return self.text(key) if key in self.raw else None

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed words."""
        value = self.text(key)
        if value not in allowed:
            raise self.fail(f"{key} is {value!r}, must be one of {', '.join(allowed)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, none of them twice; empty when the key is absent."""
        values = tuple(self._as_text(key, value) for value in self.items(key))
        for value in values:
            if values.count(value) > 1:
                raise self.fail(f"{key}: {value} stands twice")
        return values

    def items(self, key: str) -> list[Any]:
        """A list of anything; empty when the key is absent."""
        value = self.raw.get(key, [])
        if not isinstance(value, list):
            raise self.fail(f"{key} must be a list")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number between low and high, both included."""
        value = self.raw[key]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.fail(f"{key} is {value!r}, must be a whole number from {low} to {high}")
        return value

    def share(self, key: str) -> float:
        """A number between 0 and 1."""
        value = self.raw[key]
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            raise self.fail(f"{key} is {value!r}, must be a number from 0 to 1")
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false; false when the key is absent."""
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(f"{key} is {value!r}, must be true or false")
        return value

    def times(self, key: str) -> tuple[time, ...]:
        """A list of quoted "HH:MM" times of day, in any order."""
        return tuple(self._as_time(key, value) for value in self.items(key))

    def time_of_day(self, key: str) -> time:
        """One quoted "HH:MM" time of day."""
        return self._as_time(key, self.raw[key])

    def dates(self, key: str) -> tuple[date, ...]:
        """A list of days, none of them twice."""
        values = self.items(key)
        for value in values:
            if not isinstance(value, date) or isinstance(value, datetime):
                raise self.fail(f"{key}: {value!r} is not a day written YYYY-MM-DD")
            if values.count(value) > 1:
                raise self.fail(f"{key}: {value} stands twice")
        return tuple(values)

    def spans(self, key: str) -> tuple[tuple[time, time], ...]:
        """Pairs of quoted "HH:MM" times of day, each after the one before."""
        result: list[tuple[time, time]] = []
        for pair in self.items(key):
            if not isinstance(pair, list) or len(pair) != 2:
                raise self.fail(f'{key}: {pair!r} must be a pair ["08:30", "12:00"]')
            start, end = (self._as_time(key, value) for value in pair)
            if start >= end or (result and start < result[-1][1]):
                raise self.fail(f"{key}: {pair[0]}-{pair[1]} ends before it starts or overlaps")
            result.append((start, end))
        if not result:
            raise self.fail(f"{key} is empty")
        return tuple(result)

    def _as_text(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or value != value.strip():
            raise self.fail(f"{key}: {value!r} must be a text (quote numbers), without blank ends")
        return value

    def _as_time(self, key: str, value: Any) -> time:
        try:
            return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007 - a time of day
        except (TypeError, ValueError):
            raise self.fail(f'{key}: {value!r} must be a quoted time "HH:MM"') from None
