"""Files that arrive in pieces: cut anywhere, sent by several at once, dropped meanwhile, never corrupt."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.foundation.errors import Conflict, Unavailable
from app.gateways.store import LocalStore
from app.gateways.store.parts import ABANDONED_SECONDS, Part, Parts, Whole

KEY = "0123456789abcdef01234567"


@pytest.fixture
def part(tmp_path: Path) -> Part:
    return Parts(tmp_path).part(KEY)


def blocks(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def offset_of(error: pytest.ExceptionInfo[Conflict]) -> int:
    assert error.value.code == "upload.offset"
    return int(error.value.params["offset"])


class Cut(Exception):
    """The phone is gone."""


def until(data: bytes, cut: int, size: int):
    """Blocks of the data, and no more after `cut` bytes."""
    yield from blocks(data[:cut], size)
    raise Cut


@settings(max_examples=60, deadline=None)
@given(
    data=st.binary(min_size=1, max_size=5000),
    cuts=st.lists(st.integers(0, 5000), max_size=8),
    size=st.integers(1, 700),
)
def test_cut_at_any_bytes_it_is_the_same_in_the_end(data, cuts, size):
    with TemporaryDirectory() as folder:
        places = sorted({min(cut, len(data)) for cut in cuts} | {0})
        for start, cut in pairwise([*places, len(data)]):
            part = Parts(Path(folder)).part(KEY)  # as after a restart: nothing is remembered
            assert part.size == start
            with pytest.raises(Cut):
                part.append(until(data[start:], cut - start, size), start)
        with part.whole() as whole:
            assert whole.path.read_bytes() == data
            assert (whole.size, whole.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("offset", [0, 1, 4, 6, 1000])
def test_another_offset_is_told_the_true_one_before_anything_is_read(offset, part):
    part.append([b"12345"], 0)

    def unread():
        pytest.fail("was read")
        yield b""

    with pytest.raises(Conflict) as error:
        part.append(unread(), offset)
    assert offset_of(error) == 5
    assert error.value.fields == {"offset": ["5"]}
    assert part.path.read_bytes() == b"12345"


def test_one_that_hangs_is_in_nobodys_way_and_cannot_harm(part):
    hangs, goes_on = threading.Event(), threading.Event()

    def slow():
        yield b"abc"
        hangs.set()
        goes_on.wait(10)
        yield b"XYZ"

    with ThreadPoolExecutor(1) as pool:
        slowly = pool.submit(part.append, slow(), 0)
        hangs.wait(10)
        assert part.append([b"def"], 3) == 6
        goes_on.set()
        with pytest.raises(Conflict) as error:
            slowly.result()
    assert offset_of(error) == 6
    assert part.path.read_bytes() == b"abcdef"


def sends(path: str, data: bytes, size: int) -> None:
    """Send all of it, starting over at the true offset whenever somebody was faster."""
    part, at = Part(Path(path)), 0
    while at < len(data):
        try:
            at = part.append(blocks(data[at:], size), at)
        except Conflict as error:
            at = int(error.params["offset"])


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_many_who_send_the_same_at_once_make_one_whole(kind, part):
    data = os.urandom(300_000)
    if kind == "threads":
        with ThreadPoolExecutor(8) as pool:
            sent = [pool.submit(sends, str(part.path), data, 997 + n) for n in range(8)]
            assert not any(each.result() for each in sent)
    else:
        fresh = multiprocessing.get_context("spawn")
        sent = [fresh.Process(target=sends, args=(str(part.path), data, 997 + n)) for n in range(3)]
        for each in sent:
            each.start()
        for each in sent:
            each.join(60)
        assert [each.exitcode for each in sent] == [0] * 3
    assert part.path.read_bytes() == data


def send_for_ever(path: str) -> None:
    part = Part(Path(path))
    while True:
        part.append([(part.size + n).to_bytes(8, "big") for n in range(0, 8000, 8)], part.size)


def test_killed_amid_writing_what_is_there_is_right_and_nobody_is_locked_out(part):
    writer = multiprocessing.get_context("spawn").Process(
        target=send_for_ever, args=(str(part.path),), daemon=True
    )
    writer.start()
    while part.size < 100_000:
        time.sleep(0.001)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join(10)
    at = part.size
    data = part.path.read_bytes()
    assert all(int.from_bytes(data[n : n + 8], "big") == n for n in range(0, len(data) // 8 * 8, 8))
    assert part.append([b"more"], at) == at + 4


class TestTheWhole:
    @pytest.mark.parametrize("kind", ["folder", "bucket"])
    def test_may_be_kept_while_the_part_stays(self, kind, request, tmp_path):
        store = LocalStore(tmp_path) if kind == "folder" else request.getfixturevalue("bucket")
        part, data = store.part(KEY), os.urandom(100_000)
        part.append([data], 0)
        with part.whole() as whole:
            key = store.keep(whole)
        assert store.read(key) == data
        assert part.size == len(data)
        with part.whole() as whole:  # again, as after a crash before anybody was told
            assert store.keep(whole) == key
            part.drop(whole)
        assert (part.size, store.read(key)) == (0, data)
        with store.local(key) as path:  # and from what the store itself has
            assert store.keep(Whole(path)) == key
        assert store.read(key) == data
        assert not list((tmp_path / "parts").iterdir())

    def test_stays_when_the_store_is_away(self, bucket, killed):
        part = bucket.part(KEY)
        part.append([b"picture"], 0)
        with pytest.raises(Unavailable), part.whole() as whole:
            bucket.keep(whole)
        assert part.size == 7

    def test_is_nothing_while_there_is_nothing(self, part):
        with pytest.raises(Conflict) as error, part.whole():
            pass
        assert offset_of(error) == 0

    def test_its_second_name_is_gone_after_a_failure(self, part):
        part.append([b"x"], 0)
        with pytest.raises(Cut), part.whole():
            raise Cut
        assert [path.name for path in part.path.parent.iterdir()] == [part.path.name]


class TestDropping:
    def test_begins_again(self, part):
        part.append([b"12345"], 0)
        part.drop()
        part.drop()
        assert part.size == 0
        assert part.append([b"ab"], 0) == 2

    def test_who_is_writing_finds_out(self, part):
        def dropped_amid():
            yield b"abc"
            part.drop()
            yield b"def"

        with pytest.raises(Conflict) as error:
            part.append(dropped_amid(), 0)
        assert offset_of(error) == 0
        assert not part.path.exists()

    def test_spares_a_part_that_was_begun_anew(self, part):
        part.append([b"wrong"], 0)
        with part.whole() as whole:
            part.drop(whole)
            part.append([b"new"], 0)
            part.drop(whole)
        assert part.path.read_bytes() == b"new"


@pytest.mark.parametrize("key", ["", "../x", "a/b", "A" * 24, "0x12", "1_2", " 1", "a" * 65, "g"])
def test_a_name_that_is_no_id(key, tmp_path):
    with pytest.raises(ValueError, match="not an id"):
        Parts(tmp_path).part(key)


def test_tidying_spares_what_is_young(tmp_path):
    parts = Parts(tmp_path)
    young, old = parts.part("aa"), parts.part("bb")
    for each in (young, old):
        each.append([b"x"], 0)
    past = time.time() - ABANDONED_SECONDS - 1
    os.utime(old.path, (past, past))
    assert (parts.tidy(), young.size, old.size) == (1, 1, 0)


def test_a_disk_that_refuses_is_unavailable_and_keeps_what_it_took(part, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(Unavailable) as error:
        part.append([b"abc"], 0)
    assert error.value.code == "store.full"
    assert part.size == 3


def test_a_store_keeps_no_object_among_its_parts(tmp_path):
    with pytest.raises(ValueError, match="not a key"):
        LocalStore(tmp_path).put("parts/x.jpg", b"")


def test_a_whole_is_hashed_as_it_lies_there(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    whole = Whole(tmp_path / "x")
    whole.sync()
    assert (whole.size, whole.sha256) == (3, hashlib.sha256(b"abc").hexdigest())
