"""Inspection (督查): the figures of cases and spot checks over HTTP follow the records."""

from __future__ import annotations

import pytest

from tests.issues.work_stories import department_of
from tests.oversight import check_stories


@pytest.mark.mechanism("inspection")
def test_negative_examples_of_a_department_follow_its_cases(given, the_time):
    watch = check_stories.begun(given, the_time)
    clerk = given.clerk("ECOLOGY")

    def standing() -> list[tuple[str, int, int]]:
        found = clerk.see("/cases/figures", by="department")["items"]
        return [(each["key"], each["negative"], each["withdrawn"]) for each in found]

    watch.approved()
    assert standing() == []
    watch.step(watch.inspector, "circulate", audience={"kind": "staff"})
    home = department_of(watch.story.head)
    assert standing() == [(home, 1, 0)]
    watch.step(watch.leader, "withdraw")
    assert standing() == [(home, 0, 1)]


@pytest.mark.mechanism("inspection")
def test_the_share_that_checks_confirm_follows_what_is_recorded(given, the_time):
    watch = check_stories.begun(given, the_time)
    watch.drawn()

    def share() -> tuple[int, float | None]:
        [line] = watch.leader.see("/checks/figures")["items"]
        return line["recorded"], line["share"]

    assert share() == (0, None)
    watch.record("confirmed")
    assert share() == (1, 1.0)
    watch.drawn()
    watch.record("fake")
    assert share() == (2, 0.5)
    [line] = watch.leader.see("/checks/figures")["items"]
    assert line["caution"] is not None
    assert len(line["check_ids"]) == 2
