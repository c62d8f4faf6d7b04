"""Writing many lines of a register at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.errors import BulkWriteError, OperationFailure

from app.foundation.db import transaction
from app.foundation.errors import Conflict, Stale
from app.foundation.reasons import Reason
from app.registers.planning import carry_out, plan
from app.registers.register import Batch, Line, Planned, Register

TRIES = 3
_DUPLICATE = 11000
_TOO_LARGE = 388
"""TransactionTooLargeForCache: waiting would not help, fewer rows would."""

Told = Callable[[Planned], None]


class TooMuch(Exception):
    """More than the database takes in one transaction."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.reason = Reason("import.too_much_at_once", {"rows": rows})


@dataclass(frozen=True, slots=True)
class Written:
    """What was planned of some lines, and whether it was done."""

    planned: Planned
    done: bool


def write(
    register: Register,
    batch: Batch,
    lines: Sequence[Line],
    *,
    dry_run: bool,
    before: Told,
    within: Told,
) -> Written:
    """Plan the lines and, unless there is any problem or it is a `dry_run`, write all in one transaction.

    `before` is called when writing begins, `within` inside the transaction, which may run again. Where
    somebody else wrote some of the rows meanwhile all is planned anew. Raises Conflict when that happens
    again and again, and TooMuch.
    """
    for _ in range(TRIES):
        batch = batch.later()
        planned = plan(register, batch, [_afresh(line) for line in lines])
        if dry_run or planned.problems:
            return Written(planned, done=False)
        before(planned)
        try:
            _carry_out(register, batch, planned, within)
        except Stale:
            continue
        return Written(planned, done=True)
    raise Conflict("changed_meanwhile")


def _carry_out(register: Register, batch: Batch, planned: Planned, within: Told) -> None:
    """Raises Stale when somebody was faster, TooMuch."""

    def work() -> None:
        carry_out(register, batch, planned)
        within(planned)

    try:
        transaction(work)
    except OperationFailure as error:
        codes = {error.code, *_codes(error)}
        if _TOO_LARGE in codes:
            raise TooMuch(len(planned.drafts)) from error
        if codes & {_DUPLICATE}:
            raise Stale("changed_meanwhile") from error
        raise


def _codes(error: OperationFailure) -> set[Any]:
    if not isinstance(error, BulkWriteError):
        return set()
    return {each.get("code") for each in (error.details or {}).get("writeErrors", ())}


def _afresh(line: Line) -> Line:
    """The same line without what an earlier plan found wrong with it."""
    return Line(line.number, line.values, list(line.problems))
