"""Creating things exactly once, however often a phone sends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation.db import database, transaction
from app.foundation.errors import Conflict, DomainError


class Created(Protocol):
    """What a phone makes: known by its maker and the maker's `client_id`."""

    @property
    def fingerprint(self) -> str:
        """Of the content it was made from."""


C = TypeVar("C", bound=Created)


def create_once(
    make: Callable[[], C], find: Callable[[], C | None], fingerprint: str
) -> tuple[C, bool]:
    """Run `make` in a transaction; (the thing, True), or (the earlier thing, False) on a replay.

    A unique index on maker and `client_id` decides, so two requests racing make one thing. Raises
    Conflict when the earlier one was made from other content.
    """
    try:
        return transaction(make), True
    except DuplicateKeyError:
        earlier = made_before(find, fingerprint)
        if earlier is None:
            raise
    return earlier, False


def made_before(find: Callable[[], C | None], fingerprint: str) -> C | None:
    """The earlier thing, if there is one. Raises Conflict when it was made from other content."""
    earlier = find()
    if earlier is not None and earlier.fingerprint != fingerprint:
        raise Conflict("client_id.conflict")
    return earlier


def made_once(
    make: Callable[[], C], find: Callable[[], C | None], print_: str, taken: str
) -> tuple[C, bool]:
    """As `create_once`; a replay gives the earlier thing though it could not be made now.

    Raises Conflict `taken` where another holds what only one may have.
    """
    earlier = made_before(find, print_)
    if earlier is not None:
        return earlier, False
    try:
        return create_once(make, find, print_)
    except DomainError:
        # The same, sent twice at once, may have won while this one was looking.
        earlier = made_before(find, print_)
        if earlier is None:
            raise
        return earlier, False
    except DuplicateKeyError:
        raise Conflict(taken) from None


def act_once(
    person: ObjectId, key: str, print_: str, now: datetime, act: Callable[[], object]
) -> bool:
    """Run an action once under the person's idempotency key; False when it was done before.

    The key is recorded in the action's own transaction. Raises Conflict when the key was used for
    something else.
    """
    if _done_before(person, key, print_):
        return False

    def work() -> None:
        act()
        row = {"person": person, "key": key, "fingerprint": print_, "at": now}
        database().actions.insert_one(row)

    try:
        transaction(work)
    except (DomainError, DuplicateKeyError):
        # The same request, sent twice at once, may have won while this one was looking.
        if _done_before(person, key, print_):
            return False
        raise
    return True


def _done_before(person: ObjectId, key: str, print_: str) -> bool:
    row = database().actions.find_one({"person": person, "key": key})
    if row is None:
        return False
    if row["fingerprint"] != print_:
        raise Conflict("idempotency_key.conflict")
    return True
