"""Monthly figures, annual plans, locked months and 进规纳统 over the wire. Money is 万元, as text."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.enterprises import scale
from app.projects.figures.registers import ENTERPRISE_FIGURES, PLANS, PROJECT_FIGURES
from schemas.base import Base, Id, Moment, PageQuery, Range, View
from schemas.ledger import LocalMonth, new_of, view_of
from schemas.stages import ENTRY, photos_field, reason_field, settled_field, stated

_OWN = ("client_id", "reason")
_PROJECT, _FIRM = ("project",), ("enterprise",)
"""What stands in the path."""
_WHY = {"reason": reason_field()}
_PROOF = {"photo_ids": photos_field(), **_WHY}
_SEEN = {**ENTRY, "photo_ids": fields.List(fields.String(), required=True)}
_FIGURES = {**ENTRY, "correction": fields.Boolean(required=True)}


class ProjectFiguresIn(new_of(PROJECT_FIGURES, "_ProjectFiguresIn", without=_PROJECT, more=_WHY)):  # type: ignore[misc]
    """What a month brought a project. Measures that are left out stay; a locked month needs a reason."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{client_id, reason, raw}."""
        return stated(data, *_OWN)


class FirmFiguresIn(new_of(ENTERPRISE_FIGURES, "_FirmFiguresIn", without=_FIRM, more=_WHY)):  # type: ignore[misc]
    """What a month brought an enterprise as a whole. Tax needs the lawful source it comes from: `basis`."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{client_id, reason, raw}."""
        return stated(data, *_OWN)


class AnnualPlanIn(new_of(PLANS, "_AnnualPlanIn", without=_PROJECT, more=_WHY)):  # type: ignore[misc]
    """What a project is to invest in a year. The first plan of a year is kept beside later ones."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{client_id, reason, raw}."""
        return stated(data, *_OWN)


class ProjectFiguresView(view_of(PROJECT_FIGURES, "_Figures", without=_PROJECT, more=_FIGURES)):  # type: ignore[misc]
    """A month of a project; null is not stated. A `correction` was entered after the month was locked."""

    project_id = Id(required=True)


class FirmFiguresView(view_of(ENTERPRISE_FIGURES, "_FirmFigures", without=_FIRM, more=_FIGURES)):  # type: ignore[misc]
    """A month of an enterprise as a whole; null is not stated."""

    enterprise_id = Id(required=True)


class AnnualPlanView(view_of(PLANS, "_AnnualPlan", without=_PROJECT, more=ENTRY)):  # type: ignore[misc]
    """The plan of a year as it is now, beside the `first` of that year."""

    project_id = Id(required=True)
    first = fields.String(required=True)


class ProjectFiguresList(View):
    """The months of a project in order; `history` is what others superseded, oldest first."""

    items = fields.List(fields.Nested(ProjectFiguresView), required=True)
    history = fields.List(fields.Nested(ProjectFiguresView), required=True)
    settled = settled_field()


class FirmFiguresList(View):
    """The months of an enterprise in order; `history` is what others superseded, oldest first."""

    items = fields.List(fields.Nested(FirmFiguresView), required=True)
    history = fields.List(fields.Nested(FirmFiguresView), required=True)
    settled = settled_field()


class AnnualPlansList(View):
    """The plans of a project by year; `history` is what others superseded, oldest first."""

    items = fields.List(fields.Nested(AnnualPlanView), required=True)
    history = fields.List(fields.Nested(AnnualPlanView), required=True)
    settled = settled_field()


class MonthLockIn(Base):
    """A month that is over."""

    month = LocalMonth(required=True)


class MonthLockView(View):
    """A month that is closed for the district."""

    month = fields.String(required=True)
    at = Moment(required=True)


class ScaleIn(new_of(scale.REGISTER, "_ScaleIn", without=_FIRM, more=_PROOF)):  # type: ignore[misc]
    """An enterprise was entered into the statistics above scale, or left them. Another day needs a reason."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{client_id, photo_ids, reason, raw}."""
        return stated(data, "photo_ids", *_OWN)


class ScaleEntryView(view_of(scale.REGISTER, "_ScaleEntryView", without=_FIRM, more=_SEEN)):  # type: ignore[misc]
    """An entry: what was stated, by whom, with which evidence."""

    enterprise_id = Id(required=True)
    evidence_missing = fields.Boolean(required=True)


class ScaleView(View):
    """Whether an enterprise is counted above scale, from what its industry needs for it (万元 a year)."""

    enterprise_id = Id(required=True)
    entered = fields.Boolean(required=True)
    since = fields.String(allow_none=True)
    threshold = fields.String(required=True)
    items = fields.List(fields.Nested(ScaleEntryView), required=True)
    history = fields.List(fields.Nested(ScaleEntryView), required=True)


class NearScaleQuery(PageQuery):
    """From which percentage of the threshold on; without it from the district's."""

    percent = fields.Integer(load_default=None, validate=Range(1, 100))


class NearScaleView(View):
    """A firm close to the threshold of its industry; `sales` are of the `months` stated up to `until`."""

    enterprise_id = Id(required=True)
    name = fields.String(required=True)
    credit_code = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    sector = fields.String(required=True)
    commissioner_id = fields.String(allow_none=True)
    sales = fields.String(required=True)
    threshold = fields.String(required=True)
    percent = fields.Float(required=True)
    months = fields.Integer(required=True)
    until = fields.String(required=True)
