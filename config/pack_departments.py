"""Who can be given a ticket (`departments.yaml`)."""

from __future__ import annotations

from pathlib import Path

from config.pack_checks import CODE, distinct, known, matching
from config.pack_model import DISPATCH, RESTRICTED, Department, OwnCalendar
from config.strict_yaml import Entry, PackError, read_entries

WORKED = ("weekends", "holidays")
DEPARTMENT_KINDS = ("bureau", "company", "unit", "branch", "desk")


def own_calendars(directory: Path) -> tuple[OwnCalendar, ...]:
    """Those of `calendars.yaml`; none without the file. Raises PackError."""
    path = directory / "calendars.yaml"
    if not path.exists():
        return ()
    entries = read_entries(path, {"name"}, {"office_hours", "works"})
    return tuple(_own_calendar(entry) for entry in entries)


def _own_calendar(entry: Entry) -> OwnCalendar:
    hours = entry.spans("office_hours") if "office_hours" in entry.raw else None
    works = entry.texts("works")
    known(entry, "works", works, {*WORKED}, f"one of {', '.join(WORKED)}")
    return OwnCalendar(matching(entry, "code", CODE), entry.text("name"), hours, works)


def departments(directory: Path, units: set[str], calendars: set[str]) -> tuple[Department, ...]:
    """All bodies of the file; each of the `units` has one of its own. Raises PackError."""
    path = directory / "departments.yaml"
    entries = read_entries(path, {"name", "kind"}, {"unit", "branch_of", "calendar", "aliases"})
    distinct(entries, lambda entry: (entry.text("name"), *entry.texts("aliases")))
    found = tuple(_department(entry, units, calendars) for entry in entries)
    owned: set[str] = set()
    for department in found:
        if department.kind == "unit" and department.unit in owned:
            raise PackError(f"{path.name}, entry {department.code}: unit {department.unit} has two")
        owned |= {department.unit} if department.kind == "unit" and department.unit else set()
    if units - owned:
        raise PackError(f"{path.name}: no department for unit {', '.join(sorted(units - owned))}")
    _check_branches(entries, found)
    for desk in (DISPATCH, RESTRICTED):
        if not any(each.code == desk and each.kind == "desk" for each in found):
            raise PackError(f"{path.name}: the desk {desk} is missing")
    return found


def _department(entry: Entry, units: set[str], calendars: set[str]) -> Department:
    kind, unit = entry.choice("kind", DEPARTMENT_KINDS), entry.text_or_none("unit")
    branch_of = entry.text_or_none("branch_of")
    if (kind in ("unit", "branch")) != (unit is not None):
        raise entry.fail("unit belongs to a department of kind unit or branch, and only there")
    if (kind == "branch") != (branch_of is not None):
        raise entry.fail("branch_of belongs to a department of kind branch, and only there")
    if unit is not None:
        known(entry, "unit", [unit], units, "in units.yaml")
    calendar = entry.text_or_none("calendar")
    if calendar is not None:
        known(entry, "calendar", [calendar], calendars, "in calendars.yaml")
    return Department(
        code=matching(entry, "code", CODE),
        name=entry.text("name"),
        kind=kind,
        unit=unit,
        aliases=entry.texts("aliases"),
        branch_of=branch_of,
        calendar=calendar,
    )


def _check_branches(entries: list[Entry], found: tuple[Department, ...]) -> None:
    """A branch is one of a department that has none over it, and the only one in its unit."""
    owners = {each.code for each in found if each.kind in ("bureau", "company")}
    seen: set[tuple[str | None, str | None]] = set()
    for entry, each in zip(entries, found, strict=True):
        if each.branch_of is None:
            continue
        known(entry, "branch_of", [each.branch_of], owners, "a bureau or company")
        if (each.branch_of, each.unit) in seen:
            raise entry.fail(f"{each.branch_of} has two branches in unit {each.unit}")
        seen.add((each.branch_of, each.unit))
