"""The register of enterprises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.enterprises.documents import GROWTH, Enterprise, credit_code
from app.enterprises.serving import ENTERPRISES
from app.enterprises.serving_stated import after_register, check_register
from app.enterprises.ties import COLUMNS, enterprise_ties
from app.foundation import days
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.foundation.messages import LANGUAGES, say
from app.people.documents import Person
from app.registers import terms
from app.registers.documents import INDUSTRY, TAG
from app.registers.fields import Choice, Choices, Day, Field, Land, Point, Ref
from app.registers.register import Batch, Draft, Register


def units() -> Mapping[str, Sequence[str]]:
    """The codes of the district's units with their names."""
    return {each.code: (each.name,) for each in pack().units}


def growth_classes() -> Mapping[str, Sequence[str]]:
    """The classes of growth with their names."""
    return {code: [say(f"growth.{code}", each) for each in LANGUAGES] for code in GROWTH}


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    today = days.today(batch.now).isoformat()
    for draft in drafts:
        line = draft.line
        try:
            draft.after["credit_code"] = credit_code(str(draft.will("credit_code")))
        except Invalid as invalid:
            line.blame("credit_code", invalid.code, **invalid.params)
        founded, production = draft.will("founded_on"), draft.will("production_on")
        if founded and str(founded) > today:
            line.blame("founded_on", "register.in_the_future")
        if founded and production and str(production) < str(founded):
            line.blame("production_on", "enterprise.before_it_was_founded", day=str(founded))
        draft.after["provisional"] = False
    check_register(ENTERPRISES, batch, drafts)


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    after_register(ENTERPRISES, batch, drafts)


REGISTER = Register(
    name="enterprises",
    document=Enterprise,
    fields=(
        Field(name="credit_code", required=True, most=30, code=True),
        Field(name="name", required=True, most=200),
        Choice(name="unit", required=True, choices=units),
        Field(name="industry", most=100),
        Choice(name="sector", choices=terms.names(INDUSTRY)),
        Field(name="address"),
        Land(name="land_owned_mu"),
        Land(name="land_leased_mu"),
        Day(name="founded_on"),
        Day(name="production_on"),
        Choice(name="growth_class", choices=growth_classes),
        Choices(name="tags", choices=terms.names(TAG)),
        Point(name="site"),
        Ref(name="commissioner", document=Person, key="account", into="commissioner"),
        Field(name="platform_id", most=100),
    ),
    key=("credit_code",),
    see="enterprise.see",
    write="enterprise.write",
    ties=enterprise_ties,
    columns=COLUMNS,
    thing="enterprise",
    check=_check,
    after=_after,
)
