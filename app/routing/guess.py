"""The category that a text's own words suggest, and how sure that is. Pure."""

from __future__ import annotations

from app.routing.opinion import KEYWORDS, Opinion
from app.routing.rulebook import Rulebook

DOUBT = 0.5
"""Points that doubt always holds: a short keyword alone (1 point) has a share of 0.67, not 1."""


def guess(text: str, rulebook: Rulebook) -> Opinion:
    """What the keywords of `rulebook` make of `text`; nothing is ranked where none is affirmed.

    A word gives each of its categories its weight once, however often it is said, and takes it away
    once where it is denied. With points p(c), those below zero read as zero:

        share(c) = p(c) / (sum of all points + DOUBT)
        confidence = share(best) - share(second best)

    So a tie is 0, one clear long word comes close to 1, and any rival lowers it.
    """
    mentions = rulebook.keywords.mentions(text)
    points: dict[str, float] = {}
    for word, denied in dict.fromkeys((each.word, each.denied) for each in mentions):
        for code, weight in rulebook.weights[word].items():
            points[code] = points.get(code, 0.0) + (-weight if denied else weight)
    total = sum(value for value in points.values() if value > 0) + DOUBT
    # Rulebook order settles a tie, so that the same text always gives the same answer.
    order = {code: place for place, code in enumerate(rulebook.by_code)}
    best = sorted(
        (code for code, value in points.items() if value > 0),
        key=lambda code: (-points[code], order[code]),
    )
    affirmed = [each for each in mentions if not each.denied]
    shares = [points[code] / total for code in best]
    margin = sum(shares[:1]) - sum(shares[1:2])
    return Opinion(
        judge=KEYWORDS,
        ranked=tuple(zip(best, shares, strict=True)),
        confidence=round(margin, 3),
        words={
            code: tuple(each for each in affirmed if code in rulebook.weights[each.word])
            for code in best
        },
        denied=tuple(each for each in mentions if each.denied),
    )
