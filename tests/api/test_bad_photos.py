"""Uploads that are no photo, or no form: a clear 4xx, and not a byte stays in the store."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

from tests.api.shape import nothing_stored, raw, refused
from tests.support.factories import PHOTOS, client_id
from tests.support.phone import Phone


@pytest.fixture
def phone(given) -> Phone:
    return given.commissioner()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is so large, with next to nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


JPEG = PHOTOS[0].read_bytes()


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "photo.empty"),
        (b"This is text, whatever it is called.", 415, "photo.not_a_picture"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            415,
            "photo.is_page",
        ),
        (b"<html><script>alert(1)</script>", 415, "photo.is_page"),
        (b"GIF89a" + bytes(100), 415, "photo.not_a_picture"),
        (b"%PDF-1.7" + bytes(100), 415, "photo.is_document"),
        (b"PK\x03\x04" + bytes(100), 415, "photo.is_archive"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), 415, "photo.not_a_picture"),
        (b"\xff\xd8\xff\xe0", 415, "photo.not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), 415, "photo.not_a_picture"),
        (png_header(50_000, 50_000), 422, "photo.too_many_pixels"),
        (png_header(2**31 - 1, 1), 422, "photo.too_many_pixels"),
        (JPEG + bytes(10 * 1024 * 1024 - len(JPEG) + 1), 413, "photo.too_large"),
        (JPEG + bytes(11 * 1024 * 1024), 413, "http.413"),
        (bytes(10 * 1024 * 1024), 415, "photo.not_a_picture"),
    ],
    ids=[
        "empty",
        "text",
        "svg",
        "html",
        "gif",
        "pdf",
        "zip",
        "heic",
        "jpeg-head",
        "png-head",
        "bomb",
        "line",
        "byte-too-many",
        "far-too-many",
        "zeros",
    ],
)
def test_what_is_no_photo_is_not_stored(data, status, code, phone):
    with nothing_stored():
        refused(phone.take_photo(data), status, code)


def test_ten_megabytes_are_taken(phone):
    data = JPEG + bytes(10 * 1024 * 1024 - len(JPEG))
    assert phone.take_photo(data).status_code == 201


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"client_id": "x"}, "client_id"),
        ({"latitude": "32.5"}, "longitude"),
        ({"longitude": "120"}, "latitude"),
        ({"latitude": "NaN", "longitude": "120"}, "latitude"),
        ({"latitude": "inf", "longitude": "120"}, "latitude"),
        ({"latitude": "1e999", "longitude": "120"}, "latitude"),
        ({"latitude": "91", "longitude": "120"}, "latitude"),
        ({"latitude": "32", "longitude": "180.01"}, "longitude"),
        ({"latitude": "", "longitude": ""}, "latitude"),
        ({"accuracy_m": "NaN"}, "accuracy_m"),
        ({"accuracy_m": "-1"}, "accuracy_m"),
        ({"coord_type": "utm"}, "coord_type"),
        ({"taken_at": "2026-11-24T09:00:00"}, "taken_at"),
        ({"taken_at": "0001-01-01T00:00:00+14:00"}, "taken_at"),
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": "a" * 64 + "\n"}, "sha256"),
        ({"state": "ready"}, "state"),
        ({"owner": "x\0"}, "owner"),
        ({"extra": (io.BytesIO(JPEG), "b.jpg")}, "extra"),
        ({"client_id": (io.BytesIO(b"x"), "b.jpg")}, "client_id"),
        ({"file": "text in place of a file"}, "file"),
        ({"file": [(io.BytesIO(JPEG), "a.jpg"), (io.BytesIO(JPEG), "b.jpg")]}, "file"),
        ({"client_id": [client_id(), client_id()]}, "client_id"),
    ],
)
def test_each_field_of_the_form(fields, blamed, phone):
    # A stream is spent once read: each run has its own.
    fresh = {
        name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
        for name, value in fields.items()
    }
    with nothing_stored():
        error = refused(phone.take_photo(JPEG, **fresh), 422, "request.invalid")
    assert blamed in error["errors"]


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        ("application/json", b"{}", 415),
        ("image/jpeg", JPEG, 415),
        ("application/x-www-form-urlencoded", b"client_id=1", 415),
        ("multipart/form-data", b"abc", 422),
        ("multipart/form-data; boundary=x", b"", 422),
        ("multipart/form-data; boundary=x", b"--x\r\nabc", 422),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + JPEG,
            422,
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 30 + b"--x--",
            413,
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
            + b"1" * 600_000
            + b"\r\n--x--",
            413,
        ),
    ],
    ids=[
        "json",
        "bare",
        "urlencoded",
        "no-boundary",
        "empty",
        "broken",
        "cut-off",
        "parts",
        "field",
    ],
)
def test_a_form_that_is_none(content_type, data, status, phone):
    with nothing_stored():
        refused(raw(phone, "/photos", data, content_type), status)
