"""The register of expansion intents."""

from __future__ import annotations

from collections.abc import Sequence

from app.enterprises.documents import Enterprise
from app.foundation import days
from app.people.access import allowed
from app.people.documents import Person
from app.projects.expansion import states
from app.projects.expansion.access import FIRMS, firm_ties, intent_ties
from app.projects.expansion.documents import DIRECTIONS, Intent
from app.projects.register import said
from app.registers.fields import Choice, Day, Field, Land, Money, Ref
from app.registers.register import NOT_YOURS, Batch, Draft, Register


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Rows that change are still open and of somebody whose they are; new ones are as just caught."""
    today = days.today(batch.now).isoformat()
    for draft in drafts:
        line, before, firm = draft.line, draft.before, draft.refs["enterprise"]
        if str(draft.will("caught_on")) > today:
            line.blame("caught_on", "register.in_the_future")
        if before is None:
            draft.after["owner"] = draft.after.get("owner") or batch.who.id
            continue
        if not allowed(batch.who, "expansion.change", intent_ties(before["owner"], firm)):
            line.blame("code", NOT_YOURS)
        if states.EDIT not in states.legal(before["state"]):
            line.blame("code", "expansion.over")
        if before["enterprise"] != draft.after["enterprise"]:
            line.blame("enterprise", "expansion.of_another")


REGISTER = Register(
    name="expansion_intents",
    document=Intent,
    fields=(
        Field(name="code", required=True, most=60, code=True),
        Ref(
            name="enterprise",
            required=True,
            document=Enterprise,
            key="credit_code",
            also="name",
            into="enterprise",
        ),
        Choice(name="direction", required=True, choices=said("expansion.direction", DIRECTIONS)),
        Field(name="text", most=2000),
        Money(name="amount"),
        Money(name="funds_needed"),
        Land(name="land_needed_mu"),
        Day(name="caught_on", required=True),
        Ref(name="owner", document=Person, key="account", into="owner"),
    ),
    key=("code",),
    see="expansion.see",
    write="expansion.catch",
    ties=firm_ties,
    columns=FIRMS,
    home="enterprise",
    thing="expansion_intent",
    check=_check,
)
