"""A commissioner that the register of enterprises or projects names: it is an assignment, like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.enterprises.serving import Changed, Kind, adopt, carry_on, entries_of, serves
from app.enterprises.serving_documents import Assignment, about, serving
from app.foundation import days
from app.foundation.db import Row
from app.foundation.entries import superseding
from app.foundation.writes import Insert, Write, write_all
from app.people.access import allowed
from app.registers.barring import MASTERED, is_master, masters_of
from app.registers.register import NOT_YOURS, Batch, Draft


def check_register(kind: Kind, batch: Batch, drafts: Iterable[Draft]) -> None:
    """In the register of the subjects themselves, only who may assign changes who serves one.

    So may the platform that is master of it.
    """
    masters = masters_of(kind.assignments, ["person", "until"], but=batch.platform)
    own = is_master(batch.platform, kind.register, "commissioner")
    for draft in drafts:
        if masters and _differs(draft):
            platform = next(iter(masters.values()))
            draft.line.blame("commissioner", MASTERED, platform=platform)
        named = draft.refs.get("commissioner")
        if named and _differs(draft) and not (batch.historic or serves(named)):
            draft.line.blame("commissioner", "serving.not_a_commissioner", person=named["name"])
        if own or draft.before is None or not _differs(draft):
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
    writes: list[Write] = []
    for row in rows:
        writes += _stated(kind, row, entries[row["_id"]], today, batch)
    # What ends comes before what begins: only one entry of each may be current.
    write_all(Assignment, sorted(writes, key=lambda each: isinstance(each, Insert)))
    changed = [
        Changed(
            row["_id"], row["name"], earlier[row["_id"]].get("commissioner"), row["commissioner"]
        )
        for row in rows
    ]
    carry_on(kind, changed, batch.by, batch.now, batch.reason, quiet=batch.historic)


def _differs(draft: Draft) -> bool:
    return (draft.before or {}).get("commissioner") != draft.after.get("commissioner")


def _stated(kind: Kind, row: Row, known: list[Row], today: str, batch: Batch) -> list[Write]:
    """What writes that from today on it is as the subject's row says.

    Nothing where nobody serves it any more, and nobody did.
    """
    person, present = row.get("commissioner"), serving(known, today)
    if person is None:
        return [] if present is None else _entry({**present, "until": today}, present, batch)
    values = {"kind": kind.name, "subject": row["_id"], "person": person, "since": today}
    before = next((each for each in known if each["since"] == today), None)
    return _entry({**values, "until": None}, before, batch)


def _entry(said: Mapping[str, Any], before: Mapping[str, Any] | None, batch: Batch) -> list[Write]:
    kept = {name: said[name] for name in ("kind", "subject", "person", "since", "until")}
    values = {
        **kept,
        "about": about(kept),
        "void": False,
        "reason": batch.reason,
        "source": batch.source,
        "historic": batch.historic,
    }
    _, writes = superseding(values, before, batch.by, batch.now)
    return writes
