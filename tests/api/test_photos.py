"""Photos as evidence, the whole way: what the phone sends along, what is found, what people do about it."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import Base

import wsgi
from app.foundation import clock
from app.foundation.db import database
from app.photos import decoder
from app.photos.capture import issue_token
from app.photos.documents import Photo
from deploy.sample_photos import make_photo
from deploy.sample_scene import scene
from tests.api.shape import refused
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.lookalikes import VARIANTS

SETTINGS = wsgi.app.extensions["steward"]
STORE = wsgi.app.extensions["store"]
HERE = {"latitude": "32.5105", "longitude": "120.1505", "accuracy_m": "10"}


def shot(**fields) -> bytes:
    """A photo unlike any other, taken a minute ago by its EXIF."""
    moment = fields.pop("taken_at", None) or clock.now() - timedelta(minutes=1)
    drawn = Image.effect_noise((400, 300), 90).convert("RGB")
    place = {"latitude": 32.5105, "longitude": 120.1505} | fields
    return make_photo(taken_at=moment, drawn=drawn, **place)


def take(phone, data: bytes, **form) -> dict:
    answer = phone.take_photo(data, **form)
    assert answer.status_code == 201, answer.json
    run_due()
    return answer.json


def seen(phone, data: bytes, **form) -> dict:
    return phone.see(f"/photos/{take(phone, data, **form)['id']}")


def visit(phone, given, photo: str, **fields) -> None:
    project = fields.pop("project", None) or given.project()
    body = {
        "client_id": client_id(),
        "project_id": str(project.id),
        "started_at": (clock.now() - timedelta(minutes=5)).isoformat(),
        "photo_ids": [photo],
    }
    phone.do("/visits", body | fields)


def codes(photo: dict) -> list[str]:
    return [reason["code"].removeprefix("evidence.") for reason in photo["evidence"]["reasons"]]


def ago(minutes: float = 1.0) -> str:
    return (clock.now() - timedelta(minutes=minutes)).isoformat()


class TestVerified:
    def test_one_that_all_agree_on(self, given):
        phone = given.commissioner()
        token = phone.see("/me")["capture"]["token"]
        moment = clock.now()
        photo = take(
            phone,
            shot(taken_at=moment),
            **HERE,
            taken_at=moment.isoformat(),
            capture_token=token,
            token_received_at=clock.now().isoformat(),
            device_id="phone-1",
            heading="181.5",
            mock_location="false",
        )
        visit(phone, given, photo["id"])
        found = phone.see(f"/photos/{photo['id']}")
        assert codes(found) == ["on_site", "fixes_agree", "times_agree"]
        assert found["evidence"]["grade"] == "verified"
        assert found["position"]["device"]["heading"] == 181.5
        assert found["position"]["exif"]["altitude_m"] == pytest.approx(7.2)
        assert found["camera"]["model"] == "Sample Phone 1"
        assert found["taken_at"]["exif_gps"] is not None
        assert found["taken_at"]["arrived"] is not None

    def test_a_login_gives_a_token_too(self, given):
        phone = given.commissioner()
        body = {"account": phone.person.account, "password": "correct horse battery staple"}
        answer = wsgi.app.test_client().post("/api/v1/auth/password", json=body)
        assert set(answer.json["capture"]) == {"token", "server_time"}

    def test_a_wrong_clock_is_corrected_and_remembered_for_the_device(self, given):
        phone = given.commissioner()
        token = phone.see("/me")["capture"]["token"]
        fast = clock.now() + timedelta(hours=9)
        form = {**HERE, "taken_at": fast.isoformat(), "device_id": "phone-2"}
        data = shot(taken_at=fast, latitude=None)
        photo = seen(phone, data, **form, capture_token=token, token_received_at=fast.isoformat())
        assert "clock_fast" in codes(photo)
        assert photo["evidence"]["grade"] == "consistent"
        assert abs((clock.now() - Photo.get(photo["id"]).shot_at).total_seconds()) < 60
        later = seen(phone, shot(taken_at=fast, latitude=None), **form)
        assert "clock_fast" in codes(later)

    @pytest.mark.parametrize("kind", ["foreign", "invalid", "stale", "later"])
    def test_other_tokens_do_not_count(self, kind, given):
        phone, now = given.commissioner(), clock.now()
        owner = given.commissioner().person.id if kind == "foreign" else phone.person.id
        made = {"stale": now - timedelta(days=8), "later": now + timedelta(hours=1)}.get(kind, now)
        token = "nonsense" if kind == "invalid" else issue_token(owner, made, SETTINGS.secret_key)
        photo = take(phone, shot(), **HERE, taken_at=ago(), capture_token=token)
        visit(phone, given, photo["id"])
        found = phone.see(f"/photos/{photo['id']}")
        assert (found["evidence"]["grade"], codes(found)[-1]) == ("consistent", f"token_{kind}")


class TestSignals:
    def test_a_mock_location(self, given):
        found = seen(given.commissioner(), shot(), **HERE, mock_location="true")
        assert codes(found) == ["mock_location"]

    def test_too_fast_whichever_arrives_first(self, given):
        phone = given.commissioner()
        far = {"latitude": "33.5", "longitude": "120.15"}
        first = take(phone, shot(latitude=None), **far, taken_at=ago(1))
        found = seen(phone, shot(), **HERE, taken_at=ago(2))
        assert "too_fast" in codes(found)
        other = given.commissioner()
        take(other, shot(), **HERE, taken_at=ago(2))
        assert "too_fast" in codes(seen(other, shot(latitude=None), **far, taken_at=ago(1)))
        assert first["warnings"] == []

    def test_the_same_spot_at_another_site(self, given):
        phone = given.commissioner()
        take_one = take(phone, shot(), **HERE, taken_at=ago(60 * 24))
        visit(phone, given, take_one["id"])
        photo = take(phone, shot(latitude=None), **HERE, taken_at=ago())
        away = {"type": "Point", "coordinates": [120.5, 32.51]}
        visit(phone, given, photo["id"], project=given.project(site=away))
        assert codes(phone.see(f"/photos/{photo['id']}")) == ["off_site", "same_coordinates"]

    def test_before_the_arrival(self, given):
        phone = given.commissioner()
        photo = take(phone, shot(taken_at=clock.now() - timedelta(days=41)))
        visit(phone, given, photo["id"])
        found = phone.see(f"/photos/{photo['id']}")
        assert "EXIF 时间比到达时间早 41 天" in [r["text"] for r in found["evidence"]["reasons"]]

    def test_an_edited_one_and_a_screenshot(self, given):
        phone = given.commissioner()
        exif = Image.Exif()
        exif[Base.Software] = "Adobe Photoshop 25.0 (Macintosh)"
        out = io.BytesIO()
        Image.effect_noise((60, 40), 80).save(out, "JPEG", exif=exif)
        assert "edited" in codes(seen(phone, out.getvalue()))
        out = io.BytesIO()
        Image.new("RGB", (1080, 2400), "teal").save(out, "PNG")
        assert "screenshot" in codes(seen(phone, out.getvalue()))


class TestCopies:
    def test_the_same_file_of_another_is_said_at_once(self, given):
        data, first, second = shot(), given.commissioner(), given.commissioner()
        day = take(first, data, taken_at="2026-03-03T09:00:00+08:00")
        copy = take(second, data, **HERE)
        assert day["warnings"] == []
        [warning] = copy["warnings"]
        assert warning["code"] == "photo.same_file"
        assert "2026-03-03" in warning["text"]
        found = second.see(f"/photos/{copy['id']}")
        assert found["evidence"]["grade"] == "contradicted"
        assert found["copies"] == [
            {"photo_id": None, "day": "2026-03-03", "exact": True, "mirrored": False}
        ]
        inspected = given.inspector().see(f"/photos/{copy['id']}")
        assert inspected["copies"][0]["photo_id"] == day["id"]

    def test_sent_twice_on_one_round_it_is_none(self, given):
        phone, data = given.commissioner(), shot()
        take(phone, data, taken_at=ago(30))
        assert take(phone, data, taken_at=ago(30))["warnings"] == []

    def test_on_another_day_it_is(self, given):
        phone, data = given.commissioner(), shot()
        take(phone, data, taken_at=ago(60 * 48))
        assert take(phone, data, taken_at=ago(1))["warnings"][0]["code"] == "photo.same_file"

    @pytest.mark.parametrize("variant", VARIANTS)
    def test_one_that_looks_like_it(self, variant, given):
        picture = scene((1600, 1200), 0)
        take(given.commissioner(), _saved(picture), taken_at="2026-03-03T09:00:00+08:00")
        phone = given.commissioner()
        found = seen(phone, _saved(VARIANTS[variant](picture)), **HERE)
        assert "photo.looks_like" in [each["code"] for each in found["warnings"]]
        assert "与 2026-03-03 走访照片" in found["evidence"]["reasons"][-1]["text"]
        assert found["evidence"]["grade"] == "unverified"

    def test_the_first_is_not_blamed_when_it_is_worked_on_again(self, given):
        picture, phone = scene((1600, 1200), 0), given.commissioner()
        first = take(phone, _saved(picture))
        take(given.commissioner(), _saved(picture, 60))
        Photo.rows().update_many({}, {"$set": {"state": "failed"}})
        phone.do(f"/photos/{first['id']}/retry")
        run_due()
        assert phone.see(f"/photos/{first['id']}")["copies"] == []


def _saved(picture: Image.Image, quality: int = 88) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


class TestPreviews:
    def small(self, picture: Image.Image) -> bytes:
        return _saved(picture.resize((320, 240)), 60)

    @pytest.mark.parametrize("preview_first", [True, False])
    def test_the_original_takes_its_place(self, preview_first, given):
        phone, contact = given.commissioner(), given.inspector()
        name, picture = client_id(), scene((1600, 1200), 1)
        preview = {"client_id": name, "role": "preview"}
        original = {"replaces": name, **HERE}
        if preview_first:
            small = take(phone, self.small(picture), **preview)
            assert "preview_only" in codes(phone.see(f"/photos/{small['id']}"))
            visit(phone, given, small["id"])
            large = take(phone, _saved(picture), **original)
        else:
            large = take(phone, _saved(picture), **original)
            small = take(phone, self.small(picture), **preview)
            visit(phone, given, small["id"])
        assert phone.see(f"/photos/{small['id']}")["replaced_by"] == large["id"]
        found = contact.see(f"/photos/{large['id']}")
        assert found["position"]["distance_to_site_m"] < 200
        assert found["copies"] == []
        assert len(Photo.get(large["id"]).links) == 1

    def test_a_preview_is_small_and_replaces_nothing(self, given):
        phone = given.commissioner()
        big = shot() + b"\0" * 110_000
        refused(phone.take_photo(big, role="preview"), 413, "photo.preview_too_large")
        answer = phone.take_photo(shot(), role="preview", replaces=client_id())
        assert list(refused(answer, 422, "request.invalid")["errors"]) == ["replaces"]

    def test_somebody_elses_is_not_replaced(self, given):
        name = client_id()
        small = take(given.commissioner(), shot(), client_id=name, role="preview")
        take(given.commissioner(), shot(), replaces=name)
        assert Photo.get(small["id"]).replaced_by is None


class TestOddFiles:
    def test_heic_is_taken_whatever_it_is_called(self, given):
        with Image.open(io.BytesIO(shot())) as image:
            out = io.BytesIO()
            pillow_heif.from_pillow(image).save(out, exif=image.info["exif"])
        found = seen(given.commissioner(), out.getvalue())
        assert (found["media_type"], found["state"]) == ("image/heic", "ready")
        assert found["position"]["exif"]["latitude"] == pytest.approx(32.5105)
        assert found["renditions"]["view"]

    def test_one_that_is_a_page_too_is_refused(self, given):
        answer = given.commissioner().take_photo(shot() + b"<html><script>alert(1)</script>")
        refused(answer, 415, "photo.active_content")

    def test_a_script_in_the_exif_is_quarantined_until_an_inspector_lets_it_out(self, given):
        exif = Image.Exif()
        exif[Base.ImageDescription] = "<script>alert(1)</script>"
        out = io.BytesIO()
        Image.effect_noise((60, 40), 80).save(out, "JPEG", exif=exif)
        phone, inspector = given.commissioner(), given.inspector()
        photo = take(phone, out.getvalue())
        assert photo["warnings"][0]["code"] == "photo.active_notes"
        path = f"/photos/{photo['id']}"
        found = phone.see(path)
        assert (found["state"], found["problem"]) == ("quarantined", "photo.active_notes")
        assert "督查" in found["problem_text"]
        assert found["renditions"]["view"]
        assert phone.get(f"{path}/original").status_code == 403
        assert inspector.get(f"{path}/original").status_code == 200
        inspector.do(f"{path}/review", {"verdict": "accepted"})
        assert phone.see(path)["state"] == "ready"
        assert phone.get(f"{path}/original").status_code == 200

    def test_an_original_that_changed_in_the_store_fails_loudly(self, given):
        phone = given.commissioner()
        photo = phone.take_photo(shot()).json["id"]
        path = STORE.path(Photo.get(photo).key)
        path.write_bytes(shot())
        run_due()
        assert phone.see(f"/photos/{photo}")["problem"] == "photo.original_changed"

    def test_a_bomb_takes_only_its_child(self, given, monkeypatch):
        small = decoder.Decoder(memory=150_000_000)
        monkeypatch.setattr(decoder, "shared", lambda: small)
        out = io.BytesIO()
        Image.new("RGB", (9_000, 9_000)).save(out, "PNG")
        phone = given.commissioner()
        bomb, fine = phone.take_photo(out.getvalue()).json, phone.take_photo(shot()).json
        run_due()
        found = phone.see(f"/photos/{bomb['id']}")
        assert (found["state"], found["problem"]) == ("failed", "photo.too_demanding")
        assert phone.see(f"/photos/{fine['id']}")["state"] == "ready"
        small.close()


class TestRetry:
    def test_a_failed_one_is_worked_on_again(self, given):
        phone, data = given.commissioner(), shot()
        photo = phone.take_photo(data).json["id"]
        path = STORE.path(Photo.get(photo).key)
        path.write_bytes(data[: len(data) // 2])
        run_due()
        path.write_bytes(data)
        answer = phone.do(f"/photos/{photo}/retry")
        assert (answer["state"], answer["problem"]) == ("stored", None)
        run_due()
        assert phone.see(f"/photos/{photo}")["state"] == "ready"
        refused(phone.post(f"/photos/{photo}/retry"), 409, "photo.not_failed")
        rows = database().history.find({"thing": "photo"}).sort("_id", 1)
        assert [row["action"] for row in rows] == ["take", "process", "retry", "process"]

    def test_only_by_its_owner_and_overseers(self, given):
        phone = given.commissioner()
        photo = take(phone, shot())["id"]
        assert given.clerk("HOUSING").post(f"/photos/{photo}/retry").status_code == 404
        refused(given.role("leader").post(f"/photos/{photo}/retry"), 403, "forbidden")


class TestReview:
    def test_each_verdict_is_kept(self, given):
        phone, inspector = given.commissioner(), given.inspector()
        path = f"/photos/{take(phone, shot())['id']}"
        inspector.do(f"{path}/review", {"verdict": "rejected", "reason": "看不清施工部位"})
        inspector.do(f"{path}/review", {"verdict": "accepted", "reason": "补充说明后可以"})
        found = phone.see(path)
        assert found["verdict"] == "accepted"
        assert [(r["verdict"], r["reason"]) for r in found["reviews"]] == [
            ("rejected", "看不清施工部位"),
            ("accepted", "补充说明后可以"),
        ]
        assert found["reviews"][0]["by"] == inspector.person.name

    def test_a_rejection_has_a_reason_and_an_inspector(self, given):
        phone, inspector = given.commissioner(), given.inspector()
        path = f"/photos/{take(phone, shot())['id']}/review"
        refused(
            inspector.post(path, {"verdict": "rejected", "reason": " "}), 422, "request.invalid"
        )
        refused(inspector.post(path, {"verdict": "maybe"}), 422, "request.invalid")
        refused(phone.post(path, {"verdict": "accepted"}), 403, "forbidden")

    def test_the_same_key_is_one_review(self, given):
        inspector = given.inspector()
        path = f"/photos/{take(given.commissioner(), shot())['id']}"
        key = uuid.uuid4().hex
        for _ in range(2):
            inspector.do(f"{path}/review", {"verdict": "accepted"}, Idempotency_Key=key)
        assert len(inspector.see(path)["reviews"]) == 1

    def test_not_before_it_is_worked_on(self, given):
        photo = given.commissioner().take_photo(shot()).json["id"]
        answer = given.inspector().post(f"/photos/{photo}/review", {"verdict": "accepted"})
        refused(answer, 409, "photo.not_processed_yet")


class TestShare:
    def test_it_is_made_by_a_worker_and_checked_by_anybody(self, given):
        phone = given.commissioner()
        photo = take(phone, shot(), **HERE, taken_at=ago())
        visit(phone, given, photo["id"])
        path = f"/photos/{photo['id']}"
        assert phone.see(path)["share"]["state"] == "none"
        assert phone.do(f"{path}/share")["share"]["state"] == "making"
        run_due()
        found = phone.see(path)
        assert found["share"]["state"] == "ready"
        client = wsgi.app.test_client()
        picture = client.get(found["renditions"]["share"])
        with Image.open(io.BytesIO(picture.data)) as image:
            assert image.height > 300
            assert not image.getexif()
        told = client.get(f"/api/v1/photos/verify/{found['short_code'].lower()}")
        assert told.status_code == 200
        assert told.json == {
            "short_code": found["short_code"],
            "grade": found["evidence"]["grade"],
            "grade_name": "相符",
            "verdict": None,
            "day": f"{found['taken_at']['device'][:10]}",
            "district": "姜堰区",
        }
        phone.do(f"{path}/share")
        run_due()
        assert client.get(found["renditions"]["share"]).data == picture.data

    def test_a_failure_is_seen_and_tried_again(self, given):
        phone, data = given.commissioner(), shot()
        photo = take(phone, data)["id"]
        original = STORE.path(Photo.get(photo).key)
        original.write_bytes(data[: len(data) // 2])
        phone.do(f"/photos/{photo}/share")
        run_due()
        found = phone.see(f"/photos/{photo}")["share"]
        assert (found["state"], found["problem"]) == ("failed", "photo.undecodable")
        original.write_bytes(data)
        phone.do(f"/photos/{photo}/share")
        run_due()
        assert phone.see(f"/photos/{photo}")["share"]["state"] == "ready"

    def test_a_code_that_nobody_gave(self, clean):
        for code in ("0000000000", "00000-00000", "x" * 10):
            answer = wsgi.app.test_client().get(f"/api/v1/photos/verify/{code}")
            refused(answer, 404, "not_found")
