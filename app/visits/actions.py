"""What is done with visits: begun or logged, changed as a draft, given more photos, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.errors import Conflict, Invalid, Stale
from app.foundation.geo import Position
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.people.access import require
from app.people.who import Who
from app.photos import actions as photos
from app.photos.arrivals import arrived
from app.photos.documents import Photo
from app.projects.places import Place, place
from app.visits import awaiting
from app.visits.access import require_visit, see_visit
from app.visits.answers import checked
from app.visits.documents import ENDED, OPEN, Visit
from app.visits.track import TrackPoint, within


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What may change as long as a visit is open. Times are aware; ids are 24-hex strings."""

    started_at: datetime
    enterprise_id: str | None = None
    project_id: str | None = None
    position: Position | None = None
    note: str = ""
    photo_ids: Sequence[str] = ()
    photo_client_ids: Sequence[str] = ()
    expected_photos: int | None = None
    checklist: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts(DraftFacts):
    """What the commissioner logs: a draft, or with `ended_at` a visit that is over."""

    client_id: str
    ended_at: datetime | None = None
    end_position: Position | None = None
    track: Sequence[TrackPoint] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """What is said on leaving; what is None stays as the draft has it."""

    ended_at: datetime
    position: Position | None = None
    note: str | None = None
    track: Sequence[TrackPoint] = ()
    checklist: Mapping[str, Any] | None = None
    expected_photos: int | None = None
    photo_client_ids: Sequence[str] = ()


def log_visit(who: Who, facts: VisitFacts, now: datetime) -> tuple[Visit, bool]:
    """Log a visit: (visit, whether it is new).

    Raises Invalid when it names no enterprise or project, ends before it starts, names photos that are
    not the commissioner's own, or answers what its checklist does not ask; Conflict when the client_id
    was used for another visit.
    """
    require(who, "visit.make")
    ended = facts.ended_at
    _check_times(facts.started_at, ended)
    if ended is None and (facts.track or facts.end_position):
        raise Invalid("visit.track_before_end", fields={"ended_at": [Reason("request.required")]})
    where = _somewhere(facts)
    pictures = photos.attachable(who, facts.photo_ids)
    names = {*facts.photo_ids, *facts.photo_client_ids}
    form = checked(facts.checklist, names, whole=ended is not None)
    track = within(facts.track, facts.started_at, ended) if ended else []
    print_ = fingerprint(asdict(facts))

    def make() -> Visit:
        visit = Visit(
            owner=who.id,
            client_id=facts.client_id,
            fingerprint=print_,
            state=ENDED if ended else OPEN,
            ended_at=ended,
            end_position=_stored(facts.end_position),
            track=track,
            checklist=form,
            created_at=now,
            updated_at=now,
            **_drafted(who, facts, where, pictures),
        ).insert()
        awaiting.attach(visit)
        row = history.append("visit", visit.id, "log", by=who.acting("commissioner"), now=now)
        duties.add("issues.join", visit.id, now=now, first=True, payload={"thing": "visit"})
        awaiting.owe_word(visit, row, now)
        return visit

    def find() -> Visit | None:
        return Visit.objects(owner=who.id, client_id=facts.client_id).first()  # type: ignore[no-any-return]

    return create_once(make, find, print_)


def is_replay(visit: Visit, facts: DraftFacts) -> bool:
    """Whether this very change was the last one that was made to the draft."""
    return visit.draft == fingerprint(asdict(facts))


def change_visit(who: Who, key: str, facts: DraftFacts, version: int, now: datetime) -> Visit:
    """Change a draft as a whole, if it still is the `version` that the change was made from.

    Photos that are there stay: one is evidence of the visit from the moment it is attached. Raises Stale
    when the visit has changed meanwhile, Conflict when it has ended, Invalid like `log_visit`.
    """

    def work() -> Visit:
        visit = open_visit(who, key)
        where = _somewhere(facts)
        pictures = photos.attachable(who, facts.photo_ids)
        change = _drafted(who, facts, where, pictures)
        if dropped := set(visit.photos) - set(change["photos"]):
            raise Invalid("visit.photos_stay", fields={"photo_ids": sorted(map(str, dropped))})
        names = {*facts.photo_ids, *facts.photo_client_ids}
        change["checklist"] = checked(facts.checklist, names, whole=False)
        change["draft"] = fingerprint(asdict(facts))
        if visit.version != version:
            raise Stale("visit.changed")
        before = {name: visit[name] for name in ("started_at", "project", "enterprise", "position")}
        _change(visit, change, now)
        awaiting.attach(visit)
        by = who.acting("commissioner")
        data = {"before": before}
        row = history.append("visit", visit.id, "change", by=by, now=now, data=data)
        awaiting.owe_word(visit, row, now)
        return visit

    return transaction(work)


def add_photos(
    who: Who, key: str, *, photo_ids: Sequence[str], photo_client_ids: Sequence[str], now: datetime
) -> Visit:
    """Add photos to one's own visit, also after its end; those not here yet are awaited."""

    def work() -> Visit:
        visit = see_visit(who, key)
        require_visit(who, "visit.change", visit)
        more = photos.attachable(who, photo_ids)
        _change(visit, _with_photos(visit, more, photo_client_ids), now)
        awaiting.attach(visit)
        by = who.acting("commissioner")
        row = history.append("visit", visit.id, "add_photos", by=by, now=now)
        awaiting.owe_word(visit, row, now)
        return visit

    return transaction(work)


def end_visit(who: Who, key: str, said: Ending, now: datetime) -> Visit:
    """End one's own visit; from now on it stays as it is, and nobody is located for it.

    Raises Conflict when it has ended before, Invalid when it would end before it starts, for points of
    the way outside it, and for a checklist that is not filled in whole.
    """

    def work() -> Visit:
        visit = open_visit(who, key)
        _check_times(visit.started_at, said.ended_at)
        change = _with_photos(visit, [], said.photo_client_ids)
        names = {*map(str, change["photos"]), *_client_ids(change["photos"]), *change["awaited"]}
        form = visit.checklist if said.checklist is None else said.checklist
        change |= {
            "state": ENDED,
            "ended_at": said.ended_at,
            "end_position": _stored(said.position),
            "track": within(said.track, visit.started_at, said.ended_at),
            "note": visit.note if said.note is None else said.note,
            "checklist": checked(form, names, whole=True),
        }
        if said.expected_photos is not None:
            change["expected_photos"] = said.expected_photos
        _change(visit, change, now)
        awaiting.attach(visit)
        by = who.acting("commissioner")
        row = history.append("visit", visit.id, "end", by=by, now=now, before=OPEN, after=ENDED)
        awaiting.owe_word(visit, row, now)
        return visit

    return transaction(work)


def open_visit(who: Who, key: str) -> Visit:
    """The visit, if it is a draft of one's own.

    Raises NotFound, Forbidden for another's, Conflict when it has ended.
    """
    visit = see_visit(who, key)
    require_visit(who, "visit.change", visit)
    if visit.state != OPEN:
        raise Conflict("visit.ended")
    return visit


def _check_times(started_at: datetime, ended_at: datetime | None) -> None:
    if ended_at and ended_at < started_at:
        raise Invalid("visit.ends_before_start", fields={"ended_at": [str(ended_at)]})


def _somewhere(facts: DraftFacts) -> Place:
    where = place(facts.enterprise_id, facts.project_id)
    if where.enterprise is None and where.project is None:
        raise Invalid("visit.nowhere")
    return where


def _drafted(who: Who, facts: DraftFacts, where: Place, pictures: list[ObjectId]) -> dict[str, Any]:
    """The fields that a draft's facts fill."""
    here = arrived(who.id, facts.photo_client_ids)
    return {
        "enterprise": where.enterprise,
        "project": where.project,
        "unit": where.unit,
        "site": where.site,
        "started_at": facts.started_at,
        "position": _stored(facts.position),
        "note": facts.note,
        "photos": list(dict.fromkeys([*pictures, *here.values()])),
        "awaited": [name for name in dict.fromkeys(facts.photo_client_ids) if name not in here],
        "expected_photos": facts.expected_photos,
    }


def _with_photos(visit: Visit, more: list[ObjectId], client_ids: Sequence[str]) -> dict[str, Any]:
    here = arrived(visit.owner, [*visit.awaited, *client_ids])
    named = dict.fromkeys([*visit.awaited, *client_ids])
    return {
        "photos": list(dict.fromkeys([*visit.photos, *more, *here.values()])),
        "awaited": [name for name in named if name not in here],
    }


def _client_ids(keys: list[ObjectId]) -> list[str]:
    rows = Photo.rows().find({"_id": {"$in": keys}}, {"client_id": 1})
    return [row["client_id"] for row in rows]


def _change(visit: Visit, change: dict[str, Any], now: datetime) -> None:
    change = {**change, "updated_at": now}
    guard = {"_id": visit.id, "version": visit.version}
    if not Visit.rows().update_one(guard, {"$set": change, "$inc": {"version": 1}}).modified_count:
        raise Stale("visit.changed")
    for name, value in change.items():
        setattr(visit, name, value)
    visit.version += 1


def _stored(position: Position | None) -> dict[str, Any] | None:
    return position.stored() if position else None
