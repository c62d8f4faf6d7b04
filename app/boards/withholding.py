"""What of a table of counts may be told to everybody. Pure.

No cell from 1 to k - 1 is told. Nor are, with them, the next larger ones, up to some size: all cells from 1
to that size are withheld, at least one of which is k or more, and which come to 2 k or more. The table says
which these are, and with its total what they come to, but any of their numbers may be any one's of them:
exchanged among them, all that is told stays the same. Since one is below k and one is not, none can be
told for certain, whoever knows this rule. Where that cannot be, nothing of the table is told.
"""

from __future__ import annotations

from collections.abc import Mapping

K = 5
"""Of fewer than so many nothing is told."""

Cells = Mapping[str, int]
Told = dict[str, int | None]


def told(cells: Cells, k: int = K) -> Told | None:
    """The cells with None for what is withheld; None where all of it is, its total too."""
    size = withheld_to(cells, k)
    if size is None:
        return None
    return {key: None if 0 < value <= size else value for key, value in cells.items()}


def withheld_to(cells: Cells, k: int = K) -> int | None:
    """Up to which size cells are withheld, 0 where none are; None where all are."""
    small = sum(value for value in cells.values() if 0 < value < k)
    if not small:
        return 0
    for size in sorted({value for value in cells.values() if value >= k}):
        if sum(value for value in cells.values() if value <= size) >= 2 * k:
            return size
    return None


def share(part: int, whole: int, k: int = K) -> int | None:
    """A share in whole %, halves up; None where fewer than k are either in it, or not."""
    rest = whole - part
    if whole < k or 0 < part < k or 0 < rest < k:
        return None
    return (200 * part + whole) // (2 * whole)


def moved(before: Cells, after: Cells) -> int:
    """By how many records two tables of the same differ."""
    keys = {*before, *after}
    return sum(abs(after.get(key, 0) - before.get(key, 0)) for key in keys)
