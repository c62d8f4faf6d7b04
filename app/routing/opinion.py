"""What category a text is about, as far as somebody can tell: a trained model, else the keywords. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.routing.words import Mention

KEYWORDS = "keywords"
"""Names the keywords of a rulebook as the one who judged."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Categories with their shares (0 to 1, together at most 1), best first.

    `confidence` is that the first is right, as far as `judge` (a model's version, or KEYWORDS) can tell.
    `words` are the mentions that speak for a category, `denied` those that count against theirs.
    `urgency` is the chance that what the text describes is urgent (None: the judge cannot tell), and
    `urgent_words` speak for that; `restriction` and `restricted_words` that no machine should place it.
    """

    judge: str
    ranked: tuple[tuple[str, float], ...]
    confidence: float
    words: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict, hash=False)
    denied: tuple[Mention, ...] = ()
    urgency: float | None = None
    urgent_words: tuple[Mention, ...] = ()
    restriction: float | None = None
    restricted_words: tuple[Mention, ...] = ()

    @property
    def first(self) -> str | None:
        """The likeliest category, if any."""
        return self.ranked[0][0] if self.ranked else None

    def share(self, category: str) -> float:
        """The share of a category; 0.0 for one that is not thought of."""
        return dict(self.ranked).get(category, 0.0)


class Judge(Protocol):
    """A trained model, for routing."""

    @property
    def version(self) -> str:
        """What names it on a decision."""

    def opinion(self, text: str, *, shown: bool = True) -> Opinion:
        """What it makes of any text; unless `shown`, without the words that speak for it."""
