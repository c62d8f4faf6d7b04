"""The steps of an introduction of a finance tool to a firm: one table. Pure."""

from __future__ import annotations

from app.offers.steps import Table

PROPOSED, ACCEPTED, DECLINED, INTRODUCED, GRANTED, REFUSED, UNANSWERED, WITHDRAWN = STATES = (
    "proposed",
    "accepted",
    "declined",
    "introduced",
    "granted",
    "refused",
    "unanswered",
    "withdrawn",
)
OPEN = (PROPOSED, ACCEPTED, INTRODUCED)
OUTCOMES = (GRANTED, REFUSED, UNANSWERED)

ACCEPT, DECLINE, INTRODUCE, FOLLOW, ASSIGN, WITHDRAW = (
    "accept",
    "decline",
    "introduce",
    "follow",
    "assign",
    "withdraw",
)
TABLE: Table = {
    ACCEPT: {PROPOSED: ACCEPTED},
    DECLINE: {PROPOSED: DECLINED},
    INTRODUCE: {ACCEPTED: INTRODUCED},
    "grant": {INTRODUCED: GRANTED},
    "refuse": {INTRODUCED: REFUSED},
    "no_answer": {INTRODUCED: UNANSWERED},
    FOLLOW: {state: state for state in OPEN},
    ASSIGN: {state: state for state in OPEN},
    WITHDRAW: dict.fromkeys(OPEN, WITHDRAWN),
}
ENDINGS = {GRANTED: "grant", REFUSED: "refuse", UNANSWERED: "no_answer"}
"""The action by which an introduction comes to an outcome."""
