from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL.ExifTags import GPS, Base

from app.photos import exif
from app.photos.exif import Exif, parse
from tests.photos.exif_facts import HERE, SHOT, WHEN, told
from tests.photos.tiff import (
    DOUBLE,
    LONG,
    SHORT,
    SRATIONAL,
    UNDEFINED,
    Directory,
    Tag,
    ascii_,
    block,
    jpeg,
    rationals,
)


def gps(**changes: Tag | None) -> Exif:
    return parse(block(gps=_with(HERE, GPS, changes)))


def camera(**changes: Tag | None) -> Exif:
    return parse(block(camera=_with(WHEN, Base, changes)))


def _with(given: dict[int, Tag], names: Any, changes: dict[str, Tag | None]) -> Directory:
    merged: dict[int, Tag | None] = {**given, **{names[k]: tag for k, tag in changes.items()}}
    return {tag: value for tag, value in merged.items() if value is not None}


@pytest.mark.parametrize("big_endian", [False, True])
def test_a_whole_block_is_read_in_both_byte_orders(tmp_path: Path, big_endian: bool) -> None:
    data = block(
        {
            Base.Make: ascii_("HUAWEI"),
            Base.Model: ascii_("ALN-AL00"),
            Base.Orientation: (SHORT, 6),
        },
        {**WHEN, Base.SubsecTimeOriginal: ascii_("345678")},
        {
            **HERE,
            GPS.GPSAltitudeRef: (1, b"\x01"),
            GPS.GPSAltitude: rationals((72, 10)),
            GPS.GPSTimeStamp: rationals((2, 1), (11, 1), (105, 10)),
            GPS.GPSDateStamp: ascii_("2026:03:04"),
            GPS.GPSImgDirection: rationals((3600, 10)),
            GPS.GPSHPositioningError: rationals((65, 10)),
            GPS.GPSMapDatum: ascii_("WGS-84"),
        },
        big_endian=big_endian,
    )
    assert exif.read(jpeg(tmp_path / "a.jpg", data)) == Exif(
        latitude=32.51,
        longitude=120.15,
        altitude_m=-7.2,
        accuracy_m=6.5,
        heading=0.0,
        taken_at=SHOT.replace(microsecond=345_000),
        taken_at_source="original",
        original_at=SHOT.replace(microsecond=345_000),
        gps_at=datetime(2026, 3, 4, 2, 11, 10, 500_000, tzinfo=UTC),
        make="HUAWEI",
        model="ALN-AL00",
        orientation=6,
    )


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({}, (32.51, 120.15)),
        ({"GPSLatitudeRef": ascii_("S")}, (-32.51, 120.15)),
        ({"GPSLongitudeRef": ascii_("W")}, (32.51, -120.15)),
        ({"GPSLatitudeRef": ascii_("n"), "GPSLongitudeRef": ascii_("East")}, (32.51, 120.15)),
        ({"GPSLatitudeRef": (UNDEFINED, b"N\x00")}, (32.51, 120.15)),
        ({"GPSLatitude": rationals((32, 1), (306, 10))}, (32.51, 120.15)),
        ({"GPSLatitude": rationals((3251, 100))}, (32.51, 120.15)),
        ({"GPSLatitude": (DOUBLE, (32.51,))}, (32.51, 120.15)),
        ({"GPSLatitude": rationals((0, 1), (0, 1), (0, 1))}, (0.0, 120.15)),
        ({"GPSMapDatum": ascii_("WGS 84")}, (32.51, 120.15)),
        ({"GPSMapDatum": ascii_("CGCS2000")}, (32.51, 120.15)),
        ({"GPSMapDatum": ascii_("")}, (32.51, 120.15)),
    ],
)
def test_positions_that_can_be_read(changes: dict[str, Tag], where: tuple[float, float]) -> None:
    facts = gps(**changes)
    assert (facts.latitude, facts.longitude) == pytest.approx(where, abs=1e-8)
    assert told(facts) == []


ZERO = rationals((0, 1), (0, 1), (0, 1))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"GPSLatitude": rationals((0, 0), (0, 0), (0, 0))}, "position_unreadable"),
        ({"GPSLongitude": rationals((120, 1), (9, 1), (0, 0))}, "position_unreadable"),
        ({"GPSLatitude": rationals((32, 0), (1, 1), (1, 1))}, "position_unreadable"),
        ({"GPSLatitude": (DOUBLE, (float("nan"),))}, "position_unreadable"),
        ({"GPSLatitude": (DOUBLE, (float("inf"), 1.0, 1.0))}, "position_unreadable"),
        ({"GPSLatitude": None}, "position_unreadable"),
        ({"GPSLongitude": None}, "position_unreadable"),
        ({"GPSLatitude": ascii_("32.51")}, "position_unreadable"),
        ({"GPSLatitude": rationals((32, 1), (61, 1), (0, 1))}, "position_unreadable"),
        ({"GPSLatitude": rationals(*[(1, 1)] * 4)}, "position_unreadable"),
        ({"GPSLatitude": rationals((91, 1))}, "position_out_of_range"),
        ({"GPSLongitude": rationals((181, 1))}, "position_out_of_range"),
        ({"GPSLongitude": rationals((4294967295, 1))}, "position_out_of_range"),
        ({"GPSLatitude": (SRATIONAL, ((-32, 1),))}, "position_out_of_range"),
        ({"GPSLatitude": ZERO, "GPSLongitude": ZERO}, "null_island"),
        ({"GPSMapDatum": ascii_("TOKYO")}, "datum_unknown"),
        ({"GPSMapDatum": ascii_("GCJ-02")}, "datum_unknown"),
    ],
)
def test_positions_that_cannot(changes: dict[str, Tag | None], code: str) -> None:
    facts = gps(**changes)
    assert (facts.latitude, facts.longitude) == (None, None)
    assert told(facts) == [code]


@pytest.mark.parametrize("letter", [None, ascii_("X"), ascii_(""), rationals((1, 1))])
def test_a_missing_reference_is_assumed_and_said_so(letter: Tag | None) -> None:
    facts = gps(GPSLatitudeRef=letter, GPSLongitudeRef=letter)
    assert (facts.latitude, facts.longitude) == (32.51, 120.15)
    assert told(facts) == ["reference_assumed"]


@pytest.mark.parametrize(
    ("changes", "field", "value", "codes"),
    [
        ({"GPSAltitude": rationals((72, 10))}, "altitude_m", 7.2, []),
        (
            {"GPSAltitude": rationals((72, 10)), "GPSAltitudeRef": (SHORT, 1)},
            "altitude_m",
            -7.2,
            [],
        ),
        ({"GPSAltitude": rationals((0, 0))}, "altitude_m", None, ["altitude_unreadable"]),
        ({"GPSAltitude": rationals((4294967295, 1))}, "altitude_m", None, ["altitude_unreadable"]),
        ({"GPSImgDirection": rationals((35950, 100))}, "heading", 359.5, []),
        ({"GPSImgDirection": rationals((361, 1))}, "heading", None, ["heading_unreadable"]),
        ({"GPSImgDirection": rationals((0, 0))}, "heading", None, ["heading_unreadable"]),
        ({"GPSHPositioningError": rationals((5, 1))}, "accuracy_m", 5.0, []),
        ({"GPSHPositioningError": rationals((1, 0))}, "accuracy_m", None, ["accuracy_unreadable"]),
        ({"GPSHPositioningError": ascii_("5")}, "accuracy_m", None, ["accuracy_unreadable"]),
    ],
)
def test_what_comes_with_a_position(
    changes: dict[str, Tag], field: str, value: float | None, codes: list[str]
) -> None:
    facts = gps(**changes)
    assert getattr(facts, field) == value
    assert told(facts) == codes
    assert facts.latitude == 32.51


@pytest.mark.parametrize(
    ("changes", "moment", "assumed", "codes"),
    [
        ({}, "2026-03-04T02:11:12Z", False, []),
        ({"OffsetTimeOriginal": ascii_("-0330")}, "2026-03-04T13:41:12Z", False, []),
        ({"OffsetTimeOriginal": ascii_("Z")}, "2026-03-04T10:11:12Z", False, []),
        ({"OffsetTimeOriginal": None}, "2026-03-04T02:11:12Z", True, ["zone_assumed"]),
        ({"OffsetTimeOriginal": ascii_("   :  ")}, "2026-03-04T02:11:12Z", True, ["zone_assumed"]),
        (
            {"OffsetTimeOriginal": None, "OffsetTime": ascii_("+09:00")},
            "2026-03-04T01:11:12Z",
            False,
            [],
        ),
        (
            {"OffsetTimeOriginal": ascii_("+99:00")},
            "2026-03-04T02:11:12Z",
            True,
            ["offset_unreadable", "zone_assumed"],
        ),
        (
            {"OffsetTimeOriginal": ascii_("CST")},
            "2026-03-04T02:11:12Z",
            True,
            ["offset_unreadable", "zone_assumed"],
        ),
        ({"SubsecTimeOriginal": ascii_("7")}, "2026-03-04T02:11:12.7Z", False, []),
        ({"SubsecTimeOriginal": ascii_("0059")}, "2026-03-04T02:11:12.005Z", False, []),
        ({"SubsecTimeOriginal": ascii_("x")}, "2026-03-04T02:11:12Z", False, []),
        ({"SubsecTimeOriginal": ascii_("١٢")}, "2026-03-04T02:11:12Z", False, []),
        (
            {"DateTimeOriginal": ascii_("2026-03-04 10:11:12 PM")},
            "2026-03-04T02:11:12Z",
            False,
            [],
        ),
        ({"DateTimeOriginal": None}, None, False, []),
        ({"DateTimeOriginal": ascii_("0000:00:00 00:00:00")}, None, False, []),
        ({"DateTimeOriginal": ascii_("    :  :     :  :  ")}, None, False, []),
        ({"DateTimeOriginal": ascii_("2026:02:30 10:11:12")}, None, False, ["time_unreadable"]),
        ({"DateTimeOriginal": ascii_("2026:03:04 24:00:00")}, None, False, ["time_unreadable"]),
        ({"DateTimeOriginal": ascii_("0001:01:01 00:00:00")}, None, False, ["time_unreadable"]),
        ({"DateTimeOriginal": ascii_("9999:12:31 23:59:59")}, None, False, ["time_unreadable"]),
        ({"DateTimeOriginal": ascii_("yesterday")}, None, False, ["time_unreadable"]),
        ({"DateTimeOriginal": (UNDEFINED, b"\xff\xfe\x00")}, None, False, ["time_unreadable"]),
    ],
)
def test_the_cameras_clock(
    changes: dict[str, Tag | None], moment: str | None, assumed: bool, codes: list[str]
) -> None:
    facts = camera(**changes)
    expected = datetime.fromisoformat(moment) if moment else None
    assert (facts.original_at, facts.zone_assumed) == (expected, assumed)
    assert (facts.taken_at, facts.taken_at_source) == (expected, "original" if expected else None)
    assert told(facts) == codes


STAMP: dict[str, Tag] = {
    "GPSDateStamp": ascii_("2026:03:04"),
    "GPSTimeStamp": rationals((2, 1), (11, 1), (12, 1)),
}


@pytest.mark.parametrize(
    ("changes", "moment", "codes"),
    [
        ({}, "2026-03-04T02:11:12Z", []),
        ({"GPSDateStamp": ascii_("2026-03-04")}, "2026-03-04T02:11:12Z", []),
        (
            {"GPSTimeStamp": rationals((23, 1), (59, 1), (60, 1))},
            "2026-03-05T00:00:00Z",
            [],
        ),
        ({"GPSDateStamp": None}, None, []),
        ({"GPSTimeStamp": None}, None, []),
        ({"GPSTimeStamp": rationals((2, 1), (0, 0), (1, 1))}, None, ["gps_time_unreadable"]),
        ({"GPSTimeStamp": rationals((2, 1), (11, 1))}, None, ["gps_time_unreadable"]),
        ({"GPSTimeStamp": rationals((25, 1), (0, 1), (0, 1))}, None, ["gps_time_unreadable"]),
        ({"GPSDateStamp": ascii_("2026:13:04")}, None, ["gps_time_unreadable"]),
        ({"GPSDateStamp": ascii_("1980:01:06")}, None, ["gps_time_unreadable"]),
    ],
)
def test_the_satellites_clock(
    changes: dict[str, Tag | None], moment: str | None, codes: list[str]
) -> None:
    facts = gps(**{**STAMP, **changes})
    expected = datetime.fromisoformat(moment) if moment else None
    assert (facts.gps_at, facts.taken_at) == (expected, expected)
    assert facts.taken_at_source == ("gps" if moment else None)
    assert told(facts) == codes


def test_the_cameras_clock_goes_before_a_fix_that_may_be_old() -> None:
    old = {
        **HERE,
        GPS.GPSDateStamp: ascii_("2026:03:03"),
        GPS.GPSTimeStamp: rationals(*[(1, 1)] * 3),
    }
    facts = parse(block(camera=WHEN, gps=old))
    assert (facts.taken_at, facts.taken_at_source) == (SHOT, "original")
    assert facts.gps_at == datetime(2026, 3, 3, 1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text", "codes"),
    [
        (ascii_("HUAWEI"), "HUAWEI", []),
        (ascii_("HUAWEI  \x00\x00"), "HUAWEI", []),
        (ascii_("小米"), "小米", []),
        (ascii_("小米".encode("gb18030")), "小米", ["text_damaged"]),
        (ascii_(b"Phot\xe9"), "Photé", ["text_damaged"]),
        (ascii_(b"Good\x00garbage"), "Good", ["text_damaged"]),
        (ascii_("a\x1b[31mb\u202ec"), "a[31mbc", ["text_damaged"]),
        (ascii_("x" * 5000), "x" * 64, []),
        (ascii_(""), None, []),
        ((UNDEFINED, b"\x00\x00\x00\x00\x00"), None, []),
        (rationals((1, 2)), None, ["text_damaged"]),
    ],
)
def test_text_tags(value: Tag, text: str | None, codes: list[str]) -> None:
    facts = parse(block({Base.Make: value}))
    assert facts.make == text
    assert told(facts) == codes


@pytest.mark.parametrize(
    ("value", "found", "codes"),
    [
        *(((SHORT, n), n, []) for n in range(1, 9)),
        ((SHORT, 0), 1, []),
        ((SHORT, 9), 1, ["orientation_unreadable"]),
        ((LONG, 3), 3, []),
        (rationals((6, 1)), 6, []),
        (rationals((13, 2)), 1, ["orientation_unreadable"]),
        (rationals((0, 0)), 1, ["orientation_unreadable"]),
        (ascii_("6"), 1, ["orientation_unreadable"]),
        ((SHORT, (6, 6)), 6, ["damaged"]),
    ],
)
def test_orientation(value: Tag, found: int, codes: list[str]) -> None:
    facts = parse(block({Base.Orientation: value}))
    assert facts.orientation == found
    assert told(facts) == codes
