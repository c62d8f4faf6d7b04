"""Rules: what each condition asks, what each outcome does, and that a broken one says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.messages import say
from app.routing.decide import Decision, Facts, decide
from app.routing.facts import Known
from app.routing.rulebook import Rulebook
from app.routing.rules import Rules, compile_rules
from config.routing_terms import Restriction
from tests.routing.books import BOOK, codes, params

KNOWN = Known(
    categories=frozenset(each.code for each in BOOK["categories"]),
    departments=frozenset({"ECOLOGY", "HOUSING", "EMERGENCY", "DESK", "U_LUOTANG"}),
    units=frozenset({"321204001", "321204002"}),
    areas=frozenset({"BELT"}),
    stages=frozenset({"signed", "started"}),
    named={"@department": ("住建局", "住房城乡建设局", "环保局"), "@unit": ("罗塘街道",)},
)
HELD = {"department": Restriction("department", "作风投诉", "向监督部门反映", True)}


def compiled(*rows: Any) -> Rules:
    return compile_rules(rows, KNOWN, HELD)


def book(*rows: Any) -> Rulebook:
    return Rulebook(
        **BOOK,
        rules=compiled(*rows),
        restrictions=HELD,
        restricted_desk="DESK",
        called={"HOUSING": ("住建局", "住房城乡建设局"), "ECOLOGY": ("环保局",)},
    )


def rule(when: Any, name: str = "r", **then: Any) -> dict[str, Any]:
    return {"name": name, "when": when, "then": then or {"priority": 1}}


def decided(rulebook: Rulebook, text: str = "", **changed: Any) -> Decision:
    facts = {"kind": "request", "category": "EIA", "unit": "321204001", "urgent": None, **changed}
    return decide(Facts(text=text, **facts), rulebook)


NIGHT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "text", "facts", "fits"),
    [
        ({"category": ["EIA", "FIRE"]}, "", {}, True),
        ({"category": ["FIRE"]}, "", {}, False),
        ({"category": "EIA"}, "", {}, True),
        ({"kind": ["problem"]}, "", {}, False),
        ({"kind": ["problem"]}, "", {"kind": "problem"}, True),
        ({"unit": ["321204001"]}, "", {}, True),
        ({"unit": ["321204001"]}, "", {"unit": None}, False),
        ({"industry": ["化工"]}, "", {"industry": "化工"}, True),
        ({"industry": ["化工"]}, "", {}, False),
        ({"stage": ["signed"]}, "", {"stage": "signed"}, True),
        ({"stage": ["signed"]}, "", {"stage": "started"}, False),
        ({"level": ["province"]}, "", {"level": "province"}, True),
        ({"tags": ["key_trade", "listing"]}, "", {"tags": frozenset({"listing"})}, True),
        ({"tags": ["key_trade"]}, "", {"tags": frozenset({"listing"})}, False),
        ({"area": ["BELT"]}, "", {"areas": {"BELT": "沿江带"}}, True),
        ({"area": ["BELT"]}, "", {"areas": {}}, False),
        ({"words": {"any": ["停电", "跳闸"]}}, "昨晚又跳闸", {}, True),
        ({"words": {"any": ["停电", "跳闸"]}}, "昨晚一切正常", {}, False),
        ({"words": {"any": ["停电"]}}, "不是停电的事", {}, False),
        ({"words": {"all": ["停电", "冷库"]}}, "冷库停电了", {}, True),
        ({"words": {"all": ["停电", "冷库"]}}, "停电了", {}, False),
        ({"words": {"any": ["停电"], "none": ["演练"]}}, "停电演练", {}, False),
        # A longer word of another condition does not hide the shorter one.
        (
            {"all": [{"words": {"any": ["消防"]}}, {"words": {"any": ["消防验收"]}}]},
            "消防验收",
            {},
            True,
        ),
        ({"words": {"any": ["VOCs"]}}, "ＶＯＣＳ 总量", {}, True),
        ({"words": {"any": ["@unit"]}}, "在罗塘街道", {}, True),
        ({"near": {"words": ["态度"], "with": ["窗口"], "within": 3}}, "窗口的人态度差", {}, True),
        ({"near": {"words": ["态度"], "with": ["窗口"], "within": 1}}, "窗口的人态度差", {}, False),
        (
            {"near": {"words": ["态度"], "with": ["窗口"], "within": 3, "order": "forward"}},
            "窗口的人态度差",
            {},
            False,
        ),
        (
            {"near": {"words": ["窗口"], "with": ["态度"], "within": 3, "order": "forward"}},
            "窗口的人态度差",
            {},
            True,
        ),
        ({"words": {"any": ["停电", "冷库"], "least": 2}}, "冷库停电了", {}, True),
        ({"words": {"any": ["停电", "冷库"], "least": 2}}, "停电了，又停电了", {}, False),
        (
            {"near": {"words": ["态度"], "with": ["@department"], "within": 0}},
            "住建局态度",
            {},
            True,
        ),
        ({"answers": {"fire_ok": [False]}}, "", {"answers": {"fire_ok": False}}, True),
        ({"answers": {"fire_ok": [False]}}, "", {"answers": {}}, False),
        ({"answers": {"floor": "二层"}}, "", {"answers": {"floor": "二层"}}, True),
        ({"hours": "off"}, "", {"at": NIGHT, "office_open": False}, True),
        ({"hours": "office"}, "", {"at": NIGHT, "office_open": False}, False),
        ({"hours": "off"}, "", {}, False),
        ({"not": {"category": ["EIA"]}}, "", {}, False),
        ({"not": {"category": ["FIRE"]}}, "", {}, True),
        ({"any": [{"category": ["FIRE"]}, {"unit": ["321204001"]}]}, "", {}, True),
        ({"any": [{"category": ["FIRE"]}, {"unit": ["321204002"]}]}, "", {}, False),
        ({}, "", {}, True),
    ],
)
def test_a_condition_holds(when: Any, text: str, facts: dict[str, Any], fits: bool) -> None:
    made = decided(book(rule(when)), text, **facts)
    assert made.broken == ()
    assert made.fits == (("r",) if fits else ())
    assert made.priority == (1 if fits else None)


BROKEN: list[tuple[Any, str]] = [
    ("no mapping", "rule.incomplete"),
    ({"name": "r", "then": {"priority": 1}}, "rule.incomplete"),
    ({"when": {}, "then": {"priority": 1}}, "rule.incomplete"),
    ({**rule({}), "colour": "red"}, "rule.unknown_key"),
    (rule("EIA"), "rule.not_a_mapping"),
    (rule({"weather": "rain"}), "rule.unknown_condition"),
    (rule({"category": ["NONESUCH"]}), "rule.unknown_code"),
    (rule({"category": []}), "rule.not_texts"),
    (rule({"category": [1]}), "rule.not_texts"),
    (rule({"unit": ["999"]}), "rule.unknown_code"),
    (rule({"area": ["NOWHERE"]}), "rule.unknown_code"),
    (rule({"stage": ["dream"]}), "rule.unknown_code"),
    (rule({"words": ["停电"]}), "rule.words_form"),
    (rule({"words": {"some": ["停电"]}}), "rule.words_form"),
    (rule({"words": {}}), "rule.words_form"),
    (rule({"words": {"any": [""]}}), "rule.not_texts"),
    (rule({"words": {"any": ["@nobody"]}}), "rule.unknown_code"),
    (rule({"near": {"words": ["a"], "with": ["b"]}}), "rule.near_form"),
    (rule({"near": {"words": ["a"], "with": ["b"], "within": -1}}), "rule.not_in_range"),
    (
        rule({"near": {"words": ["a"], "with": ["b"], "within": 1, "order": "backward"}}),
        "rule.near_form",
    ),
    (rule({"words": {"any": ["a"], "least": 2}}), "rule.not_in_range"),
    (rule({"words": {"any": ["a"], "least": 0}}), "rule.not_in_range"),
    (rule({"words": {"any": ["@nobody"]}}), "rule.unknown_code"),
    (rule({"answers": ["x"]}), "rule.answers_form"),
    (rule({"hours": "night"}), "rule.hours_form"),
    (rule({"any": {"category": ["EIA"]}}), "rule.not_a_list"),
    (rule({"any": []}), "rule.not_a_list"),
    (rule({"not": ["x"]}), "rule.not_a_mapping"),
    ({"name": "r", "when": {}, "then": {}}, "rule.no_outcome"),
    (rule({}, colour="red"), "rule.unknown_outcome"),
    (rule({}, lead="NOBODY"), "rule.unknown_code"),
    (rule({}, assisting=["NOBODY"]), "rule.unknown_code"),
    (rule({}, assisting="HOUSING"), "rule.not_a_list"),
    (rule({}, category="NONESUCH"), "rule.unknown_code"),
    (rule({}, restricted="gossip"), "rule.unknown_code"),
    (rule({}, priority=0), "rule.not_in_range"),
    (rule({}, priority=True), "rule.not_in_range"),
    (rule({}, urgent="yes"), "rule.not_a_flag"),
    (rule({}, promise={"reply_wd": 5, "resolve_wd": 3}), "rule.promise_form"),
    (rule({}, promise={"hours": 3}), "rule.promise_form"),
    (rule({}, promise={"reply_wd": 0}), "rule.not_in_range"),
]


@pytest.mark.parametrize(("row", "code"), BROKEN)
def test_a_broken_rule_says_why_and_the_others_go_on(row: Any, code: str) -> None:
    made = decided(book(row, rule({}, "after", priority=3)))
    (broken,) = made.broken
    assert (broken.why.code, made.fits) == (code, ("after",))
    assert code in codes(made)
    for language in ("zh", "en"):
        assert "{" not in say(code, language, **params(made, code))


def test_a_name_that_stands_twice_is_broken() -> None:
    made = compiled(rule({}, "same"), rule({}, "same"))
    assert [each.why.code for each in made.broken] == ["rule.name_twice"]
    assert len(made.rules) == 1


def test_a_rule_that_fails_on_these_facts_is_told() -> None:
    """An answer that cannot be compared: the rule had no way of knowing."""

    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError("odd")

        __hash__ = None  # type: ignore[assignment]

    made = decided(book(rule({"answers": {"a": ["x"]}})), answers={"a": Odd()})
    assert params(made, "rule.failed") == {"rule": "r", "error": "ValueError"}
    assert made.department == "ECOLOGY"


def test_a_lead_ends_the_search_and_the_first_word_stands() -> None:
    rules = (
        rule({}, "soft", priority=5, assisting=["HOUSING"]),
        rule({}, "lead", lead="EMERGENCY", priority=1),
        rule({}, "never", lead="HOUSING"),
    )
    made = decided(book(*rules))
    assert (made.department, made.priority, made.fits) == ("EMERGENCY", 5, ("soft", "lead"))
    assert made.ordered == ("HOUSING",)
    assert params(made, "routing.ordered")["departments"] == "住建局"


@pytest.mark.parametrize(("stop", "fits"), [(True, ("a",)), (False, ("a", "b"))])
def test_stop_is_said_either_way(stop: bool, fits: tuple[str, ...]) -> None:
    made = decided(book(rule({}, "a", lead="HOUSING", stop=stop), rule({}, "b", priority=2)))
    assert (made.fits, made.department) == (fits, "HOUSING")


def test_a_category_by_rule_is_seen_by_the_rules_after_it() -> None:
    rules = (
        rule({"words": {"any": ["喷漆房"]}}, "first", category="FIRE"),
        rule({"category": ["FIRE"]}, "second", promise={"reply_wd": 1, "resolve_wd": 4}),
    )
    made = decided(book(*rules), "喷漆房怎么审", category=None)
    assert (made.category, made.department, made.confidence) == ("FIRE", "HOUSING", 1.0)
    assert (made.reply_wd, made.resolve_wd, made.fits) == (1, 4, ("first", "second"))
    assert params(made, "routing.rule_words")["words"] == [{"word": "喷漆房", "start": 0, "end": 3}]


def test_the_unit_may_be_the_lead_of_a_rule() -> None:
    assert decided(book(rule({}, lead="unit"))).department == "U_LUOTANG"
    lost = decided(book(rule({}, lead="unit")), unit=None)
    assert lost.needs_dispatcher
    assert "routing.unit_missing_lead" in codes(lost)


@pytest.mark.parametrize(
    ("text", "said", "by_rule", "urgent"),
    [
        ("", None, True, True),
        ("储罐泄漏", None, False, False),
        ("储罐泄漏", True, False, True),
        ("", None, None, False),
    ],
)
def test_a_rule_on_urgency(text: str, said: Any, by_rule: Any, urgent: bool) -> None:
    rules = [rule({}, urgent=by_rule)] if by_rule is not None else []
    assert decided(book(*rules), text, urgent=said).urgent is urgent


def test_what_is_restricted_goes_to_its_desk_and_names_whom_it_is_kept_from() -> None:
    held = rule({"words": {"any": ["推诿"]}}, restricted="department")
    made = decided(book(held), "住房城乡建设局互相推诿，不是环保局", category=None)
    assert (made.department, made.restricted) == ("DESK", "department")
    assert not made.needs_dispatcher
    # In doubt one too many: whoever is named in whatever way.
    assert made.barred == ("HOUSING", "ECOLOGY")
    assert (made.assisting, made.ordered, made.alternatives) == ((), (), ())
    assert params(made, "routing.restricted")["way"] == "向监督部门反映"


@given(
    text=st.text(max_size=60),
    unit=st.none() | st.text(max_size=9),
    urgent=st.none() | st.booleans(),
)
def test_rules_never_lose_an_issue(text: str, unit: str | None, urgent: bool | None) -> None:
    rules = (
        rule({"words": {"any": ["推诿"]}}, "held", restricted="department"),
        rule({"not": {"unit": ["321204001"]}}, "elsewhere", lead="unit", stop=False),
        rule({"near": {"words": ["消防"], "with": ["环评"], "within": 5}}, "both", category="FIRE"),
    )
    made = decided(book(*rules), text, unit=unit, urgent=urgent)
    assert made.needs_dispatcher is (made.department is None)
    assert set(made.ordered) <= set(made.assisting)
    assert made.department not in made.assisting
    assert made == decided(book(*rules), text, unit=unit, urgent=urgent)
