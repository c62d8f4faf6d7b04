"""What a kind of paper is: who may ask for it, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.papers.content import Content
from app.papers.documents import AUDIENCES, FORMATS, INSIDE
from app.people.access import Ties
from app.people.who import Who

ONLY_ASKER = "paper.of_its_asker"
"""A need that no row of the policy table fills: what the paper says depends on who asks, so nobody else
reads it; they ask for their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was asked for, settled: all that is left open is filled in, and the asker may have it.

    `params` are plain values (text, numbers, lists of them), as they are stored. Whoever may do all of
    `needs` to what these ties bind may see all that the paper can say, whoever asked for it.
    """

    params: Mapping[str, Any]
    needs: Sequence[str]
    unit: str | None = None
    department: ObjectId | None = None

    def ties(self) -> Ties:
        """What binds the paper to people."""
        return Ties(unit=self.unit, departments=(self.department,) if self.department else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to gather: for whom, with their roles of this moment, as of `now`, for which audience."""

    who: Who
    params: Mapping[str, Any]
    audience: str
    now: datetime

    @property
    def inside(self) -> bool:
        """Whether it stays among staff: what single firms paid, and who did what, does not leave it."""
        return self.audience == INSIDE


Settle = Callable[[Who, Mapping[str, Any], datetime], Subject]
Gather = Callable[[Asked], Content]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of paper.

    `prefix` begins its numbers. `params` are the names of what may be asked with; others are refused.
    `settle` raises Forbidden, NotFound or Invalid; it is asked when somebody asks, and again before the
    work. `gather` only reads: it runs in one snapshot of the database and is given nothing of files.
    """

    name: str
    prefix: str
    params: Sequence[str]
    settle: Settle
    gather: Gather
    formats: Sequence[str] = FORMATS
    audiences: Sequence[str] = AUDIENCES
