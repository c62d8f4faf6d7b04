"""The registers of monthly figures, of projects and of enterprises, and of annual plans."""

from __future__ import annotations

from collections.abc import Sequence

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS as FIRM_COLUMNS
from app.enterprises.ties import enterprise_ties
from app.projects.documents import Project
from app.projects.figures.checks import (
    check_figures,
    check_plans,
    figure_of,
    plan_of,
)
from app.projects.figures.documents import ENTERPRISE, PROJECT, FigureEntry, PlanEntry
from app.projects.ties import COLUMNS, cause_of, owe_standing, project_ties
from app.registers.fields import Field, Money, Month, Ref, Whole
from app.registers.register import Batch, Draft, Register

_BASIS = Field(name="basis", most=200)


def _after_figures(batch: Batch, drafts: Sequence[Draft]) -> None:
    owe_standing((draft.after["subject"] for draft in drafts), batch.now, cause_of(batch))


def _after_plans(batch: Batch, drafts: Sequence[Draft]) -> None:
    owe_standing((draft.after["project"] for draft in drafts), batch.now, cause_of(batch))


PROJECT_FIGURES = Register(
    name="project_figures",
    document=FigureEntry,
    fields=(
        Ref(name="project", required=True, document=Project, key="code", into="subject"),
        Month(name="month", required=True),
        Money(name="planned_investment"),
        Money(name="actual_investment"),
        Money(name="paid_in"),
        Money(name="sales", negative=True),
        Money(name="tax", negative=True),
        Whole(name="jobs"),
        _BASIS,
    ),
    key=("project", "month"),
    see="figure.see",
    write="figure.write",
    ties=project_ties,
    columns=COLUMNS,
    home="subject",
    fixed={"kind": PROJECT},
    about=figure_of,
    check=check_figures,
    after=_after_figures,
)

ENTERPRISE_FIGURES = Register(
    name="enterprise_figures",
    document=FigureEntry,
    fields=(
        Ref(
            name="enterprise",
            required=True,
            document=Enterprise,
            key="credit_code",
            also="name",
            into="subject",
        ),
        Month(name="month", required=True),
        Money(name="sales", negative=True),
        Money(name="tax", negative=True),
        Whole(name="jobs"),
        _BASIS,
    ),
    key=("enterprise", "month"),
    see="figure.see",
    write="figure.write",
    ties=enterprise_ties,
    columns=FIRM_COLUMNS,
    home="subject",
    fixed={"kind": ENTERPRISE},
    about=figure_of,
    check=check_figures,
)

PLANS = Register(
    name="plans",
    document=PlanEntry,
    fields=(
        Ref(name="project", required=True, document=Project, key="code", into="project"),
        Whole(name="year", required=True, least=1990, greatest=2100),
        Money(name="investment", required=True),
    ),
    key=("project", "year"),
    see="figure.see",
    write="figure.write",
    ties=project_ties,
    columns=COLUMNS,
    home="project",
    about=plan_of,
    check=check_plans,
    after=_after_plans,
)
