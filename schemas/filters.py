"""What lists are narrowed to, how far they are counted, and filters that people keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from app.issues.documents import OUTCOMES, SOURCES
from app.issues.looking.boxes import BOXES
from app.issues.looking.listing import MOST_COUNTED
from app.issues.looking.lists import SORTS
from app.issues.looking.saved import LISTS
from app.issues.search_terms import LEAST
from schemas.base import Base, ClientId, Id, Moment, OneOf, Range, Text, View

KINDS = ("request", "problem")
ROLES = ("lead", "assist")
FORMATS = ("xlsx", "csv")
_Q = f"Text to find, {LEAST} characters or more; upper and lower case are the same."


class TicketFilter(Base):
    """Which tickets, in which order. Times go from `after` to before `before`."""

    box = fields.String(load_default="todo", validate=OneOf(BOXES))
    state = Text(40, least=1)
    category = Text(40, least=1)
    unit = Text(40, least=1)
    role = fields.String(validate=OneOf(ROLES))
    urgent = fields.Boolean()
    level = fields.Integer(validate=Range(0, 2))
    department_id = Id()
    assignee_id = Id()
    overdue = fields.Boolean()
    due_after = Moment()
    due_before = Moment()
    dispatched_after = Moment()
    dispatched_before = Moment()
    q = Text(100, least=LEAST, metadata={"description": _Q})
    sort = fields.String(load_default="due", validate=OneOf(SORTS))


class IssueFilter(Base):
    """Which issues, newest first. Times go from `after` to before `before`."""

    state = Text(40, least=1)
    kind = fields.String(validate=OneOf(KINDS))
    category = Text(40, least=1)
    unit = Text(40, least=1)
    source = fields.String(validate=OneOf(SOURCES))
    outcome = fields.String(validate=OneOf(OUTCOMES))
    enterprise_id = Id()
    project_id = Id()
    created_after = Moment()
    created_before = Moment()
    mine = fields.Boolean(metadata={"description": "Opened or served by oneself."})
    following = fields.Boolean(metadata={"description": "Followed by oneself."})
    q = Text(100, least=LEAST, metadata={"description": _Q})


class TicketExport(TicketFilter):
    """Which tickets, and as which kind of file."""

    format = fields.String(load_default="xlsx", validate=OneOf(FORMATS))


class IssueExport(IssueFilter):
    """Which issues, and as which kind of file."""

    format = fields.String(load_default="xlsx", validate=OneOf(FORMATS))


class CountView(View):
    """How many there are; with `more`, at least so many: shown as "999+"."""

    count = fields.Integer(required=True)
    more = fields.Boolean(required=True)


CountsView = View.from_dict(
    {box: fields.Nested(CountView, required=True) for box in BOXES}, name="CountsView"
)
"""How many tickets are in each box."""


def listed(item: type[Schema], **more: fields.Field[Any]) -> type[Schema]:
    """The schema of a page of a list that is counted as far as it matters."""
    described = f"Exact up to {MOST_COUNTED}; see total_is_capped."
    capped = "There are more than `total`; going on to the next pages shows them."
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "total": fields.Integer(required=True, metadata={"description": described}),
            "total_is_capped": fields.Boolean(required=True, metadata={"description": capped}),
            "page": fields.Integer(required=True),
            "page_size": fields.Integer(required=True),
            **more,
        },
        name=f"{item.__name__}Page",
    )


FILTERS: Mapping[str, type[Schema]] = {"tickets": TicketFilter, "issues": IssueFilter}


class FilterWhole(Base):
    """A filter under a name: `query` holds the parameters of the list, as in its address."""

    name = Text(50, least=1, required=True)
    list = fields.String(required=True, validate=OneOf(LISTS))
    query = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "Parameters of GET /tickets or GET /issues without page and page_size.",
            "example": {"q": "施工许可"},
        },
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """The query is one that the list itself would take."""
        wrong = FILTERS[data["list"]]().validate(data["query"])
        if wrong:
            raise ValidationError({"query": wrong})


class FilterIn(FilterWhole):
    """A new filter."""

    client_id = ClientId(required=True)


class FilterView(View):
    """A filter that somebody keeps."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    name = fields.String(required=True)
    list = fields.String(required=True)
    query = fields.Dict(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class FiltersView(View):
    """All filters of a person, by name."""

    items = fields.List(fields.Nested(FilterView), required=True)
