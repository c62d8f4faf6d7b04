"""The object store on real disks: whole objects or none, also when the disk is full."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.foundation.errors import TooLarge, Unavailable
from app.gateways.store import LocalStore, open_store
from app.gateways.store.spool import ABANDONED_SECONDS

DATA = os.urandom(100_000)
DIGEST = hashlib.sha256(DATA).hexdigest()
KEY = f"originals/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def files(store: LocalStore) -> list[str]:
    return sorted(
        str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.is_file()
    )


def kept(store: LocalStore, data: bytes = DATA) -> str:
    with store.incoming(10**6) as received:
        received.write(data)
        return store.keep(received)


class TestReceiving:
    def test_what_is_received_is_hashed_and_counted_on_the_way(self, store):
        with store.incoming(10**6) as received:
            for at in range(0, len(DATA), 7777):
                received.write(DATA[at : at + 7777])
            assert (received.sha256, received.size) == (DIGEST, len(DATA))
            assert received.tell() == len(DATA)

    def test_it_lies_aside_until_it_is_kept(self, store):
        with store.incoming(10**6) as received:
            for at in range(0, len(DATA), 7777):
                received.write(DATA[at : at + 7777])
                assert all(name.startswith("incoming/") for name in files(store))
            received.sync()
            assert [Path(name).parent.name for name in files(store)] == ["incoming"]
            assert store.keep(received) == KEY
            assert files(store) == [KEY]
        assert files(store) == [KEY]
        assert store.path(KEY).read_bytes() == DATA

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_an_error_leaves_nothing(self, store, error):
        def receive() -> None:
            with store.incoming(10**6) as received:
                received.write(DATA)
                raise error

        with pytest.raises(error):
            receive()
        assert files(store) == []

    def test_not_kept_is_gone(self, store):
        with store.incoming(10**6) as received:
            received.write(DATA)
        assert files(store) == []

    def test_one_byte_too_many_is_too_large(self, store):
        with store.incoming(len(DATA)) as received:
            received.write(DATA)
            with pytest.raises(TooLarge):
                received.write(b"x")
        assert files(store) == []

    def test_nobody_else_can_read_along_by_name(self, store):
        with store.incoming(10) as one, store.incoming(10) as two:
            assert one.path != two.path
            assert len(one.path.name) >= 32


class TestKeeping:
    def test_the_same_content_is_kept_once(self, store):
        assert kept(store) == kept(store) == KEY
        assert files(store) == [KEY]

    def test_eight_at_once_keep_one_whole_file(self, store):
        threads = [threading.Thread(target=kept, args=(store,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert files(store) == [KEY]
        assert store.path(KEY).read_bytes() == DATA

    def test_who_reads_while_it_is_replaced_reads_a_whole_one(self, store):
        """Each version is one repeated byte: a mixture would show."""
        store.put("renditions/1/view.jpg", b"a" * 50_000)
        stop = threading.Event()

        def replace() -> None:
            while not stop.is_set():
                for byte in b"bcd":
                    store.put("renditions/1/view.jpg", bytes([byte]) * 50_000)

        writer = threading.Thread(target=replace)
        writer.start()
        try:
            seen = [store.path("renditions/1/view.jpg").read_bytes() for _ in range(200)]
        finally:
            stop.set()
            writer.join()
        assert all(len(data) == 50_000 and len(set(data)) == 1 for data in seen)

    def test_what_is_gone_is_unavailable(self, store):
        with pytest.raises(Unavailable) as caught:
            store.path(KEY)
        assert caught.value.code == "store.missing"

    def test_a_folder_that_was_taken_away_is_unavailable(self, store):
        (store.root / "incoming").rmdir()
        with pytest.raises(Unavailable) as caught:
            store.incoming(10)
        assert caught.value.code == "store.away"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[LocalStore]:
    """A store on a disk of its own with room for 256 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield LocalStore(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


class TestAFullDisk:
    @pytest.mark.parametrize("chunk", [1000, 5000, 65536, 300_000])
    def test_receiving_says_so_and_leaves_nothing(self, full_disk, chunk):
        def receive() -> None:
            with full_disk.incoming(10**7) as received:
                for _ in range(0, 10**6, chunk):
                    received.write(os.urandom(chunk))

        with pytest.raises(Unavailable) as caught:
            receive()
        assert caught.value.code == "store.full"
        assert files(full_disk) == []

    def test_what_only_fails_when_it_is_synced_leaves_nothing_either(self, full_disk):
        with full_disk.incoming(10**6) as filler:
            filler.write(bytes(256 * 1024 - 4096))
            filler.sync()
            with pytest.raises(Unavailable) as caught:
                kept(full_disk, bytes(6000))
            assert caught.value.code == "store.full"
            assert len(files(full_disk)) == 1
        assert files(full_disk) == []

    def test_what_was_kept_before_stays(self, full_disk):
        key = kept(full_disk)
        with pytest.raises(Unavailable):
            kept(full_disk, os.urandom(300_000))
        assert full_disk.path(key).read_bytes() == DATA

    def test_it_is_not_ready(self, full_disk):
        with pytest.raises(Unavailable) as caught:
            full_disk.check()
        assert caught.value.code == "store.full"


def test_a_disk_that_refuses_in_another_way_is_away(store):
    """A limit on file sizes: the kernel answers EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(Unavailable) as caught:
            kept(store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "store.away"
    assert files(store) == []


class TestTidying:
    def test_what_dead_processes_left_goes_and_the_rest_stays(self, store):
        key = kept(store)
        old, new = store.root / "incoming" / "old", store.root / "incoming" / "new"
        for path in (old, new):
            path.write_bytes(b"half")
        long_ago = time.time() - ABANDONED_SECONDS - 60
        os.utime(old, (long_ago, long_ago))
        os.utime(store.path(key), (long_ago, long_ago))
        assert store.tidy() == 1
        assert files(store) == ["incoming/new", key]

    def test_uploads_that_come_and_go_do_not_disturb_it(self, store):
        stop = threading.Event()

        def busy() -> None:
            while not stop.is_set():
                with store.incoming(10) as received:
                    received.write(b"x")

        threads = [threading.Thread(target=busy) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            assert sum(store.tidy() for _ in range(1500)) == 0
        finally:
            stop.set()
            for thread in threads:
                thread.join()


class TestOpening:
    def test_a_folder_by_its_url(self, tmp_path):
        store = open_store((tmp_path / "照片 库").as_uri())
        assert store.root == tmp_path / "照片 库"
        store.check()

    @pytest.mark.parametrize("url", ["ftp://host/folder", "/no/scheme", ""])
    def test_another_kind_is_refused(self, url):
        with pytest.raises(ValueError, match="STORE_URL"):
            open_store(url)
