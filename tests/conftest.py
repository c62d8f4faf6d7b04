"""Real servers for all tests: one throwaway MongoDB and Valkey a run, emptied before each test that asks."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis

from deploy.throwaway import Servers, throwaway
from tests.support import memory

_stack = ExitStack()
_running: list[Servers] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before anything is imported that reads the environment; each process of xdist for itself."""
    if session.config.getoption("numprocesses", None):
        return  # this one only hands out the tests
    gc.disable()  # until all is collected: what is imported now stays
    with memory.for_files():
        servers = _stack.enter_context(throwaway("steward_test"))
    _running.append(servers)
    var = servers.folder / "var"
    var.mkdir()
    os.environ.pop("STORE_URL", None)
    os.environ.update(
        MONGODB_URI=servers.mongodb_uri,
        REDIS_URL=servers.redis_url,
        VAR=str(var),
        LOG_FORMAT="json",
        LOG_LEVEL="WARNING",
        LOGIN_ATTEMPTS="1000/minute",
        SECRET_KEY="a key for tests only, long enough for HS256",
    )


LONG = (
    "test_soak.py",
    "test_durable.py",
    "test_killed.py",
    "test_everywhere.py",
    "test_openapi.py",
    "test_upload_cuts.py",
    "test_seed.py",
    "test_upload_memory.py",
    "test_story_script.py",
    "test_boxes_indexed.py",
    "test_check_data.py",
    "test_bad_input.py",
    "test_restricted_unseen.py",
    "test_laws.py",
    "test_sync.py",
    "test_photos.py",
    "test_imports.py",
    "test_work_all_or_nothing.py",
    "test_decoder.py",
    "test_likeness.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files, so that all processes end together."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """Garbage is looked for again, but not among the modules and tests that are here to stay."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)  # what a test makes is mostly gone by itself
    gc.enable()


def pytest_sessionfinish() -> None:
    _stack.close()


@pytest.fixture(scope="session")
def servers() -> Servers:
    return _running[0]


@pytest.fixture(scope="session")
def _migrated() -> None:
    from app.foundation import db, district
    from config import settings
    from migrations.run import migrate

    current = settings.load()
    db.connect(current.mongodb_uri)
    migrate(district.use(current.district_dir))


@pytest.fixture(scope="session")
def app(_migrated: None):
    """The API with its hinter, as wsgi joins them."""
    import wsgi

    wsgi.app.testing = False
    return wsgi.app


@pytest.fixture(scope="session")
def _redis(servers: Servers) -> Iterator[Redis]:
    with Redis.from_url(servers.redis_url) as redis:
        yield redis


@pytest.fixture
def clean(app, _redis: Redis) -> None:
    """Nothing but the district's departments."""
    from app.issues import numbers
    from tests.support.departments import as_in_the_pack
    from tests.support.emptying import empty

    empty(keep=("departments", "migrations"))
    as_in_the_pack()
    numbers.forget()
    _redis.flushall()


@pytest.fixture
def given(clean: None):
    """People and places to start a story with."""
    from tests.support.factories import Given

    return Given()


@pytest.fixture(scope="session")
def photo_files() -> list[Path]:
    """The shipped sample photos."""
    return sorted((Path(__file__).parent / "data" / "photos").glob("*.jpg"))


@pytest.fixture
def hinted(app) -> Iterator[list[str]]:
    """The kinds of the hints that were given; no worker hears them."""
    from app.foundation import duties
    from tasks.queue import hint

    heard: list[str] = []
    duties.announce_with(lambda kind, duty: heard.append(kind))
    yield heard
    duties.announce_with(hint)


@pytest.fixture
def the_time(monkeypatch):
    """A clock that stands where the test sets it: `the_time.is_("2026-11-24 10:00")`, local time."""
    from tests.support.time import StandingClock

    return StandingClock(monkeypatch)
