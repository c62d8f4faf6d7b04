"""Tiles: what lies in them, what a box touches."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.boards import tiles

LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-85, 85)
SOME = settings(max_examples=30, deadline=None)


@SOME
@given(LONGITUDES, LATITUDES)
def test_a_tile_holds_its_point_and_begins_with_the_wider_ones(longitude, latitude):
    tile = tiles.tile_of(longitude, latitude)
    for level in tiles.LEVELS:
        assert tiles.tile_of(longitude, latitude, level) == tile[:level]
    west, south, east, north = tiles.bounds(tile)
    assert west - 1e-9 <= longitude <= east + 1e-9
    assert south - 1e-9 <= latitude <= north + 1e-9


@SOME
@given(
    st.floats(120, 120.3),
    st.floats(32.4, 32.6),
    st.floats(0, 0.2),
    st.floats(0, 0.2),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(tiles.LEVELS[:4]),
)
def test_a_box_touches_the_tiles_of_all_points_in_it(west, south, wide, high, x, y, level):
    box = (west, south, west + wide, south + high)
    touched = set(tiles.covering(box, level))
    assert len(touched) == tiles.size(box, level)
    assert tiles.tile_of(west + x * wide, south + y * high, level) in touched
    beside = tiles.tile_of(west - 1, south, level)
    assert tiles.touches(box, beside) == (beside in touched)
    assert all(tiles.touches(box, tile) for tile in touched)


def test_a_known_tile():
    """The example of Bing Maps Tile System: column 3, row 5 of level 3 is 213."""
    west, south, east, north = tiles.bounds("213")
    assert tiles.tile_of((west + east) / 2, (south + north) / 2, 3) == "213"
    assert (west, east) == (-45.0, 0.0)
    assert -67 < south < north < -40


def test_the_wider_tiles_of_a_mark():
    tile = tiles.tile_of(120.15, 32.51)
    assert list(tiles.wider("i.state|answered")) == []
    assert list(tiles.wider("at.issues|")) == []
    assert list(tiles.wider(f"at.issues|{tile}")) == [
        f"at.issues@{level}|{tile[:level]}" for level in tiles.LEVELS[:-1]
    ]
