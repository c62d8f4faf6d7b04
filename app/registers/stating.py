"""One row stated by one person: the same way as a thousand that are imported."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from pymongo.errors import BulkWriteError

from app.foundation.db import Row, transaction
from app.foundation.entries import PHONE, superseding
from app.foundation.errors import Conflict, Forbidden, Invalid, Stale
from app.foundation.ids import fingerprint
from app.foundation.writes import write_all
from app.people.who import Who
from app.registers.fields import Unfit, Value
from app.registers.planning import carry_out, plan
from app.registers.register import NOT_YOURS, SAME, Batch, Draft, Line, Problem, Register

TRIES = 3
FIRST = 1
"""The version of what has none yet."""
_NOT_CARRIED = ("changed", "client_id", "fingerprint")


def loaded(register: Register, raw: Mapping[str, Any], number: int = 1) -> Line:
    """A line from JSON by the names of the fields. Names that are no field's are blamed."""
    line = Line(number, values := {})
    for name, value in raw.items():
        field = register.field_of(name)
        if field is None:
            line.blame(name, "request.unknown_field")
            continue
        try:
            values[name] = field.load(value)
        except Unfit as unfit:
            line.problems.append(Problem(number, name, unfit.reason))
    return line


def batch_of(
    who: Who, now: datetime, *, reason: str = "", historic: bool = False, source: str = ""
) -> Batch:
    """What this person states now; a service account's source is its own name."""
    platform = next(iter(who.having("service")), None)
    named = source or (who.name if platform else PHONE)
    return Batch(
        who=who,
        by=who.acting(),
        now=now,
        source=named,
        platform=who.id if platform else None,
        historic=historic,
        reason=reason,
    )


def whole(register: Register, raw: Mapping[str, Any], but: Collection[str] = ()) -> Line:
    """A line that says all of a row: what it does not name is empty, `but` for these fields."""
    every = {each.name: None for each in register.fields if each.name not in but}
    return loaded(register, {**every, **raw})


def state_line(register: Register, batch: Batch, line: Line, **options: Any) -> tuple[Draft, bool]:
    """`state` of a line from JSON. Raises Invalid, too, for what could not be read."""
    _raise_for(line.problems)
    return state(register, batch, line.values, **options)


def state(
    register: Register,
    batch: Batch,
    values: Mapping[str, Value],
    *,
    extra: Mapping[str, Any] | None = None,
    client_id: str | None = None,
    version: int | None = None,
) -> tuple[Draft, bool]:
    """Store one row as new, changed, or as it is: (the draft, stored as its `after`, whether it is new).

    With a `client_id` a replay gives the first row again. With a `version` the row must still be that one.
    Raises Invalid with what is wrong by field, Forbidden for what is another's, Stale or Conflict when
    somebody was faster, Conflict for a client_id that was used for something else.
    """
    made = _Once(register, batch, client_id, values, extra or {})
    if (earlier := made.before()) is not None:
        return _as_it_was(values, earlier), False
    for _ in range(TRIES):
        batch = batch.later()
        planned = plan(register, batch, [Line(1, values)], made.extra)
        draft = planned.drafts[0]
        _raise_for(draft.line.problems)
        if client_id and draft.before is not None and not register.entries:
            raise Conflict("register.exists_already")
        if version is not None and (draft.before or {}).get("version", FIRST) != version:
            raise Stale("changed_meanwhile")
        try:
            transaction(partial(carry_out, register, batch, planned))
        except (BulkWriteError, Stale):
            # Somebody stated the same at this moment: look again at what there is now.
            if (earlier := made.before()) is not None:
                return _as_it_was(values, earlier), False
            continue
        return draft, draft.before is None
    raise Conflict("changed_meanwhile")


class _Once:
    """A row that one person states under one client_id: made once, however often it is sent."""

    def __init__(
        self,
        register: Register,
        batch: Batch,
        client_id: str | None,
        values: Mapping[str, Value],
        extra: Mapping[str, Any],
    ) -> None:
        self.register, self.batch, self.client_id = register, batch, client_id
        self.extra = dict(extra)
        if client_id is not None:
            said = {"register": register.name, **values, **extra}
            self.fingerprint = fingerprint(said)
            self.extra |= {"client_id": client_id, "fingerprint": self.fingerprint}

    def before(self) -> Row | None:
        """The row that it made. Raises Conflict when that was made from other content."""
        if self.client_id is None:
            return None
        maker = "by" if self.register.entries else "created_by"
        mine = {maker: self.batch.who.id, "client_id": self.client_id}
        row = self.register.document.rows().find_one(mine)
        if row is not None and row.get("fingerprint") != self.fingerprint:
            raise Conflict("client_id.conflict")
        return row


def _as_it_was(values: Mapping[str, Value], row: Row) -> Draft:
    return Draft(Line(1, values), row, row, {}, SAME)


def withdraw(register: Register, batch: Batch, entry: Row) -> None:
    """Say that there never was what a current entry tells: it is superseded by a void one, with a reason.

    Joins the surrounding transaction. Raises Stale when it is not current any more.
    """
    values = {
        **{name: value for name, value in entry.items() if name not in _NOT_CARRIED},
        "void": True,
        "reason": batch.reason,
        "source": batch.source,
    }
    _, writes = superseding(values, entry, batch.by, batch.later().now)
    write_all(register.document, writes)


def _raise_for(problems: list[Problem]) -> None:
    if not problems:
        return
    if any(problem.reason.code == NOT_YOURS for problem in problems):
        raise Forbidden("forbidden")
    found: dict[str, list[Any]] = {}
    for problem in problems:
        found.setdefault(problem.field or "_schema", []).append(problem.reason)
    raise Invalid("request.invalid", fields=found)
