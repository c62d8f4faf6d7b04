"""Signatures and the keys to check them with, over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Id, Moment, PageQuery, View


class KeyView(View):
    """A public key: 32 bytes in base64. `key_id` is what signatures name it by."""

    key_id = fields.String(required=True)
    algorithm = fields.String(required=True)
    public_key = fields.String(required=True)
    current = fields.Boolean(required=True)


class KeysView(View):
    """All keys that ever signed for this server."""

    items = fields.List(fields.Nested(KeyView), required=True)


class SignatureView(View):
    """Over everything of the object but itself, as UTF-8 JSON with sorted keys and no spaces."""

    key_id = fields.String(required=True)
    algorithm = fields.String(required=True)
    value = fields.String(required=True, metadata={"description": "base64"})


class RootQuery(PageQuery):
    """Which sealed days: district days, both included; all of them if neither is given."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")


class StatementSignature(View):
    """Over the UTF-8 of the statement's text as it stands."""

    key_id = fields.String(required=True)
    algorithm = fields.String(required=True)
    value = fields.String(required=True, metadata={"description": "base64"})


class RootView(View):
    """A sealed day. `statement` is the text that is hashed and signed; the rest says the same."""

    day = fields.String(required=True)
    count = fields.Integer(required=True)
    late = fields.Integer(required=True)
    root = fields.String(required=True)
    previous = fields.String(required=True)
    hash = fields.String(required=True)
    made_at = Moment(required=True)
    statement = fields.String(required=True)
    signature = fields.Nested(StatementSignature, required=True)
    key = fields.String(required=True, metadata={"description": "public key, base64"})


class ProofView(View):
    """That a photo is in the tree of a day: from `leaf_json` over `path` to the root of the statement."""

    photo_id = Id(required=True)
    leaf = fields.String(required=True)
    leaf_json = fields.String(required=True)
    late = fields.Boolean(required=True)
    index = fields.Integer(required=True)
    path = fields.List(fields.String(), required=True)
    day = fields.String(required=True)
    count = fields.Integer(required=True)
    root = fields.String(required=True)
    previous = fields.String(required=True)
    statement = fields.String(required=True)
    signature = fields.Nested(StatementSignature, required=True)
    key = fields.String(required=True, metadata={"description": "public key, base64"})


class VisitLink(View):
    """A photo of the visit: its leaf, and the link that covers it and all before it.

    `leaf_json` is null where the photo is hidden from the reader.
    """

    photo_id = Id(required=True)
    leaf = fields.String(required=True)
    leaf_json = fields.String(allow_none=True)
    link = fields.String(required=True)
    day = fields.String(allow_none=True)


class VisitProof(View):
    """The photos of a visit as a hash chain, its head signed."""

    items = fields.List(fields.Nested(VisitLink), required=True)
    links = fields.List(fields.String(), required=True)
    head = fields.String(required=True)
    statement = fields.String(required=True)
    signature = fields.Nested(StatementSignature, required=True)
    key = fields.String(required=True, metadata={"description": "public key, base64"})
