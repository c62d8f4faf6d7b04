"""The three pledges in days: met, not, or open."""

from __future__ import annotations

from datetime import date

import pytest

from app.projects.approvals.pledges import pledge
from tests.projects.milestones.stories import begun
from tests.projects.rates.entered import restand, stage

TODAY = date(2026, 11, 24)
CASES = [
    ("2026-11-01", "2026-11-01", 0, "met"),
    ("2026-10-01", "2026-10-31", 30, "met"),
    ("2026-10-01", "2026-11-01", 31, "not"),
    ("2026-10-25", None, 30, "open"),
    ("2026-10-24", None, 31, "not"),
    ("2026-11-10", "2026-11-01", -9, "met"),  # begun before the land was theirs
]


@pytest.mark.parametrize(("since", "came", "days", "state"), CASES)
def test_each(since, came, days, state):
    day = date.fromisoformat(came) if came else None
    found = pledge("land_start", date.fromisoformat(since), day, 30, TODAY)
    assert (found.days, found.state) == (days, state)


def stand(project, phase=0, **dates) -> None:
    for name, on in dates.items():
        stage(project.id, name, on, phase=phase)
    restand(project.id)


def test_they_are_listed_pledge_by_pledge(given, the_time):
    the_time.is_("2026-11-24 10:00")
    first, second = begun(given), begun(given)
    stand(first.project, land="2026-10-01", started="2026-10-20", completed="2026-11-20")
    stand(second.project, land="2026-09-01")
    seen = first.admin.see("/pledges")
    found = [(each["project_code"], each["pledge"], each["state"]) for each in seen["items"]]
    one, two = first.project.code, second.project.code
    assert found == [
        (one, "land_start", "met"),
        (two, "land_start", "not"),
        (one, "completed_certificate", "open"),
        (one, "completed_production", "open"),
    ]
    assert seen["total"] == 4
    third = first.admin.see("/pledges", page=3, page_size=1)
    assert [each["pledge"] for each in third["items"]] == ["completed_certificate"]
    bounds = {"from": "2026-10-01", "to": "2026-10-31"}
    assert first.admin.see("/pledges", **bounds)["total"] == 1
    assert first.admin.see("/pledges", unit="321204001")["total"] == 0
    assert given.contact(given.enterprise()).see("/pledges")["total"] == 0
    path = f"/projects/{first.project.id}/approvals"
    kept = first.commissioner.see(path)["pledges"]
    assert [(each["name"], each["days"]) for each in kept] == [
        ("拿地即开工", 19),
        ("竣工即发证", 4),
        ("竣工即投产", 4),
    ]


def test_those_of_a_phase_stay_when_another_begins(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = begun(given)
    stand(story.project, 1, started="2026-01-05", completed="2026-09-01", certificate="2026-09-21")
    stand(story.project, 2, started="2026-10-01")

    def listed(**query):
        items = story.admin.see("/pledges", pledge="completed_certificate", **query)["items"]
        return [(each["phase"], each["days"], each["state"]) for each in items]

    assert listed() == [(1, 20, "met")]
    stand(story.project, 2, completed="2026-11-20")
    assert listed() == [(2, 4, "open"), (1, 20, "met")]
    assert listed(page=2, page_size=1) == [(1, 20, "met")]
    assert listed(to="2026-10-31") == [(1, 20, "met")]
    shown = story.commissioner.see(f"/projects/{story.project.id}/approvals")["pledges"]
    assert [(each["pledge"], each["phase"]) for each in shown] == [
        ("completed_certificate", 1),
        ("completed_certificate", 2),
        ("completed_production", 1),
        ("completed_production", 2),
    ]
