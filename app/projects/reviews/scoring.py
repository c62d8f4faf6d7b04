"""What reviewers' marks come to, and what stands between a review and being passed; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from app.foundation.reasons import Reason
from config.review_terms import Criterion, ReviewTerms

Row = Mapping[str, Any]
_HUNDREDTH = Decimal("0.01")


def mark(marks: Mapping[str, int], criteria: Sequence[Criterion]) -> Fraction:
    """One reviewer's mark of 100: Σ weight x mark ÷ 100. Raises KeyError for a criterion without a mark."""
    return Fraction(sum(each.weight * marks[each.code] for each in criteria), 100)


def total(scores: Sequence[Row], criteria: Sequence[Criterion]) -> Fraction | None:
    """The mean of the marks of all who gave one for every criterion; None while nobody did."""
    found = [mark(each["marks"], criteria) for each in scores if _whole(each, criteria)]
    return sum(found, start=Fraction(0)) / len(found) if found else None


def rounded(exact: Fraction | None) -> Decimal | None:
    """With two places, half up."""
    if exact is None:
        return None
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        _HUNDREDTH, ROUND_HALF_UP
    )


def obstacles(review: Row, terms: ReviewTerms) -> list[Reason]:
    """Why a review cannot be passed as it stands; empty when it can.

    Every reviewer must have marked every criterion, every red line must be answered and none of them hit,
    and the exact mean be the least of the district or more.
    """
    scored = {each["person"] for each in review["scores"] if _whole(each, terms.criteria)}
    waiting = [each["name"] for each in review["reviewers"] if each["person"] not in scored]
    answers: Mapping[str, Row] = review["red_lines"]
    open_ = [each.name for each in terms.red_lines if each.code not in answers]
    hit = [each.name for each in terms.red_lines if answers.get(each.code, {}).get("hit")]
    found = [
        Reason(code, {"names": "、".join(names)})
        for code, names in (
            ("review.red_line_hit", hit),
            ("review.scores_missing", waiting),
            ("review.red_lines_open", open_),
        )
        if names
    ]
    reached = total(review["scores"], terms.criteria)
    if reached is not None and reached < terms.least:
        said = {"total": str(rounded(reached)), "least": terms.least}
        found.append(Reason("review.below_least", said))
    return found


def _whole(score: Row, criteria: Sequence[Criterion]) -> bool:
    return all(each.code in score["marks"] for each in criteria)
