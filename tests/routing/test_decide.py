import time
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.messages import say
from app.routing.decide import Decision, Facts, decide
from app.routing.rulebook import Rulebook
from config.routing_terms import Thresholds
from tests.routing.books import BOOK, RULEBOOK, codes, decided, params


def test_a_chosen_category_wins() -> None:
    made = decided("消防验收和喷淋", category="EIA")
    assert (made.department, made.category, made.confidence) == ("ECOLOGY", "EIA", 1.0)
    assert not made.needs_dispatcher
    assert made.assisting == ("APPROVAL", "HOUSING")
    assert made.rulebook == "test-1"
    assert codes(made)[:2] == ["routing.category_chosen", "routing.words_overruled"]
    assert params(made, "routing.words_overruled")["said"] == "消防验收、喷淋"
    assert [each.category for each in made.alternatives] == ["FIRE"]
    assert texts(made, "zh") == [
        "按所选类别“环评与排污”派单",
        "文字提到“消防验收、喷淋”，更像“消防”，仍以所选类别为准",
        "由生态环境局主办",
        "协办：行政审批局、住建局",
    ]


def test_words_decide_when_nothing_is_chosen() -> None:
    made = decided("我们的环评报告交上去两个月了，VOCs总量没批")
    assert (made.department, made.category) == ("ECOLOGY", "EIA")
    # Points: 1 for 环评, 2 for VOCs; 3 / 3.5.
    assert made.confidence == 0.857
    found = params(made, "routing.words")
    assert found["words"] == [
        {"word": "环评", "start": 3, "end": 5},
        {"word": "VOCs", "start": 15, "end": 19},
    ]
    assert (found["category"], found["category_code"], found["rulebook"]) == (
        "环评与排污",
        "EIA",
        "test-1",
    )
    assert made.alternatives == ()


def test_an_unknown_choice_falls_back_to_the_words() -> None:
    made = decided("消防验收排不上", category="NONESUCH")
    assert made.category == "FIRE"
    assert codes(made)[:2] == ["routing.category_unknown", "routing.words"]
    assert params(made, "routing.category_unknown") == {"category": "NONESUCH"}


@pytest.mark.parametrize("category", [None, "", "NONESUCH"])
def test_a_text_without_words_goes_to_the_dispatcher(category: str | None) -> None:
    made = decided("今天走访一切正常", category=category)
    assert made.needs_dispatcher
    assert (made.department, made.category, made.confidence) == (None, None, 0.0)
    assert (made.assisting, made.alternatives) == ((), ())
    assert "routing.no_words" in codes(made)


def test_the_other_category_goes_to_the_dispatcher_with_suggestions() -> None:
    made = decided("消防验收排不上", category="OTHER")
    assert made.needs_dispatcher
    assert (made.department, made.category) == (None, "OTHER")
    assert codes(made) == ["routing.fallback_chosen"]
    assert [each.category for each in made.alternatives] == ["FIRE"]


def test_unsure_words_go_to_the_dispatcher_with_the_best_three() -> None:
    made = decided("环评、消防、备案、补贴都要问")
    assert made.needs_dispatcher
    assert (made.category, made.confidence) == (None, 0.0)
    assert [(each.category, each.department) for each in made.alternatives] == [
        ("EIA", "ECOLOGY"),
        ("FIRE", "HOUSING"),
        ("FILING", "APPROVAL"),
    ]
    assert made.alternatives[0].confidence == 0.222  # 1 / 4.5
    assert params(made, "routing.unsure")["threshold"] == 0.6
    assert "把握度 0% 低于 60%" in texts(made, "zh")[0]


def test_the_threshold_is_the_rulebooks() -> None:
    text = "环评的排污和消防"
    assert decided(text).needs_dispatcher
    assert decided(text).confidence == 0.286  # (2 - 1) / 3.5
    assert (
        decided(
            text, Rulebook(**{**BOOK, "thresholds": Thresholds(0.8, 0.25, 0.02, 0.97, 0.7, 0.6)})
        ).category
        == "EIA"
    )


def test_a_denied_mention_counts_against_its_category() -> None:
    made = decided("不是环评的事，是能评")
    assert made.category == "ENERGY"
    assert params(made, "routing.words_denied")["words"] == [{"word": "环评", "start": 2, "end": 4}]
    assert "EIA" not in [each.category for each in made.alternatives]
    assert decided("不是环评").needs_dispatcher
    # Denied and affirmed cancel out.
    assert decided("不是环评，环评早批了，喷淋没水").category == "FIRE"


@pytest.mark.parametrize("text", ["是不是要做环评", "没有环评"])
def test_a_question_or_a_lack_is_still_about_it(text: str) -> None:
    assert decided(text).category == "EIA"


def test_longer_and_rarer_words_weigh_more() -> None:
    assert decided("光伏备案").category == "ENERGY"
    shared = decided("申报")
    assert shared.needs_dispatcher
    assert [each.category for each in shared.alternatives] == ["FILING", "POLICY"]
    assert decided("申报补贴").alternatives[0].category == "POLICY"
    assert decided("环评环评环评").confidence == decided("环评").confidence == 0.667


@pytest.mark.parametrize(
    ("unit", "department", "code"),
    [
        ("321204001", "U_LUOTANG", None),
        ("321204002", "U_SANSHUI", None),
        (None, None, "routing.unit_missing_lead"),
        ("999", None, "routing.unit_unknown_lead"),
    ],
)
@pytest.mark.parametrize("category", [None, "PARK"])
def test_the_unit_leads_where_the_rule_says_so(
    unit: str | None, department: str | None, code: str | None, category: str | None
) -> None:
    made = decided("宿舍不够", unit=unit, category=category)
    assert made.category == "PARK"
    assert made.department == department
    assert made.needs_dispatcher is (department is None)
    assert made.assisting == ("HOUSING",)
    assert [each for each in codes(made) if each.startswith("routing.unit")] == [code] * bool(code)


def test_who_assists_is_never_the_lead_and_follows_the_unit() -> None:
    assert decided(category="FIRE").assisting == ("U_LUOTANG",)
    lost = decided(category="FIRE", unit=None)
    assert (lost.department, lost.assisting) == ("HOUSING", ())
    assert "routing.unit_missing_assist" in codes(lost)


@pytest.mark.parametrize(
    ("text", "said", "urgent", "code"),
    [
        ("储罐泄漏了", None, True, "routing.urgent_words"),
        ("储罐泄漏了", False, True, "routing.urgent_despite"),
        ("储罐泄漏了", True, True, "routing.urgent_words"),
        ("没什么", True, True, "routing.urgent_said"),
        ("没有泄漏", None, False, "routing.urgent_denied"),
        ("没有泄漏，但是断电了", None, True, "routing.urgent_words"),
        ("没有泄漏", True, True, "routing.urgent_denied"),
    ],
)
def test_urgency(text: str, said: bool | None, urgent: bool, code: str) -> None:
    made = decided(text, urgent=said)
    assert made.urgent is urgent
    assert code in codes(made)


def test_nothing_is_urgent_by_itself() -> None:
    assert not [each for each in codes(decided("想问问环评")) if "urgent" in each]


def test_a_bad_rulebook_is_refused() -> None:
    twice = {**BOOK, "categories": (*BOOK["categories"], BOOK["categories"][0])}
    for bad in (twice, {**BOOK, "urgent_words": ("",)}):
        with pytest.raises(ValueError, match=r"twice|empty"):
            Rulebook(**bad)


HARD = st.sampled_from(
    [
        "环评",
        "不是",
        "没有",
        "泄漏",
        "申报",
        "光伏备案",
        "，",
        "\x00",
        "\ud800",
        "İ",
        "ß",
        "😀",
        "5G",
        "{",
        "}",
    ]
)
TEXTS = st.lists(HARD | st.text(max_size=5)).map("".join)
FACTS = st.builds(
    Facts,
    kind=st.sampled_from(["request", "problem"]) | st.text(),
    text=TEXTS,
    category=st.none() | st.text() | st.sampled_from(sorted(RULEBOOK.by_code)),
    unit=st.none() | st.text() | st.sampled_from(sorted(RULEBOOK.unit_departments)),
    urgent=st.none() | st.booleans(),
)


@given(FACTS)
def test_any_facts_are_decided_with_words(facts: Facts) -> None:
    made = decide(facts, RULEBOOK)
    assert made == decide(facts, Rulebook(**BOOK))
    assert made.needs_dispatcher is (made.department is None)
    assert made.department not in made.assisting
    assert len(set(made.assisting)) == len(made.assisting)
    assert 0 <= made.confidence <= 1
    assert len(made.alternatives) <= 3
    assert made.category not in [each.category for each in made.alternatives]
    assert made.needs_dispatcher or made.confidence >= RULEBOOK.thresholds.keywords
    assert made.reasons
    for reason in made.reasons:
        for word in reason.params.get("words", []):
            assert facts.text[word["start"] : word["end"]].upper() == word["word"].upper()
    for language in ("zh", "en"):
        assert all(texts(made, language))


@pytest.mark.parametrize(
    "text", ["环评没有申报" * 500, "没有" * 2000, "这段话里一个关键词都找不到" * 300]
)
def test_a_long_text_takes_milliseconds(text: str) -> None:
    began = time.perf_counter()
    decided(text)
    assert time.perf_counter() - began < 0.2  # a loaded machine; alone it takes a tenth of it


def texts(made: Decision, language: str) -> list[str]:
    return [say(each.code, language, **each.params) for each in made.reasons]


def gaps(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
