"""The pack's checklists: each is whole, and one fault stops the load and is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config import pack as packs

DISTRICT = Path(packs.__file__).parent / "district"
PACK = packs.load(DISTRICT)
TEMPLATES = {
    "construction_progress",
    "enterprise_routine",
    "expansion_intent",
    "safety",
    "startup_two_years",
}
ONE = """
code: mine
version: 1
title: 自定清单
items:
  - {key: open, text: 是否开门, type: yes_no, required: true, opens_issue: {category: FIRE, when: ["no"]}}
  - {key: colour, text: 颜色, type: choice, choices: [红, 绿]}
"""


def test_all_five_are_there() -> None:
    assert {each.code for each in PACK.checklists} == TEMPLATES
    assert [each.version for each in PACK.checklists if each.code == "safety"] == [1, 2]
    assert PACK.checklist("safety") == PACK.checklist("safety", 2)
    assert PACK.checklist("safety", 1).version == 1
    for code, version in (("safety", 3), ("nothing", None)):
        with pytest.raises(KeyError):
            PACK.checklist(code, version)


def test_what_answers_open_exists() -> None:
    opens = [item.opens_issue for each in PACK.checklists for item in each.items]
    assert {PACK.category(each.category).code for each in opens if each} > {"FIRE", "LABOR"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(DISTRICT, tmp_path / "district")


def test_one_of_ones_own(copy: Path) -> None:
    (copy / "checklists" / "mine.yaml").write_text(ONE, encoding="utf-8")
    found = packs.load(copy).checklist("mine")
    assert [item.required for item in found.items] == [True, False]
    assert found.items[0].opens_issue is not None


def test_a_district_may_have_none(copy: Path) -> None:
    shutil.rmtree(copy / "checklists")
    assert packs.load(copy).checklists == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 1", "version: 0", "checklist 1: version is 0"),
        ("version: 1", 'version: "1"', "checklist 1: version is '1'"),
        ("code: mine", "code: Mine", "code is 'Mine'"),
        ("code: mine", "code: safety", "safety version 1 stands twice"),
        ("title: 自定清单", "name: 自定清单", "unknown key name"),
        ("key: colour", "key: open", "items: key open stands twice"),
        ("key: colour", "key: $where", "item 2: key is '$where'"),
        ("type: yes_no", "type: bool", "item 1: type is 'bool'"),
        ("[红, 绿]", "[红]", "item 2: choices, two at least"),
        ("[红, 绿]", "[红, 红]", "choices: 红 stands twice"),
        (", choices: [红, 绿]", "", "item 2: choices, two at least"),
        ("required: true", "required: 1", "item 1: required is 1"),
        ("category: FIRE", "category: FLOOD", "category: FLOOD is not in categories.yaml"),
        ('when: ["no"]', 'when: ["maybe"]', "when must be some of yes, no"),
        ('when: ["no"]', "when: [no]", "when: False must be a text"),
        ('when: ["no"]', "when: []", "when must be some of"),
        ("type: yes_no", "type: text", "when must be some of nothing"),
    ],
)
def test_one_fault_stops_the_load_and_is_named(copy: Path, old: str, new: str, says: str) -> None:
    assert old in ONE
    (copy / "checklists" / "mine.yaml").write_text(ONE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(packs.PackError) as caught:
        packs.load(copy)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("owner_told_hours: 24", "owner_told_hours: 0", "owner_told_hours is 0"),
        ("dispatcher_told_hours: 72", "dispatcher_told_hours: 23", "dispatcher_told_hours is 23"),
        ("suggest_within_m: 3000", "suggest_within_m: far", "suggest_within_m is 'far'"),
        ("issue_waits_minutes: 10", "", "issue_waits_minutes is missing"),
    ],
)
def test_the_terms_of_visits(copy: Path, old: str, new: str, says: str) -> None:
    file = copy / "visits.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(packs.PackError, match=says):
        packs.load(copy)
