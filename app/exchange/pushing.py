"""What another platform sends as JSON: up to a thousand rows at once, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.exchange import catalog
from app.exchange.documents import DONE, PUSH, Import
from app.exchange.writing import write
from app.foundation import history
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import made_before
from app.people.access import require
from app.people.who import Who
from app.registers.register import SAME, Batch, Draft, Planned, Problem, Register
from app.registers.stating import batch_of, loaded

MOST_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What was sent: rows by the names of fields, counted from 1."""

    client_id: str
    rows: Sequence[Mapping[str, Any]]
    dry_run: bool
    historic: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it: the import (None of a dry run), each line, what is wrong, if it is new."""

    made: Import | None
    counts: Mapping[str, int]
    lines: Sequence[Mapping[str, Any]]
    problems: Sequence[Problem]
    new: bool


def push(who: Who, name: str, pushed: Pushed, now: datetime) -> Answer:
    """Write the rows, or with `dry_run` tell what would become of them and what is wrong.

    Raises Forbidden, NotFound for an unknown register, Invalid with all that is wrong by `rows.{n}.{field}`,
    Conflict when the client_id was used for something else, or somebody was faster again and again.
    """
    register = catalog.of(name)
    require(who, "exchange.import")
    require(who, register.write)
    if pushed.historic:
        require(who, "exchange.history")
    content = {"rows": list(pushed.rows), "historic": pushed.historic, "reason": pushed.reason}
    print_ = fingerprint({"register": name, **content})
    if (earlier := _before(who, pushed, print_)) is not None:
        return earlier
    batch = batch_of(who, now, reason=pushed.reason, historic=pushed.historic)
    try:
        return _pushed(register, batch, pushed, print_)
    except Conflict:
        # The same, sent twice at once, may have won while this one was looking.
        if (earlier := _before(who, pushed, print_)) is None:
            raise
        return earlier


def _before(who: Who, pushed: Pushed, print_: str) -> Answer | None:
    mine = {"by": who.id, "client_id": pushed.client_id}
    found = None
    if not pushed.dry_run:
        found = made_before(lambda: Import.objects(**mine).first(), print_)
    return found and Answer(found, found.counts, found.outcomes, (), False)


def _pushed(register: Register, batch: Batch, pushed: Pushed, print_: str) -> Answer:
    made: list[Import] = []

    def within(planned: Planned) -> None:
        made[:] = [_record(register, batch.later(), pushed, planned, print_)]

    lines = [loaded(register, row, number) for number, row in enumerate(pushed.rows, start=1)]
    written = write(
        register,
        batch,
        lines,
        dry_run=pushed.dry_run,
        before=lambda planned: None,
        within=within,
    )
    planned = written.planned
    if not written.done and not pushed.dry_run:
        raise Invalid("request.invalid", fields=_by_row(planned.problems))
    outcomes = [_outcome(draft) for draft in planned.drafts]
    done = made[0] if made else None
    return Answer(done, planned.counts(), outcomes, planned.problems, True)


def _record(
    register: Register, batch: Batch, pushed: Pushed, planned: Planned, print_: str
) -> Import:
    made = Import(
        register=register.name,
        form=PUSH,
        historic=pushed.historic,
        reason=pushed.reason,
        by=batch.who.id,
        by_name=batch.by.name,
        role=batch.by.role,
        client_id=pushed.client_id,
        fingerprint=print_,
        state=DONE,
        progress=100,
        row_count=len(planned.drafts),
        counts=planned.counts(),
        outcomes=[_outcome(draft) for draft in planned.drafts],
        created_at=batch.now,
        ended_at=batch.now,
    ).insert()
    data = {"register": register.name, "counts": planned.counts()}
    history.append("import", made.id, DONE, by=batch.by, now=batch.now, data=data)
    return made


def _outcome(draft: Draft) -> dict[str, Any]:
    """What became of a line, and of which thing."""
    if draft.line.problems:
        return {"line": draft.line.number, "outcome": None, "id": None}
    key: ObjectId | None = draft.after.get("_id")
    row = draft.before if draft.outcome == SAME and draft.before else {"_id": key}
    return {"line": draft.line.number, "outcome": draft.outcome, "id": row["_id"]}


def _by_row(problems: Sequence[Problem]) -> dict[str, list[Reason]]:
    found: dict[str, list[Reason]] = {}
    for problem in problems:
        name = f"rows.{problem.line}" + (f".{problem.field}" if problem.field else "")
        found.setdefault(name, []).append(problem.reason)
    return found
