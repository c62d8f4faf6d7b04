"""Before and after: an answering photo names the photo it answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as example
from hypothesis import strategies as st

from app.issues import pairs
from app.photos.documents import Photo
from tests.api.shape import nothing_stored, refused
from tests.issues import stories
from tests.support.factories import PHOTOS
from tests.support.phone import Phone


def shoot(phone: Phone, number: int = 0, **fields: Any) -> str:
    return str(phone.take_photo(PHOTOS[number].read_bytes(), **fields).json["id"])


@pytest.fixture
def story(given):
    """An accepted issue with two photos of the enterprise's: (story, photos)."""
    enterprise = given.enterprise()
    contact = given.contact(enterprise)
    found = [shoot(contact, 0, latitude=32.51, longitude=120.15), shoot(contact, 1)]
    told = stories.accepted(given)
    issue = contact.open_issue(photo_ids=found)
    told.contact, told.issue = contact, issue["id"]
    stories.run_due()
    told.ticket = contact.see(f"/issues/{issue['id']}")["tickets"][0]["id"]
    told.clerk.do(told.on_ticket("accept"))
    return told, found


def answer(photos: list[str], *named: tuple[str, str]) -> dict[str, Any]:
    said = [{"before_photo_id": one, "after_photo_id": other} for one, other in named]
    return {**stories.ANSWER, "photo_ids": photos, "pairs": said}


def test_a_pair_is_shown_with_how_alike_it_was_taken(story):
    told, found = story
    left = shoot(told.clerk, 2, latitude=32.52, longitude=120.15)
    told.clerk.do(told.on_ticket("answer"), answer([left], (found[0], left)))
    for phone in (told.contact, told.clerk):
        (pair,) = phone.see(f"/issues/{told.issue}")["pairs"]
        assert (pair["before"], pair["after"]) == (found[0], left)
        assert pair["distance_m"] == pytest.approx(1109, abs=1)


def test_what_is_not_known_is_null(story):
    told, found = story
    left = shoot(told.clerk, 2)
    told.clerk.do(told.on_ticket("answer"), answer([left], (found[1], left)))
    (pair,) = told.contact.see(f"/issues/{told.issue}")["pairs"]
    assert pair["distance_m"] is None
    assert pair["heading_difference_deg"] is None


def test_each_is_where_it_belongs(story, given):
    told, found = story
    left, other = shoot(told.clerk, 2), shoot(told.clerk, 1)
    elsewhere = shoot(given.contact(given.enterprise()))
    cases = {
        "before_photo_id": [(elsewhere, left), (left, left), ("f" * 24, left)],
        "after_photo_id": [(found[0], other), (found[0], found[1])],
    }
    with nothing_stored():
        for blamed, named in cases.items():
            for pair in named:
                body = answer([left], pair)
                error = refused(
                    told.clerk.post(told.on_ticket("answer"), body), 422, "answer.pair_unknown"
                )
                assert list(error["errors"]) == [f"pairs.0.{blamed}"]


def test_pairs_of_an_earlier_answer_stay(story):
    told, found = story
    left = shoot(told.clerk, 2)
    told.clerk.do(told.on_ticket("answer"), answer([left], (found[0], left)))
    told.contact.do(told.on_issue("confirm"), {"solved": "no"})
    told.head.do(told.on_ticket("accept"))
    # The earlier answer's photo is the issue's by now, and may be answered itself.
    again = shoot(told.head, 1)
    told.head.do(told.on_ticket("answer"), answer([again], (left, again), (found[1], again)))
    shown = told.contact.see(f"/issues/{told.issue}")["pairs"]
    assert [(each["before"], each["after"]) for each in shown] == [
        (found[0], left),
        (left, again),
        (found[1], again),
    ]


def test_the_device_is_believed_before_the_file(clean, given):
    phone = given.commissioner()
    one = Photo.get(shoot(phone, latitude=32.51, longitude=120.15))
    other = Photo.get(shoot(phone, 1))
    told = {"latitude": 32.52, "longitude": 120.15, "heading": 350.0}
    for photo in (one, other):
        Photo.rows().update_one({"_id": photo.id}, {"$set": {"exif": told, "heading": None}})
    (pair,) = pairs.compared([{"before": one.id, "after": other.id}])
    assert pair["distance_m"] == pytest.approx(1109, abs=1)
    assert pair["heading_difference_deg"] == 0
    Photo.rows().update_one({"_id": one.id}, {"$set": {"heading": 20.0}})
    (pair,) = pairs.compared([{"before": one.id, "after": other.id}])
    assert pair["heading_difference_deg"] == 30


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (0, 0, 0),
        (0, 360, 0),
        (350, 10, 20),
        (10, 350, 20),
        (90, 270, 180),
        (0, 181, 179),
        (None, 10, None),
        (10, None, None),
    ],
)
def test_headings_turn_the_short_way(one, other, apart):
    assert pairs.turn_deg(one, other) == apart


degrees = st.floats(0, 360)


@example(one=degrees, other=degrees)
def test_it_is_no_matter_which_comes_first(one, other):
    apart = pairs.turn_deg(one, other)
    assert apart == pairs.turn_deg(other, one)
    assert apart is not None
    assert 0 <= apart <= 180
