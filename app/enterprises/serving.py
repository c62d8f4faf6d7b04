"""Assignments, and what follows from them: the present commissioner of each enterprise and project.

Whatever changes them, in the same transaction: the subject's `commissioner`, its history, and the duties
that let open work and notices follow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.serving_documents import ENTERPRISE, Assignment, about, serving
from app.enterprises.ties import enterprise_ties
from app.foundation import days, duties, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.documents import Document
from app.foundation.entries import STANDING, signed
from app.foundation.history import SYSTEM, Actor
from app.foundation.reasons import Reason
from app.foundation.writes import Change, Insert, take_turns, write_all
from app.people.access import Ties
from app.people.documents import Person
from app.people.standing import held_by

SUBJECTS_A_DUTY = 500
NAMED = 3
Follow = Callable[[Iterable[ObjectId], datetime], None]


SERVER = "commissioner"
"""The role of who may serve."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be served. `follow` owes what else depends on who serves it; inside the transaction.

    `register` is that of the subjects themselves, in which each names its commissioner.
    """

    name: str
    register: str
    document: type[Document]
    ties: Callable[[Mapping[str, Any]], Ties]
    follow: Follow

    @property
    def assignments(self) -> str:
        """The name of the register of who serves them."""
        return f"{self.name}_assignments"


@dataclass(frozen=True, slots=True)
class Changed:
    """A subject that another serves now than before; None is nobody."""

    subject: ObjectId
    name: str
    was: ObjectId | None
    now: ObjectId | None


def serves(person: Mapping[str, Any]) -> bool:
    """Whether a stored person may serve anybody: an active commissioner."""
    held = (grant.role for grant in held_by(person))
    return bool(person.get("active")) and SERVER in held


ENTERPRISES = Kind(ENTERPRISE, "enterprises", Enterprise, enterprise_ties, lambda keys, now: None)


def settle(
    kind: Kind,
    keys: Iterable[ObjectId],
    by: Actor,
    now: datetime,
    *,
    reason: str = "",
    quiet: bool = False,
    made: Collection[ObjectId] = (),
) -> list[Changed]:
    """Let each subject's commissioner be who serves it today by the standing assignments; what changed.

    What nobody ever wrote down as an assignment becomes one first; `made` are those that were only now. Each
    subject gets its next version, if it changes or not: of two who assign it at once the slower sees what
    the other did. A `quiet` change moves no open work and tells nobody. Joins the surrounding transaction.
    """
    subjects = list(kind.document.rows().find({"_id": {"$in": list(set(keys))}}))
    entries = entries_of(kind, [row["_id"] for row in subjects])
    adopt(kind, subjects, entries, now, made=made)
    take_turns(kind.document, subjects)
    today = days.today(now).isoformat()
    changed = []
    for row in subjects:
        present = serving(entries[row["_id"]], today)
        person = present["person"] if present else None
        if person != row.get("commissioner"):
            changed.append(Changed(row["_id"], row["name"], row.get("commissioner"), person))
    write_all(kind.document, [_change(each, now) for each in changed])
    history.append_all(_row(kind, each, by, now, reason) for each in changed)
    carry_on(kind, changed, by, now, reason, quiet=quiet)
    return changed


def owe_turns(kind: Kind, rows: Iterable[Row], now: datetime) -> None:
    """Owe it that who serves is looked at anew on days to come on which an assignment begins or ends."""
    today = days.today(now).isoformat()
    for row in rows:
        for day in (row["since"], row["until"]):
            if day is not None and day > today:
                due = datetime.combine(date.fromisoformat(day), time(), pack().zone)
                duties.add(
                    "serving.turn",
                    row["subject"],
                    now=now,
                    due_at=due,
                    key=f"serving.turn:{kind.name}:{row['subject']}:{day}",
                    payload={"kind": kind.name},
                )


def adopt(
    kind: Kind,
    subjects: Iterable[Row],
    entries: dict[ObjectId, list[Row]],
    now: datetime,
    before: str = "9999",
    made: Collection[ObjectId] = (),
) -> None:
    """Where somebody serves a subject by its own word alone, write the assignment that there must have been.

    It began on the day the subject was entered, if that is `before` a day, and no other is known of that day
    or before, nor any but those that were `made` only now.
    """
    missing = []
    for row in subjects:
        known = entries[row["_id"]]
        since = days.today(row["created_at"]).isoformat()
        older = [each for each in known if each["supersedes"] or each["_id"] not in made]
        first = min((each["since"] for each in known), default=before)
        if row.get("commissioner") and not older and since < min(first, before):
            missing.append(_adopted(kind, row, since, now))
            known.append(missing[-1])
    write_all(Assignment, [Insert(each) for each in missing])


def _adopted(kind: Kind, row: Row, since: str, now: datetime) -> Row:
    values = {"kind": kind.name, "subject": row["_id"], "person": row["commissioner"]}
    return {
        "_id": ObjectId(),
        **values,
        "since": since,
        "until": None,
        **signed(SYSTEM, now),
        "about": about({**values, "since": since}),
        "supersedes": None,
        "superseded_at": None,
        "void": False,
        "reason": "",
        "source": "adopted",
        "historic": True,
    }


def entries_of(kind: Kind, keys: Sequence[ObjectId]) -> dict[ObjectId, list[Row]]:
    """The standing assignments of some subjects, by subject."""
    found: dict[ObjectId, list[Row]] = defaultdict(list)
    query = {"kind": kind.name, "subject": {"$in": list(keys)}, **STANDING}
    for row in Assignment.rows().find(query):
        found[row["subject"]].append(row)
    return found


def _change(each: Changed, now: datetime) -> Change:
    return Change({"_id": each.subject}, {"$set": {"commissioner": each.now, "updated_at": now}})


def _row(kind: Kind, each: Changed, by: Actor, now: datetime, reason: str) -> Mapping[str, Any]:
    return {
        "thing": kind.name,
        "thing_id": each.subject,
        "action": "serve",
        "by": by,
        "now": now,
        "text": reason,
        "data": {"before": each.was, "after": each.now},
    }


def carry_on(
    kind: Kind,
    changed: Sequence[Changed],
    by: Actor,
    now: datetime,
    reason: str,
    *,
    quiet: bool,
) -> None:
    """What follows from a change: figures at once, open work and word to both persons by duties."""
    kind.follow([each.subject for each in changed], now)
    if quiet:
        return
    for start in range(0, len(changed), SUBJECTS_A_DUTY):
        some = changed[start : start + SUBJECTS_A_DUTY]
        duties.add(
            "issues.hand_over",
            some[0].subject,
            now=now,
            key=f"issues.hand_over:{ObjectId()}",
            payload={
                "kind": kind.name,
                "changes": [{"subject": each.subject, "was": each.was} for each in some],
            },
            first=True,
        )
    pairs: dict[tuple[ObjectId | None, ObjectId | None], list[Changed]] = defaultdict(list)
    for each in changed:
        pairs[each.was, each.now].append(each)
    for (was, new), some in pairs.items():
        _tell(was, new, some, by, now, reason)


def _tell(
    was: ObjectId | None,
    new: ObjectId | None,
    changed: Sequence[Changed],
    by: Actor,
    now: datetime,
    reason: str,
) -> None:
    """One word to both for all that passes from one to the other in one act."""
    people = [each for each in (was, new) if each is not None]
    rows = Person.rows().find({"_id": {"$in": people}}, {"name": 1})
    names = {row["_id"]: row["name"] for row in rows}
    what = {"names": "、".join(each.name for each in changed[:NAMED]), "count": len(changed)}
    if new is None:
        told = Reason("serving.ended", {**what, "was": names.get(was, "")})
    elif was is None:
        told = Reason("serving.begun", {**what, "new": names.get(new, "")})
    else:
        both = {"was": names.get(was, ""), "new": names.get(new, "")}
        told = Reason("serving.handed_over", {**what, **both})
    row = history.append(
        "person",
        people[-1],
        "serve",
        by=by,
        now=now,
        text=reason,
        reasons=[told],
        data={"people": people, "subjects": [each.subject for each in changed]},
    )
    payload = {"event": "person.serving", "row": row}
    duties.add(
        "notices.deliver", people[-1], now=now, key=f"notices.deliver:{row}", payload=payload
    )
