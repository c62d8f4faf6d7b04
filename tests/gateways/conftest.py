"""The S3 server of these tests: one a run, started by the first test that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.gateways.store import Store, open_store
from tests.support.seaweed import ACCESS_KEY, SECRET_KEY, Seaweed, seaweed


@pytest.fixture(scope="session")
def weed() -> Iterator[Seaweed]:
    with seaweed() as server:
        yield server


@pytest.fixture
def bucket(weed: Seaweed, tmp_path: Path) -> Store:
    """The bucket, impatient enough for tests."""
    url = weed.url(timeout="5")
    return open_store(url, spool=tmp_path / "spool", keys=(ACCESS_KEY, SECRET_KEY))


@pytest.fixture
def killed(weed: Seaweed) -> Iterator[None]:
    """The server is gone for this test."""
    weed.kill()
    yield
    weed.start()
