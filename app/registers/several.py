"""Several rows stated by one person in one go: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.errors import BulkWriteError

from app.foundation.db import transaction
from app.foundation.errors import Conflict, Forbidden, Invalid, Stale
from app.registers.planning import carry_out, plan
from app.registers.register import NOT_YOURS, Batch, Draft, Line, Register


def state_all(register: Register, batch: Batch, lines: Sequence[Line]) -> Sequence[Draft]:
    """Store the lines as new, changed, or as they are: their drafts, stored as their `after`.

    Raises Invalid with what is wrong by field, Forbidden for what is another's, Conflict when somebody was
    faster.
    """
    planned = plan(register, batch, lines)
    if any(each.reason.code == NOT_YOURS for each in planned.problems):
        raise Forbidden("forbidden")
    if planned.problems:
        fields = {each.field or "_schema": [each.reason] for each in planned.problems}
        raise Invalid("request.invalid", fields=fields)
    try:
        transaction(lambda: carry_out(register, batch, planned))
    except (BulkWriteError, Stale):
        raise Conflict("changed_meanwhile") from None
    return planned.drafts
