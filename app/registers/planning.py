"""From lines that somebody states to what is written: references, earlier rows, access, masters, checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.entries import CURRENT, superseding
from app.foundation.writes import Change, Insert, Write, write_all
from app.registers.barring import (
    refuse_ended,
    refuse_following,
    refuse_mastered,
    refuse_others,
)
from app.registers.fields import Ref, Value, plain
from app.registers.register import (
    CHANGED,
    NEW,
    SAME,
    Batch,
    Draft,
    Line,
    Planned,
    Register,
)

_MADE_UNDER = ("client_id", "fingerprint")
_OF_AN_ENTRY = ("_id", "changed", "supersedes", "superseded_at", "client_id", "fingerprint", "void")
IN_ONE_LOOK = 2000
_WIDE_BRACKETS = str.maketrans("()", "（）")


def plan(
    register: Register,
    batch: Batch,
    lines: Sequence[Line],
    extra: Mapping[str, Any] | None = None,
) -> Planned:
    """What would become of the lines, with all that is wrong noted in them. Reads, and writes nothing.

    `extra` are further stored fields that every line sets (`photos`, a `client_id`).
    """
    refs = _referred(register, lines)
    _blame_doubles(register, lines)
    drafts = _drafts(register, batch, lines, refs, extra or {})
    refuse_others(register, batch, drafts)
    refuse_mastered(register, batch, _good(drafts), _defaults(register))
    refuse_ended(register, batch, _good(drafts))
    register.check(batch, _good(drafts))
    refuse_following(register, batch, _good(drafts))
    for draft in drafts:
        draft.outcome = _outcome(register, draft)
    return Planned(drafts)


def _good(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if not draft.line.problems]


def carry_out(register: Register, batch: Batch, planned: Planned) -> None:
    """Write what was planned; inside the caller's transaction, which may run this again.

    What is entered is known from each such run on, however long ago the plan was made. Raises Stale when a
    row was changed since the plan, pymongo's BulkWriteError when one was added.
    """
    batch = batch.later()
    differ = [draft for draft in planned.drafts if draft.outcome != SAME]
    writes = [each for draft in _good(differ) for each in _writes(register, batch, draft)]
    # What ends comes before what begins: only one entry of each may be current.
    write_all(register.document, sorted(writes, key=lambda each: isinstance(each, Insert)))
    if not register.entries:
        history.append_all([_history(register, batch, draft) for draft in _good(differ)])
    register.after(batch, differ)


def _referred(register: Register, lines: Sequence[Line]) -> dict[str, Mapping[Value, Row]]:
    """Of each reference the rows it names, by what people call them."""
    return {ref.name: _named(ref, lines) for ref in register.refs}


def _named(ref: Ref, lines: Sequence[Line]) -> Mapping[Value, Row]:
    wanted = {str(line.values[ref.name]) for line in lines if line.values.get(ref.name)}
    found: dict[Value, Row] = {}
    ids = [ObjectId(each) for each in wanted if ObjectId.is_valid(each)]
    for row in ref.document.rows().find({"_id": {"$in": ids}}) if ids else ():
        found[str(row["_id"])] = row
    for key in filter(None, (ref.also, ref.key)):
        for some in _some(list({way for each in wanted for way in _spellings(each)})):
            for row in ref.document.rows().find({key: {"$in": some}}):
                # A name that two have names neither.
                found[row[key]] = {} if row[key] in found and key == ref.also else row
    for each in wanted:
        meant = next((found[way] for way in _spellings(each) if way in found), None)
        if meant is not None:
            found[each] = meant
    return found


def _spellings(text: str) -> tuple[str, ...]:
    """As it was written, half-width, and with the wide brackets of firms' names: all mean the same."""
    narrow = plain(text)
    return text, narrow, narrow.translate(_WIDE_BRACKETS)


def _blame_doubles(register: Register, lines: Sequence[Line]) -> None:
    seen: dict[tuple[Value, ...], int] = {}
    for line in lines:
        key = tuple(line.values.get(name) for name in register.key)
        first = seen.setdefault(key, line.number)
        if first != line.number and any(key):
            line.blame(register.key[0], "register.twice", line=first)


def _drafts(
    register: Register,
    batch: Batch,
    lines: Sequence[Line],
    refs: Mapping[str, Mapping[Value, Row]],
    extra: Mapping[str, Any],
) -> list[Draft]:
    defaults = _defaults(register)
    said = [(line, *_said(register, line, refs, defaults)) for line in lines]
    earlier = _earlier(register, [values for _, values, _ in said])
    drafts = []
    for line, values, named in said:
        before = earlier.get(_key_of(register, values))
        base = _base(register, before) if before is not None else defaults
        after = {**base, **values, **extra}
        _check_required(register, line, before)
        drafts.append(Draft(line, before, after, named))
    _add_homes(register, drafts)
    return drafts


def _base(register: Register, before: Row) -> Row:
    """What of a stored row a later one begins with: under which client_id it was made is its own."""
    own = _MADE_UNDER if register.entries else ()
    return {name: value for name, value in before.items() if name not in own}


def _said(
    register: Register, line: Line, refs: Mapping[str, Mapping[Value, Row]], defaults: Row
) -> tuple[Row, dict[str, Row]]:
    """What a line says, as it is stored, and the rows it names. What is empty is as in a new row."""
    values: Row = dict(register.fixed)
    named: dict[str, Row] = {}
    for field in register.fields:
        if field.name not in line.values:
            continue
        value = line.values[field.name]
        if not isinstance(field, Ref):
            empty = value is None
            values[field.name] = defaults.get(field.name) if empty else field.keep(value)
        elif value is None:
            values[field.into] = None
        elif row := refs[field.name].get(value):
            values[field.into], named[field.into] = row["_id"], row
        else:
            line.blame(field.name, "register.unknown_reference", value=str(value))
    return values, named


def _key_of(register: Register, values: Row) -> Any:
    if register.about is None:
        return tuple(values.get(_stored_name(register, name)) for name in register.key)
    try:
        return register.about(values)
    except KeyError:  # a line that lacks part of its key; that is told as such
        return None


def _stored_name(register: Register, name: str) -> str:
    field = register.field_of(name)
    return field.into if isinstance(field, Ref) else name


def _earlier(register: Register, said: Iterable[Row]) -> dict[Any, Row]:
    """What is stored of these rows, by their key."""
    keys = list({key for values in said if (key := _key_of(register, values)) is not None})
    found: dict[Any, Row] = {}
    names = [_stored_name(register, name) for name in register.key]
    for some in _some(keys):
        if register.entries:
            query: Row = {"about": {"$in": some}, **CURRENT}
        elif len(names) == 1:
            query = {names[0]: {"$in": [key[0] for key in some]}}
        else:
            query = {"$or": [dict(zip(names, key, strict=True)) for key in some]}
        for row in register.document.rows().find({**query, **register.fixed}):
            found[_key_of(register, row)] = row
    return found


def _defaults(register: Register) -> Row:
    """What a new row has where nothing is said."""
    found: Row = {}
    for name, field in register.document._fields.items():
        value = field.default() if callable(field.default) else field.default
        if name != "id" and (value is not None or field.null):
            found[field.db_field] = value
    return found


def _check_required(register: Register, line: Line, before: Row | None) -> None:
    blamed = {problem.field for problem in line.problems}
    for field in register.fields:
        missing = line.values.get(field.name) in (None, "", ())
        left_out = field.name not in line.values and before is not None
        if field.required and missing and not left_out and field.name not in blamed:
            line.blame(field.name, "request.required")


def _add_homes(register: Register, drafts: Sequence[Draft]) -> None:
    """The row that says whose each draft is, where the line itself does not name it."""
    if register.home is None:
        return
    home = register.home
    ref = next(each for each in register.refs if each.into == home)
    wanted = {d.after[home] for d in drafts if home not in d.refs and d.after.get(home)}
    rows = {row["_id"]: row for row in ref.document.rows().find({"_id": {"$in": list(wanted)}})}
    for draft in drafts:
        if home not in draft.refs and draft.after.get(home) in rows:
            draft.refs[home] = rows[draft.after[home]]


def _outcome(register: Register, draft: Draft) -> str:
    if draft.before is None:
        return NEW
    return CHANGED if draft.before.get("void") or _differences(draft) else SAME


def _differences(draft: Draft) -> Row:
    before = draft.before or {}
    return {
        name: value
        for name, value in draft.after.items()
        if name not in _OF_AN_ENTRY and before.get(name) != value
    }


def _writes(register: Register, batch: Batch, draft: Draft) -> list[Write]:
    if register.entries:
        return _entry_writes(register, batch, draft)
    if draft.before is None:
        made = {"created_at": batch.now, "updated_at": batch.now, "version": 1}
        key = draft.after.get("_id") or ObjectId()
        row = {**draft.after, **made, "_id": key, "historic": batch.historic}
        if "created_by" in register.document._fields:
            row["created_by"] = batch.who.id
        draft.after = row
        return [Insert(row)]
    change = {**_differences(draft), "updated_at": batch.now}
    # What was made before there were versions has none, which finds only what still has none.
    same = {"_id": draft.before["_id"], "version": draft.before.get("version")}
    return [Change(same, {"$set": change, "$inc": {"version": 1}})]


def _entry_writes(register: Register, batch: Batch, draft: Draft) -> list[Write]:
    if register.about is None:
        raise TypeError(register.name)
    before = draft.before
    values = {
        **draft.after,
        "about": register.about(draft.after),
        "void": draft.after.get("void", False) if before is None else False,
        "reason": batch.reason if before or draft.after.get("correction") else "",
        "source": batch.source,
        "historic": batch.historic,
    }
    draft.after, writes = superseding(values, before, batch.by, batch.now)
    return writes


def _history(register: Register, batch: Batch, draft: Draft) -> Mapping[str, Any]:
    # What a new row was, it still says itself, less what later rows of history say it had been: ten
    # thousand of them, told twice, would not fit into one transaction.
    change = _differences(draft) if draft.before else {}
    names = [name for name in change if name not in ("_id", "changed", "version", "updated_at")]
    was = {name: draft.before.get(name) for name in names} if draft.before else {}
    return {
        "thing": register.thing,
        "thing_id": draft.after["_id"],
        "action": "create" if draft.before is None else "change",
        "by": batch.by,
        "now": batch.now,
        "text": batch.reason,
        "data": {
            "before": was,
            "after": {name: draft.after[name] for name in names},
            "source": batch.source,
        },
    }


def _some(keys: Sequence[Any]) -> Iterable[list[Any]]:
    return (list(keys[at : at + IN_ONE_LOOK]) for at in range(0, len(keys), IN_ONE_LOOK))
