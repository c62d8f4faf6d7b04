"""Asking for papers, looking how far they are, and who may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from app.foundation import db, duties, history
from app.foundation.db import Row
from app.foundation.district import local
from app.foundation.errors import Conflict, DomainError, Invalid, NotFound
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.papers import kinds, photos
from app.papers.documents import GONE, READY, THING, UNDER_WAY, Paper
from app.papers.kind import Kind
from app.people.access import Ties, allowed
from app.people.policy import TABLE
from app.people.who import Who

RENDER = "papers.render"
MOST_AT_ONCE = 5
"""Papers that one person may have under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for."""

    kind: str
    params: Mapping[str, Any]
    format: str
    audience: str


def ask(who: Who, client_id: str, wish: Wish, now: datetime) -> tuple[Paper, bool]:
    """Owe a paper: (it, whether it is new). A worker makes it.

    Raises Forbidden, NotFound, Invalid for what the kind does not take, and Conflict while as many as may
    be are under way, or for another one under this client_id.
    """
    kind = kinds.of(wish.kind)
    _check(kind, wish)
    subject = kind.settle(who, wish.params, now)
    content = {"kind": wish.kind, "params": dict(wish.params), "format": wish.format}
    print_ = fingerprint({**content, "audience": wish.audience})
    mine = {"by": who.id, "client_id": client_id}

    def find() -> Paper | None:
        return Paper.objects(**mine).first()  # type: ignore[no-any-return]

    def make() -> Paper:
        busy = {"by": who.id, "state": {"$in": list(UNDER_WAY)}}
        if Paper.rows().count_documents(busy) >= MOST_AT_ONCE and find() is None:
            raise Conflict("paper.too_many", most=MOST_AT_ONCE)
        actor = who.acting()
        row = Paper.insert_row(
            **mine,
            number=_number(kind, now),
            kind=kind.name,
            params=dict(subject.params),
            format=wish.format,
            audience=wish.audience,
            unit=subject.unit,
            department=subject.department,
            needs=list(subject.needs),
            by_name=actor.name,
            role=actor.role,
            fingerprint=print_,
            created_at=now,
        )
        duties.add(RENDER, row["_id"], now=now, first=True)
        history.append(THING, row["_id"], "ask", by=actor, now=now, data={"kind": kind.name})
        return Paper.get(row["_id"])

    return create_once(make, find, print_)


def see(who: Who, key: str) -> Paper:
    """A paper: one's own, or one of which one may see all. Raises NotFound."""
    found = Paper.get(key)
    if found.by != who.id and not sees_all(who, found):
        raise NotFound("not_found")
    return found


def held_by(who: Who) -> list[str]:
    """The roles of `who` as text, each with where it holds and in whose stead."""
    return [
        "|".join(str(part or "") for part in (each.role, *where))
        for each in who.held
        for where in [(each.department, each.unit, each.enterprise, each.instead_of)]
    ]


def sees_all(who: Who, paper: Paper) -> bool:
    """Whether all that the paper says is for these eyes, whoever asked for it."""
    ties = Ties(unit=paper.unit, departments=(paper.department,) if paper.department else ())
    return all(each in TABLE and allowed(who, each, ties) for each in paper.needs)


def take(who: Who, key: str, now: datetime) -> Paper:
    """A paper whose file `who` takes away, once that is written down.

    Its asker may, as long as they hold what it was made by and could ask for it still. Raises NotFound, and
    Conflict while there is no file, or no more, or when a photo in it may not leave staff as it is there.
    """
    found = see(who, key)
    theirs = set(found.held) <= set(held_by(who)) and _could_ask(who, found, now)
    if not theirs and not sees_all(who, found):
        raise NotFound("not_found")
    if found.state == GONE:
        raise Conflict("paper.gone")
    if found.state != READY:
        raise Conflict("paper.not_ready")
    if not photos.still_released(found.pictures):
        raise Conflict("paper.photo_changed")
    history.append(THING, found.id, "take", by=who.acting(), now=now)
    return found


def listed(
    who: Who,
    *,
    page: int,
    page_size: int,
    kind: str | None = None,
    state: str | None = None,
    unit: str | None = None,
    mine: bool = True,
) -> tuple[list[Paper], int]:
    """A page of one's own papers, with those of others that one may read unless `mine`; newest first."""
    whose: Row = {"by": who.id} if mine else {"$or": [{"by": who.id}, *_readable(who)]}
    named = (("kind", kind), ("state", state), ("unit", unit))
    query = {"$and": [whose, *({name: value} for name, value in named if value)]}
    found = Paper.objects(__raw__=query).order_by("-created_at", "-id")
    return list(found.skip((page - 1) * page_size).limit(page_size)), found.count()


def _check(kind: Kind, wish: Wish) -> None:
    """Raise Invalid for a form, an audience or a parameter that the kind does not take."""
    for name, value, known in (
        ("format", wish.format, kind.formats),
        ("audience", wish.audience, kind.audiences),
    ):
        if value not in known:
            why = Reason("request.one_of", {"choices": ", ".join(known)})
            raise Invalid("request.invalid", fields={name: [why]})
    if unknown := [name for name in wish.params if name not in kind.params]:
        fields = {f"params.{name}": [Reason("request.unknown_field")] for name in unknown}
        raise Invalid("request.invalid", fields=fields)


def _could_ask(who: Who, paper: Paper, now: datetime) -> bool:
    try:
        kinds.of(paper.kind).settle(who, paper.params, now)
    except DomainError:
        return False
    return True


def _readable(who: Who) -> Iterable[Row]:
    """What finds the papers of which `who` may see all: `sees_all`, as a query."""
    places: list[tuple[Row, Ties]] = [({"unit": None, "department": None}, Ties())]
    for held in who.held:
        if held.unit:
            places.append(({"unit": held.unit}, Ties(unit=held.unit)))
        if held.department:
            ties = Ties(departments=(held.department,))
            places.append(({"department": held.department, "unit": None}, ties))
    may_all = _may(who, Ties())
    yield {"needs": {"$not": {"$elemMatch": {"$nin": may_all}}}}
    for where, ties in places:
        yield {**where, "needs": {"$not": {"$elemMatch": {"$nin": _may(who, ties)}}}}


def _may(who: Who, ties: Ties) -> list[str]:
    return [action for action in TABLE if allowed(who, action, ties)]


def _number(kind: Kind, now: datetime) -> str:
    """The next number of its kind and day. Inside a transaction: none is left out."""
    day = f"{local(now):%Y%m%d}"
    row = db.database().counters.find_one_and_update(
        {"_id": f"paper:{kind.prefix}:{day}"},
        {"$inc": {"last": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return f"{kind.prefix}{day}-{(row or {}).get('last', 0):04d}"
