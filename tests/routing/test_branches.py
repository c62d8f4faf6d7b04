"""Departments with a branch in some units: data of the pack, and where their issues go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.departments import registry
from app.foundation import district
from app.issues.documents import Issue, Ticket
from app.routing.decide import Facts, decide
from app.routing.facts import Known
from app.routing.rules import compile_rules
from config import pack as packs
from config.routing_terms import Restriction
from tests.routing.books import RULEBOOK, codes, decided, params
from tests.support.duties import run_due
from tests.support.phone import issue_body

DISTRICT = Path(packs.__file__).parent / "district"
HERE, ELSEWHERE = "321204001", "321204002"
BRANCH = {
    "code": "HOUSING_LUOTANG",
    "name": "罗塘住建所",
    "kind": "branch",
    "branch_of": "HOUSING",
    "unit": f'"{HERE}"',
}
BOOK = replace(
    RULEBOOK,
    branches={("HOUSING", HERE): "H_LUOTANG"},
    department_names={**RULEBOOK.department_names, "H_LUOTANG": "罗塘住建所"},
)


class TestDeciding:
    def test_in_its_unit_the_branch_leads_and_the_reason_says_for_whom(self):
        made = decided("消防验收", BOOK, category="FIRE")
        assert made.department == "H_LUOTANG"
        said = params(made, "routing.branch")
        assert said["department_code"] == "HOUSING"
        assert (said["department"], said["branch"]) == ("住建局", "罗塘住建所")
        assert made.assisting == ("U_LUOTANG",)

    @pytest.mark.parametrize("unit", [ELSEWHERE, None])
    def test_elsewhere_the_department_itself_does(self, unit):
        made = decided("消防验收", BOOK, category="FIRE", unit=unit)
        assert made.department == "HOUSING"
        assert "routing.branch" not in codes(made)

    def test_it_assists_for_its_department_too_and_once(self):
        assert decided("环评", BOOK, category="EIA").assisting == ("APPROVAL", "H_LUOTANG")
        assert decided("宿舍", BOOK, category="PARK").department == "U_LUOTANG"

    def test_a_rule_that_names_the_department_means_the_branch(self):
        known = Known(frozenset({"EIA"}), frozenset({"HOUSING"}), frozenset())
        rows = [{"name": "改派", "when": {"category": ["EIA"]}, "then": {"lead": "HOUSING"}}]
        made = decided("环评", replace(BOOK, rules=compile_rules(rows, known)), category="EIA")
        assert made.department == "H_LUOTANG"

    def test_where_the_department_is_complained_of_its_branches_learn_nothing(self):
        held = {"department": Restriction("department", "投诉", "另行处理", True)}
        known = Known(frozenset(), frozenset(), frozenset())
        rows = [
            {
                "name": "投诉",
                "when": {"words": {"any": ["投诉"]}},
                "then": {"restricted": "department"},
            }
        ]
        book = replace(
            BOOK,
            rules=compile_rules(rows, known, held),
            restrictions=held,
            restricted_desk="DESK",
            called={"HOUSING": ("住建局",)},
        )
        facts = Facts(
            kind="request", text="投诉住建局推诿", category=None, unit=ELSEWHERE, urgent=None
        )
        assert decide(facts, book).barred == ("HOUSING", "H_LUOTANG")


def line(**fields: str) -> str:
    return (
        "- {" + ", ".join(f"{name}: {value}" for name, value in (BRANCH | fields).items()) + "}\n"
    )


def pack_with(folder: Path, *lines: str) -> Path:
    shutil.copytree(DISTRICT, folder, ignore=shutil.ignore_patterns("training", "demo"))
    file = folder / "departments.yaml"
    file.write_text(file.read_text("utf-8") + "".join(lines), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([line(branch_of="NOBODY")], "branch_of: NOBODY is not a bureau or company"),
        ([line(branch_of="HOUSING_LUOTANG")], "HOUSING_LUOTANG is not a bureau or company"),
        ([line(branch_of="UNIT_LUOTANG")], "UNIT_LUOTANG is not a bureau or company"),
        ([line(unit='"999"')], "999 is not in units.yaml"),
        ([line(kind="bureau")], "unit belongs to a department of kind unit or branch"),
        ([line(kind="unit", unit='"999"')], "branch_of belongs to a department of kind branch"),
        (["- {code: X, name: 某所, kind: branch, branch_of: HOUSING}\n"], "unit belongs to"),
        ([line(), line(code="TWO", name="另一所")], "HOUSING has two branches in unit 321204001"),
    ],
)
def test_a_pack_with_a_branch_that_cannot_be_says_so(lines, says, tmp_path):
    with pytest.raises(packs.PackError) as refused:
        packs.load(pack_with(tmp_path / "pack", *lines))
    assert says in str(refused.value)


@pytest.fixture
def branched(clean, tmp_path) -> Iterator[None]:
    before = district.pack()
    try:
        registry.sync(district.use(pack_with(tmp_path / "pack", line())))
        yield
    finally:
        district._current[:] = [before]
        registry.sync(before)


@pytest.mark.parametrize(("unit", "holder"), [(HERE, "HOUSING_LUOTANG"), (ELSEWHERE, "HOUSING")])
def test_an_issue_goes_to_the_branch_of_its_unit(unit, holder, branched, given):
    phone = given.contact(given.enterprise(unit=unit))
    issue = Issue.get(phone.do("/issues", issue_body(category="PERMIT"))["id"])
    run_due()
    [ticket] = Ticket.objects(issue=issue.id, role="lead")
    assert ticket.department == registry.by_code(holder).id
    assert district.pack().department_of_unit(unit).kind == "unit"
