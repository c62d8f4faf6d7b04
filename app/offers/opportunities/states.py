"""The steps of opportunities, and of the interest that firms express in them: two tables. Pure."""

from __future__ import annotations

from app.offers.steps import Table

KINDS = ("product", "technology", "equipment", "model", "application")
"""产品、技术、设备、模式、应用场景."""
DRAFT, PUBLISHED, CLOSED, WITHDRAWN = STATES = ("draft", "published", "closed", "withdrawn")
TABLE: Table = {
    "publish": {DRAFT: PUBLISHED},
    "close": {PUBLISHED: CLOSED},
    "withdraw": {DRAFT: WITHDRAWN, PUBLISHED: WITHDRAWN},
}

EXPRESSED, FOLLOWING, MATCHED, NO_MATCH, TAKEN_BACK = INTEREST_STATES = (
    "expressed",
    "following",
    "matched",
    "no_match",
    "taken_back",
)
ALIVE = (EXPRESSED, FOLLOWING)
INTEREST_TABLE: Table = {
    "follow": {EXPRESSED: FOLLOWING, FOLLOWING: FOLLOWING},
    "release": {EXPRESSED: FOLLOWING, FOLLOWING: FOLLOWING},
    "match": {FOLLOWING: MATCHED},
    "no_match": {EXPRESSED: NO_MATCH, FOLLOWING: NO_MATCH},
    "take_back": {EXPRESSED: TAKEN_BACK, FOLLOWING: TAKEN_BACK},
}
