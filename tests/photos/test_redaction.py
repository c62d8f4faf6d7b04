"""Faces and plates hidden before a photo leaves staff.

A real face and a drawn plate are found (`tests.support.faces`). How much detection misses is shown by no
test: a handful of pictures would not tell.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st
from PIL import Image

from app.foundation import duties, history
from app.papers.documents import OUTSIDE
from app.papers.photos import sources
from app.photos import redactions
from app.photos.boxes import FACE, MACHINE, PERSON, Box, common
from app.photos.documents import Photo
from app.photos.pixelating import CELLS, hidden
from tests.support.duties import run_due
from tests.support.faces import FACE_AT, PLATE_AT, photo, street
from tests.support.factories import client_id


def picture(phone, link: str) -> Image.Image:
    answer = phone.client.get(link)
    assert answer.status_code == 200
    made = Image.open(io.BytesIO(answer.get_data()))
    assert not made.getexif()
    assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return made.convert("RGB")


def drawn(*boxes: Box, version: int) -> dict:
    names = ("left", "top", "width", "height", "kind")
    rows = [{name: getattr(box, name) for name in names} for box in boxes]
    return {"client_id": client_id(), "version": version, "boxes": rows}


def detail(image: Image.Image, box: Box) -> float:
    """How much changes from one pixel to the next inside of the box."""
    grey = np.asarray(image.convert("L").crop(box.edges), dtype=float)
    return float(np.abs(np.diff(grey, axis=1)).mean())


def test_from_the_machine_to_a_picture_that_may_leave_staff(given):
    """Found, seen by a person, released; shared outside only then, and taken back when boxes change."""
    phone = given.commissioner()
    at = f"/photos/{photo(phone)}/redaction"
    share = f"{at.removesuffix('/redaction')}/share"
    assert phone.see(at)["state"] == "none"
    assert phone.post(share, {"audience": "outside"}).json["code"] == "redaction.not_checked"
    assert phone.do(f"{at}/detect", {})["state"] == "looking"
    run_due()
    found = phone.see(at)
    assert (found["state"], found["version"], found["releasable"]) == ("detected", 1, False)
    assert {row["by"] for row in found["boxes"]} == {MACHINE}
    names = ("left", "top", "width", "height", "kind")
    boxes = [Box(**{name: row[name] for name in names}) for row in found["boxes"]]
    for wanted in (FACE_AT, PLATE_AT):
        assert any(common(box, wanted) > 0.8 and box.kind == wanted.kind for box in boxes)
    shown, before = picture(phone, found["preview"]), street()
    assert shown.size == before.size == (found["width"], found["height"])
    for box in (FACE_AT, PLATE_AT):
        assert detail(shown, box) < detail(before, box) / 3

    checked = phone.do(f"{at}/check", {"version": 1})
    assert (checked["state"], checked["releasable"]) == ("checked", True)
    assert checked["checked"]["by"] == phone.person.name
    key = found["photo_id"]
    kept = Photo.get(key)
    assert sources(OUTSIDE, [kept.id]) == {kept.id: f"renditions/{key}/redacted-1.jpg"}
    phone.do(share, {"audience": "outside"})
    run_due()
    shared = phone.see(f"/photos/{key}")
    assert (shared["share"]["state"], shared["share"]["audience"]) == ("ready", "outside")
    leaving = picture(phone, shared["renditions"]["share"]).crop((40, 0, 680, 400))
    assert detail(leaving, PLATE_AT) < detail(before, PLATE_AT) / 3

    phone.do(at, drawn(FACE_AT, version=1))
    assert phone.see(f"/photos/{key}")["share"]["problem"] == "redaction.changed"
    assert sources(OUTSIDE, [kept.id]) == {}
    told = [row["action"] for row in history.of("photo", kept.id, internal=True)]
    assert told[-4:] == ["redaction_detect", "redaction_check", "share", "redact"]


def test_boxes_by_hand(given):
    """What the machine never saw: added, guarded by version, looked at before it is checked."""
    phone = given.commissioner()
    key = photo(phone)
    at = f"/photos/{key}/redaction"
    body = drawn(FACE_AT, PLATE_AT, version=0)
    stated = phone.do(at, body)
    assert (stated["state"], stated["version"]) == ("detected", 1)
    assert [row["by"] for row in stated["boxes"]] == [PERSON, PERSON]
    assert phone.do(at, body)["version"] == 1
    assert phone.post(f"{at}/check", {"version": 1}).json["code"] == "redaction.not_made"
    assert phone.post(at, drawn(version=0)).json["code"] == "redaction.changed"
    outside = Box(left=600, top=0, width=41, height=5)
    assert phone.post(at, drawn(outside, version=1)).status_code == 422
    run_due()
    assert detail(picture(phone, phone.see(at)["preview"]), PLATE_AT) < 3
    inspector = given.inspector()
    assert inspector.do(f"{at}/check", {"version": 1})["releasable"]
    Photo.rows().update_one({"_id": Photo.get(key).id}, {"$set": {"hidden": {"reason": "错传"}}})
    assert redactions.releasable([Photo.get(key).id]) == {}


@pytest.mark.parametrize(
    ("role", "status"), [("commissioner", 404), ("leader", 403), ("inspector", 200)]
)
def test_who_may(given, role, status):
    """Others' photos: who may not see them knows of none, who only watches changes none."""
    key = photo(given.commissioner())
    assert given.role(role).get(f"/photos/{key}/redaction").status_code == status


@settings(max_examples=30, deadline=None)
@each(st.integers(0, 2**32), st.integers(0, CELLS - 1), st.integers(0, CELLS - 1))
def test_what_is_hidden_is_nowhere(seed, column, row):
    """Pictures that differ inside of a cell only come out the same but for rounding."""
    side = 24
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (CELLS * side, CELLS * side, 3), dtype=np.uint8)
    other = pixels.copy()
    cell = np.s_[row * side : (row + 1) * side, column * side : (column + 1) * side]
    other[cell] = rng.permutation(pixels[cell].reshape(-1, 3)).reshape(side, side, 3)
    whole = Box(left=0, top=0, width=CELLS * side, height=CELLS * side, kind=FACE)
    seen = [hidden(Image.fromarray(each), [whole]) for each in (pixels, other)]
    first, second = (np.asarray(each, dtype=int) for each in seen)
    assert np.abs(first - second).max() <= 2


def test_what_lies_beside_stays_as_it_is():
    before = street()
    after = np.asarray(hidden(before, [PLATE_AT]))
    changed = np.argwhere((after != np.asarray(before)).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert (left, top) >= (300, 300)
    assert (right, bottom) <= (500, 385)


def test_a_link_for_outside_never_leads_to_what_the_camera_saw(given):
    """Nor is there a link to the one picture while the other is being made."""
    phone = given.commissioner()
    key = photo(phone)
    at, share = f"/photos/{key}/redaction", f"/photos/{key}/share"

    def shared() -> tuple[str, str | None]:
        seen = phone.see(f"/photos/{key}")
        return seen["share"]["audience"], seen["renditions"]["share"]

    phone.do(share, {})
    phone.do(at, drawn(FACE_AT, PLATE_AT, version=0))
    run_due()
    phone.do(f"{at}/check", {"version": 1})
    assert shared()[1] is not None
    phone.do(share, {"audience": "outside"})
    assert shared() == ("outside", None)
    run_due()
    audience, given_away = shared()
    assert audience == "outside"
    assert phone.client.get(given_away).status_code == 200
    phone.do(share, {})
    assert shared() == ("inside", None)
    run_due()
    assert phone.client.get(shared()[1]).status_code == 200
    answer = phone.client.get(given_away)
    assert (answer.status_code, answer.json["code"]) == (403, "photo.link_expired")


def test_a_picture_is_for_whom_it_was_last_asked_for(given):
    """Asked for inside and then outside before a worker came: none is made of the other's wish."""
    phone = given.commissioner()
    key = photo(phone)
    phone.do(f"/photos/{key}/redaction", drawn(FACE_AT, version=0))
    run_due()
    phone.do(f"/photos/{key}/redaction/check", {"version": 1})
    phone.do(f"/photos/{key}/share", {})
    phone.do(f"/photos/{key}/share", {"audience": "outside"})
    owed = duties.rows().find({"kind": "photos.share"})
    assert {row["payload"].get("audience") for row in owed} == {"inside", "outside"}
    run_due()
    assert phone.see(f"/photos/{key}")["share"]["audience"] == "outside"
    assert Photo.get(key).renditions["share"].endswith("share-outside.jpg")


def test_many_small_boxes_hide_as_well_as_one():
    """A part that is no larger than a cell keeps its average only."""
    pixels = np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    other = pixels.copy()
    other[20:32, 20:32] = other[20:32, 20:32][::-1, ::-1]
    box = Box(left=22, top=22, width=8, height=8, kind=FACE)
    first, second = (
        np.asarray(hidden(Image.fromarray(each), [box]), dtype=int)[20:32, 20:32]
        for each in (pixels, other)
    )
    assert np.abs(first - second).max() <= 2
