"""Which other platform is master of which field: what it is master of is read-only here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.exchange import catalog
from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.ids import fingerprint, object_id
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.people.access import require
from app.people.documents import Person
from app.people.who import Who
from app.registers.documents import Master

EVERY = "*"
"""In place of a field: all of a register."""


def name(
    who: Who,
    client_id: str,
    *,
    register: str,
    field: str,
    platform_id: str,
    name: str,
    now: datetime,
) -> tuple[Master, bool]:
    """Make a platform the master of a field, or of all (`*`): (the master, whether it is new).

    Raises Forbidden; Invalid for a field that there is not, or a person that is no service account; Conflict
    when the field has a master, or the client_id was used for something else.
    """
    require(who, "master.change")
    platform = _checked(register, field, platform_id)
    said = {"register": register, "field": field, "platform": platform, "name": name}
    print_ = fingerprint(said)

    def make() -> Master:
        if Master.rows().find_one({"register": register, "field": field}):
            raise Conflict("master.named_already")
        made = Master(**said, by=who.id, at=now, client_id=client_id, fingerprint=print_).insert()
        _remember(made.to_mongo().to_dict(), "create", who, now)
        return made

    mine = {"by": who.id, "client_id": client_id}
    earlier = Master.objects(**mine).first()
    if earlier is not None and earlier.fingerprint == print_:
        return earlier, False
    return create_once(make, lambda: Master.objects(**mine).first(), print_)


def release(who: Who, key: str, now: datetime) -> None:
    """It is master of it no more. Raises Forbidden, NotFound."""
    require(who, "master.change")

    def work() -> None:
        row = Master.rows().find_one_and_delete({"_id": object_id(key)})
        if row is None:
            raise NotFound("not_found")
        _remember(row, "release", who, now)

    transaction(work)


def named(who: Who, page: int, page_size: int) -> tuple[list[Row], int]:
    """The masters there are, by register and field. Raises Forbidden."""
    require(who, "master.change")
    rows = Master.rows().find().sort([("register", 1), ("field", 1)])
    total = Master.rows().count_documents({})
    return list(rows.skip((page - 1) * page_size).limit(page_size)), total


def _checked(register: str, field: str, platform: str) -> ObjectId:
    """The id of the platform's service account. Raises Invalid."""
    wrong: dict[str, list[Any]] = {}
    known = catalog.REGISTERS.get(register)
    if known is None:
        wrong["register"] = [Reason("reference.unknown")]
    elif field != EVERY and known.field_of(field) is None:
        wrong["field"] = [Reason("reference.unknown")]
    elif field in known.key:
        wrong["field"] = [Reason("master.of_a_key")]
    account = Person.rows().find_one({"_id": object_id(platform), "grants.role": "service"})
    if account is None:
        wrong["platform_id"] = [Reason("master.no_service_account")]
    if wrong:
        raise Invalid("request.invalid", fields=wrong)
    return object_id(platform)


def _remember(row: Row, action: str, who: Who, now: datetime) -> None:
    data = {each: row[each] for each in ("register", "field", "platform", "name")}
    history.append("master", row["_id"], action, by=who.acting("admin"), now=now, data=data)
