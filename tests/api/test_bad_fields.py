"""Fields, queries and paths that cannot be used: a clear 4xx that names the field, nothing stored."""

from __future__ import annotations

import json

import pytest

from app.foundation.messages import say
from tests.api.shape import ID, POSITION, nothing_stored, raw, refused
from tests.issues import stories
from tests.support.factories import client_id
from tests.support.phone import Phone, issue_body


@pytest.fixture
def phone(given) -> Phone:
    return given.commissioner()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("client_id", ["", "1", "g" * 32, "8f14e45f-ceea-467f-a8a9-0b1c2d3e4f5", None, 5]),
        ("kind", ["", "other", "REQUEST", None]),
        ("text", ["", " \n\t", None, "x" * 5001]),
        ("category", ["", "x" * 41, "request.length", "NO_SUCH"]),
        ("enterprise_id", ["", "x", "F" * 24, "a" * 23, "a" * 24 + "\n", 5]),
        ("photo_ids", ["x", ["x"], ["a" * 24 + "\n"], [None], ["a" * 24] * 51, {}]),
        ("urgent", ["maybe", 2, "2"]),
        ("position", [{}, {"latitude": 1}, {"latitude": 91, "longitude": 0}, [1, 2], "1,2"]),
    ],
)
def test_each_field_of_an_issue(field, values, phone):
    with nothing_stored():
        for value in values:
            error = refused(phone.post("/issues", issue_body(**{field: value})), 422)
            assert any(name.split(".")[0] == field for name in error["errors"]), (value, error)


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": 90.1},
        {"longitude": -180.1},
        {"accuracy_m": -1},
        {"accuracy_m": 100_001},
        {"coord_type": "utm"},
        {"latitude": None},
        {"altitude": 5},
    ],
)
def test_a_position_is_a_place_on_earth(change, phone):
    with nothing_stored():
        refused(phone.post("/issues", issue_body(position={**POSITION, **change})), 422)


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ("2026-11-24T09:00:00", "request.time_without_offset"),
        ("2026-11-24", "request.time_without_offset"),
        ("0001-01-01T00:00:00+08:00", "request.time"),
        ("0001-01-01T00:00:00Z", "request.time"),
        ("9999-12-31T23:59:59-08:00", "request.time"),
        ("9999-12-31T23:59:59Z", "request.time"),
        ("1999-12-31T23:59:59Z", "request.time"),
        ("2026-02-30T00:00:00Z", "request.time"),
        ("2026-11-24T24:01:00Z", "request.time"),
        ("2026-11-24T09:00:00+24:00", "request.time"),
        ("yesterday", "request.time"),
        ("", "request.time"),
        (1795500000, "request.time"),
        (10**400, "request.time"),
        (True, "request.time"),
    ],
)
def test_a_time_is_a_moment_of_our_days_with_its_offset(time, code, given, phone):
    body = {
        "client_id": client_id(),
        "enterprise_id": str(given.enterprise().id),
        "started_at": time,
    }
    with nothing_stored():
        headers = {"Accept-Language": "en"}
        answer = phone.call("POST", "/visits", json=body, headers=headers)
        assert refused(answer, 422)["errors"] == {"started_at": [say(code, "en")]}


@pytest.mark.parametrize("key", ["$gt", "a.b", "_cls", "", "a b", "x" * 61, "a\n", "\ud800", "\0"])
def test_a_questions_code_leads_nowhere_in_the_database(key, given, phone):
    body = {
        "client_id": client_id(),
        "enterprise_id": str(given.enterprise().id),
        "started_at": "2026-11-24T09:00:00+08:00",
        "checklist": {"template": "t", "answers": {key: "x"}},
    }
    with nothing_stored():
        refused(raw(phone, "/visits", json.dumps(body)), 422)


@pytest.mark.parametrize("number", [0, 6, 4.7, "4", True, 10**30])
def test_satisfaction_is_a_whole_number_from_one_to_five(number, given):
    story = stories.answered(given)
    body = {"solved": "yes", "satisfaction": number}
    with nothing_stored():
        error = refused(story.contact.post(story.on_issue("confirm"), body), 422)
    assert list(error["errors"]) == ["satisfaction"]


@pytest.mark.parametrize("version", [0, 10**30, 1.5, "1"])
def test_a_checklists_version_is_a_number_that_can_be_stored(version, given, phone):
    body = {
        "client_id": client_id(),
        "enterprise_id": str(given.enterprise().id),
        "started_at": "2026-11-24T09:00:00+08:00",
        "checklist": {"template": "t", "version": version, "answers": {}},
    }
    with nothing_stored():
        error = refused(phone.post("/visits", body), 422)
    assert list(error["errors"]) == ["checklist.version"]


def test_a_field_whose_name_no_utf8_can_say(phone):
    error = refused(raw(phone, "/issues", '{"\\ud800": 1}'), 422)
    assert "\\ud800" in error["errors"]


@pytest.mark.parametrize(
    "text", ["🚧👷‍♀️ 塌方", "e\u0301", "\u202e", "𠮷野家", "\x07", "{number}", "%s %(x)s"]
)
def test_what_people_really_write_is_kept_as_it_is(text, given):
    contact = given.contact(given.enterprise())
    made = contact.open_issue(text=text)
    assert contact.see(f"/issues/{made['id']}")["text"] == text


def test_an_escaped_pair_is_an_emoji(given):
    contact = given.contact(given.enterprise())
    body = json.dumps(issue_body(text="🚧"))
    assert "\\ud83d" in body
    assert raw(contact, "/issues", body).json["text"] == "🚧"


class TestQueries:
    @pytest.mark.parametrize(
        "query",
        [
            "page=0",
            "page=-1",
            "page=x",
            "page=1.5",
            "page=10001",
            f"page={10**30}",
            f"page={'9' * 5000}",
            "page_size=0",
            f"page_size={10**9}",
            "page=1&page=2",
            "state[$ne]=x",
            "q[$regex]=.*",
            "q=%00",
            "q=",
            f"q={'x' * 101}",
            "kind=other",
            "enterprise_id=x",
            f"enterprise_id={'a' * 24}%0A",
            "%FF=1",
            "unknown=1",
        ],
    )
    @pytest.mark.parametrize("path", ["/issues"])
    def test_of_issues(self, path, query, phone):
        refused(phone.call("GET", f"{path}?{query}"), 422, "request.invalid")

    @pytest.mark.parametrize(
        "query", ["box=all", "box[]=todo", "sort=price", "sort=due&sort=due", "page_size=101"]
    )
    def test_of_tickets(self, query, given):
        answer = given.clerk("HOUSING").call("GET", f"/tickets?{query}")
        refused(answer, 422, "request.invalid")

    @pytest.mark.parametrize("path", ["/me", f"/issues/{ID}", f"/tickets/{ID}", f"/photos/{ID}"])
    def test_where_there_is_none(self, path, phone):
        refused(phone.call("GET", f"{path}?x=1"), 422, "request.invalid")

    def test_a_pattern_is_only_text(self, given):
        contact = given.contact(given.enterprise())
        contact.open_issue(text="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")
        for q in ("(a+)+$", "..", "[[", "\\\\", "^a", "$where", "a" * 100):
            assert contact.see("/issues", q=q)["total"] == 0, q


@pytest.mark.parametrize(
    "path",
    [
        "/issues/x",
        "/issues/" + "A" * 24,
        "/issues/" + "a" * 25,
        "/issues/" + ID + "%0A",
        "/photos/..%2f..%2fetc%2fpasswd",
        f"/photos/{ID}/renditions/huge",
        "/tickets/{$gt:1}",
        "/nowhere",
        "/issues/",
    ],
)
def test_a_path_that_is_none_is_404(path, phone):
    refused(phone.call("GET", path), 404, "http.404")


@pytest.mark.parametrize(
    "kind", ["issues", "tickets", "visits", "photos", "enterprises", "projects"]
)
def test_what_is_not_there_is_404(kind, phone):
    refused(phone.get(f"/{kind}/{ID}"), 404, "not_found")
