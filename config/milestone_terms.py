"""The milestones that projects of a kind are given, and how long what a warning asks for may take.

Read from `milestones.yaml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from config.pack_checks import known, matching
from config.strict_yaml import Entry, coded, read

STAGES = (
    "reserve",
    "negotiation",
    "signed",
    "filed",
    "land",
    "started",
    "completed",
    "certificate",
    "production",
    "on_target",
)
KINDS = ("new", "expansion")
RESPONSIBLE = ("commissioner", "leader", "unit_admin")
_TEMPLATE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone of a template, due `days` after the planned day of `stage`.

    While none is planned, it is due `else_days` after the last of what it depends on.
    """

    code: str
    name: str
    stage: str
    days: int
    else_days: int
    responsible: str
    depends_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MilestoneTemplate:
    """Milestones for projects of a kind; each stands after those that it depends on."""

    code: str
    name: str
    kind: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class MilestoneTerms:
    """`warning_wd`: in how many working days a milestone is due that a red warning makes."""

    warning_wd: int
    templates: tuple[MilestoneTemplate, ...]

    def template(self, code: str) -> MilestoneTemplate | None:
        """The template with this code."""
        return next((each for each in self.templates if each.code == code), None)

    def template_for(self, kind: str) -> MilestoneTemplate | None:
        """The first template for projects of this kind."""
        return next((each for each in self.templates if each.kind == kind), None)


def milestone_terms(directory: Path) -> MilestoneTerms:
    """The terms. Raises PackError."""
    name = "milestones.yaml"
    entry = Entry.of(read(directory / name), name, {"warning_wd", "templates"}, set())
    required = {"name", "kind", "milestones"}
    found = coded(entry.raw["templates"], f"{name}, template", required, set())
    return MilestoneTerms(
        warning_wd=entry.whole("warning_wd", 1, 250),
        templates=tuple(_template(each) for each in found),
    )


def _template(entry: Entry) -> MilestoneTemplate:
    keys = {"name", "stage", "days", "else_days", "responsible", "depends_on"}
    found = coded(entry.raw["milestones"], f"{entry.where}, milestone", keys, set())
    above: set[str] = set()
    steps = []
    for each in found:
        steps.append(_step(each, above))
        above.add(steps[-1].code)
    return MilestoneTemplate(
        code=matching(entry, "code", _TEMPLATE),
        name=entry.text("name"),
        kind=entry.choice("kind", KINDS),
        steps=tuple(steps),
    )


def _step(entry: Entry, above: set[str]) -> Step:
    depends_on = entry.texts("depends_on")
    known(entry, "depends_on", depends_on, above, "a milestone that stands above")
    return Step(
        code=matching(entry, "code", _CODE),
        name=entry.text("name"),
        stage=entry.choice("stage", STAGES),
        days=entry.whole("days", -3650, 3650),
        else_days=entry.whole("else_days", 0, 3650),
        responsible=entry.choice("responsible", RESPONSIBLE),
        depends_on=depends_on,
    )
