"""The register of projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.enterprises.documents import Enterprise
from app.enterprises.register import units
from app.enterprises.serving_stated import after_register, check_register
from app.foundation.messages import LANGUAGES, say
from app.people.access import Ties, allowed
from app.people.documents import Person
from app.projects.documents import LEVELS, PROJECT_KINDS, STAGES, Project, size_class
from app.projects.leading_register import after_projects, check_projects
from app.projects.serving import PROJECTS
from app.projects.ties import COLUMNS, cause_of, owe_standing, project_ties
from app.registers import terms
from app.registers.documents import FUNDING, INDUSTRY, MECHANISM_531, POOL
from app.registers.fields import Choice, Choices, Field, Land, Money, Point, Ref, Whole
from app.registers.register import Batch, Draft, Register, touched


def said(prefix: str, codes: Sequence[str]) -> Callable[[], Mapping[str, Sequence[str]]]:
    """For a field of choices: codes with what the catalogue calls them (`{prefix}.{code}`)."""
    return lambda: {code: [say(f"{prefix}.{code}", each) for each in LANGUAGES] for code in codes}


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    for draft in drafts:
        total, equipment = draft.will("investment"), draft.will("equipment_investment")
        if total is not None and equipment is not None and equipment > total:  # type: ignore[operator]
            draft.line.blame("equipment_investment", "project.more_than_all", most=str(total))
        _check_named(batch, draft)
        draft.after["size_class"] = size_class(total)  # type: ignore[arg-type]
        if draft.before is None:
            draft.after["stage"] = "reserve"
    check_register(PROJECTS, batch, drafts)
    check_projects(batch, drafts)


def _check_named(batch: Batch, draft: Draft) -> None:
    """A firm that one may not know of is as good as none; who is linked to it as leader is one."""
    firm, leader = draft.refs.get("enterprise"), draft.refs.get("leader")
    was = draft.before or {}
    if firm and firm["_id"] != was.get("enterprise"):
        of = Ties(enterprise=firm["_id"], unit=firm.get("unit"))
        if not allowed(batch.who, "enterprise.see", of):
            draft.line.blame("enterprise", "register.unknown_reference", value=firm["name"])
    leads = [grant for grant in (leader or {}).get("grants", ()) if grant["role"] == "leader"]
    if leader and leader["_id"] != was.get("leader") and not leads:
        draft.line.blame("leader", "project.not_a_leader", person=leader["name"])


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    owe_standing((draft.after["_id"] for draft in touched(drafts)), batch.now, cause_of(batch))
    after_register(PROJECTS, batch, drafts)
    after_projects(batch, drafts)


REGISTER = Register(
    name="projects",
    document=Project,
    fields=(
        Field(name="code", required=True, most=60, code=True),
        Field(name="name", required=True, most=200),
        Ref(
            name="enterprise",
            document=Enterprise,
            key="credit_code",
            also="name",
            into="enterprise",
        ),
        Choice(name="unit", required=True, choices=units),
        Choice(name="territorial_unit", choices=units),
        Choice(name="tax_unit", choices=units),
        Choice(name="industry", choices=terms.names(INDUSTRY)),
        Choice(name="kind", choices=said("project.kind", PROJECT_KINDS)),
        Choice(name="level", choices=said("project.level", LEVELS)),
        Money(name="investment"),
        Money(name="equipment_investment"),
        Land(name="land_mu"),
        Money(name="promised_sales"),
        Money(name="promised_tax"),
        Whole(name="promised_jobs"),
        Choices(name="funding", choices=terms.names(FUNDING)),
        Choices(name="pools", choices=terms.names(POOL)),
        Choices(name="mechanism_531", choices=terms.names(MECHANISM_531)),
        Point(name="site"),
        Whole(name="site_radius_m", least=1, greatest=20_000),
        Ref(name="commissioner", document=Person, key="account", into="commissioner"),
        Ref(name="leader", document=Person, key="account", into="leader"),
        Field(name="platform_id", most=100),
    ),
    key=("code",),
    see="project.see",
    write="ledger.write",
    ties=project_ties,
    columns=COLUMNS,
    thing="project",
    check=_check,
    after=_after,
)

STAGE_CHOICES = said("project.stage", STAGES)
