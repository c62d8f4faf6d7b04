"""Which category an issue is taken to have, how sure that is, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.foundation.reasons import Reason
from app.routing.facts import Facts
from app.routing.opinion import KEYWORDS, Opinion
from app.routing.rulebook import Rulebook
from app.routing.words import Mention


@dataclass(frozen=True, slots=True)
class Settled:
    """`category` is None when neither person nor text settles it."""

    category: str | None
    confidence: float
    reasons: tuple[Reason, ...]


def settle(facts: Facts, opinion: Opinion, rulebook: Rulebook) -> Settled:
    """The chosen category, unless the text makes it very unlikely or it is the fallback; else the text's.

    A chosen fallback says that the person did not know: a model decides where it is sure. Keywords alone
    never overrule a person.
    """
    chosen = facts.category or None
    if chosen is None:
        return _by_text(opinion, rulebook)
    if chosen not in rulebook.by_code:
        settled = _by_text(opinion, rulebook)
        unknown = Reason("routing.category_unknown", {"category": chosen})
        return Settled(settled.category, settled.confidence, (unknown, *settled.reasons))
    if chosen == rulebook.fallback:
        return _instead_of_fallback(chosen, opinion, rulebook)
    if _overruled(chosen, opinion, rulebook):
        why = named("routing.choice_overruled", opinion.first or "", opinion, rulebook)
        said = {"chosen_code": chosen, "chosen": rulebook.category_name(chosen)}
        reason = Reason(why.code, {**why.params, **said, "confidence": opinion.confidence})
        return Settled(opinion.first, opinion.confidence, (reason,))
    return Settled(chosen, 1.0, _chosen(chosen, opinion, rulebook))


def sure(opinion: Opinion, rulebook: Rulebook) -> bool:
    """Whether no person need be asked about the category."""
    limits = rulebook.thresholds
    needed = limits.keywords if opinion.judge == KEYWORDS else limits.place
    return opinion.first is not None and opinion.confidence >= needed


def named(code: str, category: str, opinion: Opinion, rulebook: Rulebook) -> Reason:
    """A reason that names a category, the words that speak for it and who judged."""
    return Reason(
        code,
        {
            "category_code": category,
            "category": rulebook.category_name(category),
            **words(opinion.words.get(category, ())),
            "rulebook": rulebook.version,
            "judge": opinion.judge,
        },
    )


def words(mentions: Iterable[Mention]) -> dict[str, object]:
    """`words` for a client that marks them in the text, `said` for people."""
    listed = list(mentions)
    said = "、".join(dict.fromkeys(each.word for each in listed))
    return {"words": [each.as_dict() for each in listed], "said": said}


def _overruled(chosen: str, opinion: Opinion, rulebook: Rulebook) -> bool:
    limits = rulebook.thresholds
    return (
        opinion.judge != KEYWORDS
        and opinion.first not in (None, chosen, rulebook.fallback)
        and opinion.share(chosen) < limits.unlikely
        and opinion.confidence >= limits.overrule
    )


def _chosen(chosen: str, opinion: Opinion, rulebook: Rulebook) -> tuple[Reason, ...]:
    """That a person chose it, and what the text said against it where that was sure."""
    given = {"category_code": chosen, "category": rulebook.category_name(chosen)}
    reason = Reason(
        "routing.category_chosen",
        {**given, **words(()), "rulebook": rulebook.version, "judge": opinion.judge},
    )
    first = opinion.first
    if first in (None, chosen, rulebook.fallback) or not sure(opinion, rulebook):
        return (reason,)
    code = "routing.words_overruled" if _has_words(opinion) else "routing.text_overruled"
    return (reason, named(code, first or "", opinion, rulebook))


def _instead_of_fallback(chosen: str, opinion: Opinion, rulebook: Rulebook) -> Settled:
    theirs = opinion.judge == KEYWORDS or opinion.first in (None, chosen)
    if not theirs and sure(opinion, rulebook):
        made = _by_text(opinion, rulebook)
        why = Reason("routing.fallback_looked_at", {"category": rulebook.category_name(chosen)})
        return Settled(made.category, made.confidence, (why, *made.reasons))
    given = {"category_code": chosen, "category": rulebook.category_name(chosen)}
    reason = {**given, **words(()), "rulebook": rulebook.version, "judge": opinion.judge}
    return Settled(chosen, 1.0, (Reason("routing.fallback_chosen", reason),))


def _by_text(opinion: Opinion, rulebook: Rulebook) -> Settled:
    first = opinion.first
    if first is None:
        return Settled(None, opinion.confidence, (Reason("routing.no_words"),))
    if sure(opinion, rulebook):
        code = "routing.words" if _has_words(opinion) else "routing.text"
        why = named(code, first, opinion, rulebook)
        reason = Reason(why.code, {**why.params, "confidence": opinion.confidence})
        return Settled(first, opinion.confidence, (reason,))
    code = "routing.unsure" if _has_words(opinion) else "routing.text_unsure"
    likely, limits = named(code, first, opinion, rulebook), rulebook.thresholds
    limit = limits.keywords if opinion.judge == KEYWORDS else limits.place
    doubt = {"confidence": opinion.confidence, "threshold": limit}
    return Settled(None, opinion.confidence, (Reason(code, {**likely.params, **doubt}),))


def _has_words(opinion: Opinion) -> bool:
    return bool(opinion.first and opinion.words.get(opinion.first))
