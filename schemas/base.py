"""What all schemas share: unknown fields are errors, texts are clean, times are aware.

Messages are codes of the catalogue (`Reason`, or a bare code); the edge says them in the reader's language.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

from marshmallow import RAISE, Schema, ValidationError, fields, missing, post_load, validate

from app.foundation.district import local
from app.foundation.geo import Position
from app.foundation.reasons import Reason

ID_PATTERN = r"^[0-9a-f]{24}$"

# marshmallow's own words, as codes of our catalogue.
fields.Field.default_error_messages.update(
    required="request.required", null="request.null", validator_failed="request.invalid_value"
)
_INVALID: tuple[type[fields.Field[Any]], ...] = (
    fields.String,
    fields.Integer,
    fields.Float,
    fields.Boolean,
    fields.List,
    fields.Mapping,
    fields.Nested,
    fields.Date,
)
for _kind in _INVALID:
    _kind.default_error_messages = dict.fromkeys(
        _kind.default_error_messages, "request.invalid_value"
    )


class Shared(Schema):
    """A schema that is never changed once it is made.

    Each of an operation's responses copies what the ones before said of it, schemas and all, which took
    half of the time that a process needs to start.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Base(Shared):
    """Refuses what it does not know."""

    error_messages = {
        "unknown": "request.unknown_field",
        "type": "request.not_an_object",
    }

    class Meta:
        unknown = RAISE


class View(Shared):
    """What goes out: only what is listed, and all of it: what is not known is null, not left out."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Null instead of nothing."""
        if field_obj.allow_none and field_obj.dump_default is missing:
            field_obj.dump_default = None


class Length(validate.Length):
    """A length between bounds."""

    def _format_error(self, value: Any, message: str) -> Any:
        return [Reason("request.length", {"min": self.min or 0, "max": self.max or "∞"})]


class Range(validate.Range):
    """A number between bounds."""

    def _format_error(self, value: Any, message: str) -> Any:
        return [Reason("request.range", {"min": self.min, "max": self.max})]


class OneOf(validate.OneOf):
    """One of a list."""

    def _format_error(self, value: Any) -> Any:
        return [Reason("request.one_of", {"choices": ", ".join(map(str, self.choices))})]


class Pattern(validate.Regexp):
    """Text that is of a form as a whole: `$` alone would let a line end through."""

    def __call__(self, value: Any) -> Any:
        """The value, if all of it fits. Raises ValidationError."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value

    def _format_error(self, value: Any) -> Any:
        return [Reason("request.form")]


class Text(fields.String):
    """Text without NUL and lone surrogates, `least` to `most` characters."""

    def __init__(self, most: int, *, least: int = 0, **options: Any) -> None:
        super().__init__(validate=Length(min=least, max=most), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise ValidationError([Reason("request.unprintable")])
        if self.required and not text.strip():
            raise ValidationError([Reason("request.blank")])
        return text


class Id(fields.String):
    """An id: 24 hex digits, lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Pattern(ID_PATTERN), **options)


class ClientId(fields.UUID):
    """A UUID made on the phone; kept as canonical text."""

    default_error_messages = {"invalid_uuid": "request.form"}

    def _deserialize(self, *args: Any, **options: Any) -> Any:
        return str(super()._deserialize(*args, **options))

    def _serialize(self, value: Any, *args: Any, **options: Any) -> str | None:
        return None if value is None else str(uuid.UUID(str(value)))


class Moment(fields.AwareDateTime):
    """RFC 3339 with an offset, any in; the district's offset out, to the millisecond."""

    default_error_messages = {
        "invalid": "request.time",
        "invalid_awareness": "request.time_without_offset",
        "format": "request.time",
    }

    def _deserialize(self, *args: Any, **options: Any) -> Any:
        try:
            moment = super()._deserialize(*args, **options).astimezone(UTC)
        except OverflowError as error:
            raise ValidationError([Reason("request.time")]) from error
        if not 2000 <= moment.year <= 2100:
            raise ValidationError([Reason("request.time")])
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **options: Any
    ) -> str | None:
        return None if value is None else local(value).isoformat(timespec="milliseconds")


class PositionIn(Base):
    """A reading as the phone has it."""

    latitude = fields.Float(required=True, validate=Range(-90, 90))
    longitude = fields.Float(required=True, validate=Range(-180, 180))
    accuracy_m = fields.Float(validate=Range(0, 100_000), load_default=None, allow_none=True)
    coord_type = fields.String(load_default="wgs84", validate=OneOf(("wgs84", "gcj02", "bd09")))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Position:
        """The reading as a value."""
        return Position(**data)


class PositionView(View):
    """A stored position: WGS-84, beside the reading as it was sent."""

    latitude = fields.Function(
        lambda row: row["point"]["coordinates"][1], metadata={"type": "number"}
    )
    longitude = fields.Function(
        lambda row: row["point"]["coordinates"][0], metadata={"type": "number"}
    )
    accuracy_m = fields.Function(
        lambda row: row["raw"].get("accuracy_m"), metadata={"type": ["number", "null"]}
    )
    coord_type = fields.Constant("wgs84")
    raw = fields.Dict()


class PageQuery(Base):
    """Which page of a list."""

    page = fields.Integer(load_default=1, validate=Range(1, 10_000))
    page_size = fields.Integer(load_default=20, validate=Range(1, 100))


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of `item`."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "total": fields.Integer(required=True),
            "page": fields.Integer(required=True),
            "page_size": fields.Integer(required=True),
        },
        name=f"{item.__name__}Page",
    )


class ErrorView(View):
    """Every error looks like this."""

    code = fields.String(required=True)
    status = fields.Integer(required=True)
    message = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    request_id = fields.String(required=True)


class Empty(Base):
    """A body that says nothing more."""


class ReasonView(View):
    """A reason: its code for programs, its text for people."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    params = fields.Dict(required=True)
