"""A commissioner that the register of enterprises or projects names: it is an assignment, like any other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bson import ObjectId

from app.enterprises.serving import Changed, Kind, adopt, carry_on, entries_of, serves
from app.enterprises.serving_documents import Assignment, about, serving
from app.foundation import days
from app.foundation.db import Row
from app.foundation.entries import CURRENT, signed
from app.foundation.writes import Change, Insert, write_all
from app.people.access import allowed
from app.registers.register import NOT_YOURS, Batch, Draft


def check_register(kind: Kind, batch: Batch, drafts: Iterable[Draft]) -> None:
    """In the register of the subjects themselves, only who may assign changes who serves one."""
    for draft in drafts:
        named = draft.refs.get("commissioner")
        if named and _differs(draft) and not (batch.historic or serves(named)):
            draft.line.blame("commissioner", "serving.not_a_commissioner", person=named["name"])
        if draft.before is None or not _differs(draft):
            continue
        if not allowed(batch.who, "serving.assign", kind.ties(draft.before)):
            draft.line.blame("commissioner", NOT_YOURS)


def after_register(kind: Kind, batch: Batch, drafts: Sequence[Draft]) -> None:
    """A commissioner stated in the register of the subjects is an assignment from today on."""
    rows = [draft.after for draft in drafts if _differs(draft)]
    earlier = {draft.after["_id"]: draft.before or {} for draft in drafts}
    entries = entries_of(kind, [row["_id"] for row in rows])
    told = [{**row, "commissioner": earlier[row["_id"]].get("commissioner")} for row in rows]
    today = days.today(batch.now).isoformat()
    adopt(kind, told, entries, batch.now, before=today)
    ended, made = [], []
    for row in rows:
        entry = _stated(kind, row, entries[row["_id"]], today, batch)
        if entry is not None:
            made.append(Insert(entry))
        if entry is not None and entry["supersedes"] is not None:
            gone = {"$set": {"superseded_at": batch.now}}
            ended.append(Change({"_id": entry["supersedes"], **CURRENT}, gone))
    write_all(Assignment, [*ended, *made])
    changed = [
        Changed(
            row["_id"], row["name"], earlier[row["_id"]].get("commissioner"), row["commissioner"]
        )
        for row in rows
    ]
    carry_on(kind, changed, batch.by, batch.now, batch.reason, quiet=batch.historic)


def _differs(draft: Draft) -> bool:
    return (draft.before or {}).get("commissioner") != draft.after.get("commissioner")


def _stated(kind: Kind, row: Row, known: list[Row], today: str, batch: Batch) -> Row | None:
    """The entry that says from today on what the subject's row says; None where nobody served it anyway."""
    person, present = row.get("commissioner"), serving(known, today)
    if person is None:
        if present is None:
            return None
        return _entry({**present, "until": today}, present["_id"], batch)
    values = {"kind": kind.name, "subject": row["_id"], "person": person, "since": today}
    before = next((each for each in known if each["since"] == today), None)
    return _entry({**values, "until": None}, before["_id"] if before else None, batch)


def _entry(values: Row, supersedes: ObjectId | None, batch: Batch) -> Row:
    kept = {name: values[name] for name in ("kind", "subject", "person", "since", "until")}
    return {
        "_id": ObjectId(),
        **kept,
        **signed(batch.by, batch.now),
        "about": about(kept),
        "supersedes": supersedes,
        "superseded_at": None,
        "void": False,
        "reason": batch.reason,
        "source": batch.source,
        "historic": batch.historic,
    }
