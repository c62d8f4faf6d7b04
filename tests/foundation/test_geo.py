from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.foundation.geo import Position, distance_m, wgs84_to_gcj02

# WGS-84 and GCJ-02 of the same spot, as the widely used open implementations (eviltransform,
# coordtransform) have them in their own tests.
SHIFTED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # Shanghai
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # Shenzhen
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),  # Beijing
    ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
]
# BD-09 and GCJ-02, from coordtransform: its inverse of Baidu's shift, and the shift itself, which has no
# exact inverse.
BAIDU = [
    ((39.915, 116.404), (39.90865673957631, 116.39762729119315), 1e-6),
    ((39.92133699351021, 116.41036949371029), (39.915, 116.404), 1.0),
]
CENTIMETRE = 0.01

in_china = st.tuples(st.floats(18.2, 53.5), st.floats(73.6, 134.7))
anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(("wgs84", "gcj02"), SHIFTED)
def test_the_shift_is_the_published_one(wgs84, gcj02):
    assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-11)
    assert distance_m(Position(*gcj02, "gcj02").wgs84(), wgs84) < CENTIMETRE


@pytest.mark.parametrize(("bd09", "gcj02", "metres"), BAIDU)
def test_baidus_second_shift_is_undone(bd09, gcj02, metres):
    undone = Position(*bd09, "bd09").wgs84()
    assert distance_m(undone, Position(*gcj02, "gcj02").wgs84()) < metres


@given(in_china)
@settings(max_examples=300, deadline=None)
def test_there_and_back_is_within_a_centimetre(spot):
    back = Position(*wgs84_to_gcj02(*spot), "gcj02").wgs84()
    assert distance_m(back, spot) < CENTIMETRE


@given(in_china)
@settings(max_examples=100, deadline=None)
def test_the_shift_is_some_hundred_metres(spot):
    assert 20 < distance_m(wgs84_to_gcj02(*spot), spot) < 1500


@given(anywhere, st.sampled_from(["wgs84", "gcj02", "bd09"]))
@settings(max_examples=300, deadline=None)
def test_every_reading_that_is_taken_gives_a_place_on_earth(spot, datum):
    latitude, longitude = Position(*spot, datum).wgs84()
    assert -90 <= latitude <= 90
    assert -180 <= longitude <= 180
    assert distance_m((latitude, longitude), spot) < 5000


@pytest.mark.parametrize("spot", [(90.0, 10.0), (-90.0, 0.0), (51.5, -0.1), (-33.9, 151.2)])
@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_abroad_nothing_is_shifted(spot, datum):
    assert Position(*spot, datum).wgs84() == spot


def test_a_wgs84_reading_stays_as_it_is():
    assert Position(32.51, 120.15).wgs84() == (32.51, 120.15)


def test_the_reading_is_kept_beside_its_wgs84_form():
    stored = Position(32.5, 120.1, "gcj02", 12.0).stored()
    latitude, longitude = Position(32.5, 120.1, "gcj02").wgs84()
    assert stored["point"] == {"type": "Point", "coordinates": [longitude, latitude]}
    assert stored["raw"] == {
        "latitude": 32.5,
        "longitude": 120.1,
        "coord_type": "gcj02",
        "accuracy_m": 12.0,
    }


def test_distances_are_geodesic_metres():
    # One degree of a meridian at the equator on WGS-84: 110574.39 m.
    assert distance_m((0, 0), (1, 0)) == pytest.approx(110574.39, abs=0.01)
    assert distance_m((32.51, 120.15), (32.51, 120.15)) == 0


@given(in_china, in_china)
@settings(max_examples=50, deadline=None)
def test_a_distance_is_the_same_both_ways(a, b):
    assert math.isclose(distance_m(a, b), distance_m(b, a), abs_tol=1e-6)
