"""The category that a text's own words suggest, and how sure that is. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.routing.rulebook import Rulebook
from app.routing.words import Mention

DOUBT = 0.5
"""Points that doubt always holds: a short keyword alone (1 point) has a share of 0.67, not 1."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category with its share of all points, and the words that speak for it."""

    category: str
    share: float
    words: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """Suggestions, best first; `denied` are mentions that count against their categories.

    A word gives each of its categories its weight once, however often it is said, and takes it away
    once where it is denied. With points p(c), those below zero read as zero:

        share(c) = p(c) / (sum of all points + DOUBT)
        confidence = share(best) - share(second best)

    So a tie is 0, one clear long word comes close to 1, and any rival lowers it.
    """

    suggestions: tuple[Suggestion, ...]
    denied: tuple[Mention, ...]

    @property
    def confidence(self) -> float:
        """From 0 to below 1."""
        shares = [each.share for each in self.suggestions[:2]] + [0.0, 0.0]
        return round(shares[0] - shares[1], 3)


def guess(text: str, rulebook: Rulebook) -> Guess:
    """What the keywords of `rulebook` make of `text`; no suggestions where none is affirmed."""
    mentions = rulebook.keywords.mentions(text)
    points: dict[str, float] = {}
    for word, denied in dict.fromkeys((each.word, each.denied) for each in mentions):
        for code, weight in rulebook.weights[word].items():
            points[code] = points.get(code, 0.0) + (-weight if denied else weight)
    total = sum(value for value in points.values() if value > 0) + DOUBT
    # Rulebook order settles a tie, so that the same text always gives the same answer.
    order = {code: place for place, code in enumerate(rulebook.rules)}
    best = sorted(
        (code for code, value in points.items() if value > 0),
        key=lambda code: (-points[code], order[code]),
    )
    affirmed = [each for each in mentions if not each.denied]
    return Guess(
        tuple(
            Suggestion(
                code,
                points[code] / total,
                tuple(each for each in affirmed if code in rulebook.weights[each.word]),
            )
            for code in best
        ),
        tuple(each for each in mentions if each.denied),
    )
