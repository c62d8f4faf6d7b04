"""What is withheld from whom: how an issue is restricted, and which departments it bars."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation.db import Row
from app.foundation.errors import Conflict
from app.issues.documents import Issue, Ticket
from app.routing.decide import decide
from app.routing.facts import Facts
from app.rulebooks import registry as rules_in_use
from config.routing_terms import Restriction


def fields(restricted: str | None, departments: Iterable[Department]) -> Row:
    """What an issue stores that is restricted for this reason and complains of these departments."""
    some = list(departments)
    return {
        "restricted": restricted,
        "barred": [each.id for each in some],
        "units_barred": any(each.kind == "unit" for each in some),
    }


def by_rule(restricted: str | None, codes: Iterable[str]) -> Row:
    """The same, of departments by their codes."""
    return fields(restricted, [registry.by_code(code) for code in codes])


def at_first(kind: str, text: str, unit: str | None) -> Row:
    """What rules and model say the moment it is filed, so that nobody sees it until it is routed."""
    facts = Facts(kind=kind, text=text, category=None, unit=unit, urgent=None)
    guide = rules_in_use.current()
    decision = decide(facts, guide.rulebook, guide.judge)
    return by_rule(decision.restricted, decision.barred)


def known() -> dict[str, Restriction]:
    """The restrictions of the rulebook in use, by code."""
    return dict(rules_in_use.current().rulebook.restrictions)


def check_ordinary(issue: Issue) -> None:
    """Raise Conflict for what is not done with a restricted issue: it would tell of it, or by it."""
    if issue.restricted is not None:
        raise Conflict("restricted.not_done")


def check_not_barred(issue: Issue, department: Department) -> None:
    """Raise Conflict for a department that the issue complains of."""
    if department.id in issue.barred:
        raise Conflict("restricted.barred", department=department.name)


def mark_tickets(issue: Issue, now_barred: Collection[ObjectId]) -> None:
    """Let the tickets of the issue say what it says, inside the caller's transaction.

    Those of departments barred now are withheld from them, whatever they did with them before.
    """
    says = {name: getattr(issue, name) for name in ("restricted", "barred", "units_barred")}
    tickets, barred = Ticket.rows(), list(now_barred)
    tickets.update_many({"issue": issue.id}, {"$set": {**says, "withheld": False}})
    theirs = {"issue": issue.id, "department": {"$in": barred}}
    tickets.update_many(theirs, {"$set": {"withheld": True}})
