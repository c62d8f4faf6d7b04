"""The registers of assignments: one of enterprises, one of projects, both made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.enterprises.documents import Enterprise
from app.enterprises.serving import ENTERPRISES, Kind, owe_turns, serves, settle
from app.enterprises.serving_documents import Assignment, about
from app.enterprises.ties import COLUMNS
from app.people.access import Columns
from app.people.documents import Person
from app.registers.barring import MASTERED, masters_of
from app.registers.fields import Day, Ref
from app.registers.register import Batch, Draft, Register, touched

_SAID = ("person", "until")


@dataclass(frozen=True, slots=True)
class Assigned:
    """What can be served, with the register of who serves it; `ref` is its field that names the subject."""

    kind: Kind
    ref: str
    register: Register


def assigned(kind: Kind, ref: Ref, columns: Columns) -> Assigned:
    """The register of a kind's assignments. One subject's begin on different days: the day names them."""
    made = Register(
        name=kind.assignments,
        document=Assignment,
        fields=(
            ref,
            Ref(name="person", required=True, document=Person, key="account", into="person"),
            Day(name="since", required=True),
            Day(name="until"),
        ),
        key=(ref.name, "since"),
        see="serving.see",
        write="serving.assign",
        ties=kind.ties,
        columns=columns,
        home="subject",
        about=about,
        fixed={"kind": kind.name},
        check=partial(_check, kind),
        after=partial(_after, kind),
    )
    return Assigned(kind, ref.name, made)


def _check(kind: Kind, batch: Batch, drafts: Sequence[Draft]) -> None:
    # Who serves a subject stands in its own register, too.
    masters = masters_of(kind.register, ["commissioner"], but=batch.platform)
    for draft in drafts:
        if masters and _says_more(draft):
            draft.line.blame("person", MASTERED, platform=next(iter(masters.values())))
        until, since = draft.will("until"), draft.will("since")
        if until is not None and str(until) <= str(since):
            draft.line.blame("until", "serving.ends_before_it_begins")
        person = draft.refs.get("person")
        if person is not None and not (batch.historic or serves(person)):
            draft.line.blame("person", "serving.not_a_commissioner", person=person["name"])


def _says_more(draft: Draft) -> bool:
    return draft.before is None or any(draft.was(each) != draft.will(each) for each in _SAID)


def _after(kind: Kind, batch: Batch, drafts: Sequence[Draft]) -> None:
    rows = [draft.after for draft in touched(drafts)]
    keys, made = [row["subject"] for row in rows], {row["_id"] for row in rows}
    settle(kind, keys, batch.by, batch.now, reason=batch.reason, quiet=batch.historic, made=made)
    owe_turns(kind, rows, batch.now)


OF_ENTERPRISES = assigned(
    ENTERPRISES,
    Ref(
        name="enterprise",
        required=True,
        document=Enterprise,
        key="credit_code",
        also="name",
        into="subject",
    ),
    COLUMNS,
)
