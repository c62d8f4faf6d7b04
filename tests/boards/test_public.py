"""What everybody may see, without a login: sums, none of few, anew once an hour."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

import wsgi
from app.api import throttle
from app.boards import publishing
from app.boards.publishing import KEY, PublicFigures
from app.foundation import clock, duties
from app.issues.documents import Issue
from tests.boards.support import fold
from tests.support.phone import API

UNITS = ("321204001", "321204002", "321204003")
SECRET = "桩机已经进场，联系人张三13800000000"


@pytest.fixture
def anybody(app):
    return app.test_client()


@pytest.fixture
def house(given, the_time):
    """Many issues in one unit, some in another, two in a third; projects of six firms."""
    the_time.is_("2026-11-24 10:00")
    for unit, count in zip(UNITS, (16, 9, 2), strict=True):
        for _ in range(count):
            _issue(unit, the_time)
    for _ in range(6):
        given.project(stage="signed")
    fold()
    publish()
    return given


def _issue(unit: str, time: Any, **fields: Any) -> None:
    times = dict.fromkeys(("created_at", "updated_at"), time.now)
    values = {
        "number": f"JY{ObjectId()}",
        "owner": ObjectId(),
        "owner_role": "contact",
        "client_id": str(ObjectId()),
        "fingerprint": "",
        "kind": "request",
        "state": "dispatched",
        "text": SECRET,
        "category": "PERMIT",
        "unit": unit,
        "promise": {"resolve_by": time.now + timedelta(days=3)},
    }
    Issue.insert_row(**values | fields, **times)


def publish() -> None:
    """One turn of the duty, whenever it would be due."""
    now = clock.now()
    publishing.begin(now)
    duties.rows().update_one({"key": publishing.PUBLISH}, {"$set": {"next_at": now}})
    row = duties.rows().find_one({"key": publishing.PUBLISH})
    duty = duties.claim(row["_id"], now=now, lease=timedelta(seconds=60))
    assert duty is not None
    publishing.publish(duty, now)


def figures(anybody: Any) -> dict[str, Any]:
    answer = anybody.get(f"{API}/public/figures")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def table(found: dict[str, Any], code: str) -> dict[str, Any]:
    return next(each for each in found["tables"] if each["code"] == code)


def told(found: dict[str, Any], code: str) -> dict[str, int | None]:
    return {each["key"]: each["value"] for each in table(found, code)["items"]}


def test_anybody_sees_sums_and_nothing_of_few(house, anybody):
    found = figures(anybody)
    units = told(found, "issues.by_unit")
    assert [units[each] for each in UNITS] == [16, None, None]
    assert table(found, "issues.by_unit")["total"] == 27
    assert told(found, "issues.by_category") == {"PERMIT": 27}
    assert told(found, "issues.opened")["2026-11"] == 27
    assert table(found, "issues.opened")["total"] is None
    assert told(found, "projects.by_stage") == {"signed": 6}
    rates = {each["code"]: each["percent"] for each in found["rates"]}
    assert rates["on_time"] == 100
    assert rates["completion"] is None
    shown = anybody.get(f"{API}/public/map").json
    assert {each["geometry"] for each in shown["features"]} == {None}
    by_unit = {each["properties"]["unit"]: each["properties"] for each in shown["features"]}
    assert [by_unit[each]["issues"] for each in UNITS] == [16, None, None]
    assert by_unit[UNITS[1]]["projects"] == 6


def test_nobody_and_no_single_thing_is_named(house, anybody):
    stored = [str(row["_id"]) for row in Issue.rows().find({}, {"_id": 1})]
    for path in ("figures", "map"):
        said = json.dumps(anybody.get(f"{API}/public/{path}").json, ensure_ascii=False)
        assert not re.search(r"\b[0-9a-f]{24}\b|1\d{10}|测试企业|张三", said)
        assert not any(each in said for each in stored)


def test_what_was_taken_from_cache_is_asked_for_by_its_tag(house, anybody):
    answer = anybody.get(f"{API}/public/figures")
    assert "public" in answer.headers["Cache-Control"]
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert anybody.get(f"{API}/public/figures", headers=tag).status_code == 304


def test_a_single_change_is_not_told_not_even_an_hour_later(house, anybody, the_time):
    before = figures(anybody)
    _issue(UNITS[0], the_time)
    fold()
    assert figures(anybody) == before
    the_time.passes(minutes=60)
    publish()
    later = figures(anybody)
    assert later["tables"] == before["tables"]
    assert later["as_of"] > before["as_of"]
    for _ in range(4):
        _issue(UNITS[0], the_time)
    the_time.passes(minutes=60)
    fold()
    publish()
    assert told(figures(anybody), "issues.by_unit")[UNITS[0]] == 21
    assert table(figures(anybody), "projects.by_stage") == table(before, "projects.by_stage")


def test_where_a_table_cannot_be_told_its_family_is_not(house, anybody, the_time):
    Issue.rows().update_many({"unit": {"$ne": UNITS[2]}}, {"$set": {"state": "merged"}})
    fold()
    publish()
    found = figures(anybody)
    assert set(told(found, "issues.by_unit").values()) == {None}
    assert set(told(found, "issues.opened").values()) == {None}
    assert table(found, "issues.by_state")["total"] is None
    assert told(found, "projects.by_stage") == {"signed": 6}


def test_restricted_issues_do_not_count(house, anybody, the_time):
    for _ in range(9):
        _issue(UNITS[0], the_time, restricted="report")
    fold()
    publish()
    assert table(figures(anybody), "issues.by_unit")["total"] == 27


def test_before_anything_is_published_it_says_so(given, anybody):
    publish()
    answer = anybody.get(f"{API}/public/figures")
    assert (answer.status_code, answer.json["code"]) == (503, "public.not_ready")
    next_at = duties.rows().find_one({"key": publishing.PUBLISH})["next_at"]
    assert next_at - clock.now() <= publishing.SOON


def test_what_is_asked_for_too_often_is_refused(house, anybody, monkeypatch):
    rare = throttle.LoginThrottle(wsgi.app.extensions["steward"].redis_url, "2/minute")
    monkeypatch.setitem(wsgi.app.extensions, "public_throttle", rare)
    answers = [anybody.get(f"{API}/public/map").status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_page_comes_with_all_it_needs_and_may_ask_nobody_else(anybody):
    page = anybody.get("/public")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    parts = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert parts == ["/public/screen.css", "/public/screen.js"]
    for path in ("/public", *parts):
        answer = anybody.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", answer.get_data(as_text=True))
    assert "style=" not in text
    assert anybody.get("/public/figures.html").status_code == 404


def test_publishing_is_stored_whole_for_the_next_hour(house):
    row = PublicFigures.rows().find_one({"_id": KEY})
    assert set(row["families"]) == set(publishing.FAMILIES)
    assert row["families"]["issues"]["tables"]["issues.by_unit"][UNITS[2]] == 2
