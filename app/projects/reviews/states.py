"""The states of a project's pre-review, and the one table of what leads from which to which; pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict

SCORING, PASSED, REVISE, REJECTED = STATES = ("scoring", "passed", "revise", "rejected")
DECIDED = (PASSED, REVISE, REJECTED)
NONE = "none"
"""Of a project that was never reviewed."""
OPEN, SCORE, ANSWER = "open", "score", "answer"
DECISIONS = ("pass", "revise", "reject")
_ENDS = dict(zip(DECISIONS, DECIDED, strict=True))

TABLE: Mapping[tuple[str, str], str] = {
    **{(state, OPEN): SCORING for state in (NONE, *DECIDED)},
    (SCORING, SCORE): SCORING,
    (SCORING, ANSWER): SCORING,
    **{(SCORING, decision): state for decision, state in _ENDS.items()},
}
"""To open is to begin a further round: while one runs there is none, and a decided one stays as it is."""


def after(state: str, action: str) -> str:
    """The state that an action leads to. Raises Conflict when it is not to be done in this one."""
    found = TABLE.get((state, action))
    if found is None:
        raise Conflict("review.open_already" if action == OPEN else "review.decided_already")
    return found
