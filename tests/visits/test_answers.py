"""Answers against the version they were filled with: tables, and what holds for any answers."""

from __future__ import annotations

import pytest
from hypothesis import given as example
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.foundation import district
from app.foundation.errors import Invalid
from app.visits.answers import checked, suggested
from config import settings
from tests.api.shape import nothing_stored, refused
from tests.visits.stories import END, at, photo

PACK = district.use(settings.load().district_dir)
ROUTINE = {"operating": "正常", "short_of_staff": "no", "financing": "no", "policies_known": "了解"}


def form(template: str, version: int | None = None, **answers) -> dict:
    return {"template": template, "version": version, "answers": answers}


@pytest.mark.parametrize(
    ("item", "said", "stored"),
    [
        ("short_of_staff", "yes", "yes"),
        ("short_of_staff", True, "yes"),
        ("short_of_staff", False, "no"),
        ("operating", "停产", "停产"),
        ("staff_now", 12, 12),
        ("staff_now", "12", 12),
        ("staff_now", "12.50", 12.5),
        ("staff_now", 0.5, 0.5),
        ("other", "无", "无"),
    ],
)
def test_an_answer_as_it_is_stored(item, said, stored):
    found = checked(form("enterprise_routine", **{item: said}), (), whole=False)
    assert found["answers"] == {item: stored}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("short_of_staff", "maybe"),
        ("short_of_staff", "是"),
        ("short_of_staff", 1),
        ("operating", "yes"),
        ("operating", True),
        ("staff_now", "many"),
        ("staff_now", "nan"),
        ("staff_now", "inf"),
        ("staff_now", "1e300"),
        ("staff_now", True),
        ("other", 5),
        ("exits", "yes"),
    ],
)
def test_what_is_no_answer(item, said):
    with pytest.raises(Invalid) as caught:
        checked(form("enterprise_routine", **{item: said}), (), whole=False)
    assert list(caught.value.fields) == [f"checklist.answers.{item}"]


def test_a_version_asks_what_it_asked(clean):
    """`training` may be left out in the first version, `hazardous` is not asked there."""
    first = {"exits": "yes", "extinguishers": "yes"}
    assert checked(form("safety", 1, **first), (), whole=True)["version"] == 1
    with pytest.raises(Invalid) as caught:
        checked(form("safety", 2, **first), (), whole=True)
    assert set(caught.value.fields) == {
        "checklist.answers.hazardous",
        "checklist.answers.training",
    }
    with pytest.raises(Invalid):
        checked(form("safety", 1, **first, hazardous="规范"), (), whole=False)
    assert checked(form("safety"), (), whole=False)["version"] == 2


@pytest.mark.parametrize(
    ("template", "version", "blamed"),
    [("no_such", None, "template"), ("no_such", 1, "version"), ("safety", 9, "version")],
)
def test_a_checklist_that_is_not_there(template, version, blamed):
    with pytest.raises(Invalid) as caught:
        checked(form(template, version), (), whole=False)
    assert list(caught.value.fields) == [f"checklist.{blamed}"]


def test_a_blank_is_no_answer():
    assert checked(form("safety", 1, exits=""), (), whole=False)["answers"] == {}
    with pytest.raises(Invalid):
        checked(form("safety", 1, exits="", extinguishers="yes"), (), whole=True)


def test_answers_suggest_issues_and_open_none():
    stored = checked(
        form("enterprise_routine", **ROUTINE | {"operating": "停产", "short_of_staff": True}),
        (),
        whole=True,
    )
    assert [(each.item, each.category) for each in suggested(stored)] == [
        ("operating", "INDUSTRY"),
        ("short_of_staff", "LABOR"),
    ]
    assert suggested(stored)[1].text == "企业日常走访：是否缺工（是）"
    assert suggested({}) == []
    assert suggested({"template": "gone", "version": 1, "answers": {}}) == []


said = st.one_of(st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
keys = st.sampled_from([item.key for each in PACK.checklists for item in each.items])


@example(
    checklist=st.sampled_from(PACK.checklists),
    answers=st.dictionaries(keys, said, max_size=8),
    whole=st.booleans(),
)
@hypothesis_settings(deadline=None)
def test_what_is_stored_is_an_answer_and_is_stored_the_same_again(checklist, answers, whole):
    given = {"template": checklist.code, "version": checklist.version, "answers": answers}
    try:
        stored = checked(given, (), whole=whole)
    except Invalid:
        return
    assert checked(stored, (), whole=whole) == stored
    items = {item.key: item for item in checklist.items}
    for key, value in stored["answers"].items():
        assert value in (items[key].choices or (value,))
    assert {each.item for each in suggested(stored)} <= set(stored["answers"])


class TestOverHTTP:
    def test_a_suggestion_is_shown_as_a_draft(self, given):
        phone = given.commissioner()
        fire = {"template": "safety", "version": 1, "answers": {"exits": "no"}}
        seen = phone.do("/visits", at(given.enterprise(), checklist=fire))
        assert seen["suggested_issues"] == [
            {
                "item": "exits",
                "kind": "problem",
                "category": "FIRE",
                "category_name": PACK.category("FIRE").name,
                "text": "安全生产检查：安全出口和疏散通道是否畅通（否）",
            }
        ]
        assert seen["issue_ids"] == []
        assert phone.see("/issues")["total"] == 0

    def test_a_photo_answer_names_one_of_the_visit(self, given):
        phone, place = given.commissioner(), given.enterprise()
        here = photo(phone)
        answers = {"stage": "主体", "against_plan": "按期", "workers": 30, "permits": True}
        whole = {"template": "construction_progress", "answers": {**answers, "overview": here}}
        with nothing_stored():
            answer = phone.post("/visits", at(place, ended_at=END, checklist=whole))
            refused(answer, 422, "checklist.invalid")
        logged = phone.do("/visits", at(place, ended_at=END, checklist=whole, photo_ids=[here]))
        assert logged["checklist"]["answers"]["overview"] == here
        assert logged["checklist"]["answers"]["permits"] == "yes"
        key = phone.do("/visits", at(place, photo_ids=[here]))["id"]
        phone.do(f"/visits/{key}/end", {"ended_at": END, "checklist": whole})

    def test_the_newest_of_each_is_offered(self, given):
        phone = given.commissioner()
        current = phone.see("/checklists")
        assert {(each["code"], each["version"]) for each in current["items"]} == {
            ("enterprise_routine", 1),
            ("construction_progress", 1),
            ("startup_two_years", 1),
            ("expansion_intent", 1),
            ("safety", 2),
        }
        everything = phone.see("/checklists", versions="all", page_size=2, page=3)
        assert (everything["total"], len(everything["items"])) == (6, 2)
        item = next(each for each in current["items"] if each["code"] == "safety")["items"][0]
        assert item["opens_issue"] == {"category": "FIRE", "when": ["no"]}
        assert item["type"] == "yes_no"
