"""Uploads in pieces over HTTP: shapes, statuses, bounds, and whose they are."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.photos.uploads import MOST_BYTES
from tests.api.shape import nothing_stored, refused
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, client_id
from tests.support.phone import Phone

PICTURE = PHOTOS[1].read_bytes()
DIGEST = hashlib.sha256(PICTURE).hexdigest()
ID = "0123456789abcdef01234567"


@pytest.fixture
def phone(given) -> Phone:
    return given.commissioner()


def body(**fields: Any) -> dict[str, Any]:
    said = {
        "client_id": client_id(),
        "size": len(PICTURE),
        "sha256": DIGEST,
        "media_type": "image/jpeg",
        "latitude": 32.51,
        "longitude": 120.15,
        "accuracy_m": 8,
        "coord_type": "gcj02",
        "taken_at": "2026-11-24T09:00:00+08:00",
    }
    return {**said, **fields}


def put(phone: Phone, upload: str, offset: Any, data: bytes, **options: Any) -> TestResponse:
    options.setdefault("content_type", "application/octet-stream")
    return phone.call(
        "PUT", f"/uploads/{upload}", query_string={"offset": offset}, data=data, **options
    )


def begin(phone: Phone, **fields: Any) -> str:
    return str(phone.do("/uploads", body(**fields))["id"])


class TestTheStory:
    def test_announced_sent_in_two_and_there(self, phone):
        answer = phone.post("/uploads", body())
        assert answer.status_code == 201
        assert set(answer.json) == {"id", "client_id", "offset", "size", "expires_at", "photo"}
        assert (answer.json["offset"], answer.json["photo"]) == (0, None)
        key = answer.json["id"]
        assert put(phone, key, 0, PICTURE[:999]).json["offset"] == 999
        assert phone.see(f"/uploads/{key}")["offset"] == 999
        done = put(phone, key, 999, PICTURE[999:])
        assert done.status_code == 200
        assert done.json["offset"] == len(PICTURE)
        photo = done.json["photo"]
        assert (photo["sha256"], photo["media_type"]) == (DIGEST, "image/jpeg")
        assert phone.see(f"/uploads/{key}")["photo"] == photo
        run_due()
        seen = phone.see(f"/photos/{photo['id']}")
        assert seen["state"] == "ready"
        assert seen["position"]["device"]["raw"]["coord_type"] == "gcj02"
        assert seen["taken_at"]["device"].startswith("2026-11-24T09:00:00")

    def test_announced_again_is_200(self, phone):
        said = body()
        first, again = phone.post("/uploads", said), phone.post("/uploads", said)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json["id"] == again.json["id"]
        refused(phone.post("/uploads", {**said, "latitude": 1}), 409, "client_id.conflict")

    def test_sent_in_one_post_before_is_that_photo(self, phone):
        same = client_id()
        photo = phone.take_photo(PICTURE, client_id=same).json
        said = {"client_id": same, "size": len(PICTURE), "sha256": DIGEST}
        answer = phone.post("/uploads", {**said, "media_type": "image/jpeg"})
        # Without a hash in the form the two say the same all the same.
        assert answer.json["photo"]["id"] == photo["id"]

    def test_a_wrong_offset_tells_the_true_one(self, phone):
        key = begin(phone)
        put(phone, key, 0, PICTURE[:10])
        for offset in (0, 9, 11, MOST_BYTES):
            error = refused(put(phone, key, offset, PICTURE), 409, "upload.offset")
            assert error["errors"] == {"offset": ["10"]}

    def test_finished_again_is_the_same_photo(self, phone):
        key = begin(phone)
        first = put(phone, key, 0, PICTURE).json
        for offset, data in ((0, PICTURE), (len(PICTURE), b"")):
            assert put(phone, key, offset, data).json == first

    def test_another_hash_is_told_and_it_starts_again(self, phone):
        key = begin(phone)
        error = refused(put(phone, key, 0, PICTURE[::-1]), 422, "upload.hash_mismatch")
        assert error["errors"] == {"offset": ["0"]}
        assert put(phone, key, 0, PICTURE).json["photo"]

    def test_bytes_one_by_one(self, phone):
        key = begin(phone)
        for n in range(20):
            assert put(phone, key, n, PICTURE[n : n + 1]).json["offset"] == n + 1
        assert put(phone, key, 20, b"").json["offset"] == 20


class TestBounds:
    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("client_id", ["", "1", None, 5]),
            ("size", [0, -1, 1.5, "5", None, True, "x", [], {"$gt": 0}]),
            ("sha256", ["", "abc", "g" * 64, "a" * 65, "a" * 64 + "\n", None, 5]),
            ("media_type", ["", "jpeg", "image/", "image/jpeg; x=1", "a/b\n", None, 5]),
            ("latitude", [91, "x", None]),
            ("taken_at", ["2026-11-24T09:00:00", "x"]),
            ("state", ["ready"]),
            ("file", ["x"]),
        ],
    )
    def test_each_field_of_an_announcement(self, field, values, phone):
        for value in values:
            with nothing_stored():
                error = refused(phone.post("/uploads", body(**{field: value})), 422)
            assert field in error["errors"], (field, value)

    @pytest.mark.parametrize("field", ["client_id", "size", "sha256", "media_type"])
    def test_what_must_be_said(self, field, phone):
        said = body()
        del said[field]
        assert field in refused(phone.post("/uploads", said), 422)["errors"]

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"size": MOST_BYTES + 1}, 413, "photo.too_large"),
            ({"size": 10**30}, 413, "photo.too_large"),
            ({"media_type": "video/mp4"}, 415, "photo.not_a_picture"),
            ({"media_type": "image/svg+xml"}, 415, "photo.not_a_picture"),
        ],
    )
    def test_what_will_not_be_taken(self, change, status, code, phone):
        with nothing_stored():
            refused(phone.post("/uploads", body(**change)), status, code)

    @pytest.mark.parametrize("offset", ["", "x", "-1", "1.5", "1e3", str(MOST_BYTES + 1), "9" * 99])
    def test_offsets_that_are_none(self, offset, phone):
        key = begin(phone)
        with nothing_stored():
            error = refused(put(phone, key, offset, b"x"), 422, "request.invalid")
        assert "offset" in error["errors"]

    def test_an_offset_must_be_said_and_nothing_else(self, phone):
        key = begin(phone)
        options = {"data": b"x", "content_type": "application/octet-stream"}
        refused(phone.call("PUT", f"/uploads/{key}", **options), 422)
        for query in ({"offset": 0, "x": 1}, {"offset": [0, 0]}):
            refused(phone.call("PUT", f"/uploads/{key}", query_string=query, **options), 422)

    @pytest.mark.parametrize("kind", ["image/jpeg", "multipart/form-data", "application/json", ""])
    def test_bytes_of_another_content_type(self, kind, phone):
        key = begin(phone)
        with nothing_stored():
            refused(put(phone, key, 0, b"x", content_type=kind), 415, "request.not_octets")

    def test_no_bytes_are_of_any_content_type(self, phone):
        key = begin(phone)
        for kind in ("application/json", ""):
            nothing = phone.call("PUT", f"/uploads/{key}?offset=0", headers={"Content-Type": kind})
            assert nothing.status_code == 200

    def test_more_than_was_announced_is_422(self, phone):
        key = begin(phone)
        refused(put(phone, key, 0, PICTURE + b"x"), 422, "upload.too_long")
        at = phone.see(f"/uploads/{key}")["offset"]
        assert put(phone, key, at, PICTURE[at:]).json["photo"]

    def test_the_largest_arrives_whole_and_one_byte_more_does_not(self, phone):
        data = PICTURE + bytes(MOST_BYTES - len(PICTURE))
        said = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        key = begin(phone, **said)
        refused(put(phone, key, 0, data + b"xx"), 413, "http.413")
        assert put(phone, key, 0, data).json["photo"]["size"] == MOST_BYTES

    def test_no_picture_is_refused_and_dropped(self, phone):
        data = b"<html><script>alert(1)</script>"
        said = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        key = begin(phone, **said)
        refused(put(phone, key, 0, data), 415)
        assert phone.see(f"/uploads/{key}")["offset"] == 0


class TestWhose:
    def test_another_persons_is_404(self, phone, given):
        key = begin(phone)
        for other in (given.commissioner(), given.inspector(), given.role("admin")):
            with nothing_stored():
                refused(put(other, key, 0, PICTURE), 404, "not_found")
                refused(other.get(f"/uploads/{key}"), 404, "not_found")

    @pytest.mark.parametrize(
        "key", [ID, "0" * 24, "x", "..%2f..%2fetc", "a" * 25, "A" * 24, "%00", "$gt"]
    )
    def test_hostile_ids_are_404(self, key, phone):
        with nothing_stored():
            refused(put(phone, key, 0, PICTURE), 404)
            refused(phone.get(f"/uploads/{key}"), 404)

    def test_without_a_token_nothing_is_read(self, phone):
        key = begin(phone)
        for headers in ({}, {"Authorization": "Bearer x"}):
            stranger = phone.client.put(
                f"/api/v1/uploads/{key}?offset=0", data=PICTURE, headers=headers
            )
            assert stranger.status_code == 401
        assert phone.see(f"/uploads/{key}")["offset"] == 0

    def test_who_takes_no_photos_announces_none(self, given):
        refused(given.role("leader").post("/uploads", body()), 403)
        refused(given.role("leader").post("/photos/check", {"sha256": [DIGEST]}), 403)


class TestCheck:
    def check(self, phone: Phone, *hashes: str) -> Any:
        return phone.do("/photos/check", {"sha256": list(hashes)})

    def test_ones_own_are_known_with_their_photo(self, phone):
        photo = phone.take_photo(PICTURE).json["id"]
        other = "0" * 64
        assert self.check(phone, DIGEST.upper(), other, DIGEST) == {
            "known": [{"sha256": DIGEST, "photo_id": photo}],
            "missing": [other],
        }

    def test_nobody_learns_what_others_have(self, phone, given):
        """Not even those who see the picture, since a hash would then be as good as the original."""
        phone.take_photo(PICTURE)
        for other in (given.commissioner(), given.dispatcher()):
            assert self.check(other, DIGEST) == {"known": [], "missing": [DIGEST]}
            answer = other.post("/uploads", body())
            assert (answer.json["offset"], answer.json["photo"]) == (0, None)

    def test_who_may_fetch_originals_sends_none_again(self, phone, given):
        phone.take_photo(PICTURE)
        inspector = given.inspector()
        assert self.check(inspector, DIGEST)["known"] == [{"sha256": DIGEST, "photo_id": None}]
        answer = inspector.post("/uploads", body())
        assert (answer.status_code, answer.json["offset"]) == (201, len(PICTURE))
        assert answer.json["photo"]["sha256"] == DIGEST

    @pytest.mark.parametrize(
        "hashes",
        [
            [],
            ["x"],
            [None],
            [5],
            "a" * 64,
            None,
            {"$gt": ""},
            [["a" * 64]],
            ["a" * 64] * 201,
            ["a" * 64 + "\n"],
        ],
    )
    def test_lists_that_are_none(self, hashes, phone):
        assert refused(phone.post("/photos/check", {"sha256": hashes}), 422)["errors"]

    def test_two_hundred_at_once(self, phone):
        many = [f"{n:064x}" for n in range(200)]
        assert self.check(phone, *many)["missing"] == many


def test_the_description_says_what_the_body_is(app):
    document = app.test_client().get("/api/openapi.json").json
    operation = document["paths"]["/api/v1/uploads/{key}"]["put"]
    assert operation["requestBody"]["content"] == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }
    assert {"200", "401", "404", "409", "413", "415", "422", "503"} <= set(operation["responses"])
    assert "304" not in operation["responses"]
