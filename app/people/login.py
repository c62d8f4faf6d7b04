"""Coming in and going out: passwords, sessions, and who a session belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bson import ObjectId

from app.foundation.errors import Forbidden, Unauthenticated
from app.people.documents import Person, Session
from app.people.standing import absent_ones, held_by, lent
from app.people.who import Who

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """What an unknown account's password is checked against, so that it takes as long as a known one."""
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """An argon2id hash, salted, with the library's current costs."""
    return _hasher.hash(password)


def by_password(account: str, password: str) -> Person:
    """The person with this account and password.

    Raises Unauthenticated, the same and as slow for an unknown account, a wrong password and a person
    who was disabled: nothing tells them apart.
    """
    person = Person.objects(account=account).first()
    stored = (person and person.password_hash) or _nobody()
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        person = None
    if person is None or not person.active:
        raise Unauthenticated("auth.wrong_password")
    return person  # type: ignore[no-any-return]


def by_openid(openid: str) -> Person:
    """The person bound to this WeChat identity. Raises Forbidden when nobody active is."""
    person = Person.objects(wechat_openid=openid, active=True).first()
    if person is None:
        raise Forbidden("auth.not_bound")
    return person  # type: ignore[no-any-return]


def open_session(person: Person, channel: str, *, now: datetime, lasts: timedelta) -> Session:
    """A new session for one device."""
    return Session(
        person=person.id, channel=channel, created_at=now, expires_at=now + lasts
    ).insert()


def revoke(session: ObjectId, now: datetime) -> None:
    """End the session: its tokens are refused from now on."""
    Session.rows().update_one({"_id": session, "revoked_at": None}, {"$set": {"revoked_at": now}})


def who(session: ObjectId, now: datetime) -> Who:
    """Who acts under this session, with the roles held at this moment, for absent persons too.

    Raises Unauthenticated when the session was revoked or ran out, or the person was disabled.
    """
    live = {"_id": session, "revoked_at": None, "expires_at": {"$gt": now}}
    for row in Session.rows().aggregate([{"$match": live}, _with_person(now)]):
        for person in row["person"]:
            if person.get("active"):
                grants, absent = person.get("grants", []), person["absent"]
                return as_who(person["_id"], person["name"], grants, session, absent)
    raise Unauthenticated("auth.session_ended")


def _with_person(now: datetime) -> dict[str, Any]:
    """Session, person and whom they stand in for in one look: every request begins with it."""
    return {
        "$lookup": {
            "from": "persons",
            "localField": "person",
            "foreignField": "_id",
            "pipeline": [{"$project": {"name": 1, "grants": 1, "active": 1}}, absent_ones(now)],
            "as": "person",
        }
    }


def as_who(
    person: ObjectId,
    name: str,
    grants: list[dict[str, object]],
    session: ObjectId | None = None,
    absent: Iterable[Mapping[str, Any]] = (),
) -> Who:
    """A stored person as who acts, also for the `absent` persons stored like this."""
    own = held_by({"grants": grants})
    taken_on = {row["_id"]: lent(row, own) for row in absent}
    held = (*own, *(grant for each in taken_on.values() for grant in each))
    standing_for = tuple(key for key, each in taken_on.items() if each)
    return Who(person, name, held, session, standing_for)
