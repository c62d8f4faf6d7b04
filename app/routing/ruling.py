"""What the ordered rules of a rulebook make of an issue. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from app.foundation.reasons import Reason
from app.routing.facts import Facts, Seen
from app.routing.opinion import Opinion
from app.routing.rulebook import Rulebook
from app.routing.rules import BrokenRule, Fit, Outcome, look
from app.routing.settling import words
from app.routing.words import Mention, fold
from config.routing_terms import SUSPECTED


@dataclass(slots=True)
class Ruling:
    """What the rules said together; of two that speak of the same thing the earlier stands."""

    category: str | None = None
    lead: str | None = None
    assisting: list[str] = field(default_factory=list)
    reply_wd: int | None = None
    resolve_wd: int | None = None
    urgent: bool | None = None
    priority: int | None = None
    restricted: str | None = None
    named: tuple[str, ...] = ()
    fits: list[str] = field(default_factory=list)
    broken: list[BrokenRule] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def rule(facts: Facts, category: str | None, rulebook: Rulebook) -> Ruling:
    """Go through the rules in order. A rule that gives a category gives it to those after it too."""
    ruling = Ruling(broken=list(rulebook.rules.broken))
    mentions = rulebook.searched.everywhere(facts.text)
    seen = Seen(facts, category, _by_word(mentions))
    for each in rulebook.rules.rules:
        if facts.released and each.outcome.restricted:
            continue
        found = look(each, seen)
        if isinstance(found, BrokenRule):
            ruling.broken.append(found)
        elif found is not None:
            _take(ruling, found, rulebook)
            seen = replace(seen, category=ruling.category or category)
            if each.outcome.stop:
                break
    if ruling.restricted:
        ruling.named = _named(mentions, rulebook)
    ruling.reasons += [broken.why for broken in ruling.broken]
    return ruling


def suspect(ruling: Ruling, facts: Facts, opinion: Opinion, rulebook: Rulebook) -> None:
    """Hold back what reads like a complaint though no rule says so, for a person to look at."""
    chance = opinion.restriction
    doubted = chance is not None and chance >= rulebook.thresholds.restricted
    if not doubted or ruling.restricted or facts.released or SUSPECTED not in rulebook.restrictions:
        return
    ruling.restricted = SUSPECTED
    ruling.named = _named(rulebook.searched.everywhere(facts.text), rulebook)
    told = {"confidence": round(chance or 0.0, 3), **words(opinion.restricted_words)}
    ruling.reasons.append(Reason("routing.suspected", told))


def _by_word(mentions: Iterable[Mention]) -> dict[str, tuple[Mention, ...]]:
    """Where each word stands, by its folded form, denied mentions left out."""
    found: dict[str, list[Mention]] = {}
    for each in mentions:
        if not each.denied:
            found.setdefault(fold(each.word), []).append(each)
    return {word: tuple(where) for word, where in found.items()}


def _named(mentions: Iterable[Mention], rulebook: Rulebook) -> tuple[str, ...]:
    """Departments that the text names, in whatever way: in doubt one too many."""
    codes = (rulebook.names.get(fold(each.word)) for each in mentions)
    return tuple(dict.fromkeys(code for code in codes if code is not None))


def _take(ruling: Ruling, fit: Fit, rulebook: Rulebook) -> None:
    made = fit.rule.outcome
    for name in ("category", "lead", "reply_wd", "resolve_wd", "urgent", "priority", "restricted"):
        if getattr(ruling, name) is None:
            setattr(ruling, name, getattr(made, name))
    ruling.assisting += [code for code in made.assisting if code not in ruling.assisting]
    ruling.fits.append(fit.rule.name)
    code = "routing.rule_words" if fit.words else "routing.rule"
    told = {"rule": fit.rule.name, "rulebook": rulebook.version, **words(fit.words)}
    ruling.reasons += [Reason(code, told), *_effects(made, rulebook)]


def _effects(made: Outcome, rulebook: Rulebook) -> Iterable[Reason]:
    if made.category:
        name = rulebook.category_name(made.category)
        yield Reason("routing.rule_category", {"category_code": made.category, "category": name})
    if made.reply_wd:
        yield Reason("routing.rule_reply", {"days": made.reply_wd})
    if made.resolve_wd:
        yield Reason("routing.rule_resolve", {"days": made.resolve_wd})
    if made.urgent is not None:
        yield Reason("routing.rule_urgent" if made.urgent else "routing.rule_not_urgent")
    if made.priority is not None:
        yield Reason("routing.rule_priority", {"priority": made.priority})
