"""Filters that people keep."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.shape import refused
from tests.support.factories import client_id

QUERY = {"box": "overdue", "q": "施工许可", "urgent": True, "sort": "urgent"}


def body(**fields):
    made = {"client_id": client_id(), "name": "超期的许可", "list": "tickets", "query": QUERY}
    return {**made, **fields}


def without_id(said):
    return {name: value for name, value in said.items() if name != "client_id"}


def put(phone, key, said, tag):
    return phone.call("PUT", f"/me/filters/{key}", json=said, headers={"If-Match": tag})


def test_kept_changed_and_dropped(given):
    clerk = given.clerk("HOUSING")
    made = clerk.post("/me/filters", body())
    assert made.status_code == 201
    key = made.json["id"]
    assert clerk.see("/me/filters")["items"] == [made.json]
    assert made.json["query"] == QUERY
    tag = clerk.get(f"/me/filters/{key}").headers["ETag"]
    said = {"name": "水压", "list": "issues", "query": {"q": "水压", "mine": True}}
    changed = put(clerk, key, said, tag)
    assert changed.status_code == 200
    assert {name: changed.json[name] for name in said} == said
    again = put(clerk, key, said, tag)
    assert (again.status_code, again.json) == (200, changed.json)
    refused(put(clerk, key, {**said, "name": "别的"}, tag), 412)
    refused(clerk.call("PUT", f"/me/filters/{key}", json={**said, "name": "别的"}), 428)
    assert clerk.post(f"/me/filters/{key}/delete").status_code == 204
    assert clerk.see("/me/filters") == {"items": []}
    refused(clerk.post(f"/me/filters/{key}/delete"), 404)
    refused(clerk.get(f"/me/filters/{key}"), 404)


def test_what_is_kept_can_be_asked(given):
    clerk = given.clerk("HOUSING")
    kept = clerk.do("/me/filters", body())["query"]
    assert clerk.see("/tickets", **kept)["total"] == 0


def test_a_replay_makes_no_second_one(given):
    clerk = given.clerk("HOUSING")
    said = body()
    first = clerk.post("/me/filters", said)
    second = clerk.post("/me/filters", said)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    refused(clerk.post("/me/filters", {**said, "name": "另一个"}), 409, "client_id.conflict")


def test_they_are_ones_own(given):
    clerk, other = given.clerk("HOUSING"), given.clerk("HOUSING")
    said = body()
    key = clerk.do("/me/filters", said)["id"]
    assert other.see("/me/filters") == {"items": []}
    refused(other.get(f"/me/filters/{key}"), 404)
    refused(put(other, key, without_id(said), "*"), 404)
    refused(other.post(f"/me/filters/{key}/delete"), 404)
    assert other.post("/me/filters", said).status_code == 201


def test_by_name(given):
    clerk = given.clerk("HOUSING")
    for name in ("b", "c", "a"):
        clerk.do("/me/filters", body(name=name))
    assert [each["name"] for each in clerk.see("/me/filters")["items"]] == ["a", "b", "c"]


def test_fifty_and_no_more(given):
    clerk = given.clerk("HOUSING")
    last = [clerk.post("/me/filters", body(name=str(n))) for n in range(50)][-1]
    assert last.status_code == 201
    error = refused(clerk.post("/me/filters", body()), 409, "filter.too_many")
    assert "50" in error["message"]
    replay = {name: last.json[name] for name in ("client_id", "name", "list", "query")}
    assert clerk.post("/me/filters", replay).status_code == 200
    assert clerk.post(f"/me/filters/{last.json['id']}/delete").status_code == 204
    assert clerk.post("/me/filters", body()).status_code == 201


def test_two_changes_at_once_one_wins(given):
    clerk = given.clerk("HOUSING")
    key = clerk.do("/me/filters", body())["id"]
    tag = clerk.get(f"/me/filters/{key}").headers["ETag"]
    said = [without_id(body(name=f"第{n}个")) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda each: put(clerk, key, each, tag).status_code, said))
    assert sorted(answers) == [200, 412, 412, 412, 412, 412]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"list": "visits"}, "list"),
        ({"name": ""}, "name"),
        ({"name": "长" * 51}, "name"),
        ({"name": " "}, "name"),
        ({"query": {"page": 2}}, "query.page"),
        ({"query": {"format": "csv"}}, "query.format"),
        ({"query": {"$where": "1"}}, "query.$where"),
        ({"query": {"state": {"$ne": None}}}, "query.state"),
        ({"query": {"q": "x"}}, "query.q"),
        ({"query": {"box": "all"}}, "query.box"),
        ({"query": {"mine": True}}, "query.mine"),
        ({"list": "issues", "query": {"box": "todo"}}, "query.box"),
        ({"list": "issues", "query": {"outcome": "fine"}}, "query.outcome"),
        ({"query": "q=x"}, "query"),
        ({"query": None}, "query"),
        ({"person": "f" * 24}, "person"),
    ],
)
def test_what_the_list_would_refuse_is_not_kept(fields, wrong, given):
    clerk = given.clerk("HOUSING")
    error = refused(clerk.post("/me/filters", body(**fields)), 422)
    assert wrong in error["errors"]
    assert clerk.see("/me/filters") == {"items": []}
