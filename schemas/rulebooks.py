"""Versions of the routing rules over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.rulebooks.actions import Draft
from app.rulebooks.documents import RULEBOOK_STATES
from app.rulebooks.versions import MOST_VERSIONS
from schemas.base import Base, ClientId, Moment, Range, ReasonView, Text, View

_FORM = "The form of the district's `routing.yaml`: thresholds, words, restrictions, ordered rules."
_BASE = "A published version; 0 is the pack's own."
NOTE = 500


def _number(**options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=Range(0, MOST_VERSIONS), **options)


class RulebookIn(Base):
    """A new draft: on the version in use and with its content, where nothing else is said."""

    client_id = ClientId(required=True)
    based_on = _number(metadata={"description": _BASE})
    content = fields.Dict(keys=fields.String(), metadata={"description": _FORM})
    note = Text(NOTE, load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[str, Draft]:
        """The client_id, and what was said as a value."""
        said = Draft(data.get("based_on"), data.get("content"), data["note"])
        return data["client_id"], said


class RulebookWhole(Base):
    """A draft as a whole."""

    based_on = _number(required=True, metadata={"description": _BASE})
    content = fields.Dict(keys=fields.String(), required=True, metadata={"description": _FORM})
    note = Text(NOTE, load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Draft:
        """What was said, as a value."""
        return Draft(**data)


class PublishIn(Base):
    """Why it is to be used from now on; `over` whatever came into use since it was begun."""

    reason = Text(NOTE, least=1, required=True)
    over = fields.Boolean(load_default=False)


class RevertIn(Base):
    """Why an earlier version is to be used again."""

    reason = Text(NOTE, least=1, required=True)


class RulebookLine(View):
    """A version in a list. `name` is what decisions call it."""

    number = fields.Integer(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(RULEBOOK_STATES)})
    in_use = fields.Boolean(required=True)
    note = fields.String(required=True)
    based_on = fields.Integer(required=True)
    by = fields.String(allow_none=True)
    created_at = Moment(allow_none=True)
    updated_at = Moment(allow_none=True)
    published_at = Moment(allow_none=True)


class BrokenRuleView(View):
    """A rule that cannot be evaluated and decides nothing."""

    rule = fields.String(required=True)
    why = fields.Nested(ReasonView, required=True)


def _names() -> fields.List[str]:
    return fields.List(fields.String(), required=True)


class ListedView(View):
    """Names that this version has and the one in use has not, and so on."""

    added, removed, changed, moved = _names(), _names(), _names(), _names()


class WordsView(View):
    """Words of one list."""

    name = fields.String(required=True)
    added, removed = _names(), _names()


class NumberView(View):
    """A threshold or a distance."""

    name = fields.String(required=True)
    before = fields.Float(required=True)
    after = fields.Float(required=True)


class DifferencesView(View):
    """What it says otherwise than the version in use."""

    rules = fields.Nested(ListedView, required=True)
    restrictions = fields.Nested(ListedView, required=True)
    words = fields.List(fields.Nested(WordsView), required=True)
    numbers = fields.List(fields.Nested(NumberView), required=True)


class UseView(View):
    """That it came into use."""

    action = fields.String(required=True, metadata={"enum": ["publish", "revert"]})
    by = fields.String(required=True)
    at = Moment(required=True)
    reason = fields.String(required=True)
    before = fields.String(required=True)


class RulebookView(RulebookLine):
    """A version whole."""

    content = fields.Dict(required=True)
    broken = fields.List(fields.Nested(BrokenRuleView), required=True)
    differs = fields.Nested(DifferencesView, required=True)
    uses = fields.List(fields.Nested(UseView), required=True)
