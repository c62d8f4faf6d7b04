"""Which category an issue is taken to have when a model reads the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from app.routing.decide import Decision, Facts, decide
from app.routing.opinion import Opinion
from app.routing.words import Mention
from tests.routing.books import RULEBOOK, codes, params


@dataclass(frozen=True)
class Says:
    """A judge of one mind."""

    ranked: tuple[tuple[str, float], ...]
    confidence: float
    version: str = "m7"

    def opinion(self, text: str) -> Opinion:
        words = {self.ranked[0][0]: (Mention(text[:2], 0, 2, False),)} if text else {}
        return Opinion(self.version, self.ranked, self.confidence, words)


SURE = Says((("FIRE", 0.99), ("EIA", 0.005), ("PARK", 0.003), ("ENERGY", 0.002)), 0.99)
LIKELY = Says((("FIRE", 0.85), ("EIA", 0.1)), 0.85)
UNSURE = Says((("FIRE", 0.4), ("EIA", 0.35), ("ENERGY", 0.2), ("PARK", 0.05)), 0.4)
OTHER = Says((("OTHER", 0.99), ("EIA", 0.01)), 0.99)


def by(judge: Says, category: str | None = None, text: str = "喷淋") -> Decision:
    facts = Facts("request", text, category, "321204001", None)
    return decide(facts, RULEBOOK, judge)


@pytest.mark.parametrize(
    ("judge", "chosen", "category", "department", "code"),
    [
        (SURE, None, "FIRE", "HOUSING", "routing.words"),
        (LIKELY, None, "FIRE", "HOUSING", "routing.words"),
        (UNSURE, None, None, None, "routing.unsure"),
        (OTHER, None, "OTHER", None, "routing.words"),
        # A person's choice stands unless it is very unlikely and the model very sure.
        (SURE, "EIA", "FIRE", "HOUSING", "routing.choice_overruled"),
        (LIKELY, "EIA", "EIA", "ECOLOGY", "routing.words_overruled"),
        (UNSURE, "EIA", "EIA", "ECOLOGY", "routing.category_chosen"),
        (OTHER, "EIA", "EIA", "ECOLOGY", "routing.category_chosen"),
        (SURE, "FIRE", "FIRE", "HOUSING", "routing.category_chosen"),
        # "Other" says that the person did not know.
        (SURE, "OTHER", "FIRE", "HOUSING", "routing.fallback_looked_at"),
        (UNSURE, "OTHER", "OTHER", None, "routing.fallback_chosen"),
        (SURE, "NONESUCH", "FIRE", "HOUSING", "routing.category_unknown"),
    ],
)
def test_person_and_model(
    judge: Says, chosen: str | None, category: Any, department: Any, code: str
) -> None:
    made = by(judge, chosen)
    assert (made.category, made.department) == (category, department)
    assert code in codes(made)
    assert made.judge == "m7"
    assert made.needs_dispatcher is (department is None)


def test_who_was_overruled_is_said_with_the_words() -> None:
    told = params(by(SURE, "EIA"), "routing.choice_overruled")
    assert (told["chosen"], told["category"], told["confidence"]) == ("环评与排污", "消防", 0.99)
    assert told["words"] == [{"word": "喷淋", "start": 0, "end": 2}]
    assert told["judge"] == "m7"


def test_the_dispatcher_gets_the_three_likeliest() -> None:
    assert [each.category for each in by(UNSURE).alternatives] == ["FIRE", "EIA", "ENERGY"]


def test_a_category_that_this_district_has_not_is_left_out() -> None:
    stranger = Says((("MINING", 0.9), ("FIRE", 0.1)), 0.9)
    made = by(stranger)
    assert made.needs_dispatcher
    assert [each.category for each in made.alternatives] == ["FIRE"]
    assert made.confidence == 0.0


def test_a_model_without_words_says_so_in_its_own_way() -> None:
    assert codes(by(SURE, text=""))[0] == "routing.text"
    assert codes(by(UNSURE, text=""))[0] == "routing.text_unsure"
    assert codes(by(LIKELY, "EIA", text=""))[:2] == [
        "routing.category_chosen",
        "routing.text_overruled",
    ]
