"""Boxes on a picture: where a face or a plate is, in whole pixels of its view rendition. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

FACE, PLATE, OTHER = BOX_KINDS = ("face", "plate", "other")
MACHINE, PERSON = FOUND_BY = ("machine", "person")
SAME = 0.4
"""Of the smaller of two boxes: from so much in common on they are of one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """`left` and `top` are its first pixels; `by` says whether the machine or a person drew it."""

    left: int
    top: int
    width: int
    height: int
    kind: str = OTHER
    by: str = PERSON

    @property
    def area(self) -> int:
        """In pixels."""
        return self.width * self.height

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom; the last two are the first pixels outside."""
        return self.left, self.top, self.left + self.width, self.top + self.height

    def stored(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    def within(self, width: int, height: int) -> bool:
        """Whether it lies in a picture of this size whole."""
        left, top, right, bottom = self.edges
        return 0 <= left < right <= width and 0 <= top < bottom <= height


def of_row(row: Mapping[str, Any]) -> Box:
    """A stored one."""
    return Box(**row)


def merged(found: Iterable[Box]) -> list[Box]:
    """The boxes without those of a thing that a larger one shows already, from the top down."""
    kept: list[Box] = []
    for box in sorted(found, key=lambda each: (-each.area, each.edges)):
        if not any(each.kind == box.kind and common(each, box) >= SAME for each in kept):
            kept.append(box)
    return sorted(kept, key=lambda each: (each.top, each.left))


def common(one: Box, other: Box) -> float:
    """The part of the smaller box that lies in the other, 0 to 1."""
    a, b = one.edges, other.edges
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return 0.0
    return across * down / min(one.area, other.area)


def stated(drawn: Sequence[Box], before: Iterable[Box]) -> list[Box]:
    """What a person drew; a box that the machine found and the person left as it was stays the machine's."""
    known = {(each.edges, each.kind) for each in before if each.by == MACHINE}
    return [
        Box(**{**each.stored(), "by": MACHINE if (each.edges, each.kind) in known else PERSON})
        for each in drawn
    ]
