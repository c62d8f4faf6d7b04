"""The approvals that projects need, as a graph, and what the three pledges promise. From `approvals.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from config.milestone_terms import STAGES
from config.pack_checks import CODE, distinct, known, matching
from config.strict_yaml import Entry, coded, read

CLOCKS = ("working", "calendar")


@dataclass(frozen=True, slots=True)
class Clock:
    """A statutory clock: `days` of the working calendar, or plain ones, after the day of submission.

    Without a public `source` it is an assumption of the district.
    """

    days: int
    kind: str
    source: str | None


@dataclass(frozen=True, slots=True)
class ApprovalItem:
    """What a department (by code) grants: `after` these items, `since` this stage, towards another."""

    code: str
    name: str
    department: str
    leads_to: str
    since: str | None
    after: tuple[str, ...]
    clock: Clock
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pledges:
    """拿地即开工, 竣工即发证, 竣工即投产: within how many days of the calendar each is met."""

    land_start: int
    completed_certificate: int
    completed_production: int


@dataclass(frozen=True, slots=True)
class ApprovalTerms:
    """The items, each standing after those that it waits for."""

    pledges: Pledges
    items: tuple[ApprovalItem, ...]

    def by_code(self) -> Mapping[str, ApprovalItem]:
        """The items by their codes."""
        return {each.code: each for each in self.items}


def approval_terms(directory: Path, departments: set[str]) -> ApprovalTerms:
    """The terms. Raises PackError."""
    name = "approvals.yaml"
    entry = Entry.of(read(directory / name), name, {"pledges", "items"}, set())
    names = [each.name for each in fields(Pledges)]
    pledges = entry.inner("pledges", set(names))
    required = {"name", "department", "leads_to", "after", "clock", "documents"}
    found = coded(entry.raw["items"], f"{name}, item", required, {"since"})
    distinct(found, lambda each: (each.text("name"),))
    above: set[str] = set()
    items = []
    for each in found:
        items.append(_item(each, above, departments))
        above.add(items[-1].code)
    limits = {each: pledges.whole(each, 0, 3650) for each in names}
    return ApprovalTerms(pledges=Pledges(**limits), items=tuple(items))


def _item(entry: Entry, above: set[str], departments: set[str]) -> ApprovalItem:
    after, department = entry.texts("after"), entry.text("department")
    known(entry, "after", after, above, "an item that stands above")
    known(entry, "department", [department], departments, "in departments.yaml")
    since = entry.choice("since", STAGES) if "since" in entry.raw else None
    return ApprovalItem(
        code=matching(entry, "code", CODE),
        name=entry.text("name"),
        department=department,
        leads_to=entry.choice("leads_to", STAGES),
        since=since,
        after=after,
        clock=_clock(entry),
        documents=entry.texts("documents"),
    )


def _clock(entry: Entry) -> Clock:
    clock = Entry.of(
        entry.raw["clock"], f"{entry.where}, clock", {"days", "kind"}, {"source", "assumption"}
    )
    source = clock.text_or_none("source")
    if (source is not None) == clock.flag("assumption"):
        raise clock.fail("has either a source or `assumption: true`")
    return Clock(clock.whole("days", 1, 400), clock.choice("kind", CLOCKS), source)
