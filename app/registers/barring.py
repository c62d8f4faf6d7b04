"""What keeps a line from being taken: it is another's, or another platform is master of a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.access import allowed
from app.people.who import Who
from app.registers.documents import Master
from app.registers.fields import Field, Ref
from app.registers.register import NOT_YOURS, Batch, Draft, Register
from app.registers.terms import Names

ALL = "*"
"""Stands for every field of a register."""
MASTERED = "register.mastered"


def refuse_mastered(
    register: Register, batch: Batch, drafts: Sequence[Draft], defaults: Row
) -> None:
    """Blame what changes a field that another platform is master of; `defaults` are a new row's."""
    for field, platform in _mastered_fields(register, batch):
        for draft in drafts:
            was = draft.before if draft.before is not None else defaults
            if field.name in draft.line.values and _differs(field, was, draft.after):
                draft.line.blame(field.name, MASTERED, platform=platform)


def refuse_following(register: Register, batch: Batch, drafts: Sequence[Draft]) -> None:
    """Blame, once the checks have filled in what follows from a line, what changes such a field thereby.

    Of what is new, or was taken back before, what the house fills in is no change.
    """
    for field, platform in _mastered_fields(register, batch):
        for draft in drafts:
            was = draft.before
            if was is not None and not was.get("void") and _differs(field, was, draft.after):
                draft.line.blame(field.name, MASTERED, platform=platform)


def _mastered_fields(register: Register, batch: Batch) -> list[tuple[Field, str]]:
    """The fields, but those of the key, that another platform is master of, with its name."""
    masters = {row["field"]: row for row in Master.rows().find({"register": register.name})}
    found = [
        (field, masters.get(field.name) or masters.get(ALL))
        for field in register.fields
        if field.name not in register.key
    ]
    return [
        (field, row["name"]) for field, row in found if row and row["platform"] != batch.platform
    ]


def _differs(field: Field, was: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    name = field.into if isinstance(field, Ref) else field.name
    return bool(was.get(name) != after.get(name))


def refuse_others(register: Register, batch: Batch, drafts: Sequence[Draft]) -> None:
    """Blame what is another's: what one may write must be one's own before and after."""
    for draft in drafts:
        homes = [draft.refs.get(register.home)] if register.home else [draft.before, draft.after]
        for row in homes:
            if row and not allowed(batch.who, register.write, register.ties(row)):
                draft.line.blame(register.key[0], NOT_YOURS)
                break


def refuse_ended(register: Register, batch: Batch, drafts: Sequence[Draft]) -> None:
    """Blame a term of a dictionary that is newly said and not valid today; what was said before stays.

    History may say what was valid then.
    """
    today = days.today(batch.now).isoformat()
    for field in () if batch.historic else register.fields:
        choices = getattr(field, "choices", None)
        said = [draft for draft in drafts if field.name in draft.line.values]
        if not isinstance(choices, Names) or not any(_new_codes(field, draft) for draft in said):
            continue
        offered = choices.offered(today)
        for draft in said:
            if ended := [code for code in _new_codes(field, draft) if code not in offered]:
                named = choices()
                text = "、".join(named.get(code, (code,))[0] for code in ended)
                draft.line.blame(field.name, "dictionary.not_valid_now", terms=text)


def _new_codes(field: Field, draft: Draft) -> list[str]:
    def codes(value: Any) -> list[str]:
        return [value] if isinstance(value, str) else list(value or ())

    was = codes((draft.before or {}).get(field.name))
    return [code for code in codes(draft.after.get(field.name)) if code and code not in was]


def masters_of(
    register: str, fields: Iterable[str], but: ObjectId | None = None
) -> Mapping[str, str]:
    """Which of the fields, or all (`*`), have a master other than the platform `but`, with its name."""
    wanted = {"register": register, "field": {"$in": [*fields, ALL]}, "platform": {"$ne": but}}
    return {row["field"]: row["name"] for row in Master.rows().find(wanted)}


def is_master(platform: ObjectId | None, register: str, field: str) -> bool:
    """Whether it is this platform that is master of a field, by itself or with all others."""
    wanted = {"register": register, "field": {"$in": [field, ALL]}, "platform": platform}
    return platform is not None and Master.rows().find_one(wanted, {"_id": 1}) is not None


def require_master(who: Who, register: str, fields: Iterable[str]) -> None:
    """Raise Invalid, naming the platform, where another than `who` is master of one of the fields.

    For steps that change a field otherwise than by a line.
    """
    blamed = {
        field: [Reason(MASTERED, {"platform": name})]
        for field, name in masters_of(register, fields, but=who.id).items()
    }
    if blamed:
        raise Invalid("request.invalid", fields=blamed)
