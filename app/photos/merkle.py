"""Hash trees and chains over photos, so that a change of yesterday shows today. Pure.

The tree is that of RFC 6962 section 2.1: leaves and nodes are hashed with different prefixes, a tree of n
leaves splits at the largest power of two below n. Hashes are lower-case hex SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256().hexdigest()
"""The root of no leaves, and what a chain starts from."""


def leaf(data: bytes) -> str:
    """The hash of one leaf."""
    return hashlib.sha256(b"\x00" + data).hexdigest()


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def root(leaves: Iterable[str]) -> str:
    """The root over leaf hashes, in order; reads them once and keeps one hash a level."""
    tops: list[tuple[int, str]] = []
    for each in leaves:
        height, top = 0, each
        while tops and tops[-1][0] == height:
            height, top = height + 1, _node(tops.pop()[1], top)
        tops.append((height, top))
    if not tops:
        return EMPTY
    _, above = tops.pop()
    while tops:
        above = _node(tops.pop()[1], above)
    return above


def path(leaves: Sequence[str], index: int) -> list[str]:
    """The audit path of one leaf: the sibling hashes from it up to the root.

    Raises IndexError for an index outside the leaves.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    at = _split(len(leaves))
    if index < at:
        return [*path(leaves[:at], index), root(leaves[at:])]
    return [*path(leaves[at:], index - at), root(leaves[:at])]


def climb(leaf_hash: str, index: int, count: int, siblings: Sequence[str]) -> str:
    """The root that this leaf, at `index` of `count`, leads to; raises ValueError for a misfit path."""
    if not 0 <= index < count:
        raise ValueError("no such leaf")
    if count == 1:
        if siblings:
            raise ValueError("the path is too long")
        return leaf_hash
    if not siblings:
        raise ValueError("the path is too short")
    at, above = _split(count), siblings[-1]
    if index < at:
        return _node(climb(leaf_hash, index, at, siblings[:-1]), above)
    return _node(above, climb(leaf_hash, index - at, count - at, siblings[:-1]))


def chain(items: Iterable[str], start: str = EMPTY) -> list[str]:
    """The running hash after each item: each covers all before it, so none can be changed or left out."""
    links, current = [], start
    for item in items:
        current = _node(current, item)
        links.append(current)
    return links
