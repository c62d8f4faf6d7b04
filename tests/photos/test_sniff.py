from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.foundation.errors import DomainError, Invalid, UnsupportedMedia
from app.foundation.messages import say
from app.photos.sniff import ImageFacts, check_image, media_type
from deploy.sample_photos import make_photo
from tests.photos.tiff import jpeg


def encoded(
    kind: str, size: tuple[int, int] = (8, 6), mode: str = "RGB", **options: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">L", 13) + body + struct.pack(">L", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">L", 4) + b"IDAT" + b"\x78\x9c\x00\x00"


def jpeg_header(width: int, height: int) -> bytes:
    return encoded("JPEG").replace(
        b"\x00\x11\x08\x00\x06\x00\x08", b"\x00\x11\x08" + struct.pack(">HH", height, width)
    )


def webp_header(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<L", 10) + b"\x00" * 4 + size
    return b"RIFF" + struct.pack("<L", len(body)) + body


def heic(major: bytes, *others: bytes) -> bytes:
    brands = b"".join(others)
    return struct.pack(">L", 16 + len(brands)) + b"ftyp" + major + b"\0\0\0\0" + brands + b"\0" * 40


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (encoded("JPEG"), "image/jpeg"),
        (encoded("MPO"), "image/jpeg"),
        (encoded("PNG"), "image/png"),
        (encoded("WEBP"), "image/webp"),
        (encoded("WEBP", lossless=True), "image/webp"),
        (heic(b"heic", b"mif1"), "image/heic"),
        (heic(b"mif1", b"mif1", b"heic"), "image/heic"),
        (heic(b"mif1", b"avif"), None),
        (heic(b"avif", b"mif1"), None),
        (heic(b"isom", b"mp42"), None),
        (encoded("GIF"), None),
        (encoded("BMP"), None),
        (encoded("TIFF"), None),
        (b"%PDF-1.7", None),
        (b"PK\x03\x04", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html>", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"\xff\xd8", None),
        (b"\x89PNG", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell(head: bytes, kind: str | None) -> None:
    assert media_type(head) == kind
    assert media_type(head[:64]) == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (encoded("JPEG", (70, 50)), "image/jpeg"),
        (encoded("JPEG", (70, 50), "CMYK"), "image/jpeg"),
        (encoded("JPEG", (70, 50), progressive=True), "image/jpeg"),
        (
            encoded("MPO", (70, 50), save_all=True, append_images=[Image.new("RGB", (9, 9))]),
            "image/jpeg",
        ),
        (encoded("PNG", (70, 50), "RGBA"), "image/png"),
        (encoded("PNG", (70, 50), "P"), "image/png"),
        (encoded("WEBP", (70, 50)), "image/webp"),
        (encoded("WEBP", (70, 50), lossless=True), "image/webp"),
        (encoded("WEBP", (70, 50), "RGBA"), "image/webp"),
        (encoded("WEBP", (70, 50), exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"), "image/webp"),
        (make_photo(50, 70, orientation=6), "image/jpeg"),
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.txt", "noname"])
def test_content_counts_not_the_name(tmp_path: Path, data: bytes, kind: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert check_image(path) == ImageFacts(kind, 70, 50)


def refused(path: Path, data: bytes, **options: int) -> DomainError:
    path.write_bytes(data)
    with pytest.raises(DomainError) as caught:
        check_image(path, **options)
    for language in ("zh", "en"):
        assert "{" not in say(caught.value.code, language, **caught.value.params)
    return caught.value


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", Invalid, "photo.empty"),
        ("这不是照片".encode(), UnsupportedMedia, "photo.not_a_picture"),
        (b"\x00" * 4096, UnsupportedMedia, "photo.not_a_picture"),
        (encoded("GIF"), UnsupportedMedia, "photo.not_a_picture"),
        (encoded("TIFF"), UnsupportedMedia, "photo.not_a_picture"),
        (encoded("JPEG")[:100], UnsupportedMedia, "photo.not_a_picture"),
        (encoded("PNG")[:20], UnsupportedMedia, "photo.not_a_picture"),
        (encoded("WEBP")[:24], UnsupportedMedia, "photo.not_a_picture"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\0" * 40, UnsupportedMedia, "photo.not_a_picture"),
        (b"\xff\xd8\xff\xe0" + b"\xff" * 5000, UnsupportedMedia, "photo.not_a_picture"),
        (png_header(0, 10), UnsupportedMedia, "photo.not_a_picture"),
        (jpeg_header(0, 10), UnsupportedMedia, "photo.not_a_picture"),
        (heic(b"heic", b"mif1"), UnsupportedMedia, "photo.not_a_picture"),
        (heic(b"isom", b"mp42"), UnsupportedMedia, "photo.is_video"),
        (heic(b"qt  "), UnsupportedMedia, "photo.is_video"),
        (b"\x1aE\xdf\xa3" + b"\0" * 60, UnsupportedMedia, "photo.is_video"),
        (b"RIFF\0\0\0\0AVI LIST", UnsupportedMedia, "photo.is_video"),
        (b"%PDF-1.7\n", UnsupportedMedia, "photo.is_document"),
        (b"PK\x03\x04" + b"\0" * 60, UnsupportedMedia, "photo.is_archive"),
        (b" <svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedMedia, "photo.is_page"),
        (b"<!doctype html><script>", UnsupportedMedia, "photo.is_page"),
        (png_header(50_000, 50_000), Invalid, "photo.too_many_pixels"),
        (png_header(2**31 - 1, 2**31 - 1), Invalid, "photo.too_many_pixels"),
        (png_header(10_001, 10_000), Invalid, "photo.too_many_pixels"),
        (jpeg_header(65_500, 65_500), Invalid, "photo.too_many_pixels"),
        (jpeg_header(12_000, 12_000), Invalid, "photo.too_many_pixels"),
        (webp_header(16_383, 16_383), Invalid, "photo.too_many_pixels"),
        (webp_header(2**24, 2**24), Invalid, "photo.too_many_pixels"),
    ],
)
def test_what_is_refused(tmp_path: Path, data: bytes, kind: type[DomainError], code: str) -> None:
    error = refused(tmp_path / "a.jpg", data)
    assert (type(error), error.code) == (kind, code)


def test_the_bound_itself_passes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(png_header(10_000, 10_000))
    assert check_image(path).width == 10_000
    path.write_bytes(encoded("PNG", (20, 10)))
    assert check_image(path, max_pixels=200).height == 10
    assert refused(path, encoded("PNG", (21, 10)), max_pixels=200).code == "photo.too_many_pixels"


@pytest.mark.parametrize(
    "data",
    [png_header(9_000, 9_000), jpeg_header(9_000, 9_000), webp_header(9_000, 9_000)],
    ids=["png", "jpeg", "webp"],
)
def test_nothing_is_decoded(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    tracemalloc.start()
    try:
        assert check_image(path).width == 9_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(exif=st.binary(max_size=200) | st.binary(max_size=200).map(lambda b: b"II*\0\x08\0\0\0" + b))
def test_broken_metadata_never_costs_the_picture(tmp_path: Path, exif: bytes) -> None:
    found = check_image(jpeg(tmp_path / "a.jpg", exif))
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 8, 6)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    whole=st.sampled_from([encoded("JPEG"), encoded("PNG"), encoded("WEBP")]),
    changes=st.dictionaries(st.integers(0, 200), st.integers(0, 255), max_size=8),
    end=st.integers(0, 900),
)
def test_damaged_headers_pass_or_are_refused_in_our_words(
    tmp_path: Path, whole: bytes, changes: dict[int, int], end: int
) -> None:
    data = bytearray(whole)
    for at, byte in changes.items():
        if at < len(data):
            data[at] = byte
    path = tmp_path / "a"
    path.write_bytes(data[:end])
    try:
        facts = check_image(path)
    except (Invalid, UnsupportedMedia):
        return
    assert facts.width > 0
    assert facts.height > 0
