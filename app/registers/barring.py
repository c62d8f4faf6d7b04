"""What keeps a line from being taken: it is another's, or another platform is master of a field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.access import allowed
from app.people.who import Who
from app.registers.documents import Master
from app.registers.fields import Ref
from app.registers.register import NOT_YOURS, Batch, Draft, Register

ALL = "*"
"""Stands for every field of a register."""


def refuse_mastered(
    register: Register, batch: Batch, drafts: Sequence[Draft], defaults: Row
) -> None:
    """Blame what changes a field that another platform is master of; `defaults` are a new row's."""
    masters = {row["field"]: row for row in Master.rows().find({"register": register.name})}
    if not masters:
        return
    for draft in drafts:
        was = draft.before if draft.before is not None else defaults
        for field in register.fields:
            master = masters.get(field.name) or masters.get(ALL)
            name = field.into if isinstance(field, Ref) else field.name
            if master is None or field.name not in draft.line.values:
                continue
            same = was.get(name) == draft.after.get(name)
            if not same and master["platform"] != batch.platform and field.name not in register.key:
                draft.line.blame(field.name, "register.mastered", platform=master["name"])


def refuse_others(register: Register, batch: Batch, drafts: Sequence[Draft]) -> None:
    """Blame what is another's: what one may write must be one's own before and after."""
    for draft in drafts:
        homes = [draft.refs.get(register.home)] if register.home else [draft.before, draft.after]
        for row in homes:
            if row and not allowed(batch.who, register.write, register.ties(row)):
                draft.line.blame(register.key[0], NOT_YOURS)
                break


def require_master(who: Who, register: str, fields: Iterable[str]) -> None:
    """Raise Invalid, naming the platform, where another than `who` is master of one of the fields.

    For steps that change a field otherwise than by a line.
    """
    wanted = {"register": register, "field": {"$in": [*fields, ALL]}, "platform": {"$ne": who.id}}
    blamed = {
        row["field"]: [Reason("register.mastered", {"platform": row["name"]})]
        for row in Master.rows().find(wanted)
    }
    if blamed:
        raise Invalid("request.invalid", fields=blamed)
