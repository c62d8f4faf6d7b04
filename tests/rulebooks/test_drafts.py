"""Drafts: begun, mended, looked at; and who may."""

from __future__ import annotations

import pytest

from app.foundation.district import pack
from tests.rulebooks.stories import BOOKS, content, draft, publish, rule
from tests.support.factories import client_id


def put(phone, number, etag, **body):
    return phone.call("PUT", f"{BOOKS}/{number}", json=body, headers={"If-Match": etag})


def test_at_first_the_packs_own_is_in_use(given):
    admin = given.role("admin")
    [own] = admin.see(BOOKS)["items"]
    assert (own["number"], own["name"], own["in_use"]) == (0, f"pack:{pack().code}", True)
    seen = admin.see(f"{BOOKS}/0")
    assert seen["content"] == pack().routing.content
    assert seen["broken"] == []
    assert (seen["by"], seen["published_at"]) == (None, None)


def test_a_draft_begins_with_what_is_in_use(given):
    admin = given.role("admin")
    made = admin.do(BOOKS, {"client_id": client_id()})
    assert (made["number"], made["state"], made["based_on"], made["in_use"]) == (
        1,
        "draft",
        0,
        False,
    )
    assert made["content"] == pack().routing.content
    assert made["differs"]["rules"] == {
        name: [] for name in ("added", "removed", "changed", "moved")
    }
    assert made["differs"]["words"] == made["differs"]["numbers"] == []


def test_a_draft_sent_twice_is_one(given):
    admin = given.role("admin")
    body = {"client_id": client_id(), "content": content(rule("电梯", "HOUSING")), "note": "一"}
    first, again = (admin.post(BOOKS, body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert admin.post(BOOKS, {**body, "note": "二"}).json["code"] == "client_id.conflict"
    assert draft(admin)["number"] == 2, "what was not made leaves no gap"


def test_versions_are_listed_newest_first_the_packs_own_last(given):
    admin = given.role("admin")
    for _ in range(3):
        draft(admin)
    numbers = [each["number"] for each in admin.see(BOOKS)["items"]]
    assert numbers == [3, 2, 1, 0]
    pages = [admin.see(BOOKS, page=page, page_size=2) for page in (1, 2, 3)]
    assert [[each["number"] for each in page["items"]] for page in pages] == [[3, 2], [1, 0], []]
    assert {page["total"] for page in pages} == {4}


def test_a_draft_tells_what_differs_and_what_is_broken(given):
    admin = given.role("admin")
    made = draft(admin, rule("电梯", "HOUSING"), rule("塔吊", "NOBODY"))
    assert made["differs"]["rules"]["added"] == ["电梯", "塔吊"]
    [broken] = made["broken"]
    assert broken["rule"] == "塔吊"
    assert broken["why"]["code"] == "rule.unknown_code"
    assert "NOBODY" in broken["why"]["text"]


def test_a_draft_is_changed_whole_by_whoever_has_seen_it(given):
    admin = given.role("admin")
    made = draft(admin, rule("塔吊", "NOBODY"))
    whole = {"based_on": 0, "content": content(rule("塔吊", "HOUSING")), "note": "改好了"}
    tag = admin.get(f"{BOOKS}/{made['number']}").headers["ETag"]
    assert admin.call("PUT", f"{BOOKS}/1", json=whole).status_code == 428
    changed = put(admin, 1, tag, **whole)
    assert (changed.status_code, changed.json["broken"]) == (200, [])
    assert put(admin, 1, tag, **whole).status_code == 200, "the same change again"
    assert put(admin, 1, tag, **{**whole, "note": "又改"}).status_code == 412


def test_what_was_published_does_not_change(given):
    admin = given.role("admin")
    made = draft(admin, rule("塔吊", "HOUSING"))
    publish(admin, made["number"])
    answer = put(admin, made["number"], "*", based_on=0, content=content(), note="")
    assert (answer.status_code, answer.json["code"]) == (409, "rulebook.published_before")


def nested(depth):
    return {"not": nested(depth - 1)} if depth else {"kind": "request"}


UNFIT = [
    {},
    {**content(), "rules": "none"},
    {**content(), "unknown": 1},
    {**content(), "thresholds": {"place": 2}},
    content({"name": "深", "when": nested(60), "then": {"lead": "HOUSING"}}),
    content({"name": "大", "when": {"answers": {"x": 2**70}}, "then": {"lead": "HOUSING"}}),
    content(urgent_words=[f"词{n}" for n in range(5001)]),
]


@pytest.mark.parametrize("unfit", UNFIT, ids=range(len(UNFIT)))
def test_what_has_not_the_form_is_refused_with_the_reason(unfit, given):
    answer = given.role("admin").post(BOOKS, {"client_id": client_id(), "content": unfit})
    assert (answer.status_code, answer.json["code"]) == (422, "rulebook.unfit")
    [why] = answer.json["errors"]["content"]
    assert why
    assert why in answer.json["message"]


ODD = [
    {"name": "怪", "when": {"$where": "1", "a.b": 1}, "then": {"lead": "HOUSING"}},
    {"name": "怪", "when": [], "then": 5},
    {"name": ["怪"], "when": {"category": {"a": [None]}}, "then": {"assisting": [{}]}},
    {
        "name": "怪",
        "when": {"near": {"words": [], "with": 1, "within": True}},
        "then": {"urgent": 1},
    },
    {"when": {"answers": {"x": [[{}]]}}, "then": {"promise": {"reply_wd": 1.5}}},
    {"name": "怪", "when": {"hours": {}}, "then": {"category": [], "restricted": {}}},
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_any_rule_is_kept_as_written_and_said_to_be_broken(odd, given):
    admin = given.role("admin")
    made = draft(admin, odd)
    assert len(made["broken"]) == 1
    assert made["content"]["rules"] == [odd]
    assert admin.see(f"{BOOKS}/{made['number']}") == made


@pytest.mark.parametrize("number", [7, 10**30])
def test_what_is_not_there_is_not_found(number, given):
    admin = given.role("admin")
    assert admin.get(f"{BOOKS}/{number}").status_code == 404
    for verb in ("publish", "revert"):
        assert admin.post(f"{BOOKS}/{number}/{verb}", {"reason": "x"}).status_code == 404


def test_a_draft_is_based_on_what_was_published(given):
    admin = given.role("admin")
    draft(admin)
    for base in (1, 9):
        answer = admin.post(BOOKS, {"client_id": client_id(), "based_on": base})
        assert (answer.status_code, answer.json["code"]) == (422, "reference.unknown")


SEE = ("dispatcher", "inspector", "leader", "admin")


@pytest.mark.parametrize("role", [*SEE, "commissioner", "service"])
def test_admins_write_and_overseers_look(role, given):
    draft(given.role("admin"))
    phone = given.role(role)
    assert phone.get(f"{BOOKS}/1").status_code == (200 if role in SEE else 403)
    assert phone.get(BOOKS).status_code == (200 if role in SEE else 403)
    if role != "admin":
        assert phone.post(BOOKS, {"client_id": client_id()}).status_code == 403
        assert put(phone, 1, "*", based_on=0, content=content(), note="").status_code == 403
        for verb in ("publish", "revert"):
            assert phone.post(f"{BOOKS}/1/{verb}", {"reason": "x"}).status_code == 403
