"""The register of finance tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.departments.documents import Department
from app.enterprises.register import growth_classes, units
from app.offers.finance.documents import TOOL, FinanceTool
from app.offers.people import STAFF
from app.people.access import Columns, Ties
from app.people.documents import Person
from app.people.login import as_who
from app.projects.documents import SIZES
from app.projects.register import said
from app.registers import terms
from app.registers.documents import FUNDING, INDUSTRY, TAG
from app.registers.fields import Choice, Choices, Day, Field, Money, Ref, Whole
from app.registers.register import Batch, Draft, Register

FINANCE_KIND, DIRECTION = "finance_kind", "industry_1_4"
COLUMNS = Columns(departments="department")


def tool_ties(row: Mapping[str, Any]) -> Ties:
    """What binds a stored tool to people."""
    department = row.get("department")
    return Ties(departments=(department,) if department else ())


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    for draft in drafts:
        line = draft.line
        least, most = draft.will("amount_min"), draft.will("amount_max")
        if least is not None and most is not None and least > most:  # type: ignore[operator]
            line.blame("amount_max", "finance.less_than_least", least=str(least))
        since, until = draft.will("since"), draft.will("until")
        if since and until and str(until) <= str(since):
            line.blame("until", "dictionary.ends_before_it_begins")
        contact, was = draft.refs.get("contact"), (draft.before or {}).get("contact")
        if contact is not None and contact["_id"] != was and not _is_staff(contact):
            line.blame("contact", "offers.not_staff")


def _is_staff(person: Mapping[str, Any]) -> bool:
    who = as_who(person["_id"], person["name"], person.get("grants", []))
    return bool(person.get("active")) and who.has(*STAFF)


REGISTER = Register(
    name="finance_tools",
    document=FinanceTool,
    fields=(
        Field(name="code", required=True, most=40, code=True),
        Field(name="name", required=True, most=100),
        Choice(name="kind", required=True, choices=terms.names(FINANCE_KIND)),
        Field(name="provider", required=True, most=100),
        Ref(
            name="department",
            required=True,
            document=Department,
            key="code",
            also="name",
            into="department",
        ),
        Choices(name="industries", choices=terms.names(INDUSTRY)),
        Choices(name="directions", choices=terms.names(DIRECTION)),
        Choices(name="tags", choices=terms.names(TAG)),
        Choices(name="size_classes", choices=said("offers.size", [code for code, _ in SIZES])),
        Choices(name="growth_classes", choices=growth_classes),
        Choices(name="units", choices=units),
        Money(name="amount_min"),
        Money(name="amount_max"),
        Whole(name="term_months", least=1, greatest=600),
        Field(name="rate", most=100),
        Field(name="collateral", most=200),
        Choice(name="funding", choices=terms.names(FUNDING)),
        Day(name="since"),
        Day(name="until"),
        Ref(name="contact", document=Person, key="account", into="contact"),
        Field(name="text", most=5000),
    ),
    key=("code",),
    see="finance_tool.keep",
    write="finance_tool.write",
    ties=tool_ties,
    columns=COLUMNS,
    thing=TOOL,
    check=_check,
)
