"""Asking for a day: none that is yet to come, and what is said of one that has only just ended."""

from __future__ import annotations

import pytest

from app.foundation.errors import Invalid
from app.projects.asking import ask
from tests.support.time import local_time

NOW = local_time("2026-11-24 10:00")


@pytest.mark.parametrize("basis", ["known", "true"])
def test_a_day_that_is_yet_to_come_is_refused(app, basis):
    assert ask(NOW, as_of="2026-11-24", basis=basis).as_of == "2026-11-24"
    with pytest.raises(Invalid) as refused:
        ask(NOW, as_of="2026-11-25", basis=basis)
    assert (refused.value.code, refused.value.fields) == (
        "rates.ahead",
        {"as_of": ["2026-11-25"]},
    )


@pytest.mark.parametrize(
    ("now", "as_of", "basis", "settled"),
    [
        ("2026-11-24 10:00", None, "known", False),
        ("2026-11-24 10:00", "2026-11-24", "known", False),
        ("2026-11-24 10:00", "2026-11-23", "known", True),
        ("2026-11-24 10:00", "2026-11-23", "true", False),
        ("2026-11-24 00:01", "2026-11-23", "known", False),
        ("2026-11-24 00:02", "2026-11-23", "known", True),
        ("2026-11-24 00:01", "2026-11-22", "known", True),
    ],
)
def test_a_day_is_settled_once_all_that_was_entered_on_it_can_be_seen(
    app, now, as_of, basis, settled
):
    assert ask(local_time(now), as_of=as_of, basis=basis).settled is settled


def test_every_answer_for_a_day_says_so(given, the_time):
    the_time.is_("2026-11-24 00:01")
    firm = given.enterprise()
    project, phone = given.project(firm), given.role("admin")
    paths = [f"/projects/{project.id}/{what}" for what in ("stages", "figures", "plans")]
    paths += [f"/enterprises/{firm.id}/figures", "/rates", "/projects/metrics"]
    paths.append("/projects/metrics/firms")
    for path in paths:
        for day, settled in (("2026-11-22", True), ("2026-11-23", False), ("2026-11-24", False)):
            assert phone.see(path, as_of=day, basis="known")["settled"] is settled, path
        answer = phone.get(path, as_of="2026-11-25", basis="known")
        assert (answer.status_code, answer.json["code"]) == (422, "rates.ahead"), path
