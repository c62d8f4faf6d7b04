"""Copies are found, look-alikes are not, and the index is what finds them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pymongo import IndexModel

from app.photos import likeness
from app.photos.likeness import BAND_BITS, BANDS, LIKE, SIDE, Fingerprint
from tests.support import lookalikes
from tests.support.lookalikes import VARIANTS, Original

tiles = st.binary(min_size=SIDE * SIDE, max_size=SIDE * SIDE).filter(any)


@pytest.fixture(scope="module")
def made() -> list[tuple[Original, Fingerprint]]:
    """Forty photos in twenty families."""
    return [
        (original, likeness.fingerprint(lookalikes.thumb(original.image)))
        for original in lookalikes.originals(20, members=2, first=70)
    ]


@pytest.fixture
def rows(clean: None) -> Any:
    from app.foundation import db

    collection = db.database()["likeness_test"]
    collection.drop()
    collection.create_indexes([IndexModel("likeness.bands", sparse=True)])
    yield collection
    collection.drop()


def row(fingerprint: Fingerprint) -> dict[str, Any]:
    return {
        "_id": ObjectId(),
        "owner": ObjectId(),
        "received_at": datetime(2026, 3, 3, tzinfo=UTC),
        "likeness": fingerprint.stored(),
    }


def alike(seen: Fingerprint, kept: Fingerprint) -> bool:
    shares = set(likeness.probes(seen)) & set(kept.bands)
    return bool(shares and likeness.likely(seen, [row(kept)]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_copies_are_found(variant: str, made: list[tuple[Original, Fingerprint]]) -> None:
    copies = [lookalikes.thumb(VARIANTS[variant](original.image)) for original, _ in made]
    found = [
        alike(likeness.fingerprint(copy), kept)
        for copy, (_, kept) in zip(copies, made, strict=True)
    ]
    assert sum(found) >= 0.95 * len(found)


def test_an_original_is_found_by_its_cropped_copy_and_the_other_way_round(
    made: list[tuple[Original, Fingerprint]],
) -> None:
    original, kept = made[2]
    copy = likeness.fingerprint(lookalikes.thumb(lookalikes.cropped(original.image, "lb")))
    assert alike(copy, kept)
    assert alike(kept, copy)


def test_different_photos_are_not_taken_for_the_same(
    made: list[tuple[Original, Fingerprint]],
) -> None:
    pairs = combinations(made, 2)
    assert [(a[0].family, b[0].family) for a, b in pairs if alike(a[1], b[1])] == []


def test_whether_it_was_mirrored_is_told(made: list[tuple[Original, Fingerprint]]) -> None:
    original, kept = made[4]
    seen = likeness.fingerprint(lookalikes.thumb(lookalikes.mirrored(original.image)))
    assert [match.mirrored for match in likeness.likely(seen, [row(kept)])] == [True]
    assert [match.mirrored for match in likeness.likely(kept, [row(kept)])] == [False]


def _horizon() -> Image.Image:
    image = Image.new("L", (320, 240), 200)
    ImageDraw.Draw(image).rectangle((0, 130, 320, 240), fill=90)
    return image


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (320, 240), "black"),
        Image.new("RGB", (320, 240), "white"),
        Image.linear_gradient("L").resize((320, 240)),
        Image.linear_gradient("L").rotate(90).resize((240, 320)),
        _horizon(),
        Image.effect_noise((320, 240), 12),
    ],
    ids=["black", "white", "gradient", "gradient aside", "horizon", "noise"],
)
def test_a_plain_picture_is_never_claimed(picture: Image.Image) -> None:
    seen = likeness.fingerprint(picture)
    assert seen.plain
    assert seen.stored() == {"plain": True}
    assert likeness.probes(seen) == ()
    assert likeness.likely(seen, [row(likeness.fingerprint(_busy()))]) == []


def _busy() -> Image.Image:
    return lookalikes.thumb(next(lookalikes.originals(1, 1, first=2)).image)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (320, 240), (5000, 3)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_any_shape_gives_a_fingerprint(size: tuple[int, int], mode: str) -> None:
    assert likeness.fingerprint(Image.new(mode, size)).plain


@settings(max_examples=50, deadline=None)
@given(tiles, tiles, tiles)
def test_distance_is_a_metric(a: bytes, b: bytes, c: bytes) -> None:
    slack = 0.1  # degrees, of single precision near zero
    assert likeness.distance(a, a) <= slack
    assert abs(likeness.distance(a, b) - likeness.distance(b, a)) <= slack
    assert 0 <= likeness.distance(a, b) <= 180
    together = likeness.distance(a, b) + likeness.distance(b, c)
    assert likeness.distance(a, c) <= together + slack


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, BANDS * BAND_BITS - 1), max_size=BANDS - 1), st.integers(0, 2**32))
def test_fewer_flipped_signs_than_bands_leave_one_band_whole(flipped: set[int], seed: int) -> None:
    signs = np.random.default_rng(seed).random(BANDS * BAND_BITS) > 0.5
    other = signs.copy()
    other[list(flipped)] ^= True
    one, two = (set(likeness.numbered(each[None])[0].tolist()) for each in (signs, other))
    assert len(one) == len(two) == BANDS
    assert one & two


def test_the_photo_itself_is_among_what_is_looked_up(
    made: list[tuple[Original, Fingerprint]],
) -> None:
    for _, kept in made:
        assert set(kept.bands) <= set(likeness.probes(kept))


def test_found_among_all_photos(rows: Any, made: list[tuple[Original, Fingerprint]]) -> None:
    stored = [row(kept) for _, kept in made]
    rows.insert_many([*stored, row(likeness.fingerprint(_horizon()))])
    seen = likeness.fingerprint(lookalikes.thumb(lookalikes.resized(made[6][0].image)))
    [match] = likeness.find(rows, seen)
    assert (match.id, match.owner) == (stored[6]["_id"], stored[6]["owner"])
    assert match.received_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert match.distance <= LIKE
    assert likeness.find(rows, seen, exclude=[match.id]) == []


def test_the_most_alike_come_first_and_no_more_than_asked(rows: Any) -> None:
    original = next(lookalikes.originals(1, 1, first=2)).image
    kept = [
        row(likeness.fingerprint(lookalikes.thumb(image)))
        for image in (lookalikes.recompressed(lookalikes.resized(original), 50), original)
    ]
    rows.insert_many(kept)
    seen = likeness.fingerprint(lookalikes.thumb(original))
    assert [m.id for m in likeness.find(rows, seen)] == [kept[1]["_id"], kept[0]["_id"]]
    assert [m.id for m in likeness.find(rows, seen, limit=1)] == [kept[1]["_id"]]


def test_the_lookup_goes_by_the_index(rows: Any, made: list[tuple[Original, Fingerprint]]) -> None:
    rows.insert_many([row(kept) for _, kept in made])
    told = rows.find(likeness.query(made[0][1])).explain()
    stage = told["queryPlanner"]["winningPlan"]
    while "inputStage" in stage:
        stage = stage["inputStage"]
    assert (stage["stage"], stage["indexName"]) == ("IXSCAN", "likeness.bands_1")
    assert told["executionStats"]["totalDocsExamined"] < len(made) / 2
