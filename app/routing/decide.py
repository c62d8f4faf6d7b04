"""Facts in, a decision with its reasons out. Pure: no database, no clock, no chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.foundation.reasons import Reason
from app.routing.guess import Guess, guess
from app.routing.rulebook import UNIT, CategoryRule, Rulebook
from app.routing.words import Mention

__all__ = [
    "UNIT",
    "Alternative",
    "CategoryRule",
    "Decision",
    "Facts",
    "Rulebook",
    "decide",
]

MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an issue.

    `unit` is a unit code; `urgent` is what the person said, None when not asked.
    """

    kind: str
    text: str
    category: str | None
    unit: str | None
    urgent: bool | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A category it could be instead, with its share of the evidence (0 to 1)."""

    category: str
    department: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an issue goes and why.

    `department` is None exactly when `needs_dispatcher`. `category` is None when neither person nor
    words settled it. `confidence` is that of the category: 1.0 for a chosen one, else as `Guess`
    defines it. `alternatives` never repeat `category`. `rulebook` is the version that decided.
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


def decide(facts: Facts, rulebook: Rulebook) -> Decision:
    """Decide by the chosen category, else by the words; what neither settles needs the dispatcher.

    No text, category or unit raises: what is unknown is said in the reasons.
    """
    guessed = guess(facts.text, rulebook)
    category, confidence, reasons = _category(facts, guessed, rulebook)
    rule = rulebook.rules.get(category) if category and category != rulebook.fallback else None
    department = rulebook.department_of(rule.owner, facts.unit) if rule else None
    assisting = _assisting(rule, department, facts.unit, rulebook)
    urgent, why_urgent = _urgency(facts, rulebook)
    return Decision(
        department=department,
        assisting=assisting,
        category=category,
        urgent=urgent,
        confidence=confidence,
        needs_dispatcher=department is None,
        reasons=(
            *reasons,
            *_denials(guessed),
            *_places(rule, department, assisting, facts.unit, rulebook),
            *why_urgent,
        ),
        alternatives=_alternatives(guessed, category, facts.unit, rulebook),
        rulebook=rulebook.version,
    )


def _category(
    facts: Facts, guessed: Guess, rulebook: Rulebook
) -> tuple[str | None, float, list[Reason]]:
    """The category, how sure it is, and why it is that one."""
    chosen = facts.category or None
    if chosen is not None and chosen == rulebook.fallback:
        return chosen, 1.0, [_named("routing.fallback_chosen", chosen, (), rulebook)]
    if chosen is not None and chosen in rulebook.rules:
        return chosen, 1.0, _chosen(chosen, guessed, rulebook)
    unknown = [Reason("routing.category_unknown", {"category": chosen})] if chosen else []
    category, reason = _by_words(guessed, rulebook)
    return category, guessed.confidence, [*unknown, reason]


def _chosen(chosen: str, guessed: Guess, rulebook: Rulebook) -> list[Reason]:
    """That a person chose it, and what the words said against it where they were sure."""
    reasons = [_named("routing.category_chosen", chosen, (), rulebook)]
    best = guessed.suggestions[0] if guessed.suggestions else None
    if best and best.category != chosen and guessed.confidence >= rulebook.threshold:
        reasons.append(_named("routing.words_overruled", best.category, best.words, rulebook))
    return reasons


def _by_words(guessed: Guess, rulebook: Rulebook) -> tuple[str | None, Reason]:
    if not guessed.suggestions:
        return None, Reason("routing.no_words")
    best = guessed.suggestions[0]
    if guessed.confidence >= rulebook.threshold:
        return best.category, _named("routing.words", best.category, best.words, rulebook)
    likely = _named("routing.unsure", best.category, best.words, rulebook)
    sure = {"confidence": guessed.confidence, "threshold": rulebook.threshold}
    return None, Reason(likely.code, {**likely.params, **sure})


def _assisting(
    rule: CategoryRule | None, lead: str | None, unit: str | None, rulebook: Rulebook
) -> tuple[str, ...]:
    if rule is None:
        return ()
    found = (rulebook.department_of(code, unit) for code in rule.assisting)
    return tuple(dict.fromkeys(code for code in found if code is not None and code != lead))


def _places(
    rule: CategoryRule | None,
    department: str | None,
    assisting: tuple[str, ...],
    unit: str | None,
    rulebook: Rulebook,
) -> list[Reason]:
    """Who leads, who assists, and where the unit that a rule asks for is not known."""
    if rule is None:
        return []
    reasons = []
    if department is not None:
        name = rulebook.department_name(department)
        reasons.append(Reason("routing.lead", {"department_code": department, "department": name}))
    if assisting:
        names = "、".join(map(rulebook.department_name, assisting))
        reasons.append(
            Reason("routing.assist", {"department_codes": list(assisting), "departments": names})
        )
    if UNIT in (rule.owner, *rule.assisting) and rulebook.department_of(UNIT, unit) is None:
        role = "lead" if rule.owner == UNIT else "assist"
        known = "missing" if unit is None else "unknown"
        reasons.append(Reason(f"routing.unit_{known}_{role}", {"unit": unit or ""}))
    return reasons


def _urgency(facts: Facts, rulebook: Rulebook) -> tuple[bool, list[Reason]]:
    """A hazard in the text counts even where the person did not tick "urgent"."""
    hazards = rulebook.hazards.mentions(facts.text)
    meant = [each for each in hazards if not each.denied]
    denied = [each for each in hazards if each.denied]
    reasons = []
    if facts.urgent:
        reasons.append(Reason("routing.urgent_said"))
    if meant:
        code = "routing.urgent_despite" if facts.urgent is False else "routing.urgent_words"
        reasons.append(Reason(code, _words(meant)))
    if denied:
        reasons.append(Reason("routing.urgent_denied", _words(denied)))
    return bool(facts.urgent or meant), reasons


def _denials(guessed: Guess) -> list[Reason]:
    return [Reason("routing.words_denied", _words(guessed.denied))] if guessed.denied else []


def _alternatives(
    guessed: Guess, category: str | None, unit: str | None, rulebook: Rulebook
) -> tuple[Alternative, ...]:
    others = [each for each in guessed.suggestions if each.category != category]
    return tuple(
        Alternative(
            each.category,
            rulebook.department_of(rulebook.rules[each.category].owner, unit),
            round(each.share, 3),
        )
        for each in others[:MOST_ALTERNATIVES]
    )


def _named(code: str, category: str, words: Iterable[Mention], rulebook: Rulebook) -> Reason:
    named = {"category_code": category, "category": rulebook.category_name(category)}
    return Reason(code, {**named, **_words(words), "rulebook": rulebook.version})


def _words(mentions: Iterable[Mention]) -> dict[str, object]:
    """`words` for a client that marks them in the text, `said` for people."""
    listed = list(mentions)
    said = "、".join(dict.fromkeys(each.word for each in listed))
    return {"words": [each.as_dict() for each in listed], "said": said}
