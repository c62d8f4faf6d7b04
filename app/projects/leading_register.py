"""The register of leader links, and leaders that the register of projects names: links like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.enterprises.serving_documents import serving
from app.foundation import days
from app.foundation.db import Row
from app.foundation.entries import superseding
from app.foundation.writes import Insert, Write, write_all
from app.people.access import allowed
from app.people.documents import Person
from app.projects.documents import Project
from app.projects.leading import (
    Changed,
    LeaderLink,
    about,
    adopt,
    carry_on,
    entries_of,
    leads,
    owe_turns,
    settle,
)
from app.projects.ties import COLUMNS, project_ties
from app.registers.barring import MASTERED, is_master, masters_of
from app.registers.fields import Day, Ref
from app.registers.register import NOT_YOURS, Batch, Draft, Register, touched

NAME, WRITE = "leader_links", "leader_link.write"
_SAID = ("person", "until")
_OF_PROJECTS = ("projects", "leader")


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    # Who leads a project stands in the register of projects, too.
    register, field = _OF_PROJECTS
    masters = masters_of(register, [field], but=batch.platform)
    for draft in drafts:
        if masters and any(draft.was(each) != draft.will(each) for each in _SAID):
            draft.line.blame("leader", MASTERED, platform=next(iter(masters.values())))
        until, since = draft.will("until"), draft.will("since")
        if until is not None and str(until) <= str(since):
            draft.line.blame("until", "leader_link.ends_before_it_begins")
        person = draft.refs.get("person")
        if person is not None and not (batch.historic or leads(person)):
            draft.line.blame("leader", "project.not_a_leader", person=person["name"])


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    rows = [draft.after for draft in touched(drafts)]
    keys, made = [row["project"] for row in rows], {row["_id"] for row in rows}
    settle(keys, batch.by, batch.now, reason=batch.reason, quiet=batch.historic, made=made)
    owe_turns(rows, batch.now)


REGISTER = Register(
    name=NAME,
    document=LeaderLink,
    fields=(
        Ref(name="project", required=True, document=Project, key="code", into="project"),
        Ref(name="leader", required=True, document=Person, key="account", into="person"),
        Day(name="since", required=True),
        Day(name="until"),
    ),
    key=("project", "since"),
    see="leader_link.see",
    write=WRITE,
    ties=project_ties,
    columns=COLUMNS,
    home="project",
    about=about,
    check=_check,
    after=_after,
)


def check_projects(batch: Batch, drafts: Iterable[Draft]) -> None:
    """In the register of projects, only who may link changes the leader of one that is there.

    So may the platform that is master of it; where another is master of the links, nobody else.
    """
    masters = masters_of(NAME, ["leader", "until"], but=batch.platform)
    own = is_master(batch.platform, *_OF_PROJECTS)
    for draft in drafts:
        if not _differs(draft):
            continue
        if masters:
            draft.line.blame("leader", MASTERED, platform=next(iter(masters.values())))
        if own or draft.before is None:
            continue
        if not allowed(batch.who, WRITE, project_ties(draft.before)):
            draft.line.blame("leader", NOT_YOURS)


def after_projects(batch: Batch, drafts: Sequence[Draft]) -> None:
    """A leader stated in the register of projects is a link from today on."""
    rows = [draft.after for draft in drafts if _differs(draft)]
    earlier = {draft.after["_id"]: draft.before or {} for draft in drafts}
    entries = entries_of([row["_id"] for row in rows])
    told = [{**row, "leader": earlier[row["_id"]].get("leader")} for row in rows]
    today = days.today(batch.now).isoformat()
    adopt(told, entries, before=today)
    writes: list[Write] = []
    for row in rows:
        writes += _stated(row, entries[row["_id"]], today, batch)
    # What ends comes before what begins: only one entry of each may be current.
    write_all(LeaderLink, sorted(writes, key=lambda each: isinstance(each, Insert)))
    changed = [
        Changed(row["_id"], row["name"], earlier[row["_id"]].get("leader"), row.get("leader"))
        for row in rows
    ]
    carry_on(changed, batch.by, batch.now, batch.reason, quiet=batch.historic)


def _differs(draft: Draft) -> bool:
    return (draft.before or {}).get("leader") != draft.after.get("leader")


def _stated(row: Row, known: list[Row], today: str, batch: Batch) -> list[Write]:
    """What writes that from today on it is as the project's row says."""
    person, present = row.get("leader"), serving(known, today)
    if person is None:
        return [] if present is None else _entry({**present, "until": today}, present, batch)
    values = {"project": row["_id"], "person": person, "since": today, "until": None}
    before = next((each for each in known if each["since"] == today), None)
    return _entry(values, before, batch)


def _entry(said: Mapping[str, Any], before: Mapping[str, Any] | None, batch: Batch) -> list[Write]:
    kept = {name: said[name] for name in ("project", "person", "since", "until")}
    values = {
        **kept,
        "about": about(kept),
        "void": False,
        "reason": batch.reason,
        "source": batch.source,
        "historic": batch.historic,
    }
    return superseding(values, before, batch.by, batch.now)[1]
