"""The receipt: true, signed, and never a licence to delete what is not here."""

from __future__ import annotations

import base64
import itertools

import pytest

import wsgi
from app.foundation.signing import holds
from app.photos.documents import Photo
from tests.api.shape import refused
from tests.support.factories import PHOTOS, client_id
from tests.visits.stories import END, at, begun, photo


@pytest.fixture
def phone(given):
    return given.commissioner()


@pytest.fixture
def twelve(phone, given):
    """A visit of twelve photos, eleven of which are here: (visit, those here, the name of the other)."""
    here = [photo(phone, n % len(PHOTOS)) for n in range(11)]
    late = client_id()
    said = at(given.enterprise(), ended_at=END, photo_ids=here, photo_client_ids=[late])
    return phone.do("/visits", said)["id"], here, late


def keys(phone) -> dict[str, str]:
    answer = phone.client.get("/api/v1/evidence/keys")
    assert answer.status_code == 200
    return {each["key_id"]: each["public_key"] for each in answer.json["items"]}


def test_twelve_of_twelve(phone, twelve):
    visit, _, late = twelve
    found = phone.see(f"/visits/{visit}/receipt")
    assert (found["count"], found["expected"], found["complete"]) == (11, 12, False)
    assert found["statement"] == "12 张已存 11 张，还缺 1 张，请先不要从手机删除"
    assert found["missing_client_ids"] == [late]
    photo(phone, client_id=late)
    found = phone.see(f"/visits/{visit}/receipt")
    assert (found["count"], found["expected"], found["complete"]) == (12, 12, True)
    assert found["statement"] == "12 张已存 12 张，哈希一致，可以从手机删除"
    stored = {row["sha256"]: row["size"] for row in Photo.rows().find()}
    assert all(stored[each["sha256"]] == each["size"] for each in found["photos"])
    assert all(each["stored"] for each in found["photos"])


def test_anybody_can_check_it(phone, twelve):
    found = phone.see(f"/visits/{twelve[0]}/receipt")
    signature = found.pop("signature")
    key = keys(phone)[signature["key_id"]]
    assert len(base64.b64decode(key)) == 32
    assert holds(key, found, signature)
    for name, value in (("count", 12), ("complete", True), ("statement", "可以删除")):
        assert not holds(key, {**found, name: value}, signature)


def test_a_photo_that_the_store_lost_is_not_stored(phone, twelve):
    visit, here, late = twelve
    photo(phone, client_id=late)
    row = Photo.get(here[0])
    path = wsgi.app.extensions["store"].root / row.key
    data = path.read_bytes()
    try:
        path.chmod(0o600)
        path.write_bytes(data[:-1])
        cut = phone.see(f"/visits/{visit}/receipt")
        path.unlink()
        gone = phone.see(f"/visits/{visit}/receipt")
    finally:
        path.write_bytes(data)
    alike = [each["id"] for each in gone["photos"] if each["sha256"] == row.sha256]
    for found in (cut, gone):
        assert found["complete"] is False
        assert "请先不要" in found["statement"]
        assert [each["id"] for each in found["photos"] if not each["stored"]] == alike
    assert phone.see(f"/visits/{visit}/receipt")["complete"] is True


def test_a_preview_is_no_original(phone, given):
    name, original = client_id(), client_id()
    visit = begun(phone, given.enterprise(), photo_client_ids=[name])["id"]
    small = smallest()
    answer = phone.take_photo(small, client_id=name, role="preview")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    seen = phone.see(f"/visits/{visit}")
    assert seen["photo_ids"] == [answer.json["id"]]
    assert seen["missing"] == {"count": 1, "client_ids": [name]}
    assert phone.see(f"/visits/{visit}/receipt")["complete"] is False
    whole = phone.take_photo(PHOTOS[0].read_bytes(), client_id=original, replaces=name)
    seen = phone.see(f"/visits/{visit}")
    assert seen["photo_ids"] == [whole.json["id"]]
    receipt = phone.see(f"/visits/{visit}/receipt")
    assert receipt["complete"] is True
    assert [each["client_id"] for each in receipt["photos"]] == [original]


def smallest() -> bytes:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_what_was_announced_counts(expected, phone, given):
    here = [photo(phone)]
    visit = begun(phone, given.enterprise(), photo_ids=here, expected_photos=expected)
    found = phone.see(f"/visits/{visit['id']}/receipt")
    assert found["expected"] == max(expected, 1)
    assert found["complete"] == (expected <= 1)
    assert visit["missing"]["count"] == max(expected - 1, 0)


def test_nothing_announced_is_nothing_to_delete(phone, given):
    found = phone.see(f"/visits/{begun(phone, given.enterprise())['id']}/receipt")
    assert (found["photos"], found["expected"]) == ([], 0)
    assert "删除" not in found["statement"]


def test_a_store_that_is_away_is_503(phone, twelve, app, monkeypatch):
    from app.foundation.errors import Unavailable

    class Away:
        def size(self, key: str) -> int:
            raise Unavailable("store.away", retry_after=5)

    monkeypatch.setitem(app.extensions, "store", Away())
    answer = phone.get(f"/visits/{twelve[0]}/receipt")
    refused(answer, 503, "store.away")
    assert answer.headers["Retry-After"] == "5"


def test_no_two_keys_are_named_alike(phone):
    names = list(keys(phone))
    assert not any(a == b for a, b in itertools.combinations(names, 2))
