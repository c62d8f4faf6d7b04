"""Papers over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.papers.asking import Wish
from app.papers.documents import AUDIENCES, FORMATS, INSIDE, STATES
from app.papers.kinds import KINDS
from app.papers.site_tour import MOST_STOPS
from app.papers.tables import SOURCES
from app.projects.rates.queries import BY
from app.projects.rates.reading import BASES
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    Pattern,
    Range,
    ReasonView,
    Text,
    View,
)
from schemas.rates import MONTH

_MONTH = {"pattern": f"^{MONTH}$"}


class Day(fields.Date):
    """A day; kept as text."""

    def _deserialize(self, *args: Any, **options: Any) -> Any:
        return str(super()._deserialize(*args, **options))


class PaperParams(Base):
    """Of what: each kind takes some of these and refuses others.

    duty_report: `unit`, `photos_each` (of a project, 2); weekly: `unit` or `leader_id`, `week` (a day in
    it); bulletin: `month`, `unit` or `department_id` for their part; table: `table`, and what its list
    takes; site_tour: `project_ids`, of which the first stays first, `keep_order`; dossier: `issue_id`.
    """

    unit = Text(40, least=1)
    department_id = Id()
    leader_id = Id()
    project_ids = fields.List(Id(), validate=Length(1, MOST_STOPS))
    keep_order = fields.Boolean()
    issue_id = Id()
    month = fields.String(validate=Pattern(MONTH), metadata=_MONTH)
    week = Day()
    photos_each = fields.Integer(strict=True, validate=Range(0, 6))
    table = fields.String(validate=OneOf(tuple(SOURCES)))
    by = fields.String(validate=OneOf(tuple(BY)))
    first = fields.String(data_key="from", validate=Pattern(MONTH), metadata=_MONTH)
    last = fields.String(data_key="to", validate=Pattern(MONTH), metadata=_MONTH)
    as_of = Day()
    basis = fields.String(validate=OneOf(BASES))


class PaperIn(Base):
    """What paper, as which file, for whom: what goes `outside` has no single firm's money and no faces."""

    client_id = ClientId(required=True)
    kind = fields.String(required=True, validate=OneOf(tuple(KINDS)))
    params = fields.Nested(PaperParams, load_default=dict)
    format = fields.String(required=True, validate=OneOf(FORMATS))
    audience = fields.String(load_default=INSIDE, validate=OneOf(AUDIENCES))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[str, Wish]:
        """The client_id, and the wish as a value."""
        return data.pop("client_id"), Wish(**data)


class PapersQuery(PageQuery):
    """One's own; with `mine=false` those of others too of which one may see all."""

    kind = fields.String(validate=OneOf(tuple(KINDS)))
    state = fields.String(validate=OneOf(STATES))
    unit = Text(40, least=1)
    mine = fields.Boolean(load_default=True)


class PaperDefinitionView(View):
    """What a number of the paper means."""

    name = fields.String(required=True)
    formula = fields.String(required=True)
    source = fields.String(required=True)
    notes = fields.String(required=True)


class PaperView(View):
    """A paper: how far it is (`percent`, `step_text`), then its file.

    `as_of` is the moment of its numbers, `made_at` when the file was done; it is kept until `keep_until`.
    `awaiting_photo_ids` were left out of it until a person checks that they may leave staff:
    `/photos/{id}/redaction`. `problem` says why one failed. `file` is its path once it is ready.
    """

    id = Id(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    title = fields.String(required=True)
    params = fields.Dict(keys=fields.String(), required=True)
    format = fields.String(required=True)
    audience = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    department_id = fields.String(required=True, allow_none=True)
    by_id = Id(required=True)
    by = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    state_name = fields.String(required=True)
    percent = fields.Integer(required=True)
    step = fields.String(required=True)
    step_text = fields.String(required=True)
    problem = fields.Nested(ReasonView, required=True, allow_none=True)
    definitions = fields.List(fields.Nested(PaperDefinitionView), required=True)
    awaiting_photo_ids = fields.List(Id(), required=True)
    file = fields.String(required=True, allow_none=True)
    file_name = fields.String(required=True, allow_none=True)
    media_type = fields.String(required=True)
    sha256 = fields.String(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    created_at = Moment(required=True)
    as_of = Moment(required=True, allow_none=True)
    made_at = Moment(required=True, allow_none=True)
    keep_until = Moment(required=True, allow_none=True)
