"""Enterprises of the district."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    ListField,
    ObjectIdField,
    StringField,
)
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as StdnumError

from app.foundation.documents import Document
from app.foundation.errors import Invalid


class Enterprise(Document):
    """`credit_code` is the unified social credit code (GB 32100-2015); `site` a WGS-84 GeoJSON point.

    A `provisional` one was named by somebody (`created_by`) who filed for it, and is to be completed: it
    has no credit code, and a unit only if that was known.
    """

    credit_code: str | None = StringField()
    name: str = StringField(required=True)
    unit: str | None = StringField()
    industry: str = StringField(default="")
    address: str = StringField(default="")
    site: dict[str, Any] | None = DictField(null=True, default=None)
    tags: list[str] = ListField(StringField())
    commissioner: ObjectId | None = ObjectIdField()
    provisional: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    synthetic: bool = BooleanField(default=False)
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "enterprises"}


def credit_code(text: str) -> str:
    """The code in half-width upper case. Raises Invalid when GB 32100-2015 says it cannot be one."""
    half_width = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    try:
        return str(uscc.validate(half_width.strip().upper()))
    except StdnumError as error:
        raise Invalid("enterprise.credit_code_invalid", text=text) from error
