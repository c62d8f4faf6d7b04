"""What every object store promises: one suite, a folder and a bucket of a real S3 server."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.foundation.errors import Missing, TooLarge, Unavailable
from app.gateways.store import LocalStore, Store
from app.gateways.store.spool import ABANDONED_SECONDS

MIB = 1024 * 1024


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return LocalStore(tmp_path / "store")
    return request.getfixturevalue("bucket")


@pytest.fixture
def spool(store: Store, tmp_path: Path) -> Path:
    """Where the store receives."""
    return tmp_path / "store" / "incoming" if isinstance(store, LocalStore) else tmp_path / "spool"


def keep(store: Store, data: bytes, media_type: str = "image/jpeg") -> str:
    with store.incoming(len(data)) as received:
        received.write(data)
        return store.keep(received, media_type)


def rendition() -> str:
    return f"renditions/{secrets.token_hex(12)}/thumb.jpg"


@pytest.mark.parametrize("size", [1, 3 * MIB, 12 * MIB])
def test_what_is_kept_is_read_back(store, spool, size):
    data = os.urandom(size)
    digest = hashlib.sha256(data).hexdigest()

    key = keep(store, data)

    assert key == f"originals/{digest[:2]}/{digest[2:4]}/{digest}"
    assert store.read(key) == data
    assert store.exists(key)
    assert store.size(key) == size
    with store.local(key) as path:
        assert path.read_bytes() == data
    assert list(spool.iterdir()) == []


def test_only_what_is_kept_for_a_time_can_be_dropped(store):
    paper, photo = f"papers/{secrets.token_hex(12)}/{'0' * 64}.pdf", rendition()
    for key in (paper, photo):
        store.put(key, b"%PDF")
    for _ in range(2):  # again, by a worker that was killed after the first time
        store.drop(paper)
    assert not store.exists(paper)
    with pytest.raises(ValueError, match="not kept for a time"):
        store.drop(photo)
    assert store.exists(photo)


def test_the_same_content_is_kept_once(store):
    data = os.urandom(1000)
    assert keep(store, data) == keep(store, data)
    assert keep(store, data + b".") != keep(store, data)
    assert store.read(keep(store, data)) == data


def test_what_is_put_replaces_what_was_there(store, spool):
    key = rendition()
    store.put(key, b"first, and longer")
    store.put(key, b"second")
    assert store.read(key) == b"second"
    assert store.size(key) == 6
    assert list(spool.iterdir()) == []


def test_a_file_is_ours_until_the_block_ends(store, spool):
    key = rendition()
    store.put(key, b"bytes")

    def look() -> None:
        with store.local(key) as path:
            assert path.read_bytes() == b"bytes"
            raise InterruptedError

    with pytest.raises(InterruptedError):
        look()
    assert store.read(key) == b"bytes"
    assert list(spool.iterdir()) == []


def test_what_is_not_there_is_missing(store):
    key = rendition()
    assert not store.exists(key)
    for look in (store.read, store.size, lambda key: store.local(key).__enter__()):
        with pytest.raises(Missing) as caught:
            look(key)
        assert caught.value.code == "store.missing"


def test_half_of_an_upload_is_never_seen(store, spool):
    data = os.urandom(2 * MIB)
    digest = hashlib.sha256(data).hexdigest()
    key = f"originals/{digest[:2]}/{digest[2:4]}/{digest}"

    with store.incoming(len(data)) as received:
        received.write(data[:MIB])
        assert not store.exists(key)

    assert not store.exists(key)
    assert list(spool.iterdir()) == []


def test_an_original_is_seen_whole_while_it_is_sent(store):
    data = os.urandom(8 * MIB)
    digest = hashlib.sha256(data).hexdigest()
    key = f"originals/{digest[:2]}/{digest[2:4]}/{digest}"
    with ThreadPoolExecutor(1) as thread:
        sending = thread.submit(keep, store, data)
        while not sending.done():
            if store.exists(key):
                assert store.size(key) == len(data)
        assert sending.result() == key
    assert store.read(key) == data


def test_more_than_the_bound_is_refused_and_dropped(store, spool):
    with store.incoming(MIB) as received:
        received.write(bytes(MIB))
        with pytest.raises(TooLarge):
            received.write(b"!")
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "originals",
        "/etc/passwd",
        "../outside/x",
        "renditions/../../outside",
        "renditions/./x.jpg",
        "renditions//x.jpg",
        "renditions/x.jpg/",
        "renditions/.hidden",
        "renditions/a.jpg\n",
        "renditions/a\0.jpg",
        "renditions/a b.jpg",
        "renditions/%2e%2e/x",
        "renditions\\..\\x",
        "renditions/照片.jpg",
        "incoming/0123456789abcdef",
        "renditions/x?versionId=1",
        "/".join("a" * 20),
    ],
)
def test_a_key_that_no_hash_or_id_makes_is_refused(store, tmp_path, key):
    uses = (
        lambda: store.put(key, b"x"),
        lambda: store.read(key),
        lambda: store.local(key).__enter__(),
        lambda: store.exists(key),
        lambda: store.size(key),
        lambda: store.url(key, 60),
    )
    for use in uses:
        with pytest.raises(ValueError, match="not a key"):
            use()
    assert not (tmp_path / "outside").exists()


def test_many_threads_at_once(store, spool):
    shared = os.urandom(200_000)
    own = [os.urandom(50_000) for _ in range(24)]

    def work(data: bytes) -> tuple[str, str]:
        mine, everybodys = keep(store, data), keep(store, shared)
        assert store.read(mine) == data
        with store.local(everybodys) as path:
            assert path.read_bytes() == shared
        return mine, everybodys

    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(work, own))

    assert len({mine for mine, _ in kept}) == len(own)
    assert len({everybodys for _, everybodys in kept}) == 1
    assert list(spool.iterdir()) == []


def test_what_dead_processes_left_is_tidied(store, spool):
    left, fresh = spool / "left", spool / "fresh"
    for path in (left, fresh):
        path.write_bytes(b"half a photo")
    old = time.time() - ABANDONED_SECONDS - 60
    os.utime(left, (old, old))

    assert store.tidy() == 1
    assert list(spool.iterdir()) == [fresh]


def test_a_healthy_store_says_so(store, spool):
    store.check()
    assert list(spool.iterdir()) == []


def test_a_full_volume_is_said_before_anything_is_received(store, monkeypatch):
    monkeypatch.setattr("app.gateways.store.spool.ROOM_BYTES", 1 << 62)
    with pytest.raises(Unavailable) as caught:
        store.check()
    assert caught.value.code == "store.full"


def test_a_volume_that_is_gone_is_unavailable(store, spool):
    spool.rmdir()
    for use in (store.check, lambda: store.incoming(1)):
        with pytest.raises(Unavailable) as caught:
            use()
        assert caught.value.code == "store.away"
