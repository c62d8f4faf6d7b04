"""Asking a ledger for any day: as it was known then, or as it truly was by what is known now.

What is entered in the last moments of a day may become visible a little after its end, so what was known at
its end is `settled` only `LATEST_COMMIT` seconds later. Until then the answer is given and says that it may
still change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from app.foundation import days
from app.foundation.changes import LATEST_COMMIT
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.entries import STANDING, known
from app.foundation.errors import Invalid
from app.registers.fields import Day, Unfit

KNOWN, TRUE = BASES = ("known", "true")
"""As it was known at the end of the day; as it truly was, by what is known now."""
_DAY = Day(name="as_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`as_of` is a day (`2026-11-24`, local), None is now. `history` asks for what was superseded, too.

    `settled`: whoever asks this again is answered the same. Made by `ask`, which knows what day it is.
    """

    as_of: str | None = None
    basis: str = KNOWN
    history: bool = False
    settled: bool = False

    def __post_init__(self) -> None:
        """Raises Invalid for what is no day."""
        if self.as_of is None:
            return
        try:
            _DAY.load(self.as_of)
        except Unfit as unfit:
            raise Invalid("request.invalid", fields={"as_of": [unfit.reason]}) from unfit

    @property
    def moment(self) -> datetime | None:
        """The end of the day, where what was known then is asked for."""
        return end_of_day(self.as_of) if self.as_of and self.basis == KNOWN else None

    @property
    def truly(self) -> str | None:
        """The day, where what was true then is asked for."""
        return self.as_of if self.basis == TRUE else None

    def standing(self) -> Row:
        """What finds the entries that the answer is made of."""
        return dict(STANDING) if self.moment is None else known(self.moment)

    def past(self) -> Row:
        """What finds the entries that others superseded by then, and those that say there was nothing."""
        if self.moment is None:
            return {"$or": [{"superseded_at": {"$ne": None}}, {"void": True}]}
        gone = {"superseded_at": {"$ne": None, "$lte": self.moment}}
        return {"$or": [gone, {"void": True, "known_at": {"$lte": self.moment}}]}

    def seen(self, row: Row) -> Row:
        """An entry without what happened to it later than the moment that is asked for."""
        if self.moment is None:
            return row
        seen = dict(row)
        if (ended := seen.get("superseded_at")) is not None and ended > self.moment:
            seen["superseded_at"] = None
        if (verified := seen.get("verified")) and verified["at"] > self.moment:
            seen["verified"] = None
        return seen


def ask(
    now: datetime, *, as_of: str | None = None, basis: str = KNOWN, history: bool = False
) -> Asked:
    """What is asked for. Raises Invalid for what is no day, and for one that is yet to come."""
    asked = Asked(as_of=as_of, basis=basis, history=history)
    if as_of is None:
        return asked
    refuse_ahead(date.fromisoformat(as_of), now)
    return replace(asked, settled=is_settled(end_of_day(as_of), basis, now))


def refuse_ahead(as_of: date, now: datetime) -> None:
    """Raises Invalid for a day that is yet to come: nothing is known of it that will not change."""
    if as_of > days.today(now):
        raise Invalid("rates.ahead", fields={"as_of": [str(as_of)]})


def is_settled(end: datetime, basis: str, now: datetime) -> bool:
    """Whether what was known at the end of a day is all visible by now; what is true may always change."""
    return basis == KNOWN and now > end + timedelta(seconds=LATEST_COMMIT)


def end_of_day(day: str) -> datetime:
    """The last millisecond of a local day, in UTC."""
    midnight = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), pack().zone)
    return midnight.astimezone(UTC) - timedelta(milliseconds=1)
