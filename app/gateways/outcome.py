"""What became of a message that was handed to the outside world."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """sent; later: surely not sent, try again; unsure: perhaps sent; skipped: there is nobody to send it
    to; failed: it will never be taken as it is."""

    SENT = "sent"
    LATER = "later"
    UNSURE = "unsure"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error` says in a few words for operators what was wrong, `code` is the other side's own."""

    result: Result
    error: str | None = None
    code: int | None = None


SENT = Outcome(Result.SENT)
