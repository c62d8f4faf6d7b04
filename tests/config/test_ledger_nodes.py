"""Milestones and approvals in the pack: what stands in them, and what stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.projects.documents import PROJECT_KINDS, STAGES
from config import approval_terms, milestone_terms
from config import pack as packs
from config.strict_yaml import PackError

DISTRICT = Path(packs.__file__).parent / "district"
DEPARTMENTS = {each.code for each in packs.load(DISTRICT).departments}


def test_what_the_pack_calls_stages_and_kinds_is_what_projects_have():
    assert (milestone_terms.STAGES, milestone_terms.KINDS) == (STAGES, PROJECT_KINDS)


def test_every_kind_of_project_has_a_template():
    terms = milestone_terms.milestone_terms(DISTRICT)
    assert all(terms.template_for(kind) for kind in PROJECT_KINDS)


def test_a_clock_names_its_source_or_is_an_assumption():
    items = approval_terms.approval_terms(DISTRICT, DEPARTMENTS).items
    assert len(items) == 15
    text = (DISTRICT / "approvals.yaml").read_text(encoding="utf-8")
    assert text.count("assumption: true") == sum(each.clock.source is None for each in items)


LOADERS = {
    "milestones.yaml": milestone_terms.milestone_terms,
    "approvals.yaml": lambda folder: approval_terms.approval_terms(folder, DEPARTMENTS),
}
FAULTS = [
    ("milestones.yaml", "depends_on: [M02, M03]", "depends_on: [M02, M05]", "M05 is not a mile"),
    ("milestones.yaml", "stage: land", "stage: moon", "stage is 'moon'"),
    ("milestones.yaml", "responsible: unit_admin", "responsible: nobody", "'nobody'"),
    ("milestones.yaml", "warning_wd: 5", "warning_wd: 0", "from 1 to 250"),
    ("approvals.yaml", "after: [LAND_PLANNING]", "after: [CONSTRUCTION]", "that stands above"),
    ("approvals.yaml", "department: ECOLOGY", "department: NOBODY", "not in departments"),
    ("approvals.yaml", "assumption: true", "assumption: false", "either a source or"),
    ("approvals.yaml", "kind: calendar", "kind: lunar", "'lunar'"),
    ("approvals.yaml", "land_start: 30", "land_start: -1", "from 0 to"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), FAULTS)
def test_a_fault_is_named(tmp_path, file, old, new, says):
    text = (DISTRICT / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError, match=says):
        LOADERS[file](tmp_path)
