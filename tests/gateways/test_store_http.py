"""Photos over HTTP with the originals in a bucket, and with the bucket away."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import httpx
import pytest

from app.foundation import clock, db, duties
from app.gateways.store import open_store
from tasks.queue import ATTEMPTS, celery
from tests.support.duties import run_due
from tests.support.seaweed import ACCESS_KEY, SECRET_KEY


@pytest.fixture
def house(app, given, bucket, monkeypatch):
    """The house with its originals in the bucket."""
    monkeypatch.setitem(app.extensions, "store", bucket)
    monkeypatch.setattr("tasks.photos.store_of", lambda _: bucket)
    return given


def retry_now() -> None:
    duties.rows().update_many({"state": "due"}, {"$set": {"next_at": clock.now()}})


def work_once() -> None:
    for kind, duty in duties.due(clock.now()):
        celery.tasks[kind].run(str(duty))


def follow(phone, link):
    """Where a rendition's link leads, and what lies there."""
    answer = phone.client.get(link)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer, httpx.get(answer.headers["Location"])


def test_a_photo_goes_to_the_bucket_and_is_seen_from_there(house, bucket, photo_files, tmp_path):
    data = photo_files[0].read_bytes()
    phone = house.commissioner()
    taken = phone.take_photo(data)
    assert taken.status_code == 201, taken.get_data(as_text=True)
    run_due()

    seen = phone.see(f"/photos/{taken.json['id']}")
    assert seen["state"] == "ready"
    for name in ("thumb", "view"):
        answer, picture = follow(phone, seen["renditions"][name])
        assert picture.status_code == 200
        assert picture.headers["Content-Type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8\xff")
        assert answer.headers["Cache-Control"] == "private, max-age=300"
    original = phone.get(f"/photos/{taken.json['id']}/original")
    assert original.status_code == 302
    assert "Cache-Control" not in original.headers
    stored = httpx.get(original.headers["Location"])
    assert hashlib.sha256(stored.content).hexdigest() == hashlib.sha256(data).hexdigest()
    assert stored.headers["Content-Type"] == "image/jpeg"
    assert list((tmp_path / "spool").iterdir()) == []


def test_without_links_the_bytes_come_through_us(house, app, weed, photo_files, tmp_path):
    closed = open_store(weed.url(links="0"), spool=tmp_path, keys=(ACCESS_KEY, SECRET_KEY))
    app.extensions["store"] = closed
    phone = house.commissioner()
    key = phone.take_photo(photo_files[0].read_bytes()).json["id"]
    run_due()

    thumb = phone.client.get(phone.see(f"/photos/{key}")["renditions"]["thumb"])
    assert thumb.status_code == 200
    assert thumb.mimetype == "image/jpeg"
    assert thumb.data.startswith(b"\xff\xd8\xff")
    original = phone.get(f"/photos/{key}/original")
    assert original.data == photo_files[0].read_bytes()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_while_the_bucket_is_away_nothing_is_half_recorded(house, photo_files, tmp_path, killed):
    phone = house.commissioner()
    refused = phone.take_photo(photo_files[0].read_bytes())

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json["code"] == "store.away"
    assert list((tmp_path / "spool").iterdir()) == []
    for name in ("photos", "duties", "history"):
        assert db.database()[name].count_documents({}) == 0, name


def test_work_waits_for_the_bucket_as_long_as_it_takes(house, weed, photo_files):
    phone = house.commissioner()
    key = phone.take_photo(photo_files[0].read_bytes()).json["id"]
    weed.kill()
    try:
        for _ in range(ATTEMPTS + 2):
            before = clock.now()
            work_once()
            row = duties.rows().find_one({"kind": "photos.process"})
            assert (row["state"], row["attempts"], row["claim"]) == ("due", 0, None)
            assert row["next_at"] >= before + timedelta(seconds=5)
            retry_now()
        assert phone.see(f"/photos/{key}")["state"] == "stored"
    finally:
        weed.start()
    retry_now()
    work_once()
    assert phone.see(f"/photos/{key}")["state"] == "ready"
