"""The steps of a lead: one table. Pure."""

from __future__ import annotations

from app.offers.steps import Table

NEW, CONTACTED, TALKING, SIGNED, DROPPED = STATES = (
    "new",
    "contacted",
    "talking",
    "signed",
    "dropped",
)
OPEN = (NEW, CONTACTED, TALKING)
TABLE: Table = {
    "contact": {NEW: CONTACTED, CONTACTED: CONTACTED},
    "talk": {CONTACTED: TALKING, TALKING: TALKING},
    "sign": {CONTACTED: SIGNED, TALKING: SIGNED},
    "drop": dict.fromkeys(OPEN, DROPPED),
    "assign": {state: state for state in OPEN},
}
