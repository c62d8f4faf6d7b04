"""The kinds of fields that registers have: how each is read from a cell or from JSON, and shown in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bson import Decimal128

from app.foundation import amounts, days
from app.foundation.documents import Document
from app.foundation.messages import LANGUAGES, say
from app.foundation.reasons import Reason

Value = str | int | bool | Decimal | tuple[str, ...] | None
"""What a field holds: days and months are text (`2026-11-24`, `2026-11`). None is: known to be empty."""
Shown = str | int | Decimal | None
"""What stands in a cell of a file that people read."""
_BETWEEN = re.compile(r"[,，、;；\s]+")


class Unfit(Exception):
    """A cell that cannot be read; `reason` says why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code, params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a register: text of at most `most` characters. Its words are `field.{name}`.

    Text stays as wide as it was written: （） belong to a firm's name. A `code` is read half-width, as is
    every other kind of field.

    `required`: a new row needs it. `private`: shown to nobody by exports and feeds but those who may write.
    """

    name: str
    required: bool = False
    most: int = 300
    private: bool = False
    code: bool = False

    def read(self, text: str) -> Value:
        """The value of a cell, which is not blank. Raises Unfit."""
        if len(text) > self.most:
            raise Unfit("register.too_long", most=self.most)
        return text

    def keep(self, value: Value) -> Any:
        """As MongoDB keeps it."""
        return stored(value)

    def recall(self, kept: Any) -> Value:
        """What MongoDB kept, as a value."""
        return restored(kept)

    def load(self, raw: Any) -> Value:
        """The value of what stands in JSON. Raises Unfit."""
        if raw is None:
            return None
        if not isinstance(raw, str):
            raise Unfit("register.not_text")
        text = self.tidy(raw)
        return self.read(text) if text else None

    def tidy(self, text: str) -> str:
        """The text of a cell as `read` wants it, empty where the cell is blank."""
        return plain(text) if self.code else visible(text)

    def show(self, value: Value) -> Any:
        """As it stands in JSON."""
        return value

    def cell(self, value: Value, language: str) -> Shown:
        """As it stands in a cell that people read; `read` understands it."""
        return None if value is None else str(self.show(value))


def plain(text: str) -> str:
    """The text of a cell: half-width, without what cannot be seen, without blanks around it."""
    return visible(unicodedata.normalize("NFKC", text))


def visible(text: str) -> str:
    """The text without what cannot be seen, without blanks around it."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow(Field):
    """A field whose letters and digits mean the same however wide they are written."""

    def tidy(self, text: str) -> str:
        """Half-width."""
        return plain(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Narrow):
    """One of some codes; people may write its name in any language of the catalogue."""

    choices: Callable[[], Mapping[str, Sequence[str]]]
    """Of each code its names, the first of them in Chinese."""

    def read(self, text: str) -> Value:
        """The code that is meant. Raises Unfit."""
        for code, names in self.choices().items():
            if text == code or text in map(plain, names):
                return code
        raise Unfit("register.no_such_choice", choices=_named(self.choices()))

    def cell(self, value: Value, language: str) -> Shown:
        """Its name."""
        return None if value is None else _name_of(self.choices(), str(value), language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices(Narrow):
    """Several of some codes, with a comma or the like between them."""

    choices: Callable[[], Mapping[str, Sequence[str]]]

    def read(self, text: str) -> Value:
        """The codes that are meant. Raises Unfit."""
        known = self.choices()
        found = []
        for part in filter(None, _BETWEEN.split(text)):
            code = next(
                (c for c, names in known.items() if part == c or part in map(plain, names)), None
            )
            if code is None:
                raise Unfit("register.no_such_choice", choices=_named(known))
            found.append(code)
        return tuple(dict.fromkeys(found))

    def load(self, raw: Any) -> Value:
        """The codes of a list. Raises Unfit."""
        if isinstance(raw, list) and all(isinstance(each, str) for each in raw):
            return self.read(",".join(raw)) if raw else ()
        if raw is None:
            return ()
        raise Unfit("register.not_a_list")

    def show(self, value: Value) -> Any:
        """A list of codes."""
        return list(value) if isinstance(value, tuple | list) else []

    def cell(self, value: Value, language: str) -> Shown:
        """Their names."""
        known = self.choices()
        return "、".join(_name_of(known, each, language) for each in self.show(value)) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money(Narrow):
    """An amount of 万元, two places at most; in JSON as text. `negative` allows less than nothing."""

    negative: bool = False
    _exact: Callable[[Decimal | int | str], Decimal] = amounts.money

    def read(self, text: str) -> Value:
        """The amount. Raises Unfit."""
        try:
            value = self._exact(text)
        except ValueError:
            raise Unfit("register.not_an_amount") from None
        if value < 0 and not self.negative:
            raise Unfit("register.negative")
        return value

    def show(self, value: Value) -> Any:
        """The amount as text."""
        return None if value is None else str(value)

    def cell(self, value: Value, language: str) -> Shown:
        """The amount, to be summed."""
        return value if isinstance(value, Decimal) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Land(Money):
    """An area of mu, three places at most; in JSON as text."""

    _exact: Callable[[Decimal | int | str], Decimal] = amounts.land


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Narrow):
    """A whole number between bounds."""

    least: int = 0
    greatest: int = 10_000_000

    def read(self, text: str) -> Value:
        """The number. Raises Unfit."""
        if not re.fullmatch(r"-?\d{1,12}(\.0+)?", text.replace(",", "")):
            raise Unfit("register.not_whole")
        return self._within(int(float(text.replace(",", ""))))

    def load(self, raw: Any) -> Value:
        """The number. Raises Unfit."""
        if raw is None:
            return None
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise Unfit("register.not_whole")
        return self._within(raw)

    def _within(self, number: int) -> int:
        if not self.least <= number <= self.greatest:
            raise Unfit("register.out_of_range", least=self.least, most=self.greatest)
        return number

    def cell(self, value: Value, language: str) -> Shown:
        """The number."""
        return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Narrow):
    """A day of the district's calendar: `2026-11-24`, `2026/11/24`, `2026年11月24日`."""

    def read(self, text: str) -> Value:
        """The day as `2026-11-24`. Raises Unfit."""
        parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00(:00)?)?", text)
        try:
            found = date(*map(int, parts.group(1, 2, 3))) if parts else None
        except ValueError:
            found = None
        if found is None or not 1949 <= found.year <= 2100:
            raise Unfit("register.not_a_day")
        return found.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Month(Narrow):
    """A month: `2026-11`, `2026/11`, `2026年11月`, or its first day, which spreadsheets make of it."""

    def read(self, text: str) -> Value:
        """The month as `2026-11`. Raises Unfit."""
        parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})(?:月|[-/.]0?1)?", text)
        try:
            found = date(int(parts.group(1)), int(parts.group(2)), 1) if parts else None
        except ValueError:
            found = None
        if found is None or not 1990 <= found.year <= 2100:
            raise Unfit("register.not_a_month")
        return days.month_of(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Narrow):
    """Yes or no."""

    def read(self, text: str) -> Value:
        """Whether it is so. Raises Unfit."""
        for flag, code in ((True, "export.yes"), (False, "export.no")):
            if text.lower() in {say(code, each).lower() for each in LANGUAGES}:
                return flag
        raise Unfit("register.not_a_flag")

    def load(self, raw: Any) -> Value:
        """Whether it is so. Raises Unfit."""
        if raw is not None and not isinstance(raw, bool):
            raise Unfit("register.not_a_flag")
        return raw

    def cell(self, value: Value, language: str) -> Shown:
        """Yes or no, in words."""
        return None if value is None else say("export.yes" if value else "export.no", language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Narrow):
    """A place in WGS-84 degrees, longitude first: `120.15,32.51`. Kept as a GeoJSON point."""

    def read(self, text: str) -> Value:
        """The place as text. Raises Unfit."""
        parts = _BETWEEN.split(text)
        try:
            longitude, latitude = (float(part) for part in parts)
        except ValueError:
            raise Unfit("register.not_a_point") from None
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise Unfit("register.not_a_point")
        return f"{longitude:.6f},{latitude:.6f}"

    def keep(self, value: Value) -> Any:
        """A GeoJSON point."""
        if value is None:
            return None
        return {"type": "Point", "coordinates": [float(each) for each in str(value).split(",")]}

    def recall(self, kept: Any) -> Value:
        """The place as text."""
        if not kept:
            return None
        longitude, latitude = kept["coordinates"]
        return f"{longitude:.6f},{latitude:.6f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(Field):
    """Another thing by what people call it: `key` of `document`, or by its id; stored in the field `into`.

    `also` may be given instead, where it names only one (an enterprise's name for its code).
    """

    document: type[Document]
    key: str
    into: str
    also: str | None = None


def _named(choices: Mapping[str, Sequence[str]]) -> str:
    return "、".join(names[0] for names in choices.values())[:300]


def _name_of(choices: Mapping[str, Sequence[str]], code: str, language: str) -> str:
    names = choices.get(code) or (code,)
    return names[0] if language == "zh" else names[-1]


def stored(value: Value) -> Any:
    """As MongoDB keeps it."""
    if isinstance(value, Decimal):
        return Decimal128(value)
    return list(value) if isinstance(value, tuple) else value


def restored(value: Any) -> Value:
    """What MongoDB kept, as a value."""
    if isinstance(value, Decimal128):
        return value.to_decimal()
    return tuple(value) if isinstance(value, list) else value
