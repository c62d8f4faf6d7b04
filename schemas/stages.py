"""Stages of projects over the wire, and what all entries of ledgers have in common."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.foundation import clock
from app.projects.asking import BASES, KNOWN, ask
from app.projects.stages.register import REGISTER
from schemas.base import Base, Id, Length, Moment, OneOf, ReasonView, Text, View
from schemas.ledger import LocalDay, new_of, view_of

OWN = ("client_id", "photo_ids", "reason")
"""What a statement has beside the fields of its register."""


def stated(data: dict[str, Any], *own: str) -> dict[str, Any]:
    """The fields of the register as `raw`, beside what is the operation's own."""
    apart = {name: data.pop(name) for name in own}
    return {**apart, "raw": data}


def reason_field() -> fields.String:
    """Why what was stated before was wrong."""
    return Text(500, load_default="")


def photos_field() -> fields.List[str]:
    """Own photos, as evidence."""
    return fields.List(Id(), load_default=list, validate=Length(max=20))


def settled_field() -> fields.Boolean:
    """What every answer for a day says of itself."""
    return fields.Boolean(required=True, metadata={"description": _SETTLED})


_SETTLED = (
    "Asked again, the answer is the same: of what was `known` on a past day, from two minutes after its "
    "end on. Never of today, and never with `basis=true`."
)
ENTRY = {
    "id": Id(required=True),
    "known_at": Moment(required=True),
    "superseded_at": Moment(allow_none=True),
    "supersedes_id": fields.String(allow_none=True),
    "void": fields.Boolean(required=True),
    "by": fields.String(required=True),
    "role": fields.String(required=True),
    "reason": fields.String(required=True),
    "source": fields.String(required=True),
    "historic": fields.Boolean(required=True),
}
"""Who entered it, from when to when it was held true, and why it took another's place."""


class AskedQuery(Base):
    """As it was `known` at the end of that day, or as it was `true` then by what is known now."""

    as_of = LocalDay(load_default=None)
    basis = fields.String(load_default=KNOWN, validate=OneOf(BASES))
    history = fields.Boolean(load_default=False)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The question as a value."""
        return ask(clock.now(), **data)


_OF_THE_PATH = ("project",)
_PROOF = {"photo_ids": photos_field(), "reason": reason_field()}
_SEEN = {
    **ENTRY,
    "project_id": Id(required=True),
    "stage_name": fields.String(required=True),
    "photo_ids": fields.List(fields.String(), required=True),
    "evidence_missing": fields.Boolean(required=True),
}


class StageIn(new_of(REGISTER, "_StageIn", without=_OF_THE_PATH, more=_PROOF)):  # type: ignore[misc]
    """A stage of a project. One that was stated before is corrected; another day then needs a reason.

    `turn` numbers suspensions; without it the one under way is meant, or the next one.
    """

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{client_id, photo_ids, reason, raw}."""
        return stated(data, *OWN)


class EntryVoid(Base):
    """Why there never was such a thing."""

    reason = Text(500, least=1, required=True)


class Verified(View):
    """Who looked at it, and when."""

    name = fields.String(required=True)
    at = Moment(required=True)


class StageEntryView(view_of(REGISTER, "_StageView", without=_OF_THE_PATH, more=_SEEN)):  # type: ignore[misc]
    """An entry: what was stated, by whom, with which evidence, and whether somebody else looked."""

    verified = fields.Nested(Verified, allow_none=True)


class StatedStageView(StageEntryView):
    """The same with where the project now stands and what is unusual about it."""

    project_stage = fields.String(allow_none=True)
    course = fields.String(required=True)
    warnings = fields.List(fields.Nested(ReasonView), required=True)


class StageOfView(View):
    """A stage of a phase: its entries that hold, by kind."""

    stage = fields.String(required=True)
    stage_name = fields.String(required=True)
    planned = fields.Nested(StageEntryView, allow_none=True)
    actual = fields.Nested(StageEntryView, allow_none=True)
    recognised = fields.Nested(StageEntryView, allow_none=True)


class SpanView(View):
    """From a day to another, or until now."""

    since = fields.String(required=True)
    until = fields.String(allow_none=True)


class PhaseView(View):
    """The line of a phase, 0 the whole: all stages in order, investing, standing still, leaving."""

    phase = fields.Integer(required=True)
    course = fields.String(required=True)
    stages = fields.List(fields.Nested(StageOfView), required=True)
    turns = fields.List(fields.Nested(StageEntryView), required=True)
    investing = fields.Nested(SpanView, allow_none=True)
    suspensions = fields.List(fields.Nested(SpanView), required=True)
    exited_on = fields.String(allow_none=True)


class StageLineView(View):
    """The stage line of a project as it was asked for. `history` is what others superseded, oldest first."""

    project_id = Id(required=True)
    as_of = fields.String(allow_none=True)
    basis = fields.String(required=True)
    settled = settled_field()
    stage = fields.String(allow_none=True)
    course = fields.String(required=True)
    suspended_since = fields.String(allow_none=True)
    exited_on = fields.String(allow_none=True)
    phases = fields.List(fields.Nested(PhaseView), required=True)
    warnings = fields.List(fields.Nested(ReasonView), required=True)
    history = fields.List(fields.Nested(StageEntryView), required=True)
