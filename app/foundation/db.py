"""The database connection and the one transaction.

mongoengine ignores a `session` argument, so the session is bound to the context: every read and write
inside `transaction` joins it, through mongoengine or through the bare driver.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import mongoengine
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database

T = TypeVar("T")
Row = dict[str, Any]

_session: ContextVar[ClientSession | None] = ContextVar("session", default=None)
_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after", default=None)


def connect(uri: str) -> MongoClient[Row]:
    """Connect this process; call it after a fork. Servers are looked for on first use, for 5 s at most."""
    return mongoengine.connect(  # type: ignore[no-any-return]
        host=uri,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=5000,
        connectTimeoutMS=3000,
        retryWrites=True,
    )


def disconnect() -> None:
    """Close what `connect` opened."""
    mongoengine.disconnect()


def client() -> MongoClient[Row]:
    """The process's client."""
    return mongoengine.get_connection()  # type: ignore[no-any-return]


def database() -> Database[Row]:
    """The process's database."""
    return mongoengine.get_db()  # type: ignore[no-any-return]


def transaction(work: Callable[[], T]) -> T:
    """Run `work` in one transaction, all of it or nothing, majority-journaled when this returns.

    `work` may run again after a passing conflict: nothing inside may reach outside the database. Inside
    another transaction it joins that one. What `after_commit` was given runs once, after the commit.
    """
    if _session.get() is not None:
        return work()
    later: list[Callable[[], None]] = []

    def attempt(session: ClientSession) -> T:
        later.clear()
        # Ending the session with the binding would quietly abort what is not yet committed.
        with session.bind(end_session=False):
            return work()

    with client().start_session() as session:
        tokens = _session.set(session), _after_commit.set(later)
        try:
            result = session.with_transaction(attempt)
        finally:
            _session.reset(tokens[0])
            _after_commit.reset(tokens[1])
    for action in later:
        action()
    return result


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the surrounding transaction is committed; at once when there is none."""
    later = _after_commit.get()
    if later is None:
        action()
    else:
        later.append(action)
