"""What is done with enterprises."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.enterprises.documents import Enterprise, credit_code
from app.enterprises.queries import see_enterprise
from app.foundation import history
from app.foundation.db import transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.people.access import Ties, require
from app.people.who import Who
from app.registers.barring import require_master


def quick_create(who: Who, name: str, unit: str | None, now: datetime) -> ObjectId:
    """A provisional enterprise for a firm that is not registered yet, to be completed later: its id.

    The same name in the same unit by the same person is the same one; width and spaces do not count.
    Joins the surrounding transaction.
    """
    named = " ".join(unicodedata.normalize("NFKC", name).split())
    key = {"provisional": True, "created_by": who.id, "name": named, "unit": unit}
    fresh = {"industry": "", "address": "", "tags": [], "synthetic": False, "created_at": now}
    before = Enterprise.rows().find_one_and_update(
        key, {"$setOnInsert": fresh}, upsert=True, return_document=ReturnDocument.BEFORE
    )
    if before is not None:
        return before["_id"]  # type: ignore[no-any-return]
    made = Enterprise.rows().find_one(key)
    if made is None:
        raise LookupError(named)
    history.append("enterprise", made["_id"], "quick_create", by=who.acting(), now=now)
    return made["_id"]  # type: ignore[no-any-return]


_COMPLETED = ("unit", "name", "industry", "address")


@dataclass(frozen=True, slots=True)
class Registration:
    """What the business register says of a firm; `unit` is a code of the pack."""

    credit_code: str
    unit: str
    name: str | None = None
    industry: str = ""
    address: str = ""


def complete(who: Who, key: str, given: Registration, now: datetime) -> None:
    """Make a provisional enterprise a registered one; what was filed for it stays its own.

    Raises Invalid for a credit code that cannot be one, an unknown unit, or what another platform is master
    of; Conflict when the enterprise is complete already or the code is another's.
    """
    if given.unit not in {each.code for each in pack().units}:
        raise Invalid("unit.unknown", fields={"unit": [given.unit]})
    code = credit_code(given.credit_code)

    def work() -> None:
        firm = see_enterprise(who, key)
        require(who, "enterprise.complete", Ties(enterprise=firm.id, unit=firm.unit))
        change = {
            "credit_code": code,
            "unit": given.unit,
            "name": given.name or firm.name,
            "industry": given.industry,
            "address": given.address,
            "provisional": False,
        }
        changed = [name for name in _COMPLETED if change[name] != getattr(firm, name)]
        require_master(who, "enterprises", changed)
        provisional = {"_id": firm.id, "provisional": True}
        if not Enterprise.rows().update_one(provisional, {"$set": change}).modified_count:
            raise Conflict("enterprise.complete_already")
        history.append(
            "enterprise", firm.id, "complete", by=who.acting(), now=now, data={"was": firm.name}
        )

    try:
        transaction(work)
    except DuplicateKeyError as error:
        raise Conflict("enterprise.registered_already", text=code) from error
