"""What hides in a picture's file: refused when it runs, told when it lies in the EXIF, else left alone."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import Base

from app.foundation.errors import UnsupportedMedia
from app.photos.sniff import check_image
from deploy.sample_photos import make_photo
from tests.photos.tiff import ascii_, block, jpeg


def encoded(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture = Image.effect_noise((64, 48), 60).convert("RGB")
    if kind == "HEIC":
        pillow_heif.from_pillow(picture).save(out, **options)
    else:
        picture.save(out, kind, **options)
    return out.getvalue()


def archive(name: str = "a.class") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, b"\xca\xfe\xba\xbe" + bytes(20))
    return out.getvalue()


PICTURES = {kind: encoded(kind) for kind in ("JPEG", "PNG", "WEBP", "HEIC")}
ACTIVE = {
    "zip": archive(),
    "zip head alone": b"PK\x03\x04" + bytes(40),
    "zip after junk": bytes(range(200)) + archive(),
    "html": b"<html><body onload=alert(1)>",
    "doctype": b"\r\n<!DOCTYPE html><title>x</title>",
    "script": b"<script>alert(1)</script>",
    "script after junk": bytes(range(1, 200)) * 20 + b"<ScRiPt src=//x>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "php": b"<?php system($_GET[0]); ?>",
    "pdf": b"%PDF-1.7\n1 0 obj",
    "rar": b"Rar!\x1a\x07\x00",
    "7z": b"7z\xbc\xaf\x27\x1c\x00",
    "elf": b"\x7fELF\x02\x01",
    "shell": b"#!/bin/sh\n",
    "gif": b"GIF89a" + bytes(20),
}
HARMLESS = {
    "zeros": bytes(5000),
    "random": random.Random(1).randbytes(300_000),
    "film": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42"
    + random.Random(2).randbytes(200_000),
    "maker": b"SEFH\x6a\x00\x00\x00" + bytes(100) + b"SEFT",
    "json": b'vivo{"version":1}',
}


def put(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    return path


def refused(path: Path) -> None:
    with pytest.raises(UnsupportedMedia) as caught:
        check_image(path)
    assert caught.value.code == "photo.active_content"


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("what", ACTIVE)
def test_what_runs_is_refused_behind_any_picture(tmp_path: Path, kind: str, what: str) -> None:
    refused(put(tmp_path, PICTURES[kind] + ACTIVE[what]))


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("what", HARMLESS)
def test_what_phones_append_is_taken(tmp_path: Path, kind: str, what: str) -> None:
    found = check_image(put(tmp_path, PICTURES[kind] + HARMLESS[what]))
    assert not found.active_notes
    if (kind, what) != ("HEIC", "film"):  # a film is made of boxes too
        assert found.behind_bytes == (0 if what == "zeros" else len(HARMLESS[what]))


@pytest.mark.parametrize("kind", PICTURES)
def test_an_honest_picture_has_nothing_behind(tmp_path: Path, kind: str) -> None:
    found = check_image(put(tmp_path, PICTURES[kind]))
    assert (found.behind_bytes, found.active_notes) == (0, False)


def test_nor_has_one_whose_pixels_are_cut_short(tmp_path: Path) -> None:
    for data in (*PICTURES.values(), make_photo(400, 300)):
        assert check_image(put(tmp_path, data[: len(data) * 2 // 3])).behind_bytes == 0


def test_several_pictures_in_one_file_are_pictures(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (80, 60), "blue")]
    data = encoded("MPO", save_all=True, append_images=pages)
    assert check_image(put(tmp_path, data)).behind_bytes == 0
    assert check_image(put(tmp_path, data + bytes(900) + PICTURES["JPEG"])).behind_bytes == 0
    refused(put(tmp_path, data + archive()))


def test_a_comment_with_a_script_is_refused(tmp_path: Path) -> None:
    refused(put(tmp_path, encoded("JPEG", comment=b"<script>alert(1)</script>")))


def test_an_archive_inside_a_comment_is_refused(tmp_path: Path) -> None:
    refused(put(tmp_path, encoded("JPEG", comment=archive())))


def test_a_document_that_begins_in_a_comment_is_refused(tmp_path: Path) -> None:
    refused(put(tmp_path, encoded("JPEG", comment=b"%PDF-1.4 trailer")))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<html><body>", "%PDF-1.7"])
def test_in_the_exif_it_is_only_told(tmp_path: Path, text: str) -> None:
    data = block({Base.ImageDescription: ascii_(text)})
    assert check_image(jpeg(tmp_path / "a.jpg", data)).active_notes
    exif = Image.Exif()
    exif[Base.ImageDescription] = text
    for kind in ("PNG",) if "PDF" in text else ("PNG", "WEBP"):  # WebP has it too late
        assert check_image(put(tmp_path, encoded(kind, exif=exif))).active_notes


def test_a_gif_that_is_a_jar_is_no_picture_at_all(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match=r"photo\.not_a_picture"):
        check_image(put(tmp_path, encoded("GIF") + archive()))
