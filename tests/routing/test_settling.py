"""Which category an issue is taken to have when a model reads the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from app.routing.decide import Decision, Facts, decide
from app.routing.opinion import Opinion
from app.routing.rulebook import Rulebook
from app.routing.words import Mention
from config.routing_terms import Restriction
from tests.routing.books import BOOK, RULEBOOK, codes, params


@dataclass(frozen=True)
class Says:
    """A judge of one mind."""

    ranked: tuple[tuple[str, float], ...]
    confidence: float
    version: str = "m7"
    urgency: float | None = None
    restriction: float | None = None

    def opinion(self, text: str, *, shown: bool = True) -> Opinion:
        words = {self.ranked[0][0]: (Mention(text[:2], 0, 2, False),)} if text else {}
        return Opinion(
            self.version,
            self.ranked,
            self.confidence,
            words,
            urgency=self.urgency,
            restriction=self.restriction,
        )


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


@pytest.mark.parametrize(
    ("urgency", "text", "said", "urgent", "code"),
    [
        (0.9, "冒烟了", None, True, "routing.urgent_text"),
        (0.9, "冒烟了", False, True, "routing.urgent_text"),
        (0.5, "冒烟了", None, False, None),
        (0.5, "储罐泄漏", None, True, "routing.urgent_words"),
        # What is told of three years ago is no emergency, unless a person says so.
        (0.05, "储罐泄漏", None, False, "routing.urgent_not_now"),
        (0.05, "储罐泄漏", True, True, "routing.urgent_said"),
        (None, "储罐泄漏", None, True, "routing.urgent_words"),
    ],
)
def test_words_and_what_the_text_describes(
    urgency: float | None, text: str, said: bool | None, urgent: bool, code: str | None
) -> None:
    judge = Says((("FIRE", 0.9),), 0.9, urgency=urgency)
    made = decide(Facts("request", text, None, None, said), RULEBOOK, judge)
    assert made.urgent is urgent
    assert [each for each in codes(made) if "urgent" in each][:1] == [code] * bool(code)


@pytest.mark.parametrize(
    ("chance", "known", "released", "restricted"),
    [
        (0.9, True, False, "suspected"),
        (0.5, True, False, None),
        (None, True, False, None),
        # A person has read it; or the rulebook knows no suspicion.
        (0.9, True, True, None),
        (0.9, False, False, None),
    ],
)
def test_what_reads_like_a_complaint_is_held_back_for_a_person(
    chance: float | None, known: bool, released: bool, restricted: str | None
) -> None:
    held = {"suspected": Restriction("suspected", "疑似投诉", "先甄别", True)} if known else {}
    called = {"HOUSING": ("住建局",)}
    book = Rulebook(**BOOK, restrictions=held, restricted_desk="DESK", called=called)
    judge = Says((("FIRE", 0.9),), 0.9, restriction=chance)
    facts = Facts("request", "住建局那位把窗帘一拉说下班了", None, None, None, released=released)
    made = decide(facts, book, judge)
    assert made.restricted == restricted
    assert made.department == ("DESK" if restricted else "HOUSING")
    assert made.barred == (("HOUSING",) if restricted else ())
    assert ("routing.suspected" in codes(made)) is (restricted is not None)
