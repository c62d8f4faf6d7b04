"""What is shown of issues and tickets, without the photos that are hidden from the viewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bson import ObjectId

from app.people.who import Who
from app.photos.hiding import hidden_from

PHOTOS = "photos"
PAIR = ("before", "after")


def without_hidden(who: Who, shown: Any) -> Any:
    """The same rows, however nested, without hidden photos: in lists named `photos`, and in pairs."""
    hidden = hidden_from(who, _named(shown))
    return _cut(shown, hidden) if hidden else shown


def _named(shown: Any) -> Iterator[ObjectId]:
    if isinstance(shown, Mapping):
        for name, value in shown.items():
            if name == PHOTOS:
                yield from value
            elif name in PAIR and isinstance(value, ObjectId):
                yield value
            else:
                yield from _named(value)
    elif isinstance(shown, list):
        for value in shown:
            yield from _named(value)


def _cut(shown: Any, hidden: frozenset[ObjectId]) -> Any:
    if isinstance(shown, Mapping):
        return {
            name: [key for key in value if key not in hidden]
            if name == PHOTOS
            else _cut(value, hidden)
            for name, value in shown.items()
        }
    if isinstance(shown, list):
        return [_cut(value, hidden) for value in shown if not _is_pair_with(value, hidden)]
    return shown


def _is_pair_with(value: Any, hidden: frozenset[ObjectId]) -> bool:
    if not isinstance(value, Mapping):
        return False
    ends = [value.get(name) for name in PAIR]
    return any(isinstance(end, ObjectId) and end in hidden for end in ends)
