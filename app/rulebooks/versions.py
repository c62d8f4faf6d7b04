"""Versions of the rules, looked at: what each says, what of it is broken, how it was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import bson
from bson.errors import BSONError

from app.foundation import history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid, NotFound
from app.routing.rulebook import Rulebook
from app.rulebooks import registry
from app.rulebooks.documents import PUBLISHED, RulebookVersion
from app.rulebooks.making import rulebook
from config.routing_terms import RoutingTerms, terms_of
from config.strict_yaml import PackError

PACKS_OWN = 0
MOST_VERSIONS = 1_000_000_000
"""No number is above it."""
DEEPEST = 40
MOST_LISTED = 5_000
"""Entries of one list."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version. The pack's own has number 0, nobody who made it, and no times.

    `content` has the form of `routing.yaml`; `based_on` is the number it was made from. `version` guards
    changes of it.
    """

    number: int
    state: str
    content: Mapping[str, Any]
    note: str = ""
    based_on: int = PACKS_OWN
    by_name: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    published_at: datetime | None = None
    version: int = 0


def listed(page: int, page_size: int) -> tuple[list[Version], int]:
    """A page of the versions, the newest first and the pack's own last, and how many there are."""
    count = RulebookVersion.rows().count_documents({})
    start = (page - 1) * page_size
    rows = RulebookVersion.rows().find({}).sort("number", -1).skip(start).limit(page_size)
    found = [_of(row) for row in rows]
    if start <= count < start + page_size:
        found.append(_packs_own())
    return found, count + 1


def get(number: int) -> Version:
    """The version with this number. Raises NotFound."""
    if number == PACKS_OWN:
        return _packs_own()
    row = None
    if 0 < number <= MOST_VERSIONS:
        row = RulebookVersion.rows().find_one({"number": number})
    if row is None:
        raise NotFound("not_found")
    return _of(row)


def terms(content: Mapping[str, Any], name: str) -> RoutingTerms:
    """What the content says. Raises Invalid when it has not the form of `routing.yaml`."""
    try:
        _check_storable(content)
        return terms_of(content, name)
    except (PackError, BSONError, OverflowError, UnicodeError) as error:
        raise Invalid("rulebook.unfit", fields={"content": [str(error)]}, why=error) from error


def compiled(version: Version) -> Rulebook:
    """The rules of a version among the departments and areas of this moment; its `broken` ones are listed.

    Raises Invalid when it has not the form of `routing.yaml`.
    """
    name = registry.version_name(version.number)
    return rulebook(pack(), terms(version.content, name), registry.surroundings(), name)


def uses(number: int) -> Sequence[Row]:
    """The history rows of its coming into use, the oldest first."""
    query = {"thing": "routing", "thing_id": registry.THING, "data.rulebook": number}
    return list(history.rows().find(query).sort([("at", 1), ("_id", 1)]))


def _of(row: Row) -> Version:
    names = Version.__dataclass_fields__
    return Version(**{name: row[name] for name in names if name in row})


def _packs_own() -> Version:
    return Version(PACKS_OWN, PUBLISHED, pack().routing.content)


def _check_storable(content: Any) -> None:
    """Raise PackError or what BSON raises for what cannot be kept, or would take too long to look at."""
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        if any(isinstance(each, list) and len(each) > MOST_LISTED for each in level):
            raise PackError(f"a list of more than {MOST_LISTED} entries")
        level = [inner for each in level for inner in _inner(each)]
        if not level:
            break
    else:
        raise PackError(f"nested more than {DEEPEST} deep")
    bson.encode({"content": content})


def _inner(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value.values()]
    return value if isinstance(value, list) else []
