"""All that must hold of one issue, as it is stored. Pure: rows in, findings out."""

from __future__ import annotations

from collections.abc import Iterator

from app.foundation.reasons import Reason
from app.issues.checking import linking, owing, replaying, standing, timing
from app.issues.checking.findings import Case, Check, Finding, Rules

LAWS: tuple[Check, ...] = (
    standing.states,
    standing.ends,
    standing.outcome,
    standing.departments,
    standing.restricted,
    replaying.numbered,
    replaying.replayed,
    timing.promises,
    timing.next_times,
    timing.pauses,
    timing.climb_duties,
    timing.climbs,
    owing.ends_of_waiting,
    owing.told,
    owing.told_once,
    linking.others,
    linking.photos,
)


def contradictions(case: Case, rules: Rules) -> Iterator[Finding]:
    """Everything about the issue that cannot be so. What is not even of the right form is a finding too."""
    for law in LAWS:
        try:
            yield from law(case, rules)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            where = {"law": law.__name__, "error": repr(error)}
            yield case.finding(Reason("check.unreadable", where))
