"""The decoding child: answers, survives what kills it, and never takes its parent along."""

from __future__ import annotations

import io
import os
import signal
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import psutil
import pytest
from PIL import Image

from app.foundation.errors import Invalid
from app.photos import exif
from app.photos.caption import Caption
from app.photos.decoder import Decoder
from app.photos.likeness import GRID
from app.photos.renditions import GRID_SIDE, render
from deploy.sample_photos import make_photo

CAPTION = Caption(
    (("时间", "2026-03-04 10:00:00"),), "K7M2P-9QXT4", "https://example.cn/v/K7M2P9QXT4"
)


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    made = Decoder()
    yield made
    made.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a"
    path.write_bytes(make_photo(1600, 1200, orientation=6))
    return path


def png_bomb(path: Path, width: int, height: int) -> Path:
    """Zeros that unpack to `width` x `height` pixels of 64 bits."""
    lines = zlib.compressobj(9)
    row = bytes(1 + width * 8)
    pixels = b"".join(lines.compress(row) for _ in range(height)) + lines.flush()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    return path


def code_of(decoder: Decoder, path: Path) -> str:
    with pytest.raises(Invalid) as caught:
        decoder.process(path)
    return caught.value.code


def test_it_says_what_the_functions_say(decoder: Decoder, photo: Path) -> None:
    found, made = decoder.process(photo), render(photo)
    assert (found.thumb, found.view, found.grid) == (made.thumb, made.view, made.grid)
    assert (found.width, found.height) == (made.width, made.height) == (1600, 1200)
    facts = exif.read(photo)
    assert found.exif["taken_at"] == facts.taken_at
    assert found.exif["gps_at"] == facts.gps_at
    assert found.exif["latitude"] == facts.latitude
    assert found.exif["warnings"] == []


def test_one_child_does_many(decoder: Decoder, photo: Path) -> None:
    decoder.process(photo)
    first = decoder.pid
    for _ in range(3):
        decoder.process(photo)
    assert decoder.pid == first


@pytest.mark.parametrize("data", [b"", b"text", b"\xff\xd8\xff\xe0" + bytes(40)])
def test_what_is_no_picture_is_an_answer(decoder: Decoder, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    assert code_of(decoder, path) in ("photo.undecodable", "photo.empty")
    assert decoder.pid is not None


def test_memory_is_limited_and_the_next_photo_is_fine(tmp_path: Path, photo: Path) -> None:
    decoder = Decoder(memory=400_000_000)
    bomb = png_bomb(tmp_path / "bomb", 9_000, 9_000)
    assert bomb.stat().st_size < 2_000_000
    assert code_of(decoder, bomb) == "photo.too_demanding"
    assert decoder.process(photo).width == 1600
    decoder.close()


def test_a_hundred_megapixels_fit(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (10_000, 10_000), "green").save(path, compress_level=1)
    assert decoder.process(path).width == 10_000


def test_time_is_limited(tmp_path: Path, photo: Path) -> None:
    decoder = Decoder()
    decoder.process(photo)
    decoder._seconds = 0.3
    os.kill(decoder.pid or 0, signal.SIGSTOP)
    begun = time.monotonic()
    assert code_of(decoder, photo) == "photo.too_demanding"
    assert time.monotonic() - begun < 3
    decoder.close()
    patient = Decoder()
    assert patient.process(photo).width == 1600
    patient.close()


def test_a_child_that_was_killed_is_replaced_unnoticed(decoder: Decoder, photo: Path) -> None:
    decoder.process(photo)
    first = decoder.pid or 0
    os.kill(first, signal.SIGKILL)
    assert decoder.process(photo).width == 1600
    assert decoder.pid != first


def test_it_ends_with_its_parent(photo: Path) -> None:
    read, write = os.pipe()
    parent = os.fork()
    if parent == 0:
        own = Decoder()
        own.process(photo)
        os.write(write, struct.pack("I", own.pid or 0))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(parent, 0)
    (child,) = struct.unpack("I", os.read(read, 4))
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


def test_the_child_knows_no_secrets(
    decoder: Decoder, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    decoder.process(photo)
    known = psutil.Process(decoder.pid).environ()
    assert not {"SECRET_KEY", "MONGODB_URI", "REDIS_URL", "S3_SECRET_KEY"} & known.keys()


def test_heic_comes_upright_with_its_exif(decoder: Decoder, tmp_path: Path) -> None:
    stored = make_photo(800, 600, orientation=6)
    with Image.open(io.BytesIO(stored)) as image:
        out = io.BytesIO()
        pillow_heif.from_pillow(image).save(out, quality=80, exif=image.info["exif"])
    path = tmp_path / "a.jpg"
    path.write_bytes(out.getvalue())
    found = decoder.process(path)
    # libheif turned the pixels by their transformation, or the writer had by the EXIF: never twice.
    with Image.open(io.BytesIO(found.thumb)) as thumb:
        assert thumb.size in ((320, 240), (240, 320))
        assert thumb.size == ((320, 240) if found.width > found.height else (240, 320))
    assert found.exif["latitude"] == pytest.approx(32.51)
    assert found.exif["model"] == "Sample Phone 1"


def test_a_shared_picture_is_the_same_each_time(decoder: Decoder, photo: Path) -> None:
    once, again = decoder.share(photo, CAPTION), Decoder()
    assert again.share(photo, CAPTION) == once
    again.close()
    with Image.open(io.BytesIO(once)) as image:
        assert image.size[0] == 1280
        assert image.size[1] > 960
        assert not image.getexif()


@pytest.mark.parametrize("size", [(40, 30), (3000, 200), (200, 3000)])
def test_the_caption_fits_below_any_shape(
    decoder: Decoder, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", size, "green").save(path)
    lines = tuple((label, "很长的文字" * 40) for label in ("时间", "地点", "项目", "拍摄人"))
    with Image.open(io.BytesIO(decoder.share(path, Caption(lines, "A-B", "https://x")))) as image:
        assert image.width >= 720


def test_the_grid_is_what_likeness_wants() -> None:
    assert GRID_SIDE == GRID
