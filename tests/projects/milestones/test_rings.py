"""Milestones wait for each other in no ring, not even when two people tie half of one each."""

from __future__ import annotations

from app.exchange import writing
from app.projects.documents import Project
from app.projects.milestones.documents import Milestone
from tests.projects.milestones.stories import begun
from tests.registers.meanwhile import meanwhile
from tests.support.factories import client_id


def ties(story, code, *before):
    row = {"project": story.project.code, "code": code, "depends_on": list(before)}
    body = {"client_id": client_id(), "rows": [row]}
    return story.admin.post("/registers/milestones/push", body)


def waits(story):
    found = Milestone.rows().find({"project": story.project.id})
    return {row["code"]: row["depends_on"] for row in found}


def test_two_halves_of_a_ring_at_once(given, monkeypatch):
    story = begun(given)
    for code in ("A", "B", "C"):
        story.add(code)
    assert ties(story, "C", "B").status_code == 201
    other = meanwhile(monkeypatch, writing, "carry_out", lambda: ties(story, "A", "C"))
    late = ties(story, "B", "A")
    assert other[0].status_code == 201
    assert late.status_code == 422
    assert "A" in late.json["errors"]["rows.1.depends_on"][0]
    assert waits(story) == {"A": ["C"], "B": [], "C": ["B"]}


def test_what_ties_nothing_keeps_the_project_free(given):
    story = begun(given)
    before = Project.get(story.project.id).version
    story.add("A")
    story.add("B", depends_on=["A"])
    assert Project.get(story.project.id).version == before
    assert ties(story, "A").status_code == 201
    assert Project.get(story.project.id).version == before
