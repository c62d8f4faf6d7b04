"""How far a photo can be believed: each grade, and the edges between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.foundation.messages import say
from app.photos.evidence import Copy, Facts, Neighbour, Twin, distance_to_site_m, grade
from tests.support.factories import at

SITE = (32.51, 120.15)
NEAR = (32.5105, 120.1505)  # 73 m from the site
BESIDE = (32.5106, 120.1505)  # 11 m from NEAR
FAR = (32.60, 120.15)  # 10 km
NOON = at("2026-11-24T12:00:00+08:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

ALL_AGREE = Facts(
    device=NEAR,
    device_accuracy_m=10.0,
    exif=BESIDE,
    site=SITE,
    site_radius_m=500.0,
    device_taken_at=NOON,
    exif_taken_at=NOON + MINUTE,
    received_at=NOON + HOUR,
    token="valid",
)
NOTHING = Facts(None, None, None, None, 0.0, None, None, NOON)
METRE_OF_LATITUDE = 1 / 110_900  # degrees, near 32.5° north


def north(metres: float) -> tuple[float, float]:
    return SITE[0] + metres * METRE_OF_LATITUDE, SITE[1]


@pytest.mark.parametrize(
    ("facts", "expected", "codes"),
    [
        (ALL_AGREE, "verified", ["on_site", "fixes_agree", "times_agree"]),
        (replace(ALL_AGREE, exif=None), "consistent", ["on_site", "times_agree"]),
        (replace(ALL_AGREE, exif_taken_at=None), "consistent", ["on_site", "fixes_agree"]),
        (replace(ALL_AGREE, device_taken_at=None), "consistent", ["on_site", "fixes_agree"]),
        (replace(ALL_AGREE, site=None), "consistent", ["fixes_agree", "times_agree"]),
        (replace(ALL_AGREE, device=None), "consistent", ["times_agree"]),
        (replace(NOTHING, device=NEAR, site=SITE, site_radius_m=500), "consistent", ["on_site"]),
        (NOTHING, "unverified", ["nothing_to_compare"]),
        (replace(NOTHING, device=NEAR), "unverified", ["nothing_to_compare"]),
        (replace(NOTHING, exif=NEAR), "unverified", ["nothing_to_compare"]),
        (replace(NOTHING, site=SITE), "unverified", ["nothing_to_compare"]),
        (replace(NOTHING, exif_taken_at=NOON), "unverified", ["nothing_to_compare"]),
        (replace(ALL_AGREE, device=FAR, exif=FAR), "contradicted", ["off_site"]),
        (replace(ALL_AGREE, exif=FAR), "contradicted", ["fixes_differ"]),
        (replace(ALL_AGREE, device=FAR), "contradicted", ["fixes_differ", "off_site"]),
        (replace(NOTHING, exif=FAR, site=SITE, site_radius_m=500), "contradicted", ["off_site"]),
        (replace(ALL_AGREE, exif_taken_at=NOON - 3 * HOUR), "contradicted", ["times_differ"]),
        (
            replace(ALL_AGREE, exif_taken_at=None, received_at=NOON - 2 * HOUR),
            "contradicted",
            ["from_the_future"],
        ),
    ],
)
def test_each_grade_with_its_reasons(facts, expected, codes):
    found = grade(facts)
    assert found.grade == expected
    assert [reason.code for reason in found.reasons] == [f"evidence.{code}" for code in codes]


DAY = "2026-03-03"


@pytest.mark.parametrize(
    ("change", "expected", "codes"),
    [
        ({"token": "missing"}, "consistent", ["token_missing"]),
        ({"token": "invalid"}, "consistent", ["token_invalid"]),
        ({"token": "foreign"}, "consistent", ["token_foreign"]),
        ({"token": "stale"}, "consistent", ["token_stale"]),
        ({"token": "later"}, "consistent", ["token_later"]),
        ({"skew": 3 * HOUR}, "verified", ["clock_fast"]),
        ({"skew": -3 * HOUR, "received_at": NOON + 5 * HOUR}, "verified", ["clock_slow"]),
        ({"skew": MINUTE}, "verified", []),
        ({"screenshot": True}, "unverified", ["screenshot"]),
        ({"editor": "Snapseed 2.0"}, "unverified", ["edited"]),
        ({"preview": True}, "unverified", ["preview_only"]),
        ({"copies": (Copy(DAY, exact=False),)}, "unverified", ["looks_like"]),
        ({"copies": (Copy(DAY, exact=False, mirrored=True),)}, "unverified", ["looks_mirrored"]),
        ({"gps_at": NOON - 3 * HOUR}, "verified", []),  # the phone's last fix
        ({"gps_at": NOON + 3 * HOUR}, "unverified", ["clock_off"]),
        ({"neighbours": (Neighbour(90_000, 3600),)}, "verified", []),
        ({"neighbours": (Neighbour(1_500, 1),)}, "verified", []),
        ({"twins": (Twin(DAY, SITE, NEAR),)}, "verified", []),
        ({"arrived_at": NOON + 2 * HOUR}, "verified", []),
    ],
)
def test_what_keeps_a_good_photo_from_better(change, expected, codes):
    found = grade(replace(ALL_AGREE, **change))
    assert found.grade == expected
    support = ["on_site", "fixes_agree", "times_agree"]
    assert [reason.code for reason in found.reasons] == [
        f"evidence.{code}" for code in (*support, *codes)
    ]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"mock_location": True}, ["mock_location"]),
        ({"copies": (Copy(DAY, exact=True),)}, ["same_file"]),
        ({"neighbours": (Neighbour(90_000, 600),)}, ["too_fast"]),
        ({"neighbours": (Neighbour(5_000, 0),)}, ["too_fast"]),
        ({"twins": (Twin(DAY, FAR, None),)}, ["same_coordinates"]),
        ({"twins": (Twin(DAY, None, FAR),)}, ["same_coordinates"]),
        ({"arrived_at": NOON + 41 * 24 * HOUR}, ["before_arrival"]),
        (
            {"arrived_at": NOON + 41 * 24 * HOUR, "exif_taken_at": None},
            ["device_before_arrival"],
        ),
        ({"skew": timedelta(), "gps_at": NOON + 3 * HOUR}, ["clock_off"]),
        ({"skew": timedelta(), "gps_at": NOON - 41 * 24 * HOUR}, ["clock_off"]),
        ({"skew": 3 * HOUR, "gps_at": NOON}, ["clock_off"]),
    ],
)
def test_each_contradiction(change, codes):
    found = grade(replace(ALL_AGREE, **change))
    assert found.grade == "contradicted"
    assert [reason.code for reason in found.reasons] == [f"evidence.{code}" for code in codes]


def test_a_wrong_clock_that_is_known_is_not_suspicious():
    late = NOON + 9 * HOUR  # the phone is nine hours fast, and so is its camera
    facts = replace(ALL_AGREE, device_taken_at=late, exif_taken_at=late, gps_at=NOON)
    assert grade(facts).grade == "contradicted"
    assert grade(replace(facts, skew=9 * HOUR)).grade == "verified"


def test_being_offline_for_days_is_not_suspicious():
    assert grade(replace(ALL_AGREE, received_at=NOON + 100 * HOUR)).grade == "verified"


@pytest.mark.parametrize("accuracy", [501, 100_000])
def test_a_coarse_fix_opens_no_fence_and_proves_nothing(accuracy):
    facts = replace(ALL_AGREE, device_accuracy_m=float(accuracy))
    assert grade(facts).grade == "consistent"
    assert grade(replace(facts, device=north(1_100), exif=None)).grade == "contradicted"


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (
            replace(NOTHING, device=north(2_300), site=SITE, site_radius_m=500.0),
            "距项目现场 2.3 公里，超出 500 米",
        ),
        (
            replace(NOTHING, exif_taken_at=NOON, arrived_at=NOON + 41 * 24 * HOUR),
            "EXIF 时间比到达时间早 41 天",
        ),
        (replace(ALL_AGREE, copies=(Copy(DAY, exact=False),)), "与 2026-03-03 走访照片相似"),
    ],
)
def test_reasons_in_words(facts, text):
    assert text in [say(each.code, **each.params) for each in grade(facts).reasons]


@pytest.mark.parametrize(
    ("metres", "accuracy", "expected"),
    [
        (499, None, "consistent"),
        (501, None, "contradicted"),
        (501, 0.0, "contradicted"),
        (540, 50.0, "consistent"),
        (560, 50.0, "contradicted"),
    ],
)
def test_the_devices_inaccuracy_widens_the_site(metres, accuracy, expected):
    facts = replace(NOTHING, device=north(metres), device_accuracy_m=accuracy, site=SITE)
    assert grade(replace(facts, site_radius_m=500.0)).grade == expected


@pytest.mark.parametrize(
    ("apart", "expected"),
    [(HOUR, "consistent"), (-HOUR, "consistent"), (HOUR + MINUTE, "contradicted")],
)
def test_clocks_may_be_an_hour_apart(apart, expected):
    facts = replace(NOTHING, device_taken_at=NOON, exif_taken_at=NOON + apart)
    assert grade(facts).grade == expected


@pytest.mark.parametrize(
    ("late", "expected"), [(HOUR, "unverified"), (HOUR + MINUTE, "contradicted")]
)
def test_nor_is_a_photo_received_before_it_was_taken(late, expected):
    assert grade(replace(NOTHING, device_taken_at=NOON + late)).grade == expected


def test_the_distance_is_from_the_device_first():
    assert distance_to_site_m(replace(ALL_AGREE, exif=FAR)) == pytest.approx(73, abs=2)
    assert distance_to_site_m(replace(ALL_AGREE, device=None)) == pytest.approx(81, abs=2)
    assert distance_to_site_m(replace(ALL_AGREE, device=None, exif=None)) is None
    assert distance_to_site_m(replace(ALL_AGREE, site=None)) is None


fixes = st.none() | st.tuples(st.floats(32.4, 32.6), st.floats(120.1, 120.2))
times = st.none() | st.integers(-300, 300).map(lambda minutes: NOON + minutes * MINUTE)


@given(fixes, fixes, fixes, times, times)
@settings(deadline=None)
def test_there_is_always_a_grade_with_reasons(device, exif, site, device_time, exif_time):
    facts = Facts(device, None, exif, site, 500.0, device_time, exif_time, NOON)
    found = grade(facts)
    assert found.reasons
    assert found.grade in ("verified", "consistent", "unverified", "contradicted")
    if found.grade == "verified":
        assert None not in (device, exif, site, device_time, exif_time)


@given(fixes, fixes, fixes, times, times)
@settings(deadline=None)
def test_taking_the_files_word_away_never_makes_it_verified(device, exif, site, one, two):
    facts = Facts(device, None, None, site, 500.0, one, None, NOON)
    assert grade(facts).grade != "verified"
    assert grade(replace(facts, exif=exif)).grade != "verified"
    assert grade(replace(facts, exif_taken_at=two)).grade != "verified"
