"""Enterprises as people enter and change them, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.enterprises.documents import Enterprise
from app.enterprises.queries import see_enterprise
from app.enterprises.register import REGISTER
from app.foundation.db import Row
from app.foundation.errors import Conflict, Invalid
from app.foundation.reasons import Reason
from app.people.who import Who
from app.registers.stating import batch_of, loaded, state_line, whole

STAYS = ("commissioner",)
"""What a change of the whole does not touch: who serves a firm is changed by an assignment."""


def create(
    who: Who, raw: Mapping[str, Any], contacts: list[Row], client_id: str, now: datetime
) -> tuple[Enterprise, bool]:
    """Register an enterprise by the names of the register's fields: (it, whether it is new).

    Raises Invalid by field, Forbidden; Conflict when its credit code is registered, or the client_id was
    used for something else.
    """
    named = dict(raw)
    if who.has("commissioner") and not named.get("commissioner"):
        named["commissioner"] = str(who.id)
    line, batch = loaded(REGISTER, named), batch_of(who, now)
    extra = {"contacts": contacts}
    draft, new = state_line(REGISTER, batch, line, extra=extra, client_id=client_id)
    return Enterprise.get(draft.after["_id"]), new


def change(
    who: Who, key: str, raw: Mapping[str, Any], contacts: list[Row], version: int, now: datetime
) -> Enterprise:
    """Change an enterprise as a whole, if it still is this `version`. Its credit code stays.

    Raises like `create`; NotFound, Stale when it was changed meanwhile, Conflict for a provisional one,
    which is completed instead.
    """
    firm = see_enterprise(who, key)
    if firm.provisional or not firm.credit_code:
        raise Conflict("enterprise.complete_first")
    if raw.get("credit_code") != firm.credit_code:
        raise Invalid("request.invalid", fields={"credit_code": [Reason("register.key_stays")]})
    line, batch = whole(REGISTER, raw, but=STAYS), batch_of(who, now)
    state_line(REGISTER, batch, line, extra={"contacts": contacts}, version=version)
    return Enterprise.get(key)
