"""Taking photos in, working on them, attaching them: the whole way over HTTP and through the worker."""

from __future__ import annotations

import hashlib
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

import wsgi
from app.foundation import clock, duties
from app.foundation.db import database
from app.photos.documents import Photo
from tasks.photos import process
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, client_id
from tests.support.phone import issue_body

STORE = wsgi.app.extensions["store"]


def stored_files() -> set[str]:
    return {str(path) for path in STORE.root.rglob("*") if path.is_file()}


@pytest.fixture
def picture() -> bytes:
    """A JPEG that no other test has stored."""
    out = io.BytesIO()
    noise = Image.frombytes("RGB", (40, 30), uuid.uuid4().bytes * 225)
    noise.save(out, "JPEG")
    return out.getvalue()


def turned() -> bytes:
    """The sample that a phone stored on its side."""
    for path in PHOTOS:
        with Image.open(path) as image:
            if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
                return path.read_bytes()
    raise AssertionError("no sample is turned")


def processed(phone, data: bytes, **fields) -> dict:
    answer = phone.take_photo(data, **fields)
    assert answer.status_code == 201, answer.json
    run_due()
    return phone.see(f"/photos/{answer.json['id']}")


class TestTaking:
    def test_a_receipt_tells_what_was_kept(self, given, picture):
        key, before = client_id(), stored_files()
        answer = given.commissioner().take_photo(picture, client_id=key)
        assert answer.status_code == 201
        digest = hashlib.sha256(picture).hexdigest()
        assert answer.json == {
            "id": answer.json["id"],
            "client_id": key,
            "state": "stored",
            "sha256": digest,
            "size": len(picture),
            "media_type": "image/jpeg",
            "role": "evidence",
            "replaced_by": None,
            "warnings": [],
        }
        [new] = stored_files() - before
        assert new.endswith(f"originals/{digest[:2]}/{digest[2:4]}/{digest}")

    def test_the_same_picture_of_two_people_lies_once_on_the_disk(self, given, picture):
        before = stored_files()
        answers = [
            phone.take_photo(picture) for phone in (given.commissioner(), given.clerk("HOUSING"))
        ]
        assert [each.status_code for each in answers] == [201, 201]
        assert answers[0].json["id"] != answers[1].json["id"]
        assert len(stored_files() - before) == 1

    def test_sent_again_it_is_the_same_photo(self, given, picture):
        phone, key = given.commissioner(), client_id()
        form = {"client_id": key, "latitude": "32.51", "longitude": "120.15"}
        first = phone.take_photo(picture, **form)
        after_first = stored_files()
        again = phone.take_photo(picture, **form)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json["id"] == first.json["id"]
        assert stored_files() == after_first
        assert Photo.rows().count_documents({}) == 1

    @pytest.mark.parametrize("other", ["bytes", "position", "time"])
    def test_another_photo_under_the_same_id_is_refused_and_not_stored(self, other, given, picture):
        phone, key = given.commissioner(), client_id()
        phone.take_photo(picture, client_id=key)
        before = stored_files()
        fields = {
            "bytes": {},
            "position": {"latitude": "32", "longitude": "120"},
            "time": {"taken_at": "2026-11-24T09:00:00+08:00"},
        }[other]
        data = picture + b"more" if other == "bytes" else picture
        answer = phone.take_photo(data, client_id=key, **fields)
        assert (answer.status_code, answer.json["code"]) == (409, "client_id.conflict")
        assert stored_files() == before

    def test_sent_four_times_at_once_it_is_one(self, given, picture):
        phone, key = given.commissioner(), client_id()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: phone.take_photo(picture, client_id=key), range(4)))
        assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
        assert len({each.json["id"] for each in answers}) == 1
        assert duties.rows().count_documents({"kind": "photos.process"}) == 1

    def test_the_hash_that_was_announced_must_be_that_of_the_bytes(self, given, picture):
        phone = given.commissioner()
        right = hashlib.sha256(picture).hexdigest().upper()
        assert phone.take_photo(picture, sha256=right).status_code == 201
        answer = phone.take_photo(picture, sha256="0" * 64)
        assert (answer.status_code, answer.json["code"]) == (422, "photo.hash_mismatch")

    @pytest.mark.parametrize("role", ["leader", "admin"])
    def test_who_may_not_take_photos_is_told_before_the_bytes_are_stored(
        self, role, given, picture
    ):
        before = stored_files()
        assert given.role(role).take_photo(picture).status_code == 403
        assert stored_files() == before

    def test_nor_is_anything_stored_for_nobody(self, given, picture):
        before = stored_files()
        form = {"client_id": client_id(), "file": (io.BytesIO(picture), "a.jpg")}
        answer = wsgi.app.test_client().post("/api/v1/photos", data=form)
        assert answer.status_code == 401
        assert stored_files() == before

    @pytest.mark.parametrize("name", ["../../etc/passwd", "a.html", "照片.jpg", ""])
    def test_the_name_it_came_under_does_not_matter(self, name, given, picture):
        before = stored_files()
        form = {"client_id": client_id(), "file": (io.BytesIO(picture), name or "x")}
        phone = given.commissioner()
        answer = phone.call("POST", "/photos", data=form, content_type="multipart/form-data")
        assert answer.status_code == 201
        [new] = stored_files() - before
        assert "/originals/" in new


class TestProcessing:
    def test_it_becomes_ready_with_renditions(self, given):
        seen = processed(given.commissioner(), turned())
        assert seen["state"] == "ready"
        assert seen["problem"] is None
        assert seen["renditions"].pop("share") is None
        assert all(seen["renditions"].values())

    def test_a_rendition_is_upright_and_carries_no_metadata(self, given):
        data = turned()
        phone = given.commissioner()
        seen = processed(phone, data)
        with Image.open(io.BytesIO(data)) as stored:
            upright = ImageOps.exif_transpose(stored)
            assert upright.size == (stored.height, stored.width)
            assert (seen["width"], seen["height"]) == upright.size
        for name, side in (("thumb", 320), ("view", 1280)):
            answer = wsgi.app.test_client().get(seen["renditions"][name])
            assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
            assert b"Exif" not in answer.data
            with Image.open(io.BytesIO(answer.data)) as image:
                assert not image.getexif()
                assert max(image.size) <= side
                expected = upright.convert("RGB").resize(image.size)
                off = ImageStat.Stat(ImageChops.difference(image, expected)).mean
                assert max(off) < 12, name

    def test_a_truncated_picture_is_kept_and_ends_as_failed(self, given):
        data = PHOTOS[0].read_bytes()
        seen = processed(given.commissioner(), data[: len(data) // 2])
        assert (seen["state"], seen["problem"]) == ("failed", "photo.undecodable")
        assert seen["renditions"] == {"thumb": None, "view": None, "share": None}
        rows = list(database().history.find({"thing": "photo"}).sort("_id", 1))
        assert [(row["action"], row["to"]) for row in rows] == [
            ("take", "stored"),
            ("process", "failed"),
        ]

    def test_an_original_that_is_away_for_a_while_is_tried_again(self, given, picture):
        phone = given.commissioner()
        photo = phone.take_photo(picture).json["id"]
        path = STORE.path(Photo.get(photo).key)
        path.rename(path.with_suffix(".away"))
        duty = dict(duties.due(clock.now()))["photos.process"]
        process.run(str(duty))
        assert phone.see(f"/photos/{photo}")["state"] == "stored"
        path.with_suffix(".away").rename(path)
        duties.rows().update_one({"_id": duty}, {"$set": {"next_at": clock.now()}})
        run_due()
        assert phone.see(f"/photos/{photo}")["state"] == "ready"

    def test_positions_and_times_stand_side_by_side(self, given):
        phone, project = given.commissioner(), given.project()
        form = {
            "latitude": "32.5105",
            "longitude": "120.1505",
            "accuracy_m": "12.5",
            "taken_at": "2026-11-24T01:00:00Z",
        }
        photo = phone.take_photo(PHOTOS[0].read_bytes(), **form).json["id"]
        phone.do(
            "/visits",
            {
                "client_id": client_id(),
                "project_id": str(project.id),
                "started_at": "2026-11-24T09:00:00+08:00",
                "photo_ids": [photo],
            },
        )
        seen = phone.see(f"/photos/{photo}")
        assert seen["position"]["device"]["raw"]["accuracy_m"] == 12.5
        assert 60 < seen["position"]["distance_to_site_m"] < 90
        assert seen["taken_at"]["device"] == "2026-11-24T09:00:00.000+08:00"
        assert seen["taken_at"]["received"].endswith("+08:00")
        assert seen["evidence"]["grade"] == "consistent"
        assert seen["evidence"]["reasons"][0]["code"] == "evidence.on_site"


class TestLinks:
    @pytest.fixture
    def photo(self, given):
        phone = given.commissioner()
        return phone, processed(phone, PHOTOS[0].read_bytes())

    def get(self, link: str):
        return wsgi.app.test_client().get(link)

    def refused(self, link: str) -> None:
        answer = self.get(link)
        assert (answer.status_code, answer.json["code"]) == (403, "photo.link_expired")

    def test_they_work_without_a_login(self, photo):
        answer = self.get(photo[1]["renditions"]["view"])
        assert answer.status_code == 200
        assert "private" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("at", [0, 5, -5, -1])
    def test_a_changed_token_is_refused(self, photo, at):
        link, _, token = photo[1]["renditions"]["view"].partition("token=")
        # The last character of base64 carries spare bits: turn the one that always counts.
        other = "A" if token[at] != "A" else "Q"
        changed = list(token)
        changed[at] = other
        self.refused(f"{link}token={''.join(changed)}")

    def test_a_token_is_for_one_rendition_of_one_photo(self, photo):
        phone, one = photo
        two = processed(phone, PHOTOS[1].read_bytes())
        token = one["renditions"]["view"].partition("token=")[2]
        for link in (one["renditions"]["thumb"], two["renditions"]["view"]):
            self.refused(f"{link.partition('token=')[0]}token={token}")

    def test_it_ends(self, photo, monkeypatch):
        link = photo[1]["renditions"]["view"]
        settings = replace(wsgi.app.extensions["steward"], rendition_link_seconds=-1)
        monkeypatch.setitem(wsgi.app.extensions, "steward", settings)
        self.refused(link)

    def test_without_one_there_is_nothing(self, photo):
        bare = photo[1]["renditions"]["view"].partition("?")[0]
        assert self.get(bare).status_code == 422
        original = f"/api/v1/photos/{photo[1]['id']}/original"
        token = photo[1]["renditions"]["view"].partition("?")[2]
        assert self.get(f"{original}?{token}").status_code == 401

    def test_nor_before_it_is_ready(self, given, picture):
        phone = given.commissioner()
        seen = phone.see(f"/photos/{phone.take_photo(picture).json['id']}")
        assert seen["renditions"] == {"thumb": None, "view": None, "share": None}


class TestAttaching:
    def test_only_ones_own(self, given, picture):
        foreign = given.commissioner().take_photo(picture).json["id"]
        contact = given.contact(given.enterprise())
        for wrong in (foreign, "f" * 24):
            answer = contact.post("/issues", issue_body(photo_ids=[wrong]))
            assert (answer.status_code, answer.json["code"]) == (422, "photo.not_yours")
            assert answer.json["errors"] == {"photo_ids": [wrong]}

    def test_named_twice_it_is_attached_once(self, given, picture):
        contact = given.contact(given.enterprise())
        photo = contact.take_photo(picture).json["id"]
        issue = contact.open_issue(photo_ids=[photo, photo])
        assert issue["photo_ids"] == [photo]
        assert len(Photo.get(photo).links) == 1

    def test_the_first_site_is_what_distances_are_measured_to(self, given, picture):
        phone = given.commissioner()
        photo = phone.take_photo(picture, latitude="32.51", longitude="120.15").json["id"]
        away = {"type": "Point", "coordinates": [121.0, 32.51]}
        for project in (given.project(), given.project(site=away)):
            phone.open_issue(project_id=str(project.id), photo_ids=[photo])
        assert phone.see(f"/photos/{photo}")["position"]["distance_to_site_m"] < 1
