"""Which steps a person may take next: what the state allows, and the policy too."""

from __future__ import annotations

from typing import Any

from app.issues.access import TICKET_INSIDE, issue_ties, ties_of_row
from app.issues.documents import Issue
from app.issues.moves import machine_of
from app.people.access import allowed
from app.people.policy import TABLE
from app.people.who import Who

OTHER_NAMES = {
    "issue.resolve": "issue.confirm",
    "issue.ask_to_conclude": "issue.conclude",
    "ticket.send_back": "ticket.review",
}
"""Steps of the table that are taken under another name of the policy."""


ISSUE_ORDINARY = ("restrict", "split", "merge", "link", "meet")
TICKET_ORDINARY, TICKET_RESTRICTED = ("return", "object"), ("release",)
"""What is done with ordinary issues only, and with the tickets of ordinary or of restricted ones only."""


def steps_for(who: Who, issue: Issue) -> list[str]:
    """What `who` may do with the issue now, by the names of the API."""
    found = _steps(who, "issue", issue.state, issue_ties(issue))
    return [each for each in found if issue.restricted is None or each not in ISSUE_ORDINARY]


def ticket_steps_for(who: Who, row: dict[str, Any]) -> dict[str, Any]:
    """What `who` may do with the ticket now, and whether they see what is only for departments."""
    ties = ties_of_row(row)
    never = TICKET_ORDINARY if row.get("restricted") is not None else TICKET_RESTRICTED
    legal = _steps(who, "ticket", row["state"], ties)
    return {
        "legal": [each for each in legal if each not in never],
        "inside": allowed(who, TICKET_INSIDE, ties),
    }


def _steps(who: Who, kind: Any, state: str, ties: Any) -> list[str]:
    found = []
    for step in machine_of(kind).legal(state):
        action = OTHER_NAMES.get(f"{kind}.{step}", f"{kind}.{step}")
        if action in TABLE and allowed(who, action, ties):
            found.append(action.partition(".")[2])
    return list(dict.fromkeys(found))
