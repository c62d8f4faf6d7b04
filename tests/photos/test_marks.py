"""Marks of edited pictures and of pictures of screens."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import Base

from app.photos import exif, marks
from tests.photos.tiff import UNDEFINED, ascii_, block, jpeg


@pytest.mark.parametrize(
    ("software", "edits"),
    [
        ("Adobe Photoshop 25.0 (Macintosh)", True),
        ("Snapseed 2.19", True),
        ("美图秀秀", True),
        ("GIMP 2.10.36", True),
        ("iOS 17.5.1", False),
        ("17.5.1", False),
        ("HDR+ 1.0.586", False),
        ("MediaTek Camera Application", False),
        ("PLK110_15.0.0.601(CN01)", False),
        (None, False),
    ],
)
def test_editors_by_name(software: str | None, edits: bool) -> None:
    assert marks.editor({"software": software}) == (software if edits else None)


@pytest.mark.parametrize(
    ("facts", "kind", "size", "expected"),
    [
        ({}, "image/png", (1080, 2400), True),
        ({}, "image/png", (2400, 1080), True),
        ({}, "image/png", (1200, 1600), False),
        ({}, "image/jpeg", (1080, 2400), False),
        ({"make": "Xiaomi"}, "image/png", (1080, 2400), False),
        ({"screenshot": True}, "image/jpeg", (500, 900), True),
    ],
)
def test_screens_by_size(facts: dict, kind: str, size: tuple[int, int], expected: bool) -> None:
    assert marks.screenshot(facts, kind, *size) is expected


def test_what_the_file_says_of_itself(tmp_path: Path) -> None:
    comment = (UNDEFINED, b"ASCII\0\0\0Screenshot")
    data = block({Base.Software: ascii_("Snapseed")}, {Base.UserComment: comment})
    facts = exif.read(jpeg(tmp_path / "a.jpg", data))
    assert (facts.software, facts.screenshot) == ("Snapseed", True)
    assert facts.warnings == ()


@pytest.mark.parametrize(
    "packet",
    [
        b'<x xmp:CreatorTool="Adobe Lightroom 7.1"/>',
        b"<x><xmp:CreatorTool>Adobe Lightroom 7.1</xmp:CreatorTool></x>",
    ],
)
def test_xmp_names_the_program_too(tmp_path: Path, packet: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 6)).save(out, "JPEG", xmp=packet)
    path = tmp_path / "a.jpg"
    path.write_bytes(out.getvalue())
    assert exif.read(path).software == "Adobe Lightroom 7.1"
