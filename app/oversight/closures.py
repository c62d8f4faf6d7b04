"""What speaks against a closure (虚假办结): signals with their reasons, from facts alone. Pure.

A signal is no finding: an inspector confirms or clears it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.foundation.reasons import Reason
from config.check_terms import CheckTerms

SOLVED = "solved"
NOT_SOLVED = ("no", "partly")
CONTRADICTED = "contradicted"
DOUBTS = ("doubtful", "fake")
REOPENED, LOW_SCORE, NOT_CONFIRMED, PHOTO_CONTRADICTED, PHOTO_REUSED, PHOTO_MISSING = (
    "reopened",
    "low_score",
    "not_confirmed",
    "photo_contradicted",
    "photo_reused",
    "photo_missing",
)
SILENCE, CHECKED = "silence", "checked"
SIGNALS = (
    *(REOPENED, LOW_SCORE, NOT_CONFIRMED, PHOTO_CONTRADICTED, PHOTO_REUSED, PHOTO_MISSING),
    *(SILENCE, CHECKED),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo of the answer: its evidence grade with reasons, and earlier photos that it repeats."""

    id: Any
    grade: str
    reasons: tuple[Reason, ...] = ()
    copies: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Silences:
    """How many of a department's closures of a month ended in silence, of how many, and the district's."""

    month: str
    silent: int
    count: int
    district_silent: int
    district_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A closure: what was answered and what came of it.

    `results` are those of the answers that were not taken as the end, the last answer's is `result`.
    `word` and `score` are the enterprise's; `outcome` the issue's. `checks` are (id, outcome).
    """

    ticket: Any
    issue: Any
    kind: str
    category: str | None
    results: tuple[str | None, ...] = ()
    result: str | None = None
    outcome: str | None = None
    word: str | None = None
    score: int | None = None
    pictures: tuple[Picture, ...] = ()
    checks: tuple[tuple[Any, str], ...] = ()
    silences: Silences | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks against a closure: why, and the rows behind it as (thing, id)."""

    code: str
    reason: Reason
    rows: tuple[tuple[str, Any], ...] = field(default=())


def signals(facts: Facts, terms: CheckTerms) -> tuple[Signal, ...]:
    """Everything that speaks against this closure, in the order of SIGNALS."""
    return tuple(signal for look in _LOOKS for signal in look(facts, terms))


def _reopened(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    count = sum(each == SOLVED for each in facts.results)
    if count:
        why = Reason("closure.reopened", {"count": count})
        yield Signal(REOPENED, why, (("ticket", facts.ticket), ("issue", facts.issue)))


def _low_score(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    if facts.score is not None and facts.score <= terms.low_score:
        why = Reason("closure.low_score", {"score": facts.score, "most": terms.low_score})
        yield Signal(LOW_SCORE, why, (("issue", facts.issue),))


def _not_confirmed(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    if facts.word in NOT_SOLVED and SOLVED in (facts.result, *facts.results):
        why = Reason(f"closure.word_{facts.word}")
        yield Signal(NOT_CONFIRMED, why, (("issue", facts.issue),))


def _contradicted(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    against = [each for each in facts.pictures if each.grade == CONTRADICTED]
    if against:
        why = Reason("closure.photo_contradicted", {"count": len(against)})
        yield Signal(PHOTO_CONTRADICTED, why, tuple(("photo", each.id) for each in against))


def _reused(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    again = [each for each in facts.pictures if each.copies]
    if again:
        rows = [("photo", key) for each in again for key in (each.id, *each.copies)]
        why = Reason("closure.photo_reused", {"count": len(again)})
        yield Signal(PHOTO_REUSED, why, tuple(dict.fromkeys(rows)))


def _missing(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    wanted = facts.kind in terms.photo_kinds or facts.category in terms.photo_categories
    if wanted and facts.result == SOLVED and not facts.pictures:
        yield Signal(PHOTO_MISSING, Reason("closure.photo_missing"), (("ticket", facts.ticket),))


def _silence(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    of = facts.silences
    if facts.outcome == "no_reply" and of is not None and unusual(of, terms):
        told = {
            "month": of.month,
            "silent": of.silent,
            "count": of.count,
            "percent": _percent(of.silent, of.count),
            "district": _percent(of.district_silent, of.district_count),
        }
        yield Signal(SILENCE, Reason("closure.silence", told), (("issue", facts.issue),))


def _checked(facts: Facts, terms: CheckTerms) -> Iterator[Signal]:
    for key, outcome in facts.checks:
        if outcome in DOUBTS:
            yield Signal(CHECKED, Reason(f"closure.checked_{outcome}"), (("check", key),))


def unusual(of: Silences, terms: CheckTerms) -> bool:
    """Whether a department's share of silences is high by itself, and by the district's; of enough."""
    if of.count < terms.silence_least or of.silent < terms.silence_share * of.count:
        return False
    return of.silent * of.district_count >= terms.silence_times * of.district_silent * of.count


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


Look = Callable[[Facts, CheckTerms], Iterator[Signal]]
_LOOKS: Sequence[Look] = (
    _reopened,
    _low_score,
    _not_confirmed,
    _contradicted,
    _reused,
    _missing,
    _silence,
    _checked,
)


def as_row(signal: Signal) -> Mapping[str, Any]:
    """The stored form."""
    rows = [{"thing": thing, "id": key} for thing, key in signal.rows]
    return {"code": signal.code, "reason": signal.reason.as_dict(), "rows": rows}
