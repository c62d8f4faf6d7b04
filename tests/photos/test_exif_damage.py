from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from app.photos import exif
from app.photos.exif import Exif, parse
from deploy.sample_photos import SAMPLES, make_photo
from tests.photos.exif_facts import HERE, SHOT, WHEN, told
from tests.photos.tiff import (
    ASCII,
    DOUBLE,
    LONG,
    RATIONAL,
    SHORT,
    SRATIONAL,
    UNDEFINED,
    Directory,
    ascii_,
    block,
    jpeg,
    png,
)


def test_no_exif_is_no_complaint(tmp_path: Path) -> None:
    path = tmp_path / "plain.jpg"
    Image.new("RGB", (8, 6)).save(path)
    assert exif.read(path) == Exif()


@pytest.mark.parametrize("late", [False, True])
def test_a_png_may_say_it_before_or_behind_the_pixels(tmp_path: Path, late: bool) -> None:
    assert exif.read(png(tmp_path / "a.png", block(gps=HERE), late=late)).latitude == 32.51


def test_a_png_without_any_and_one_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    Image.effect_noise((64, 64), 50).save(path)
    assert exif.read(path) == Exif()
    path.write_bytes(path.read_bytes()[:500])
    assert exif.read(path) == Exif()


def test_a_webp_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    Image.new("RGB", (8, 6)).save(path, exif=b"Exif\x00\x00" + block(gps=HERE))
    assert exif.read(path).latitude == 32.51


def test_a_broken_position_directory_leaves_the_rest() -> None:
    data = block({Base.Make: ascii_("HUAWEI"), IFD.GPSInfo: (LONG, 60_000)}, WHEN)
    facts = parse(data)
    assert (facts.make, facts.taken_at, facts.latitude) == ("HUAWEI", SHOT, None)
    assert told(facts) == ["damaged"]


def test_one_tag_that_points_nowhere_leaves_its_neighbours() -> None:
    data = bytearray(block({Base.Make: ascii_("HUAWEI"), Base.Model: ascii_("ALN-AL00")}))
    data[8 + 2 + 8 : 8 + 2 + 12] = b"\xff\xff\xff\x7f"
    facts = parse(bytes(data))
    assert (facts.make, facts.model) == (None, "ALN-AL00")
    assert told(facts) == ["damaged"]


def test_a_directory_that_points_at_itself_ends() -> None:
    facts = parse(block({Base.Make: ascii_("HUAWEI"), IFD.GPSInfo: (LONG, 8), IFD.Exif: (LONG, 8)}))
    assert facts.make == "HUAWEI"


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8X"])
def test_a_file_that_is_no_picture_is_told_not_raised(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    assert told(exif.read(path)) == ["damaged"]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        exif.read(tmp_path / "none")


def _well_formed() -> bytes:
    data = make_photo(64, 48, seed=1)
    start = data.index(b"Exif\x00\x00") + 6
    return data[start : start + int.from_bytes(data[start - 8 : start - 6], "big") - 8]


WELL_FORMED = _well_formed()


def never_raises(path: Path, data: bytes) -> None:
    facts = exif.read(jpeg(path, data[:60_000]))
    told(facts)
    assert facts.orientation in range(1, 9)
    assert facts.latitude is None or -90 <= facts.latitude <= 90
    assert facts.longitude is None or -180 <= facts.longitude <= 180
    assert facts.taken_at is None or facts.taken_at.tzinfo is UTC
    for text in (facts.make, facts.model):
        assert text is None or (text.isprintable() and text.encode())


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=400) | st.binary(max_size=400).map(lambda b: b"II*\0\x08\0\0\0" + b))
def test_garbage_never_raises(tmp_path: Path, data: bytes) -> None:
    never_raises(tmp_path / "a.jpg", data)


@settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.dictionaries(st.integers(0, len(WELL_FORMED) - 1), st.integers(0, 255), max_size=24),
    end=st.integers(0, len(WELL_FORMED)) | st.just(len(WELL_FORMED)),
)
def test_a_damaged_block_never_raises(tmp_path: Path, changes: dict[int, int], end: int) -> None:
    data = bytearray(WELL_FORMED)
    for at, byte in changes.items():
        data[at] = byte
    never_raises(tmp_path / "a.jpg", bytes(data[:end]))


_TAGS = st.dictionaries(
    st.sampled_from([*GPS, Base.Make, Base.Orientation, Base.DateTimeOriginal, Base.OffsetTime]),
    st.one_of(
        st.tuples(st.sampled_from([ASCII, UNDEFINED]), st.binary(max_size=40)),
        st.tuples(st.just(SHORT), st.lists(st.integers(0, 65535), max_size=4)),
        st.tuples(st.just(DOUBLE), st.lists(st.floats(), max_size=4)),
        st.tuples(
            st.just(RATIONAL),
            st.lists(st.tuples(*[st.sampled_from([0, 1, 59, 2**32 - 1])] * 2), max_size=4),
        ),
        st.tuples(
            st.just(SRATIONAL),
            st.lists(st.tuples(*[st.sampled_from([0, 1, -1, -(2**31)])] * 2), max_size=4),
        ),
    ),
)


@settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(main=_TAGS, camera=_TAGS, gps=_TAGS)
def test_any_value_of_any_type_never_raises(
    tmp_path: Path, main: Directory, camera: Directory, gps: Directory
) -> None:
    never_raises(tmp_path / "a.jpg", block(main, camera, gps))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_shipped_photos_read_as_they_were_made(sample: Any) -> None:
    folder = Path(__file__).parents[1] / "data" / "photos"
    facts = exif.read(folder / sample.name)
    assert (facts.latitude, facts.longitude) == (
        pytest.approx(sample.place, abs=1e-6) if sample.place else (None, None)
    )
    assert facts.taken_at == sample.taken_at.astimezone(UTC)
    assert (facts.orientation, facts.warnings) == (sample.orientation, ())
    assert (folder / sample.name).stat().st_size < 400 * 1024


def test_a_made_photo_is_the_same_each_time() -> None:
    assert make_photo(160, 120, seed=4) == make_photo(160, 120, seed=4)
    assert make_photo(160, 120, seed=4) != make_photo(160, 120, seed=7)
