"""资金需求与产业布局摸排: what all firms need, together."""

from __future__ import annotations

import pytest

from tests.surveys.stories import begun


@pytest.mark.mechanism("needs_survey")
def test_what_firms_need_adds_up_by_unit(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = begun(given)
    story.open()
    first = story.answered(story.commissioner, story.firms[0], {"borrows": "yes", "funds": "500"})
    story.answered(story.commissioner, story.firms[1], {"borrows": "yes", "funds": "300.50"})

    def needed() -> str:
        shown = story.admin.see(f"/surveys/{story.survey}/results", by="unit")
        (funds,) = [each for each in shown["questions"] if each["key"] == "funds"]
        return funds["groups"][0]["sum"]

    assert needed() == "800.50"
    said = {"answers": {"borrows": "no"}, "reason": "企业更正"}
    story.commissioner.do(f"/survey-replies/{first}/correct", said)
    assert needed() == "300.50"
