"""How well a judge of texts does on labels it has not learnt from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.learning.labels import Label
from app.routing.opinion import Opinion

MOST_CONFUSED = 100


@dataclass(frozen=True, slots=True)
class Confused:
    """So many texts of category `right` were taken for `said` (None: for nothing)."""

    right: str
    said: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Of `n` texts: the share whose category comes first, or among the first three; the share for which
    no person would be asked (`placed`), and how many of those are right (`precise`). None of nothing."""

    n: int
    top1: float | None
    top3: float | None
    placed: float | None
    precise: float | None
    confusion: tuple[Confused, ...]

    def as_dict(self) -> dict[str, Any]:
        """The stored form."""
        return {**asdict(self), "confusion": [asdict(each) for each in self.confusion]}


def judged(opinion: Callable[[str], Opinion], labels: Iterable[Label], threshold: float) -> Metrics:
    """The metrics of a judge. `threshold`: from what confidence on no person is asked."""
    first = third = placed = precise = count = 0
    confused: Counter[tuple[str, str | None]] = Counter()
    for each in labels:
        if each.category is None:
            continue
        made = opinion(each.text)
        best, right = made.first, made.first == each.category
        alone = best is not None and made.confidence >= threshold
        count, first, placed = count + 1, first + right, placed + alone
        third += each.category in [code for code, _ in made.ranked[:3]]
        precise += alone and right
        if not right:
            confused[each.category, best] += 1
    pairs = sorted(confused.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return Metrics(
        n=count,
        top1=_share(first, count),
        top3=_share(third, count),
        placed=_share(placed, count),
        precise=_share(precise, placed),
        confusion=tuple(Confused(*key, number) for key, number in pairs[:MOST_CONFUSED]),
    )


@dataclass(frozen=True, slots=True)
class Split:
    """Labels to learn from, and the newer ones to judge by; no text stands in both."""

    older: tuple[Label, ...]
    newer: tuple[Label, ...]


def by_time(labels: Sequence[Label], share: float) -> Split:
    """The newest `share` (0 to 1) of the labels with a category judge, one at least; the others teach."""
    known = sorted(
        (each for each in labels if each.category is not None),
        key=lambda each: (each.at, each.issue),
    )
    cut = len(known) - max(1, round(len(known) * share))
    newer = tuple(known[cut:])
    texts = {each.text for each in newer}
    return Split(tuple(each for each in known[:cut] if each.text not in texts), newer)


def counted(labels: Iterable[Label]) -> Mapping[str, int]:
    """How many labels came from each source."""
    return dict(sorted(Counter(each.source for each in labels).items()))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
