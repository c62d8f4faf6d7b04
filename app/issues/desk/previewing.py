"""What would become of an issue that is not filed yet, while the person types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.foundation.reasons import Reason
from app.issues import clocks
from app.routing.decide import Decision, decide
from app.routing.facts import Facts
from app.rulebooks import registry
from app.sla.promise import Promise, Terms
from config.pack import FALLBACK


@dataclass(frozen=True, slots=True)
class Preview:
    """A decision with the promise that would be given now, and one sentence that says both.

    `department` is the lead's name. `terms` count working days, or hours for what is urgent.
    """

    decision: Decision
    department: str | None
    terms: Terms
    promise: Promise
    sentence: Reason


def preview(facts: Facts, now: datetime) -> Preview:
    """Decide by the rules and the model in use, as if the issue were filed at `now`."""
    guide = registry.current()
    decision = decide(facts, guide.rulebook, guide.judge)
    terms = clocks.terms(
        decision.category or FALLBACK,
        urgent=decision.urgent,
        reply_wd=decision.reply_wd,
        resolve_wd=decision.resolve_wd,
    )
    made = clocks.start(now, terms, clocks.calendar()).made
    lead = decision.department
    name = guide.rulebook.department_name(lead) if lead else None
    return Preview(decision, name, terms, made, _sentence(decision, name, terms))


def _sentence(decision: Decision, department: str | None, terms: Terms) -> Reason:
    if decision.restricted:
        return Reason("preview.restricted", {"department": department or ""})
    if terms.wall:
        times = {"hours": terms.reply_hours}
        if department is None:
            return Reason("preview.asked_urgent", times)
        return Reason("preview.placed_urgent", {"department": department, **times})
    if department is None:
        return Reason("preview.asked", {"days": terms.reply_wd})
    return Reason("preview.placed", {"department": department, "days": terms.reply_wd})
