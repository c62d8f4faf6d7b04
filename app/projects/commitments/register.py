"""The register of commitments, what is asked of one, and what follows for its project."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.foundation import amounts, days, history
from app.foundation.db import Row
from app.projects.commitments.documents import DEADLINES, Commitment
from app.projects.documents import Project
from app.projects.ties import COLUMNS, cause_of, owe_standing, project_ties
from app.registers.documents import Master
from app.registers.fields import Day, Field, Money, Ref
from app.registers.register import Batch, Draft, Register, touched

FEN = Decimal("0.01")


def about(row: Row) -> str:
    """Of what a commitment is: a project has one at a time."""
    return str(row["project"])


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    today = days.today(batch.now).isoformat()
    for draft in drafts:
        signed = draft.will("signed_on")
        if signed and str(signed) > today:
            draft.line.blame("signed_on", "register.in_the_future")
        for name in DEADLINES:
            day = draft.will(name)
            if signed and day and str(day) < str(signed):
                draft.line.blame(name, "commitment.before_signing", day=str(signed))
        if draft.will("floor_ratio_actual") is not None and not draft.will("floor_ratio_source"):
            draft.line.blame("floor_ratio_source", "commitment.source_needed")


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    """A project that promises nothing yet promises what its firm committed itself to."""
    made = list(touched(drafts))
    kept = _mastered(batch)
    for draft in made:
        _promise(batch, draft, kept)
    owe_standing((draft.after["project"] for draft in made), batch.now, cause_of(batch))


def promised(commitment: Row, project: Row) -> dict[str, Decimal]:
    """What a commitment says of the fields of its project: a year's sales, and tax where its land is known.

    Tax is tax per mu x the project's mu, half up to 0.01.
    """
    sales = amounts.read(commitment.get("sales"))
    per_mu, mu = amounts.read(commitment.get("tax_per_mu")), amounts.read(project.get("land_mu"))
    found = {} if sales is None else {"promised_sales": sales}
    if per_mu is not None and mu:
        found["promised_tax"] = (per_mu * mu).quantize(FEN, ROUND_HALF_UP)
    return found


def _promise(batch: Batch, draft: Draft, kept: set[str]) -> None:
    project = draft.refs["project"]
    for name, value in promised(draft.after, project).items():
        if name in kept or project.get(name) is not None:
            continue
        empty = {"_id": project["_id"], name: None}
        stored = amounts.stored(value)
        change = {"$set": {name: stored, "updated_at": batch.now}, "$inc": {"version": 1}}
        if not Project.rows().update_one(empty, change).modified_count:
            continue
        data: dict[str, Any] = {"before": {name: None}, "after": {name: stored}}
        data["commitment"] = draft.after["_id"]
        history.append("project", project["_id"], "change", by=batch.by, now=batch.now, data=data)


def _mastered(batch: Batch) -> set[str]:
    """The promises of a project that another platform is master of."""
    fields = ("promised_sales", "promised_tax")
    known = {"register": "projects", "field": {"$in": [*fields, "*"]}}
    found = Master.rows().find({**known, "platform": {"$ne": batch.platform}}, {"field": 1})
    named = {row["field"] for row in found}
    return set(fields) if "*" in named else named


REGISTER = Register(
    name="commitments",
    document=Commitment,
    fields=(
        Ref(name="project", document=Project, key="code", into="project", required=True),
        Day(name="signed_on", required=True),
        Money(name="intensity"),
        Money(name="tax_per_mu"),
        Money(name="sales"),
        Money(name="floor_ratio"),
        Day(name="start_by"),
        Day(name="complete_by"),
        Day(name="production_by"),
        Day(name="on_target_by"),
        Money(name="floor_ratio_actual"),
        Field(name="floor_ratio_source", most=200),
        Field(name="note", most=1000),
    ),
    key=("project",),
    see="commitment.see",
    write="commitment.write",
    ties=project_ties,
    columns=COLUMNS,
    home="project",
    about=about,
    check=_check,
    after=_after,
)
