"""What the map says of a position, asked of the database itself."""

from __future__ import annotations

import pytest

from app.foundation import clock
from app.foundation.geo import Position, wgs84_to_gcj02
from app.units import areas
from app.units.actions import Said, bring, checked
from tests.units.maps import of_unit, polygon, square

STREET, TOWN, PARK = "321204002", "321204101", "P-KFQ"


def put(code: str, area: dict) -> None:
    assert bring(code, checked(Said(**area)), clock.now())


def at(latitude: float, longitude: float) -> areas.Located:
    return areas.at(Position(latitude, longitude))


def district(*rings) -> dict:
    return {"name": "区界", "kind": "district", "geometry": polygon(*rings)}


def test_an_empty_map_says_nothing(clean):
    assert at(32.5, 120.1) == areas.NOWHERE


def test_a_hole_is_not_inside(clean):
    put("A", of_unit(STREET, square(120, 32, 1.0), square(120.4, 32.4, 0.2)))
    assert at(32.1, 120.1).unit == STREET
    assert at(32.5, 120.5).unit is None
    assert at(33.5, 120.5).unit is None


def test_another_unit_may_lie_in_the_hole(clean):
    put("A", of_unit(STREET, square(120, 32, 1.0), square(120.4, 32.4, 0.2)))
    put("B", of_unit(TOWN, square(120.4, 32.4, 0.2)))
    assert at(32.5, 120.5) == areas.Located(TOWN, {"B": "测试范围"}, None)


@pytest.mark.parametrize("split", [False, True], ids=["in one ring", "cut at the line"])
def test_an_area_across_180_holds_both_its_sides_and_nothing_else(split, clean):
    west, east = square(179.5, -17, 0.5), square(-180, -17, 0.5)
    whole = [[179.5, -17], [-179.5, -17], [-179.5, -16.5], [179.5, -16.5], [179.5, -17]]
    cut = {"type": "MultiPolygon", "coordinates": [[west], [east]]}
    put("A", {**of_unit(STREET, whole), **({"geometry": cut} if split else {})})
    for longitude in (179.6, 179.999, 180, -180, -179.999, -179.6):
        assert at(-16.8, longitude).unit == STREET, longitude
    for longitude in (179.4, -179.4, 0, 90, -90, 120):
        assert at(-16.8, longitude).unit is None, longitude
    assert at(-17.1, 179.9).unit is None


def test_a_hole_across_180(clean):
    shell = [[179, -18], [-179, -18], [-179, -16], [179, -16], [179, -18]]
    hole = [[179.5, -17.5], [-179.5, -17.5], [-179.5, -16.5], [179.5, -16.5], [179.5, -17.5]]
    put("A", of_unit(STREET, shell, hole))
    assert [at(-17, longitude).unit for longitude in (179.2, -179.2)] == [STREET, STREET]
    assert [at(-17, longitude).unit for longitude in (179.7, 180, -179.7)] == [None, None, None]


def test_where_a_park_lies_in_a_street_the_lower_rank_counts(clean):
    put("STREET", of_unit(STREET, square(120, 32, 1.0)))
    put("PARK", of_unit(PARK, square(120.4, 32.4), rank=3))
    assert at(32.45, 120.45) == areas.Located(
        PARK, {"PARK": "测试范围", "STREET": "测试范围"}, None
    )
    assert at(32.1, 120.1).unit == STREET


def test_of_the_same_rank_the_code_decides_so_that_it_is_always_the_same(clean):
    put("B", of_unit(TOWN, square(120, 32, 1.0)))
    put("A", of_unit(STREET, square(120, 32, 1.0)))
    assert at(32.5, 120.5).unit == STREET


def test_the_boundary_of_the_district_tells_what_is_outside(clean):
    put("A", of_unit(STREET, square(120, 32, 2.0)))
    assert at(32.5, 120.5).outside is None
    put("D", district(square(120, 32, 1.0)))
    assert at(32.5, 120.5).outside is False
    assert at(33.5, 120.5) == areas.Located(STREET, {"A": "测试范围"}, True)


def test_a_place_has_no_unit(clean):
    put("P", {"name": "化工片区", "kind": "place", "geometry": polygon(square(120, 32, 1.0))})
    assert at(32.5, 120.5) == areas.Located(None, {"P": "化工片区"}, None)
    assert areas.codes() == {"P"}


def test_a_reading_in_another_datum_is_looked_for_where_it_is(clean):
    put("A", of_unit(STREET, square(120.1, 32.5, 0.001)))
    seen = wgs84_to_gcj02(32.5005, 120.1005)
    assert areas.at(Position(*seen, "gcj02")).unit == STREET
    assert areas.at(Position(*seen)).unit is None
