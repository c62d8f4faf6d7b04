"""What another platform is master of is read-only here, by whatever step it would be changed."""

from __future__ import annotations

from collections.abc import Iterable

from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.who import Who
from app.registers.documents import Master

ALL = "*"


def refuse_mastered(who: Who, register: str, fields: Iterable[str]) -> None:
    """Raise Invalid, naming the platform, where another one than `who` is master of one of the fields."""
    wanted = {"register": register, "field": {"$in": [*fields, ALL]}, "platform": {"$ne": who.id}}
    blamed = {
        row["field"]: [Reason("register.mastered", {"platform": row["name"]})]
        for row in Master.rows().find(wanted)
    }
    if blamed:
        raise Invalid("request.invalid", fields=blamed)
