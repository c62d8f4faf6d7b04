"""What the kinds check alike before a paper is owed."""

from __future__ import annotations

from app.foundation.district import pack
from app.foundation.errors import Invalid, NotFound
from app.foundation.reasons import Reason
from app.people.access import Ties, require
from app.people.who import Who


def unit_of(who: Who, action: str, code: str | None) -> str:
    """The unit that is asked for, or the only one of `who`.

    Raises Invalid when neither says which, NotFound for an unknown one, Forbidden for another's.
    """
    own = {held.unit for held in who.having("unit_admin") if held.unit}
    if code is None and len(own) == 1:
        code = own.pop()
    if code is None:
        raise missing("unit")
    require_unit(who, action, code)
    return code


def require_unit(who: Who, action: str, code: str) -> None:
    """Raises NotFound for an unknown unit, Forbidden for another's."""
    if code not in {each.code for each in pack().units}:
        raise NotFound("not_found")
    require(who, action, Ties(unit=code))


def missing(name: str) -> Invalid:
    """The error to raise about a parameter that is needed."""
    return Invalid("request.invalid", fields={f"params.{name}": [Reason("request.required")]})
