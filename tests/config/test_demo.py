"""The demo data is complete, hangs together, and can be played to the states it names."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from stdnum.cn import uscc

from app.issues.states import machine
from app.projects.documents import STAGES
from config import pack as packs

DISTRICT = Path(packs.__file__).parent / "district"
ROLES = {
    "commissioner",
    "contact",
    "clerk",
    "head",
    "dispatcher",
    "inspector",
    "leader",
    "unit_admin",
    "admin",
    "service",
}
ANSWERED = {"answered", "resolved", "reopened"}
FURTHER = {
    "waiting_enterprise": {"question"},
    "extension_requested": {"extension"},
    "transferred": {"transfer", "transfer_to"},
    "merged": {"merge"},
}
AT_A_DEPARTMENT = {"accepted", "in_progress", "returned", *FURTHER} - {"merged"} | ANSWERED
ISSUE_KEYS = {
    *("text", "kind", "category", "enterprise", "project", "days_ago", "urgent", "ends", "note"),
    *("answer", "comment", "satisfaction", "solved", "reason_code"),
    *("question", "extension", "transfer", "transfer_to", "merge"),
}
PACK = packs.load(DISTRICT)


def _demo(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(
        (DISTRICT / "demo" / f"{name}.yaml").read_text(encoding="utf-8")
    )
    return rows


ENTERPRISES, PROJECTS, PEOPLE, ISSUES = map(_demo, ("enterprises", "projects", "people", "issues"))
BY_CREDIT_CODE = {each["credit_code"]: each for each in ENTERPRISES}
BY_PROJECT_CODE = {each["code"]: each for each in PROJECTS}
ROLES_OF = {each["account"]: each["roles"] for each in PEOPLE}


def _holders(role: str, key: str) -> set[str]:
    return {
        held[key]
        for roles in ROLES_OF.values()
        for held in roles
        if held["role"] == role and key in held
    }


def _enterprise(issue: dict[str, Any]) -> dict[str, Any]:
    code = issue.get("enterprise") or BY_PROJECT_CODE[issue["project"]]["enterprise"]
    return BY_CREDIT_CODE[code]


def _lead_of(issue: dict[str, Any]) -> str | None:
    """The department of a given category; None where the words must place it."""
    if "category" not in issue:
        return None
    owner = PACK.category(issue["category"]).owner
    if owner != packs.BY_UNIT:
        return owner
    return PACK.department_of_unit(_enterprise(issue)["unit"]).code


def test_there_is_enough_of_everything() -> None:
    assert len(ENTERPRISES) == len(BY_CREDIT_CODE) >= 24
    assert len(PROJECTS) == len(BY_PROJECT_CODE) >= 32
    assert len(PEOPLE) == len(ROLES_OF)
    assert len(ISSUES) >= 210
    assert {each["stage"] for each in PROJECTS} == set(STAGES)
    assert {held["role"] for roles in ROLES_OF.values() for held in roles} == ROLES
    assert len(_holders("contact", "enterprise")) >= 6
    assert sum(account.startswith("commissioner") for account in ROLES_OF) >= 3


@pytest.mark.parametrize("enterprise", ENTERPRISES, ids=lambda each: str(each["credit_code"]))
def test_an_enterprise_is_synthetic_and_its_code_checks_out(enterprise: dict[str, Any]) -> None:
    code = enterprise["credit_code"]
    assert enterprise["synthetic"] is True
    assert enterprise["name"].startswith("（演示）")
    assert re.fullmatch(r"91321204MA[0-9A-Z]{8}", code)
    assert uscc.validate(code) == code
    assert code[16] == _organisation_check(code[8:16])
    assert re.fullmatch(r"1990000\d{4}", enterprise["contact"]["phone"])
    assert PACK.unit(enterprise["unit"])
    assert {"role": "commissioner", "unit": enterprise["unit"]} in ROLES_OF[
        enterprise["commissioner"]
    ]
    assert _in_the_district(enterprise)


def _organisation_check(body: str) -> str:
    """The inner check character of GB 11714."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char, 36) * weight for char, weight in zip(body, weights, strict=True))
    return "0X987654321"[total % 11]


def _in_the_district(place: dict[str, Any]) -> bool:
    latitude, longitude = float(place["latitude"]), float(place["longitude"])
    return 32.40 <= latitude <= 32.66 and 120.05 <= longitude <= 120.25


def test_projects_hang_together() -> None:
    for project in PROJECTS:
        assert project["unit"] == BY_CREDIT_CODE[project["enterprise"]]["unit"]
        assert {"role": "commissioner", "unit": project["unit"]} in ROLES_OF[
            project["commissioner"]
        ]
        assert project["level"] in {"province", "city", "district"}
        assert project["kind"] in {"new", "expansion"}
        assert project["site_radius_m"] == 500
        assert _in_the_district(project)


def test_people_hang_together() -> None:
    assert len({each["phone"] for each in PEOPLE}) == len(PEOPLE)
    for person in PEOPLE:
        assert re.fullmatch(r"1990000\d{4}", person["phone"])
        for held in person["roles"]:
            assert held.keys() <= {"role", "department", "unit", "enterprise"}
            assert "department" not in held or PACK.department(held["department"])
            assert "unit" not in held or PACK.unit(held["unit"])
            assert "enterprise" not in held or held["enterprise"] in BY_CREDIT_CODE


def test_every_department_that_owns_a_category_has_a_clerk_and_a_head() -> None:
    owners = {each.owner for each in PACK.categories} - {packs.BY_UNIT, packs.DISPATCH}
    units = {each.code for each in PACK.departments if each.kind == "unit"}
    for role in ("clerk", "head"):
        assert owners <= _holders(role, "department")
        assert len(units & _holders(role, "department")) >= 4
    assert _holders("dispatcher", "department") == {packs.DISPATCH}


def test_the_issues_cover_every_state_category_and_day() -> None:
    ends = Counter(each["ends"] for each in ISSUES)
    states = {*machine("issue", PACK.workflow).states, *machine("ticket", PACK.workflow).states}
    assert set(ends) <= states
    assert set(machine("issue", PACK.workflow).states) <= set(ends)
    assert min(ends.values()) >= 6
    assert {each["category"] for each in ISSUES if "category" in each} == {
        each.code for each in PACK.categories
    }
    assert {each["days_ago"] // 10 for each in ISSUES} == set(range(9))
    assert len({each["text"] for each in ISSUES}) == len(ISSUES)
    assert any("category" not in each for each in ISSUES)


@pytest.mark.parametrize("issue", ISSUES, ids=lambda each: str(each["text"][:12]))
def test_an_issue_can_be_played_to_where_it_ends(issue: dict[str, Any]) -> None:
    ends = issue["ends"]
    assert issue.keys() <= ISSUE_KEYS
    assert issue["kind"] in {"request", "problem"}
    assert ("enterprise" in issue) != ("project" in issue)
    assert ("answer" in issue) == (ends in ANSWERED)
    assert ("reason_code" in issue) == (ends == "returned")
    assert ("comment" in issue) == (ends in {"resolved", "reopened", "withdrawn"})
    assert issue.get("solved") in {"resolved": {"yes"}, "reopened": {"no", "partly"}}.get(
        ends, {None}
    )
    assert ("satisfaction" in issue) == ("solved" in issue)
    if ends in {"in_progress", "returned"}:
        assert issue["note"]
    further = {"question", "extension", "transfer", "transfer_to", "merge"}
    assert further & issue.keys() == FURTHER.get(ends, set())
    if ends == "transferred":
        assert PACK.department(issue["transfer_to"]).code != _lead_of(issue)
    if ends in AT_A_DEPARTMENT:
        assert _lead_of(issue) in _holders("clerk", "department") | {None}
    if ends in ANSWERED:
        assert _enterprise(issue)["credit_code"] in _holders("contact", "enterprise")
        _check_answer(issue["answer"])
    if ends == "returned":
        assert PACK.return_reason(issue["reason_code"])


def _check_answer(answer: dict[str, Any]) -> None:
    needs = PACK.result(answer["result"]).needs
    assert answer["text"]
    assert ("basis" in answer) == (needs == "basis")
    assert ("date_in_days" in answer) == (needs == "date")
