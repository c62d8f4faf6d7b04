"""What two rulebooks make of past issues, set against how those really ended. Pure.

A department is right when its lead ticket ended the issue. Of two decisions with the same department, the
one with the issue's final category is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.routing.decide import Decision

SAME, BETTER, WORSE, BOTH_WRONG, UNKNOWN = VERDICTS = (
    "same",
    "better",
    "worse",
    "both_wrong",
    "unknown",
)
"""`better`: the draft is right where the other is wrong; `unknown`: they differ and it has not ended."""
_SHOWN_FIRST = (WORSE, BOTH_WRONG, BETTER, UNKNOWN)
MOST_EXAMPLES = 50
EXCERPT = 40


@dataclass(frozen=True, slots=True)
class Placed:
    """What a rulebook makes of an issue. `department` is a code, of a closed one that of its successor."""

    department: str | None
    category: str | None
    urgent: bool
    restricted: bool
    terms: tuple[Any, ...] = ()
    fits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The department that ended it, None while unknown, and its final category."""

    department: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """One issue. What is `secret` is counted and never shown."""

    id: str
    number: str
    text: str
    before: Placed
    after: Placed
    ended: Ended
    secret: bool


def placed(decision: Decision, department: str | None) -> Placed:
    """A decision as it is compared; `department` is the one that really stands for its code."""
    made = decision
    return Placed(
        department=department,
        category=made.category,
        urgent=made.urgent,
        restricted=made.restricted is not None,
        terms=(made.reply_wd, made.resolve_wd, made.priority, made.ordered),
        fits=made.fits,
    )


def verdict(before: Placed, after: Placed, ended: Ended) -> str:
    """One of VERDICTS."""
    moved = before.department != after.department
    if not moved and before.category == after.category:
        return SAME
    if ended.department is None:
        return UNKNOWN
    was, is_now = (
        made.department == ended.department and (moved or made.category == ended.category)
        for made in (before, after)
    )
    if was == is_now:
        return BOTH_WRONG
    return BETTER if is_now else WORSE


@dataclass(slots=True)
class Tally:
    """What was counted; tallies of parts merge into that of the whole, in any order.

    `counts` are by name (see `_counts`), `by_category` by final category and verdict, `by_pair` by
    departments before and after (None: the dispatcher) and verdict, `fits` by rule, before and after.
    """

    counts: Counter[str] = field(default_factory=Counter)
    by_category: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    by_pair: Counter[tuple[str | None, str | None, str]] = field(default_factory=Counter)
    fits: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Count one issue."""
        found = verdict(case.before, case.after, case.ended)
        self.counts.update(_counts(case, found))
        self.by_category[case.ended.category, found] += 1
        if case.before.department != case.after.department:
            self.by_pair[case.before.department, case.after.department, found] += 1
        self.fits.update(("before", name) for name in case.before.fits)
        self.fits.update(("after", name) for name in case.after.fits)
        if found != SAME and not case.secret:
            self.examples.append(_example(case, found))
            if len(self.examples) >= 2 * MOST_EXAMPLES:
                self._keep_examples()

    def merge(self, other: Tally) -> None:
        """Add what another one counted."""
        self.counts.update(other.counts)
        self.by_category.update(other.by_category)
        self.by_pair.update(other.by_pair)
        self.fits.update(other.fits)
        self.broken |= other.broken
        self.examples += other.examples
        self._keep_examples()

    def as_row(self) -> dict[str, Any]:
        """The stored form, in which no name is a key."""
        self._keep_examples()
        return {
            "counts": dict(self.counts),
            "by_category": [[*key, n] for key, n in self.by_category.items()],
            "by_pair": [[*key, n] for key, n in self.by_pair.items()],
            "fits": [[*key, n] for key, n in self.fits.items()],
            "broken": [{"rule": name, "why": why} for name, why in self.broken.items()],
            "examples": self.examples,
        }

    def _keep_examples(self) -> None:
        self.examples.sort(key=lambda each: (_SHOWN_FIRST.index(each["verdict"]), each["id"]))
        del self.examples[MOST_EXAMPLES:]


def tally(row: Mapping[str, Any]) -> Tally:
    """A tally from its stored form."""
    return Tally(
        counts=Counter(row["counts"]),
        by_category=Counter({(a, b): n for a, b, n in row["by_category"]}),
        by_pair=Counter({(a, b, c): n for a, b, c, n in row["by_pair"]}),
        fits=Counter({(a, b): n for a, b, n in row["fits"]}),
        broken={each["rule"]: each["why"] for each in row["broken"]},
        examples=list(row["examples"]),
    )


def _counts(case: Case, found: str) -> Iterable[str]:
    """The names under which an issue counts, each once."""
    before, after, ended = case.before, case.after, case.ended.department
    yield from ("issues", found)
    for name, made in (("before", before), ("after", after)):
        if made.department is None:
            yield f"to_dispatcher_{name}"
        elif ended is not None:
            yield f"placed_{name}"
            if made.department == ended:
                yield f"right_{name}"
    for name in ("urgent", "restricted"):
        was, is_now = getattr(before, name), getattr(after, name)
        if was != is_now:
            yield f"{name}_{'new' if is_now else 'gone'}"
    if before.terms != after.terms:
        yield "terms"


def _example(case: Case, found: str) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number,
        "text": case.text[:EXCERPT],
        "verdict": found,
        "before": case.before.department,
        "after": case.after.department,
        "category_before": case.before.category,
        "category_after": case.after.category,
        "ended": case.ended.department,
    }
