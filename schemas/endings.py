"""How issues end and come back, over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.issues.ending.confirming import CHANNELS
from schemas.base import Base, Id, Length, OneOf, Range, Text


class Confirm(Base):
    """The enterprise's word. `channel` and photos come with words given on its behalf or on the spot."""

    solved = fields.String(required=True, validate=OneOf(("yes", "partly", "no")))
    satisfaction = fields.Integer(strict=True, validate=Range(1, 5), load_default=None)
    comment = Text(2000, load_default="")
    channel = fields.String(load_default=None, validate=OneOf(CHANNELS))
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class UnreachableIn(Base):
    """A call or visit in vain."""

    channel = fields.String(load_default="phone", validate=OneOf(CHANNELS))
    text = Text(2000, load_default="")


class Withdraw(Base):
    """Why it is taken back."""

    reason = Text(2000, load_default="")


class ReopenIn(Base):
    """Why it is taken up again; `new_facts` where it was closed for good."""

    reason = Text(2000, least=1, required=True)
    new_facts = Text(5000, load_default="")
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class ConcludeIn(Base):
    """Why it is closed for good though it is not solved, and by which law or rule."""

    reason = Text(2000, least=1, required=True)
    basis = Text(2000, least=1, required=True)
