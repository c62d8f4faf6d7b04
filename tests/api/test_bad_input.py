"""What phones, proxies and attackers send: each a clear 4xx in the error shape, and nothing stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.shape import ID, POSITION, nothing_stored, raw, refused
from tests.issues import stories
from tests.support.factories import PASSWORD, client_id
from tests.support.phone import Phone, issue_body

CHECKLIST = {"template": "safety", "version": 1, "answers": {"exit": "通畅"}}
PERSON = {"name": "x", "phone": "0523-8888"}
VISIT = {
    "enterprise_id": ID,
    "project_id": ID,
    "started_at": "2026-11-24T09:00:00+08:00",
    "ended_at": "2026-11-24T10:00:00+08:00",
    "position": POSITION,
    "note": "x",
    "photo_ids": [ID],
    "photo_client_ids": ["8f14e45f-ceea-467f-a8a9-0b1c2d3e4f50"],
    "expected_photos": 1,
    "checklist": CHECKLIST,
    "end_position": POSITION,
    "track": [{**POSITION, "at": "2026-11-24T09:30:00+08:00"}],
}
ISSUE = {
    "category": "PERMIT",
    "enterprise_id": ID,
    "project_id": ID,
    "visit_id": ID,
    "position": POSITION,
    "photo_ids": [ID],
    "photo_client_ids": [client_id()],
    "visit_client_id": client_id(),
    "urgent": True,
    "enterprise_name": "x",
    "enterprise_unit": "321204001",
    "source": "phone",
    "external_number": "x",
    "on_behalf_of": PERSON,
    "contact": PERSON,
    "anonymous": True,
}
# A full body of every operation that takes one.
BODIES: dict[str, dict[str, Any]] = {
    "/auth/password": {"account": "a", "password": PASSWORD},
    "/auth/wechat": {"code": "x"},
    "/auth/refresh": {"refresh_token": "x"},
    "/auth/logout": {},
    "/visits": {"client_id": client_id(), **VISIT},
    f"/visits/{ID}/end": {
        "ended_at": "2026-11-24T10:00:00+08:00",
        "position": POSITION,
        "note": "x",
        "track": [{**POSITION, "at": "2026-11-24T09:30:00+08:00"}],
        "checklist": CHECKLIST,
        "expected_photos": 1,
        "photo_client_ids": [client_id()],
    },
    f"/visits/{ID}/photos": {"photo_ids": [ID], "photo_client_ids": [client_id()]},
    "/issues": {**issue_body(), **ISSUE},
    "/uploads": {
        "client_id": client_id(),
        "size": 10,
        "sha256": "0" * 64,
        "media_type": "video/mp4",  # so that none is taken
        "latitude": 32.51,
        "longitude": 120.15,
        "accuracy_m": 5,
        "coord_type": "gcj02",
        "taken_at": "2026-11-24T09:00:00+08:00",
    },
    "/photos/check": {"sha256": ["0" * 64]},
    "/routing/preview": {
        "kind": "request",
        "text": "x",
        "category": "PERMIT",
        "position": POSITION,
        "enterprise_id": ID,
        "project_id": ID,
    },
    f"/issues/{ID}/confirm": {"solved": "no", "satisfaction": 1, "comment": "x"},
    f"/issues/{ID}/withdraw": {"reason": "x"},
    f"/issues/{ID}/place": {"category": "PERMIT", "department_id": ID, "reason": "x"},
    f"/tickets/{ID}/accept": {},
    f"/tickets/{ID}/note": {"text": "x", "internal": False, "photo_ids": [ID]},
    f"/tickets/{ID}/answer": {
        "text": "x",
        "result": "planned",
        "basis": "x",
        "planned_for": "2027-01-01",
        "photo_ids": [ID],
        "pairs": [{"before_photo_id": ID, "after_photo_id": ID}],
    },
    f"/tickets/{ID}/return": {"reason_code": "not_ours", "reason": "x"},
    f"/notices/{ID}/read": {},
}
# No field takes any of these. A body without required fields may also be empty.
OPERATORS = [{"$gt": ""}, {"$ne": None}, [{"$gt": ""}], {"$where": "sleep(1)"}, [[]]]
NO_JSON = [
    b"{",
    b"not json",
    b'{"a": 1,}',
    b'\xff\xfe{"a": 1}',
    b'{"a": "\xff"}',
    b'{"a": "\x00"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"a": ' + b"9" * 5000 + b"}",
    b"   ",
]
# What the paths of nested fields look like.
Path = tuple[Any, ...]


def paths(body: Any, at: Path = ()) -> list[Path]:
    """Where every value lies, down into positions, lists and checklists."""
    inner = body.items() if isinstance(body, dict) else enumerate(body)
    found: list[Path] = []
    for name, value in inner:
        found.append((*at, name))
        if isinstance(value, dict | list):
            found += paths(value, (*at, name))
    return found


def changed(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with one value replaced."""
    copy = json.loads(json.dumps(body))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copy


@pytest.fixture
def phone(given) -> Phone:
    return given.commissioner()


@pytest.mark.parametrize("path", BODIES)
class TestEveryBody:
    def test_an_unknown_field_is_an_error(self, path, phone):
        with nothing_stored():
            error = refused(phone.post(path, {**BODIES[path], "role": "admin"}), 422)
        assert list(error["errors"]) == ["role"]

    def test_so_it_is_in_the_query(self, path, phone):
        answer = phone.call("POST", f"{path}?debug=1", json=BODIES[path])
        with nothing_stored():
            assert "debug" in refused(answer, 422, "request.invalid")["errors"]

    def test_another_content_type_is_415(self, path, phone):
        with nothing_stored():
            for content_type in ("text/plain", "application/x-www-form-urlencoded", "text/json"):
                answer = raw(phone, path, json.dumps(BODIES[path]), content_type)
                refused(answer, 415, "request.not_json")

    def test_what_is_no_json_is_400(self, path, phone):
        with nothing_stored():
            for data in NO_JSON:
                refused(raw(phone, path, data), 400, "request.bad_json")

    def test_what_is_no_object_is_422(self, path, phone):
        with nothing_stored():
            for data in ("[]", "null", '"x"', "5", "NaN", "true", "[{}]"):
                assert "_schema" in refused(raw(phone, path, data), 422)["errors"]

    def test_operators_are_no_values_anywhere(self, path, phone):
        for where in paths(BODIES[path]):
            for operator in OPERATORS:
                body = changed(BODIES[path], where, operator)
                error = refused(phone.post(path, body), 422, "request.invalid")
                assert any(name.startswith(str(where[0])) for name in error["errors"])

    def test_no_text_holds_what_cannot_be_stored(self, path, phone):
        for where in paths(BODIES[path]):
            for text in ("a\0b", "\0", "a\ud800b", "\udfff"):
                body = json.dumps(changed(BODIES[path], where, text))
                refused(raw(phone, path, body), 422)

    def test_numbers_of_all_kinds_do_no_harm(self, path, phone):
        """Most are refused; the rest (a float for an accuracy) are what the field takes."""
        numbers = (
            "1e400",
            "-1e400",
            "NaN",
            "Infinity",
            "-Infinity",
            "9" * 400,
            "-1",
            "1.5",
            "1e309",
        )
        for where in paths(BODIES[path]):
            for number in numbers:
                text = json.dumps(changed(BODIES[path], where, "@@")).replace('"@@"', number)
                answer = raw(phone, path, text)
                assert 400 <= answer.status_code < 500, (where, number)
                refused(answer, answer.status_code)

    def test_much_too_much_is_413(self, path, phone):
        with nothing_stored():
            body = json.dumps({**BODIES[path], "text": "长" * (5 * 1024 * 1024 // 3)})
            refused(raw(phone, path, body), 413, "http.413")


@pytest.mark.parametrize("key", ["", "x" * 101, "tab\tkey", "bell\x07"])
def test_an_idempotency_key_that_cannot_be_one(key, given):
    story = stories.dispatched(given)
    with nothing_stored():
        answer = story.clerk.post(story.on_ticket("accept"), Idempotency_Key=key)
        assert list(refused(answer, 422)["errors"]) == ["Idempotency-Key"]


def test_a_part_of_a_form_without_a_name_is_400(given):
    head = "--b\r\nContent-Disposition: form-data\r\n\r\n"
    twice = f"{head}1\r\n{head}2\r\n--b--\r\n"
    answer = raw(given.commissioner(), "/photos", twice, "multipart/form-data; boundary=b")
    refused(answer, 400, "request.unnamed_part")
