"""A small rulebook, and facts with one thing changed at a time."""

from typing import Any

from app.routing.decide import Decision, Facts, decide
from app.routing.facts import UNIT
from app.routing.rulebook import CategoryRule, Rulebook
from config.routing_terms import Thresholds

BOOK: dict[str, Any] = {
    "version": "test-1",
    "categories": (
        CategoryRule(
            "EIA",
            "环评与排污",
            "ECOLOGY",
            ("APPROVAL", "HOUSING"),
            ("环评", "排污", "环保验收", "VOCs"),
        ),
        CategoryRule("FIRE", "消防", "HOUSING", ("HOUSING", UNIT), ("消防", "消防验收", "喷淋")),
        CategoryRule("FILING", "项目备案", "APPROVAL", (), ("备案", "申报")),
        CategoryRule("ENERGY", "能评与能耗", "DRC", (), ("能评", "光伏备案")),
        CategoryRule("POLICY", "政策兑付", "FINANCE", (), ("补贴", "申报")),
        CategoryRule("PARK", "园区配套", UNIT, (UNIT, "HOUSING"), ("宿舍", "5G", "厂房")),
        CategoryRule("OTHER", "其他", "DISPATCH", (), ()),
    ),
    "fallback": "OTHER",
    "unit_departments": {"321204001": "U_LUOTANG", "321204002": "U_SANSHUI"},
    "urgent_words": ("泄漏", "爆炸", "停产", "断电"),
    "negations": ("没有", "没", "未", "无", "不是", "并非", "防止"),
    "negation_reach": 4,
    "thresholds": Thresholds(
        place=0.8, keywords=0.6, unlikely=0.02, overrule=0.97, urgent=0.7, restricted=0.6
    ),
    "department_names": {"ECOLOGY": "生态环境局", "HOUSING": "住建局", "APPROVAL": "行政审批局"},
}
RULEBOOK = Rulebook(**BOOK)


def decided(text: str = "", rulebook: Rulebook = RULEBOOK, **changed: Any) -> Decision:
    facts = {"kind": "request", "category": None, "unit": "321204001", "urgent": None, **changed}
    return decide(Facts(text=text, **facts), rulebook)


def params(decision: Decision, code: str) -> dict[str, Any]:
    """The gaps of the one reason with this code."""
    (found,) = [each for each in decision.reasons if each.code == code]
    return dict(found.params)


def codes(decision: Decision) -> list[str]:
    return [each.code for each in decision.reasons]
