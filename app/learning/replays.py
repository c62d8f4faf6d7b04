"""Replays: a rulebook tried on the issues of the past, before anybody publishes it."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation import duties
from app.foundation.db import transaction
from app.foundation.district import local
from app.foundation.documents import Document
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.ids import fingerprint, object_id
from app.foundation.replay import create_once
from app.people.access import require
from app.people.who import Who
from app.rulebooks import registry, versions
from app.rulebooks.documents import TrainedModel

MAY = "routing.replay"
PLAN = "routing.replay"
WAITING, RUNNING, DONE, CANCELLED, FAILED = STATES = (
    "waiting",
    "running",
    "done",
    "cancelled",
    "failed",
)
UNDER_WAY = (WAITING, RUNNING)
MOST_AT_ONCE = 2
"""Replays that may be under way: each takes what the workers have to spare."""
MOST_ISSUES = 100_000
MOST_MONTHS = 24


class Replay(Document):
    """`content` (of the rulebook `number`, None when it was given as such) is tried against `against`.

    `model` is the number of the model that reads for it, `model_against` of the one in use. Of `slices`
    parts `left` are not done, and `given` were given out; `total` issues, `done` of them. `result` is a
    tally (`comparing`).
    """

    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    state: str = StringField(required=True, choices=STATES, default=WAITING)
    number: int | None = IntField()
    content: dict[str, Any] = DictField(required=True)
    against: int = IntField(required=True)
    model: int = IntField(required=True)
    model_against: int = IntField(required=True)
    since: datetime = DateTimeField(required=True)
    until: datetime = DateTimeField(required=True)
    limit: int = IntField(required=True)
    total: int | None = IntField()
    done: int = IntField(default=0)
    slices: int = IntField(default=0)
    left: int = IntField(default=0)
    given: int = IntField(default=0)
    result: dict[str, Any] | None = DictField(null=True, default=None)
    created_at: datetime = DateTimeField(required=True)
    ended_at: datetime | None = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "replays"}


class ReplaySlice(Document):
    """Part `n` of a replay: the issues it has, then the tally of them. Gone when the whole is done."""

    replay: ObjectId = ObjectIdField(required=True)
    n: int = IntField(required=True)
    issues: list[ObjectId] = ListField(ObjectIdField())
    tally: dict[str, Any] | None = DictField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "replay_slices"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What to try: a rulebook by its number or as content, a model (None: the one in use), how far back."""

    rulebook: int | Mapping[str, Any]
    model: int | None
    months: int
    limit: int


def start(who: Who, client_id: str, asked: Asked, now: datetime) -> tuple[Replay, bool]:
    """Owe a replay: (it, whether it is new). What it compares is what is stored and in use at this moment.

    Raises Forbidden, Invalid for an unknown rulebook or model or unfit content, and Conflict while as many
    as may be are under way, or for another one under this client_id.
    """
    require(who, MAY)
    print_ = fingerprint(asdict(asked))
    known = {"by": who.id, "client_id": client_id}

    def find() -> Replay | None:
        return Replay.objects(**known).first()  # type: ignore[no-any-return]

    def make() -> Replay:
        under_way = Replay.rows().count_documents({"state": {"$in": list(UNDER_WAY)}})
        if under_way >= MOST_AT_ONCE and find() is None:
            raise Conflict("replay.too_many", most=MOST_AT_ONCE)
        number, content = _content(asked.rulebook)
        state = registry.state()
        row = Replay.insert_row(
            **known,
            fingerprint=print_,
            by_name=who.name,
            number=number,
            content=content,
            against=state["rulebook"],
            model=state["model"] if asked.model is None else _model(asked.model),
            model_against=state["model"],
            since=months_before(now, asked.months),
            until=now,
            limit=asked.limit,
            created_at=now,
        )
        duties.add(PLAN, row["_id"], now=now, first=True)
        return Replay.get(row["_id"])

    return create_once(make, find, print_)


def listed(who: Who, page: int, page_size: int) -> tuple[list[Replay], int]:
    """A page of all replays, the newest first, and how many there are."""
    require(who, MAY)
    found = Replay.objects.exclude("content", "result").order_by("-created_at", "-id")
    return list(found.skip((page - 1) * page_size).limit(page_size)), found.count()


def see(who: Who, key: str) -> Replay:
    """A replay. Raises Forbidden, NotFound."""
    require(who, MAY)
    return Replay.get(key)


def cancel(who: Who, key: str, now: datetime) -> None:
    """Let no more of it be done. Raises Forbidden, NotFound, and Conflict when it has ended."""
    require(who, MAY)

    def work() -> None:
        found = Replay.get(key)
        ended = {"state": CANCELLED, "ended_at": now}
        guard = {"_id": found.id, "state": {"$in": list(UNDER_WAY)}}
        if not Replay.rows().update_one(guard, {"$set": ended}).modified_count:
            raise Conflict("replay.ended")
        ReplaySlice.rows().delete_many({"replay": object_id(key)})

    transaction(work)


def months_before(now: datetime, months: int) -> datetime:
    """The same time of the same day so many months ago, or of that month's last day, by local time."""
    here = local(now)
    year, month = divmod(here.year * 12 + here.month - 1 - months, 12)
    day = min(here.day, calendar.monthrange(year, month + 1)[1])
    return here.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def _content(rulebook: int | Mapping[str, Any]) -> tuple[int | None, Mapping[str, Any]]:
    if not isinstance(rulebook, int):
        versions.terms(rulebook, "rulebook")
        return None, rulebook
    try:
        return rulebook, versions.get(rulebook).content
    except NotFound:
        raise Invalid("reference.unknown", fields={"rulebook": [str(rulebook)]}) from None


def _model(number: int) -> int:
    if number and TrainedModel.rows().find_one({"number": number}, {"_id": 1}) is None:
        raise Invalid("reference.unknown", fields={"model": [str(number)]})
    return number
