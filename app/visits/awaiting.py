"""What a visit still lacks, its joining when it arrives, and who is told when it does not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.photos import actions as photos
from app.photos.arrivals import arrived, is_original, pictures, shelf
from app.visits.documents import Visit

LEVELS = OWNER, DISPATCHER = ("owner", "dispatcher")


@dataclass(frozen=True, slots=True)
class Stock:
    """A visit's photos by now. `rows` are all that show something, previews among them.

    `expected` counts originals: as many as were announced, or named and here, whichever is more.
    """

    rows: list[Row]
    originals: list[Row]
    client_ids: list[str]
    expected: int

    @property
    def missing(self) -> int:
        """How many originals have not arrived."""
        return self.expected - len(self.originals)


def stock(visit: Visit) -> Stock:
    """What is here of the visit's photos and what is missing, those among them that have just arrived."""
    return stocks([visit])[0]


def stocks(visits: Sequence[Visit]) -> list[Stock]:
    """The same for several, in order."""
    late = [arrived(visit.owner, visit.awaited) for visit in visits]
    ids = [[*visit.photos, *here.values()] for visit, here in zip(visits, late, strict=True)]
    among = shelf(key for each in ids for key in each)
    return [
        _counted(visit, pictures(keys, among), here)
        for visit, keys, here in zip(visits, ids, late, strict=True)
    ]


def _counted(visit: Visit, rows: list[Row], late: Collection[str]) -> Stock:
    originals = [row for row in rows if is_original(row)]
    # A preview's original is missing as much as a photo that is not here at all.
    previews = [row["client_id"] for row in rows if not is_original(row)]
    client_ids = [*previews, *(name for name in visit.awaited if name not in late)]
    named = len(originals) + len(client_ids)
    return Stock(rows, originals, client_ids, max(named, visit.expected_photos or 0))


def owe_word(visit: Visit, row: ObjectId, now: datetime) -> None:
    """Owe another look at what is awaited, and word to people if it is missing after the district's hours.

    Inside a transaction. `row` is the history row of the step after which it was missing.
    """
    if visit.awaited:  # may be arriving right now, unseen by this transaction
        key, about = f"issues.join:{row}", {"thing": "visit"}
        duties.add("issues.join", visit.id, now=now, key=key, payload=about)
    if stock(visit).missing:
        remind(visit.id, "visit", row, now)


def remind(thing_id: ObjectId, thing: str, row: ObjectId, now: datetime) -> None:
    """The duties to look after a thing that lacks something: for its owner, later for the dispatchers."""
    terms = pack().visits
    hours = {OWNER: terms.owner_told_hours, DISPATCHER: terms.dispatcher_told_hours}
    for level, after in hours.items():
        duties.add(
            "issues.missing",
            thing_id,
            now=now,
            due_at=now + timedelta(hours=after),
            key=f"issues.missing:{row}:{level}",
            payload={"thing": thing, "level": level},
        )


def attach(visit: Visit, keys: Sequence[ObjectId] | None = None) -> None:
    """Link photos (all of the visit's, unless some are named) to the visit; inside a transaction."""
    named = visit.photos if keys is None else keys
    photos.attach(named, "visit", visit.id, visit.site, visit.started_at)


def join_photos(visit: Visit, now: datetime) -> None:
    """Take in what has arrived of the visit's photos, inside a transaction. Again is harmless."""
    late = arrived(visit.owner, visit.awaited)
    if not late:
        return
    found = list(dict.fromkeys(late.values()))
    Visit.rows().update_one(
        {"_id": visit.id},
        {
            "$addToSet": {"photos": {"$each": found}},
            "$pull": {"awaited": {"$in": list(late)}},
            "$set": {"updated_at": now},
            "$inc": {"version": 1},
        },
    )
    attach(visit, found)
    history.append("visit", visit.id, "join", by=history.SYSTEM, now=now, data={"photos": found})
