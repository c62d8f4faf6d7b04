"""What pressing leaves behind when an issue is withdrawn or merged: nothing."""

from __future__ import annotations

from datetime import datetime

from app.issues.documents import Issue
from app.issues.pressing import agreeing, supervising


def let_go(issue: Issue, now: datetime) -> None:
    """End orders and agreed duties of an issue that ended so, inside the caller's transaction."""
    supervising.let_go(issue, now)
    agreeing.let_go(issue)
