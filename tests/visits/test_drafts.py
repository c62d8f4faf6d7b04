"""A visit that is not over: changed as a whole, by its owner, from what was seen; ended once."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import history
from app.photos.documents import Photo
from app.visits.documents import Visit
from tests.api.shape import nothing_stored, refused
from tests.support.factories import client_id
from tests.visits.stories import END, FAR, SAFETY, SITE, START, at, begun, etag, photo, put


@pytest.fixture
def place(given):
    return given.enterprise()


@pytest.fixture
def phone(given):
    return given.commissioner()


def draft(place, **fields) -> dict:
    whole = at(place, **fields)
    del whole["client_id"]
    return whole


def test_a_change_is_whole(phone, place):
    visit = begun(phone, place, note="第一稿", expected_photos=3, position=SITE)
    answer = put(phone, visit["id"], draft(place, note="第二稿"), etag(phone, visit["id"]))
    assert answer.status_code == 200
    assert answer.json["note"] == "第二稿"
    assert answer.json["position"] is None
    assert answer.json["missing"]["count"] == 0
    assert answer.json == phone.see(f"/visits/{visit['id']}")
    assert answer.json["client_id"] == visit["client_id"]
    row = history.rows().find_one({"action": "change"})
    assert row["data"]["before"]["position"]["raw"]["accuracy_m"] == 8


def test_without_if_match_it_is_428_and_with_an_old_one_412(phone, place):
    key = begun(phone, place)["id"]
    seen = etag(phone, key)
    with nothing_stored():
        refused(put(phone, key, draft(place, note="x"), None), 428, "request.if_match_needed")
        refused(put(phone, key, draft(place, note="x"), '"other"'), 412, "request.stale")
    assert put(phone, key, draft(place, note="1"), seen).status_code == 200
    refused(put(phone, key, draft(place, note="2"), seen), 412, "request.stale")
    assert phone.see(f"/visits/{key}")["note"] == "1"


@pytest.mark.parametrize("form", ["*", "W/{}", '"a", {}'])
def test_other_forms_of_if_match(form, phone, place):
    key = begun(phone, place)["id"]
    answer = put(phone, key, draft(place, note="x"), form.format(etag(phone, key)))
    assert answer.status_code == 200


def test_the_same_change_again_is_a_replay(phone, place):
    key = begun(phone, place)["id"]
    seen = etag(phone, key)
    first = put(phone, key, draft(place, note="1"), seen)
    with nothing_stored():
        again = put(phone, key, draft(place, note="1"), seen)
    assert (again.status_code, again.json) == (200, first.json)


def test_photos_that_are_there_stay(phone, place):
    late, here = client_id(), photo(phone)
    key = begun(phone, place, photo_ids=[here], photo_client_ids=[late])["id"]
    with nothing_stored():
        answer = put(phone, key, draft(place), etag(phone, key))
        assert refused(answer, 422, "visit.photos_stay")["errors"] == {"photo_ids": [here]}
    more = photo(phone, 1)
    answer = put(phone, key, draft(place, photo_ids=[here, more]), etag(phone, key))
    assert answer.json["photo_ids"] == [here, more]
    assert answer.json["missing"]["client_ids"] == []
    assert [link["thing"] for link in links(more)] == ["visit"]


def links(key: str) -> list[dict]:
    return Photo.rows().find_one({"_id": ObjectId(key)})["links"]


def test_only_the_owner_changes_it(phone, place, given):
    key = begun(phone, place)["id"]
    calls = [
        lambda who: put(who, key, draft(place), "*"),
        lambda who: who.post(f"/visits/{key}/end", {"ended_at": END}),
        lambda who: who.post(f"/visits/{key}/photos", {}),
    ]
    seeing = [given.inspector(), given.role("unit_admin", unit=place.unit)]
    stranger = given.commissioner()
    with nothing_stored():
        for call in calls:
            for who in seeing:
                refused(call(who), 403, "forbidden")
            refused(call(stranger), 404, "not_found")


class TestEnding:
    def test_leaving_is_said_and_measured(self, phone, place):
        key = begun(phone, place, position=SITE, note="到达")["id"]
        ended = phone.do(f"/visits/{key}/end", {"ended_at": END, "position": FAR})
        assert (ended["state"], ended["duration_s"], ended["note"]) == ("ended", 5400, "到达")
        assert ended["check_out"]["distance_to_site_m"] == pytest.approx(1109, abs=1)
        assert ended["check_out"]["on_site"] is False
        assert ended["check_in"]["on_site"] is True
        rows = history.of("visit", Visit.get(key).id, internal=True)
        assert [(row["action"], row["to"]) for row in rows] == [("log", None), ("end", "ended")]

    def test_then_it_stays_as_it_is(self, phone, place):
        key = begun(phone, place)["id"]
        phone.do(f"/visits/{key}/end", {"ended_at": END})
        seen = etag(phone, key)
        with nothing_stored():
            for tag in (seen, None, '"old"'):
                refused(put(phone, key, draft(place, note="x"), tag), 409, "visit.ended")
            refused(phone.post(f"/visits/{key}/end", {"ended_at": END}), 409, "visit.ended")

    def test_a_replay_under_its_key_is_200(self, phone, place):
        key = begun(phone, place)["id"]
        first = phone.do(f"/visits/{key}/end", {"ended_at": END}, Idempotency_Key="leave-1")
        assert phone.do(f"/visits/{key}/end", {"ended_at": END}, Idempotency_Key="leave-1") == first

    def test_what_is_not_said_stays_and_what_is_said_goes_before(self, phone, place):
        late, more = client_id(), client_id()
        key = begun(
            phone, place, note="草稿", checklist=SAFETY, photo_client_ids=[late], expected_photos=1
        )["id"]
        said = {
            "ended_at": END,
            "note": "定稿",
            "photo_client_ids": [more],
            "expected_photos": 4,
        }
        ended = phone.do(f"/visits/{key}/end", said)
        assert (ended["note"], ended["checklist"]) == ("定稿", SAFETY)
        assert ended["missing"] == {"count": 4, "client_ids": [late, more]}

    def test_not_before_the_start(self, phone, place):
        key = begun(phone, place)["id"]
        answer = phone.post(f"/visits/{key}/end", {"ended_at": "2026-11-24T08:59:00+08:00"})
        refused(answer, 422, "visit.ends_before_start")

    def test_the_checklist_must_be_whole_by_then(self, phone, place):
        part = {"template": "safety", "version": 1, "answers": {"exits": "no"}}
        key = begun(phone, place, checklist=part)["id"]
        with nothing_stored():
            answer = phone.post(f"/visits/{key}/end", {"ended_at": END})
            error = refused(answer, 422, "checklist.invalid")
        assert list(error["errors"]) == ["checklist.answers.extinguishers"]
        phone.do(f"/visits/{key}/end", {"ended_at": END, "checklist": SAFETY})

    def test_photos_are_still_taken_in(self, phone, place):
        key, late = begun(phone, place)["id"], client_id()
        phone.do(f"/visits/{key}/end", {"ended_at": END})
        more = photo(phone)
        said = {"photo_ids": [more], "photo_client_ids": [late]}
        seen = phone.do(f"/visits/{key}/photos", said)
        assert seen == phone.do(f"/visits/{key}/photos", said) | {"updated_at": seen["updated_at"]}
        assert (seen["photo_ids"], seen["missing"]["client_ids"]) == ([more], [late])


def point(time: str, **change) -> dict:
    return {**SITE, "at": f"2026-11-24T{time}+08:00", **change}


class TestTheWay:
    def test_it_lies_within_the_visit_and_is_kept_in_order(self, phone, place):
        key = begun(phone, place)["id"]
        track = [point("10:30:00"), point("09:00:00"), point("09:30:00", coord_type="gcj02")]
        ended = phone.do(f"/visits/{key}/end", {"ended_at": END, "track": track})
        assert [each["at"][11:19] for each in ended["track"]] == [
            "09:00:00",
            "09:30:00",
            "10:30:00",
        ]
        assert ended["track"][1]["raw"]["coord_type"] == "gcj02"
        assert ended["track"][1]["latitude"] != 32.51

    @pytest.mark.parametrize("time", ["08:59:59.999", "10:30:00.001", "23:00:00"])
    def test_outside_it_nobody_is_located(self, time, phone, place):
        key = begun(phone, place)["id"]
        said = {"ended_at": END, "track": [point("09:10:00"), point(time)]}
        with nothing_stored():
            error = refused(phone.post(f"/visits/{key}/end", said), 422, "visit.track_outside")
            assert list(error["errors"]) == ["track.1.at"]
            whole = at(place, **said)
            refused(phone.post("/visits", whole), 422, "visit.track_outside")

    def test_it_comes_with_the_end(self, phone, place):
        with nothing_stored():
            for more in ({"track": [point("09:10:00")]}, {"end_position": SITE}):
                answer = phone.post("/visits", at(place, **more))
                refused(answer, 422, "visit.track_before_end")
        logged = phone.do("/visits", at(place, ended_at=END, track=[point("09:10:00")]))
        assert len(logged["track"]) == 1

    def test_five_hundred_points_and_not_one_more(self, phone, place):
        key = begun(phone, place)["id"]
        said = {"ended_at": END, "track": [point("09:10:00")] * 501}
        refused(phone.post(f"/visits/{key}/end", said), 422, "request.invalid")
        phone.do(f"/visits/{key}/end", {"ended_at": END, "track": [point("09:10:00")] * 500})

    def test_who_sees_it(self, phone, place, given):
        logged = phone.do("/visits", at(place, ended_at=END, track=[point("09:10:00")]))
        path = f"/visits/{logged['id']}"
        for who in (phone, given.inspector(), given.role("admin")):
            assert len(who.see(path)["track"]) == 1
        unit_admin = given.role("unit_admin", unit=place.unit)
        for who in (given.dispatcher(), given.role("leader"), unit_admin):
            assert who.see(path)["track"] is None
        assert "track" not in phone.see("/visits")["items"][0]
        assert START[:16] in phone.see("/visits")["items"][0]["started_at"]
