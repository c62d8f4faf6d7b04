"""The database connection and the one transaction.

mongoengine ignores a `session` argument, so the session is bound to the context: every read and write
inside `transaction` joins it, through mongoengine or through the bare driver.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import mongoengine
import pymongo
from mongoengine.errors import OperationError
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.client_session_shared import TransactionOptions
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.write_concern import WriteConcern

T = TypeVar("T")
Row = dict[str, Any]

# An election or a restart fits in. The driver by itself would try for 120 s, and hold a thread as long.
TRANSACTION_SECONDS = 20.0

DURABLE = WriteConcern("majority", j=True)
_OPTIONS = TransactionOptions(write_concern=DURABLE)
_OURS = ("w", "journal", "wtimeoutms", "readconcernlevel", "readpreference", "readpreferencetags")

_session: ContextVar[ClientSession | None] = ContextVar("session", default=None)
_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after", default=None)
_collections: dict[tuple[str, type[Collection[Row]], bool], Collection[Row]] = {}


def connect(uri: str) -> MongoClient[Row]:
    """Connect this process; call it after a fork. Servers are looked for on first use, for 5 s at most.

    Read and write concerns of the URI are not used: every write here is majority-journaled, every read
    is the primary's.
    """
    return mongoengine.connect(  # type: ignore[no-any-return]
        host=_without_concerns(uri),
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=5000,
        connectTimeoutMS=3000,
        retryWrites=True,
    )


def _without_concerns(uri: str) -> str:
    """The driver would send the client's own concerns inside a bound transaction, which servers refuse."""
    server, _, options = uri.partition("?")
    kept = [
        each for each in re.split("[&;]", options) if each.partition("=")[0].lower() not in _OURS
    ]
    return "?".join(filter(None, (server, "&".join(kept))))


def disconnect() -> None:
    """Close what `connect` opened."""
    mongoengine.disconnect()
    _collections.clear()


def client() -> MongoClient[Row]:
    """The process's client."""
    return mongoengine.get_connection()  # type: ignore[no-any-return]


def database() -> Database[Row]:
    """The process's database. What is written through it is majority-journaled, at once or by commit."""
    plain: Database[Row] = mongoengine.get_db()
    return plain if _session.get() else plain.with_options(write_concern=DURABLE)


def collection(name: str, kind: type[Collection[Row]] = Collection) -> Collection[Row]:
    """A collection of `database()`, the same object each time: making one costs a tenth of a query."""
    key = name, kind, _session.get() is None
    found = _collections.get(key)
    # A thread may have asked between closing and clearing: what belongs to a closed client is no use.
    if found is None or found.database.client is not client():
        found = _collections[key] = kind(database(), name)
    return found


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
            try:
                return work()
            except OperationError as error:
                # mongoengine wraps the driver's error, whose labels say whether to run again.
                raise error.__context__ or error from None

    with client().start_session(default_transaction_options=_OPTIONS) as session:
        tokens = _session.set(session), _after_commit.set(later)
        try:
            with pymongo.timeout(TRANSACTION_SECONDS):
                result = session.with_transaction(attempt)
        finally:
            _session.reset(tokens[0])
            _after_commit.reset(tokens[1])
    for action in later:
        action()
    return result


def snapshot(work: Callable[[], T]) -> T:
    """Run reads that all see the database as it was at one moment, however long they take (minutes).

    Nothing may be written meanwhile. Inside a transaction, which has one moment anyway, it joins that one.
    """
    if _session.get() is not None:
        return work()
    with (
        client().start_session(snapshot=True) as session,
        session.bind(end_session=False),
    ):
        token = _session.set(session)
        try:
            return work()
        finally:
            _session.reset(token)


def within_transaction() -> bool:
    """Whether what is read and written here joins a transaction."""
    return _session.get() is not None


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the surrounding transaction is committed; at once when there is none."""
    later = _after_commit.get()
    if later is None:
        action()
    else:
        later.append(action)
