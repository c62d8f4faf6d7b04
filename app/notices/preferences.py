"""What a person wants to hear of outside of the inbox, which never keeps silent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import db
from app.foundation.district import pack
from app.foundation.errors import Invalid, Stale
from app.foundation.reasons import Reason
from app.notices.audience import events
from app.notices.reach import PUSHED


@dataclass(frozen=True, slots=True)
class Preferences:
    """`muted` are events, `off` channels. `version` 0: never said anything, so all is on."""

    muted: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    digest: bool = True
    version: int = field(default=0, compare=False)


NONE = Preferences()


def rows() -> Any:
    """The bare collection, each row under its person's id."""
    return db.collection("notice_preferences")


def of(person: ObjectId) -> Preferences:
    """What this person wants."""
    return of_all([person]).get(person, NONE)


def of_all(people: Collection[ObjectId]) -> Mapping[ObjectId, Preferences]:
    """What those of them want who ever said so."""
    return {
        row["_id"]: Preferences(
            tuple(row["muted"]), tuple(row["off"]), row["digest"], row["version"]
        )
        for row in rows().find({"_id": {"$in": list(people)}})
    }


def change(person: ObjectId, wanted: Preferences, version: int) -> None:
    """Set them as a whole. Raises Invalid for an event that is none or may not be muted, and Stale when
    they are no longer at `version`.
    """
    _check(wanted.muted)
    row = {
        "muted": sorted(set(wanted.muted)),
        "off": [name for name in PUSHED if name in wanted.off],
        "digest": wanted.digest,
        "version": version + 1,
    }
    if version == 0:
        try:
            rows().insert_one({"_id": person, **row})
        except DuplicateKeyError:
            raise Stale("request.stale") from None
    elif not rows().update_one({"_id": person, "version": version}, {"$set": row}).matched_count:
        raise Stale("request.stale")


def _check(muted: Collection[str]) -> None:
    terms, known = pack().notices, events()
    if unknown := sorted(set(muted) - known):
        blamed = [Reason("notice.no_such_event", {"event": event}) for event in unknown]
        raise Invalid("notice.unknown_event", fields={"muted": blamed})
    if loud := sorted(event for event in set(muted) if not terms.may_mute(event)):
        blamed = [Reason("notice.always_told", {"event": event}) for event in loud]
        raise Invalid("notice.may_not_be_muted", fields={"muted": blamed})
