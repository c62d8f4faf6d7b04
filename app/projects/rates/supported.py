"""Firms with what they were paid under policies, in the months of which their tax is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.enterprises.payouts import paid_by_month
from app.foundation import amounts, days
from app.foundation.entries import STANDING, known
from app.projects.rates.firms import Firm, then
from app.projects.rates.reading import At
from app.projects.rates.target import SPAN


def supported(firms: Sequence[Firm], at: At) -> list[Firm]:
    """The firms, each with what it was `paid` in the twelve months of its tax, up to the day asked for.

    As it was known on that day, payouts entered later are left out. One look for 2,000 firms.
    """
    spans = {
        each.enterprise: (_first(each.until), each.until)
        for each in firms
        if each.enterprise is not None and each.until is not None
    }
    if not spans:
        return list(firms)
    earliest = min(first for first, _ in spans.values())
    held = known(at.moment) if then(at) else STANDING
    found = paid_by_month(filter(None, spans), f"{earliest}-01", at.day.isoformat(), held)
    paid = {
        key: amounts.total(of for month, of in found.get(key, {}).items() if first <= month <= last)
        for key, (first, last) in spans.items()
        if key is not None
    }
    return [
        replace(each, paid=paid.get(each.enterprise) or None) if each.enterprise else each
        for each in firms
    ]


def _first(until: str) -> str:
    return days.month_of(days.months_later(days.month(until), 1 - SPAN))
