"""What each number means, in words, with its source, unit and window."""

from __future__ import annotations

from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.projects.rates.formulas import RATES, STEPS
from app.projects.rates.measures import MEASURES

SOURCE = "metric.source.five"
_SOURCES = {
    **dict.fromkeys(RATES, SOURCE),
    **dict.fromkeys(
        ("landing", "landing_matured", "input_output", "tax_per_mu"), "metric.source.core"
    ),
    **dict.fromkeys(
        ("plan_symmetry", "output_symmetry", "payout_symmetry"), "metric.source.symmetry"
    ),
}
_DISTRICT = "metric.source.district"


def definitions(language: str) -> list[Row]:
    """All of them, the five rates first: {code, name, formula, source, unit, window_months, notes}."""
    return [
        {
            "code": code,
            "name": say(f"metric.name.{code}", language),
            "formula": say(f"metric.formula.{code}", language, **_terms()),
            "source": say(_SOURCES.get(code, _DISTRICT), language),
            "unit": say(f"metric.unit.{code}", language),
            "window_months": _window(code),
            "notes": say(f"metric.notes.{code}", language, **_terms()),
        }
        for code in (*RATES, *MEASURES)
    ]


def _window(code: str) -> int | None:
    terms = pack().rates
    if code in STEPS:
        return int(getattr(terms.windows, code))
    return terms.landing_months if code.startswith("landing") else None


def _terms() -> Row:
    terms = pack().rates
    return {
        "percent": terms.target.percent,
        "from_month": terms.target.from_month,
        "until_month": terms.target.until_month,
        "landing": terms.landing_months,
        "unranked": terms.unranked_months,
    }
