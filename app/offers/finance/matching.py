"""Holding a finance tool against a firm and what it wants: each condition, with its reason. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.foundation.amounts import money, read
from app.foundation.reasons import Reason
from app.offers.finance.documents import FUND

MET, NOT_MET, UNKNOWN = VERDICTS = ("met", "not_met", "unknown")
_NUMBER = r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,9})((?:\.\d{1,2})?)"
_MEASURES = "吨件台套平只人米度个片支瓶辆股箱条张块颗粒枚升亩户美欧港日英韩加澳"
_AMOUNT = re.compile(rf"{_NUMBER}\s*(亿元?|万元?)(?![{_MEASURES}])")
_SPAN = re.compile(r"\d\s*[万亿]?元?\s*[-~—–至到]+\s*\d[\d.,]*\s*[万亿]")
_TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanting:
    """What is known of a firm; None is: nobody has told. `amount` is what it wants, in 万元.

    `sizes` are the classes of its projects.
    """

    industry: str | None = None
    tags: frozenset[str] | None = None
    growth_class: str | None = None
    sizes: frozenset[str] | None = None
    unit: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """What a day's dictionaries say: valid industries, the industries of each valid direction.

    And `named`: what people call the codes, by the field of a tool.
    """

    industries: frozenset[str]
    directions: Mapping[str, frozenset[str]]
    named: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def words(self, name: str, codes: Collection[str]) -> str:
        """The names of these codes."""
        known = self.named.get(name, {})
        return "、".join(known.get(code, code) for code in sorted(codes)) or "—"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a tool asks for: whether it is met, and why that is said."""

    kind: str
    verdict: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Match:
    """A stored tool held against a firm; `own_fund` is the fund of the firm's own industry."""

    tool: Mapping[str, Any]
    verdict: str
    conditions: tuple[Condition, ...]
    own_fund: bool


def amount_in(text: str) -> Decimal | None:
    """The one amount of 万元 that a text names; None where it names none, several, or a span of them."""
    narrow = unicodedata.normalize("NFKC", text)
    found = {
        Decimal(whole.replace(",", "") + part) * (_TEN_THOUSAND if unit.startswith("亿") else 1)
        for whole, part, unit in _AMOUNT.findall(narrow)
    }
    if len(found) != 1 or _SPAN.search(narrow):
        return None
    return money(found.pop()) or None


def judge(tool: Mapping[str, Any], firm: Wanting, known: Dictionary) -> Match:
    """Hold a stored tool against a firm. What it does not ask for is no condition."""
    found = [each for ask in _ASKED if (each := ask(tool, firm, known)) is not None]
    verdicts = {each.verdict for each in found}
    verdict = NOT_MET if NOT_MET in verdicts else UNKNOWN if UNKNOWN in verdicts else MET
    of_industry = any(each.kind == "industry" and each.verdict == MET for each in found)
    return Match(tool, verdict, tuple(found), tool["kind"] == FUND and of_industry)


def ranked(matches: Sequence[Match]) -> list[Match]:
    """The fund of the firm's own industry first, then what fits, what may fit, what does not; by code."""
    order = (MET, UNKNOWN, NOT_MET)
    return sorted(
        matches,
        key=lambda each: (
            not (each.own_fund and each.verdict != NOT_MET),
            order.index(each.verdict),
            each.tool["code"],
        ),
    )


def _industry(tool: Mapping[str, Any], firm: Wanting, known: Dictionary) -> Condition | None:
    """Terms that are not valid on the day take nobody in."""
    if not tool["industries"] and not tool["directions"]:
        return None
    taken = set(tool["industries"]) & known.industries
    for direction in tool["directions"]:
        taken |= known.directions.get(direction, frozenset())
    wanted = "、".join(
        known.words(name, tool[name]) for name in ("industries", "directions") if tool[name]
    )
    has = frozenset({firm.industry}) if firm.industry else None
    return _one_of("industry", taken, has, wanted, known.words("industries", has or ()))


def _listed(kind: str, name: str, has: Callable[[Wanting], Any]) -> Callable[..., Condition | None]:
    def ask(tool: Mapping[str, Any], firm: Wanting, known: Dictionary) -> Condition | None:
        if not tool[name]:
            return None
        own = has(firm)
        mine = frozenset({own}) if isinstance(own, str) else own
        wanted = known.words(name, tool[name])
        return _one_of(kind, set(tool[name]), mine, wanted, known.words(name, mine or ()))

    return ask


def _one_of(
    kind: str, wanted: set[str], has: frozenset[str] | None, asked: str, owned: str
) -> Condition:
    if has is None:
        return Condition(kind, UNKNOWN, Reason(f"finance.unclear.{kind}", {"wanted": asked}))
    verdict = MET if wanted & has else NOT_MET
    return Condition(
        kind, verdict, Reason(f"finance.because.{kind}", {"wanted": asked, "has": owned})
    )


def _amount(tool: Mapping[str, Any], firm: Wanting, known: Dictionary) -> Condition | None:
    least, most = read(tool["amount_min"]), read(tool["amount_max"])
    if least is None and most is None:
        return None
    bounds = {"least": str(least or 0), "most": "—" if most is None else str(most)}
    if firm.amount is None:
        return Condition("amount", UNKNOWN, Reason("finance.unclear.amount", bounds))
    inside = (least is None or firm.amount >= least) and (most is None or firm.amount <= most)
    reason = Reason("finance.because.amount", {**bounds, "has": str(firm.amount)})
    return Condition("amount", MET if inside else NOT_MET, reason)


_ASKED: tuple[Callable[..., Condition | None], ...] = (
    _industry,
    _listed("tags", "tags", lambda firm: firm.tags),
    _listed("size_class", "size_classes", lambda firm: firm.sizes),
    _listed("growth_class", "growth_classes", lambda firm: firm.growth_class),
    _listed("unit", "units", lambda firm: firm.unit),
    _amount,
)
