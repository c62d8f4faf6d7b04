"""Which shapes are sound, and what is said of those that are not."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.geo import Position, distance_m, wgs84_to_gcj02
from app.units.shapes import MOST_VERTICES, Unsound, shape_of
from tests.units.maps import polygon, square


def circle(count: int, radius: float = 0.2) -> list[list[float]]:
    around = [2 * math.pi * n / (count - 1) for n in range(count - 1)]
    ring = [[120 + radius * math.cos(a), 32.5 + radius * math.sin(a)] for a in around]
    return [*ring, ring[0]]


def faults(raw, coord_type="wgs84") -> list[tuple]:
    with pytest.raises(Unsound) as refused:
        shape_of(raw, coord_type)
    return [
        (why.code, *(why.params.get(name) for name in ("polygon", "ring", "vertex")))
        for why in refused.value.reasons
    ]


SHELL = square(120, 32, 1.0)
NO_RING = (None, None, None)
OPEN = [*SHELL[:-1], [120.0, 32.1]]
TWICE = [SHELL[0], SHELL[0], *SHELL[1:]]
BOW = [[120, 32], [121, 33], [121, 32], [120, 33], [120, 32]]
EIGHT = [[120, 32], [121, 32], [120.5, 32.5], [121, 33], [120, 33], [120.5, 32.5], [120, 32]]
BACK_AND_FORTH = [[120, 32], [121, 32], [120.5, 32], [120, 32]]
SWAPPED = [[latitude, longitude] for longitude, latitude in SHELL]
TRIANGLE = [[120.5, 32.0], [120.7, 32.3], [120.4, 32.3], [120.5, 32.0]]

WRONG = {
    "no geometry": ({"coordinates": [SHELL]}, ("area.not_polygon", *NO_RING)),
    "a point": ({"type": "Point", "coordinates": [120, 32]}, ("area.not_polygon", *NO_RING)),
    "no polygon in it": (
        {"type": "MultiPolygon", "coordinates": []},
        ("area.not_polygon", *NO_RING),
    ),
    "a datum of its own": ({**polygon(SHELL), "crs": {}}, ("area.unknown_member", *NO_RING)),
    "a ring too flat": (
        {"type": "Polygon", "coordinates": SHELL[:1]},
        ("area.position_form", 1, 1, 1),
    ),
    "no rings": ({"type": "Polygon", "coordinates": []}, ("area.polygon_form", 1, None, None)),
    "a text for a ring": (
        {"type": "Polygon", "coordinates": ["120"]},
        ("area.polygon_form", 1, None, None),
    ),
    "texts for numbers": (polygon([["120", "32"], *SHELL[1:]]), ("area.position_form", 1, 1, 1)),
    "true for a number": (polygon([[True, 32], *SHELL[1:]]), ("area.position_form", 1, 1, 1)),
    "no number": (polygon([SHELL[0], [math.nan, 32]]), ("area.position_form", 1, 1, 2)),
    "too big a number": (polygon([[10**400, 32], *SHELL[1:]]), ("area.position_form", 1, 1, 1)),
    "one number": (polygon([[120.0], *SHELL[1:]]), ("area.position_form", 1, 1, 1)),
    "not closed": (polygon(OPEN), ("area.not_closed", 1, 1, None)),
    "three positions": (polygon([SHELL[0], SHELL[1], SHELL[0]]), ("area.too_few", 1, 1, None)),
    "twice the same": (polygon(TWICE), ("area.duplicate", 1, 1, 2)),
    "a bow tie": (polygon(BOW), ("area.crosses_itself", 1, 1, None)),
    "an eight": (polygon(EIGHT), ("area.crosses_itself", 1, 1, None)),
    "there and back": (polygon(BACK_AND_FORTH), ("area.no_inside", 1, 1, None)),
    "latitude first": (polygon(SWAPPED), ("area.swapped", 1, 1, 1)),
    "beyond 180": (polygon(square(179.5, 10, 1)), ("area.out_of_range", 1, 1, 2)),
    "beyond the pole": (polygon(square(60, 89.5, 1)), ("area.out_of_range", 1, 1, 3)),
    "around the pole": (
        polygon([[0, 80], [120, 80], [-120, 80], [0, 80]]),
        ("area.around_pole", 1, 1, None),
    ),
    "half the world": (
        polygon([[-100, 0], [0, -5], [100, 0], [0, 5], [-100, 0]]),
        ("area.too_wide", 1, 1, None),
    ),
    "a hole elsewhere": (polygon(SHELL, square(125, 32)), ("area.hole_outside", 1, 2, None)),
    "a hole across the shell": (
        polygon(SHELL, square(120.95, 32.5)),
        ("area.hole_crosses", 1, 2, None),
    ),
    "a hole around the shell": (
        polygon(SHELL, square(119, 31, 3.0)),
        ("area.hole_crosses", 1, 2, None),
    ),
    "a hole that touches": (polygon(SHELL, TRIANGLE), ("area.hole_crosses", 1, 2, None)),
    "holes that overlap": (
        polygon(SHELL, square(120.2, 32.2), square(120.25, 32.25)),
        ("area.holes_meet", 1, 3, None),
    ),
    "a hole in a hole": (
        polygon(SHELL, square(120.2, 32.2, 0.5), square(120.3, 32.3)),
        ("area.holes_meet", 1, 3, None),
    ),
    "a hole that crosses itself": (
        polygon(SHELL, [[x / 10 + 108.5, y / 10 + 29.2] for x, y in BOW]),
        ("area.crosses_itself", 1, 2, None),
    ),
    "the second part": (
        {"type": "MultiPolygon", "coordinates": [[SHELL], [square(130, 32), OPEN]]},
        ("area.not_closed", 2, 2, None),
    ),
    "too many": (polygon(circle(MOST_VERTICES + 1)), ("area.too_many_vertices", *NO_RING)),
}


@pytest.mark.parametrize(("raw", "fault"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_ring(raw, fault):
    assert faults(raw) == [fault]


def test_each_ring_that_is_wrong_is_named():
    assert faults(polygon(OPEN, BOW, square(120.5, 32.5), TWICE)) == [
        ("area.not_closed", 1, 1, None),
        ("area.crosses_itself", 1, 2, None),
        ("area.duplicate", 1, 4, 2),
    ]


def test_where_it_crosses_itself_is_said():
    with pytest.raises(Unsound) as refused:
        shape_of(polygon(BOW), "wgs84")
    assert refused.value.reasons[0].params["at"] == "120.500000, 32.500000"


def test_as_many_vertices_as_there_may_be():
    assert shape_of(polygon(circle(MOST_VERTICES)), "wgs84").vertices == MOST_VERTICES


def test_altitudes_are_dropped_and_shells_turn_left():
    clockwise = [[*position, 4.5] for position in SHELL[::-1]]
    hole = square(120.4, 32.4)
    made = shape_of(polygon(clockwise, hole), "wgs84").geometry["coordinates"]
    assert made == [SHELL, hole[::-1]]
    assert shapely.LinearRing(made[0]).is_ccw


def test_across_180_the_short_way_is_meant():
    ring = [[179.5, -17], [-179.5, -17], [-179.5, -16], [179.5, -16], [179.5, -17]]
    hole = [[-179.9, -16.6], [-179.8, -16.6], [-179.8, -16.5], [-179.9, -16.5], [-179.9, -16.6]]
    assert shape_of(polygon(ring, hole), "wgs84").geometry["coordinates"] == [ring, hole[::-1]]
    at_the_line = [[180, -17], [-180, -17], *ring[1:]]
    assert faults(polygon([*at_the_line[:-1], [180, -17]])) == [("area.duplicate", 1, 1, 2)]
    elsewhere = square(179, -16.6)
    assert faults(polygon(ring, elsewhere)) == [("area.hole_outside", 1, 2, None)]


@pytest.mark.parametrize("coord_type", ["gcj02", "bd09"])
def test_vertices_of_another_datum_are_converted_one_by_one(coord_type):
    made = shape_of(polygon(SHELL), coord_type).geometry["coordinates"][0]
    for (longitude, latitude), (was_longitude, was_latitude) in zip(made, SHELL, strict=True):
        asked = Position(was_latitude, was_longitude, coord_type).wgs84()
        assert (latitude, longitude) == asked
        assert 100 < distance_m((latitude, longitude), (was_latitude, was_longitude)) < 2000


def test_a_file_in_gcj02_lies_where_it_was_drawn():
    shifted = [list(wgs84_to_gcj02(latitude, longitude))[::-1] for longitude, latitude in SHELL]
    made = shape_of(polygon(shifted), "gcj02").geometry["coordinates"][0]
    for (longitude, latitude), (was_longitude, was_latitude) in zip(made, SHELL, strict=True):
        assert distance_m((latitude, longitude), (was_latitude, was_longitude)) < 0.01


STARS = st.lists(st.floats(0.05, 0.4), min_size=3, max_size=40)


@given(STARS, st.booleans(), st.sampled_from([120.0, 180.0, -179.9, 0.0]))
def test_a_star_is_sound_wherever_it_lies_and_keeps_its_vertices(radii, backwards, middle):
    ring = []
    for n, radius in enumerate(radii):
        angle = 2 * math.pi * n / len(radii)
        longitude = middle + radius * math.cos(angle)
        ring.append([(longitude + 180) % 360 - 180, 32 + radius * math.sin(angle)])
    ring.append(ring[0])
    made = shape_of(polygon(ring[::-1] if backwards else ring), "wgs84")
    assert made.geometry["coordinates"] == [ring]
    assert made.vertices == len(radii) + 1


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_nothing_that_json_can_say_is_more_than_unsound(coordinates):
    for kind in ("Polygon", "MultiPolygon"):
        with pytest.raises(Unsound):
            shape_of({"type": kind, "coordinates": coordinates}, "wgs84")
