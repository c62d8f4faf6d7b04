"""Facts in, a decision with its reasons out. Pure: no database, no clock, no chance."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.foundation.reasons import Reason
from app.routing.facts import UNIT, Facts
from app.routing.guess import guess
from app.routing.opinion import Judge, Opinion
from app.routing.rulebook import CategoryRule, Rulebook
from app.routing.rules import BrokenRule
from app.routing.ruling import Ruling, rule, suspect
from app.routing.settling import Settled, settle, words

__all__ = ["Alternative", "Decision", "Facts", "decide"]

MOST_ALTERNATIVES = 3
CALM = 0.1
"""Below this chance of urgency a hazard word is taken to tell of another time. In doubt a hazard counts."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A category it could be instead, with its share of the evidence (0 to 1)."""

    category: str
    department: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an issue goes and why.

    `department` leads, None exactly when `needs_dispatcher`. `assisting` are those who may be asked to
    help; of them `ordered` (by a rule) get their tickets at once. `category` is None when neither person
    nor text settled it. `confidence` is that of the category: 1.0 for a chosen one. `reply_wd` and
    `resolve_wd` (working days) take the place of the category's, where a rule said so; `priority` is 1
    (first) to 9. `restricted` names why no machine may place it: it goes to the restricted desk, and
    `barred` departments learn nothing of it. `alternatives` never repeat `category`. `fits` are the names
    of the rules that had a say, `broken` those that could not. `rulebook` and `judge` name the versions
    that decided.
    """

    department: str | None
    assisting: tuple[str, ...]
    category: str | None
    urgent: bool
    confidence: float
    needs_dispatcher: bool
    reasons: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]
    rulebook: str
    judge: str
    ordered: tuple[str, ...] = ()
    reply_wd: int | None = None
    resolve_wd: int | None = None
    priority: int | None = None
    restricted: str | None = None
    barred: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    broken: tuple[BrokenRule, ...] = ()


def decide(
    facts: Facts,
    rulebook: Rulebook,
    judge: Judge | None = None,
    opinion: Opinion | None = None,
) -> Decision:
    """Decide by rules, and for the category by the person's choice, else by what the text is about.

    `judge` reads the text; without one the keywords do. Where it has read this very text already, its
    `opinion` spares reading it again. What nothing settles needs the dispatcher. No text, category or unit
    raises: what is unknown is said in the reasons.
    """
    made = judge.opinion(facts.text) if judge and opinion is None else opinion
    opinion = guess(facts.text, rulebook) if made is None else _known(made, rulebook)
    settled = settle(facts, opinion, rulebook)
    ruling = rule(facts, settled.category, rulebook)
    suspect(ruling, facts, opinion, rulebook)
    if ruling.restricted:
        return _held_back(ruling, settled, facts, opinion, rulebook)
    category = ruling.category or settled.category
    placed = rulebook.by_code.get(category) if category and category != rulebook.fallback else None
    owner = ruling.lead or (placed.owner if placed else None)
    lead = rulebook.department_of(owner, facts.unit) if owner else None
    assisting = placed.assisting if placed else ()
    ordered = _codes(tuple(ruling.assisting), lead, facts.unit, rulebook)
    urgent, why_urgent = _urgency(facts, ruling, opinion, rulebook)
    return Decision(
        department=lead,
        assisting=_codes((*ruling.assisting, *assisting), lead, facts.unit, rulebook),
        category=category,
        urgent=urgent,
        confidence=1.0 if ruling.category else settled.confidence,
        needs_dispatcher=lead is None,
        reasons=(
            *settled.reasons,
            *_denials(opinion),
            *ruling.reasons,
            *_where(facts, rulebook),
            *_places(owner, lead, ruling, placed, facts.unit, rulebook),
            *why_urgent,
        ),
        alternatives=_alternatives(opinion, category, facts.unit, rulebook),
        rulebook=rulebook.version,
        judge=opinion.judge,
        ordered=ordered,
        reply_wd=ruling.reply_wd,
        resolve_wd=ruling.resolve_wd,
        priority=ruling.priority,
        fits=tuple(ruling.fits),
        broken=tuple(ruling.broken),
    )


def _known(made: Opinion, rulebook: Rulebook) -> Opinion:
    """The judge's opinion without categories that this district does not have."""
    known = tuple(pair for pair in made.ranked if pair[0] in rulebook.by_code)
    if known == made.ranked:
        return made
    sure = made.confidence if known[:1] == made.ranked[:1] else 0.0
    return replace(made, ranked=known, confidence=sure)


def _held_back(
    ruling: Ruling, settled: Settled, facts: Facts, opinion: Opinion, rulebook: Rulebook
) -> Decision:
    """What no machine may place: to the restricted desk, with nobody invited and nothing suggested."""
    held = rulebook.restrictions[ruling.restricted or ""]
    desk = rulebook.restricted_desk
    named = rulebook.with_branches(ruling.named) if held.bars_named else ()
    barred = tuple(c for c in named if c != desk)
    urgent, why_urgent = _urgency(facts, ruling, opinion, rulebook)
    said = {"restriction": held.code, "name": held.name, "way": held.way}
    reasons = [*ruling.reasons, Reason("routing.restricted", said)]
    if barred:
        names = "、".join(map(rulebook.department_name, barred))
        reasons.append(Reason("routing.barred", {"department_codes": [*barred], "names": names}))
    return Decision(
        department=desk,
        assisting=(),
        category=settled.category,
        urgent=urgent,
        confidence=settled.confidence,
        needs_dispatcher=desk is None,
        reasons=(*reasons, *_where(facts, rulebook), *why_urgent),
        alternatives=(),
        rulebook=rulebook.version,
        judge=opinion.judge,
        reply_wd=ruling.reply_wd,
        resolve_wd=ruling.resolve_wd,
        priority=ruling.priority,
        restricted=held.code,
        barred=barred,
        fits=tuple(ruling.fits),
        broken=tuple(ruling.broken),
    )


def _codes(
    owners: tuple[str, ...], lead: str | None, unit: str | None, rulebook: Rulebook
) -> tuple[str, ...]:
    found = (rulebook.department_of(code, unit) for code in owners)
    return tuple(dict.fromkeys(code for code in found if code is not None and code != lead))


def _where(facts: Facts, rulebook: Rulebook) -> list[Reason]:
    """How the unit was found, which areas the position lies in, and whether it is the district's at all."""
    reasons = []
    if facts.unit and facts.unit_from:
        told = {"unit_code": facts.unit, "unit": rulebook.unit_name(facts.unit)}
        if facts.unit_from == "nearest":
            told["distance"] = str(round(facts.unit_distance_m or 0))
        reasons.append(Reason(f"routing.unit_from_{facts.unit_from}", told))
    if facts.areas:
        names = "、".join(facts.areas.values())
        reasons.append(Reason("routing.areas", {"area_codes": [*facts.areas], "names": names}))
    if facts.outside:
        reasons.append(Reason("routing.outside_district"))
    return reasons


def _places(
    owner: str | None,
    lead: str | None,
    ruling: Ruling,
    placed: CategoryRule | None,
    unit: str | None,
    rulebook: Rulebook,
) -> list[Reason]:
    """Who leads, who assists, and where the unit that is asked for is not known."""
    reasons = []
    if lead is not None:
        name = rulebook.department_name(lead)
        reasons.append(Reason("routing.lead", {"department_code": lead, "department": name}))
        if owner and owner not in (UNIT, lead):
            of = rulebook.department_name(owner)
            told = {"department_code": owner, "department": of, "branch": name}
            reasons.append(Reason("routing.branch", told))
    suggested = placed.assisting if placed else ()
    ordered = _codes(tuple(ruling.assisting), lead, unit, rulebook)
    others = [c for c in _codes(suggested, lead, unit, rulebook) if c not in ordered]
    for code, codes in (("routing.ordered", ordered), ("routing.assist", others)):
        if codes:
            names = "、".join(map(rulebook.department_name, codes))
            reasons.append(Reason(code, {"department_codes": [*codes], "departments": names}))
    wanted = (owner, *ruling.assisting, *suggested)
    if UNIT in wanted and rulebook.department_of(UNIT, unit) is None:
        role = "lead" if owner == UNIT else "assist"
        known = "missing" if unit is None else "unknown"
        reasons.append(Reason(f"routing.unit_{known}_{role}", {"unit": unit or ""}))
    return reasons


def _urgency(
    facts: Facts, ruling: Ruling, opinion: Opinion, rulebook: Rulebook
) -> tuple[bool, list[Reason]]:
    """A hazard counts even where the person did not tick "urgent": a word, or what the text describes."""
    hazards = rulebook.hazards.mentions(facts.text)
    meant = [each for each in hazards if not each.denied]
    denied = [each for each in hazards if each.denied]
    # Words alone cannot tell "three years ago" from "now"; who reads the whole text can.
    described = opinion.urgency is not None and opinion.urgency >= rulebook.thresholds.urgent
    unlikely = opinion.urgency is not None and opinion.urgency < CALM
    told = bool(meant) and not unlikely
    reasons = []
    if facts.urgent:
        reasons.append(Reason("routing.urgent_said"))
    if told:
        code = "routing.urgent_despite" if facts.urgent is False else "routing.urgent_words"
        reasons.append(Reason(code, words(meant)))
    elif described:
        sure = {"confidence": round(opinion.urgency or 0.0, 3), **words(opinion.urgent_words)}
        reasons.append(Reason("routing.urgent_text", sure))
    elif meant:
        reasons.append(Reason("routing.urgent_not_now", words(meant)))
    if denied:
        reasons.append(Reason("routing.urgent_denied", words(denied)))
    if ruling.urgent is False and not facts.urgent:
        return False, reasons
    return bool(facts.urgent or told or described or ruling.urgent), reasons


def _denials(opinion: Opinion) -> list[Reason]:
    return [Reason("routing.words_denied", words(opinion.denied))] if opinion.denied else []


def _alternatives(
    opinion: Opinion, category: str | None, unit: str | None, rulebook: Rulebook
) -> tuple[Alternative, ...]:
    others = [(code, share) for code, share in opinion.ranked if code != category]
    return tuple(
        Alternative(
            code, rulebook.department_of(rulebook.by_code[code].owner, unit), round(share, 3)
        )
        for code, share in others[:MOST_ALTERNATIVES]
    )
