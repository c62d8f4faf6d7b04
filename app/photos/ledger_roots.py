"""Rechecking the sealed days: each statement, its signature, its place behind the day before, its tree."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from app.foundation import duties
from app.foundation.reasons import Reason
from app.foundation.signing import holds
from app.photos import ledger, merkle
from app.photos.ledger import Leaf, Root

Row = dict[str, Any]
Named = tuple[str, Reason]

REPEATED = ("day", "count", "late", "root", "previous")
"""What the row of a day repeats of its statement."""
STATED = ("statement", "signature", "public_key")
"""What an export says of a day: enough to check it, and that it is still the same."""


def check(keys: Collection[str], tree_too: Callable[[str], bool]) -> Iterator[Named]:
    """Every sealed day in order, with its tree where `tree_too` says so: the day and what differs of it."""
    ended = _ended()  # asked first: what ends from now on has a root that the cursor may not show
    before: Row | None = None
    for root in Root.rows().find().sort("day", 1):
        yield from ((root["day"], reason) for reason in _statement(root, keys))
        if not _is_day(root["day"]):
            continue
        yield from _behind(root, before)
        if tree_too(root["day"]):
            yield from ((root["day"], reason) for reason in _tree(root))
        before = root
    for day in ended:
        if before is None or day > before["day"]:
            yield day, Reason("ledger.root_missing")


def _ended() -> list[str]:
    """The days that were sealed, as what sealed them says: it outlives a root that was cut off."""
    done = duties.rows().find({"kind": "evidence.seal_day", "state": "done"}, {"payload.day": 1})
    return sorted(row["payload"]["day"] for row in done)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def stated(root: Row) -> Row:
    """What the statement says; nothing when it is no such statement."""
    try:
        content = json.loads(root["statement"])
    except (KeyError, TypeError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _statement(root: Row, keys: Collection[str]) -> Iterator[Reason]:
    content = stated(root)
    altered = [name for name in REPEATED if root.get(name) != content.get(name)]
    made_at = root.get("made_at")
    if not isinstance(made_at, datetime) or ledger.iso(made_at) != content.get("made_at"):
        altered.append("made_at")
    if root.get("hash") != ledger.statement_hash(str(root.get("statement"))):
        altered.append("hash")
    if altered:
        yield Reason("ledger.root_altered", {"fields": ", ".join(altered)})
    key, text = root.get("public_key", ""), root.get("statement")
    if key not in keys:
        yield Reason("ledger.root_key_unknown", {"key": key})
    elif ledger.text_of(content) != text or not _signed(key, content, root.get("signature")):
        yield Reason("ledger.root_signature")


def _signed(key: str, content: Row, signature: Any) -> bool:
    try:
        return holds(key, content, signature)
    except TypeError:  # no longer a signature in form
        return False


def _behind(root: Row, before: Row | None) -> Iterator[Named]:
    """Days follow each other without a gap, and each names the statement before it."""
    day = date.fromisoformat(root["day"])
    if before is not None:
        missing = date.fromisoformat(before["day"]) + timedelta(days=1)
        while missing < day:
            yield missing.isoformat(), Reason("ledger.root_missing")
            missing += timedelta(days=1)
    expected = ledger.statement_hash(str(before["statement"])) if before else merkle.EMPTY
    if stated(root).get("previous") != expected:
        yield root["day"], Reason("ledger.chain_broken")


def _tree(root: Row) -> Iterator[Reason]:
    content, seen = stated(root), 0
    orderly = True

    def hashes() -> Iterable[str]:
        nonlocal seen, orderly
        for leaf in Leaf.rows().find({"day": root["day"]}).sort("index", 1):
            orderly = orderly and leaf["index"] == seen
            seen += 1
            yield leaf["hash"]

    try:
        found = merkle.root(hashes())
    except ValueError:  # what is no hash at all
        found = ""
    if found != content.get("root") or seen != content.get("count") or not orderly:
        names = {"count": content.get("count", 0), "found": seen}
        yield Reason("ledger.tree_differs", names)


def against(earlier: Iterable[Row], keys: Collection[str]) -> Iterator[Named]:
    """What of days that were exported earlier (rows of `STATED`) is not, or not the same, by now."""
    for said in earlier:
        content = stated(said)
        day, key = str(content.get("day")), said.get("public_key", "")
        row = Root.rows().find_one({"day": day})
        if key not in keys or not _signed(key, content, said.get("signature")):
            yield day, Reason("ledger.export_signature")
        elif row is None:
            yield day, Reason("ledger.root_missing")
        elif row.get("statement") != said["statement"]:
            yield day, Reason("ledger.root_replaced")
