"""What a register is: fields, a natural key, whose its rows are, and what the house asks of a new row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import clock
from app.foundation.db import Row
from app.foundation.documents import Document
from app.foundation.entries import PHONE
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.people.access import Columns, Ties
from app.people.who import Who
from app.registers.fields import Field, Ref, Value, restored

NEW, CHANGED, SAME = "new", "changed", "same"
NOT_YOURS = "register.not_yours"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot be taken: in which `field`, or as a whole."""

    line: int
    field: str | None
    reason: Reason


@dataclass(slots=True)
class Line:
    """One row as somebody states it; what `values` do not name stays as it is.

    `number` is how people count it.
    """

    number: int
    values: Mapping[str, Value]
    problems: list[Problem] = field(default_factory=list)

    def blame(self, name: str | None, code: str, **params: Any) -> None:
        """Note what is wrong with it."""
        self.problems.append(Problem(self.number, name, Reason(code, params)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Who states some lines, when, and where they come from.

    `source` is entries.PHONE, `import`, or the name of another platform, whose service account `platform`
    is. What is `historic` fires nothing, and may lack evidence. `reason` says why earlier rows were wrong.
    `begun` is what our clock told when it was given `now`.
    """

    who: Who
    by: Actor
    now: datetime
    source: str = PHONE
    platform: ObjectId | None = None
    historic: bool = False
    reason: str = ""
    begun: datetime = field(default_factory=lambda: clock.now())

    def later(self) -> Batch:
        """The same at this moment: as long after `now` as has passed since it began."""
        return replace(self, now=self.now + clock.since(self.begun), begun=clock.now())


@dataclass(slots=True)
class Draft:
    """A line, what is stored of it so far (`before`), and what would be (`after`).

    `refs` are the rows that it names, by the field that holds the id.
    """

    line: Line
    before: Row | None
    after: Row
    refs: dict[str, Row]
    outcome: str = NEW
    warnings: list[Reason] = field(default_factory=list)

    def was(self, name: str) -> Value:
        """What a stored field held before."""
        return restored((self.before or {}).get(name))

    def will(self, name: str) -> Value:
        """What a stored field would hold."""
        return restored(self.after.get(name))


Check = Callable[[Batch, Sequence[Draft]], None]


def nothing(batch: Batch, drafts: Sequence[Draft]) -> None:
    """No check, nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """`key` names the fields that together name a row for people. `see` and `write` are actions of policy.

    Whose a row is says `ties` of its own row, or of that which its Ref into `home` names; `columns` are of
    the same. Of `entries` the document is an Entry, and `about` says of a row of what it is. `fixed` is what
    all rows of the register have. `check` adds problems and warnings to drafts, and may fill in more;
    `after` runs inside the transaction that stored them. `thing` is what history calls a row (no entries).
    """

    name: str
    document: type[Document]
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    see: str
    write: str
    ties: Callable[[Row], Ties]
    columns: Columns
    home: str | None = None
    thing: str = ""
    about: Callable[[Row], str] | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    check: Check = nothing
    after: Check = nothing

    @property
    def entries(self) -> bool:
        """Whether a change is a new entry that supersedes the old."""
        return self.about is not None

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The fields that name other things."""
        return tuple(each for each in self.fields if isinstance(each, Ref))

    def field_of(self, name: str) -> Field | None:
        """The field with this name."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of some lines. With any problem, nothing is written."""

    drafts: Sequence[Draft]

    @property
    def problems(self) -> list[Problem]:
        """All of them, line by line."""
        return [problem for draft in self.drafts for problem in draft.line.problems]

    def counts(self) -> dict[str, int]:
        """How many lines are new, changed, the same; of what cannot be taken nothing is told."""
        made = [draft.outcome for draft in self.drafts if not draft.line.problems]
        return {outcome: made.count(outcome) for outcome in (NEW, CHANGED, SAME)}


def touched(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The drafts that change something."""
    return (draft for draft in drafts if draft.outcome != SAME)
