"""Reading requests: strict about content types, unknown fields and extra parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from app.api.errors import Malformed
from app.foundation.errors import Invalid, UnsupportedMedia
from app.foundation.messages import DEFAULT, catalogue
from app.foundation.reasons import Reason


class Parser(FlaskParser):
    """webargs with our errors. A form is its fields and its files together."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The JSON body; none at all is an empty object, for bodies without required fields."""
        data = req.get_data()
        if not data:
            return {}
        if not req.is_json:
            raise UnsupportedMedia("request.not_json")
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError) as error:
            # Python refuses numbers of thousands of digits, and nesting deeper than its stack.
            raise Malformed("request.bad_json") from error

    def load_form(self, req: Request, schema: Schema) -> Any:
        """The fields and files of a multipart form, so that an extra file is an unknown field too."""
        if req.mimetype != "multipart/form-data":
            raise UnsupportedMedia("request.not_multipart")
        both: MultiDict[str, Any] = MultiDict(req.form)
        both.update(req.files)
        if any(name is None for name in both):
            raise Malformed("request.unnamed_part")
        return MultiDictProxy(_once(both), schema)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query, each parameter once."""
        return MultiDictProxy(_once(req.args), schema)

    def _handle_invalid_json_error(self, error: Any, req: Request, *_: Any, **__: Any) -> NoReturn:
        raise Malformed("request.bad_json")

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **_: Any
    ) -> NoReturn:
        """Say which fields, by dotted name."""
        found: dict[str, list[Any]] = {}
        for by_location in error.normalized_messages().values():  # type: ignore[no-untyped-call]
            _flatten("", by_location, found)
        raise Invalid("request.invalid", fields=found)


def invalid(error: ValidationError) -> Invalid:
    """What a schema found wrong with something that is not the request itself."""
    found: dict[str, list[Any]] = {}
    _flatten("", error.normalized_messages(), found)  # type: ignore[no-untyped-call]
    return Invalid("request.invalid", fields=found)


def _once(given: MultiDict[str, Any]) -> MultiDict[str, Any]:
    """What was given, if nothing was given twice: taking one of two would silently drop the other."""
    repeated = {name: [Reason("request.repeated")] for name, all_ in given.lists() if len(all_) > 1}
    if repeated:
        raise Invalid("request.invalid", fields=repeated)
    return given


def _flatten(prefix: str, messages: Any, found: dict[str, list[Any]]) -> None:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            _flatten(f"{prefix}.{name}" if prefix else str(name), below, found)
    else:
        items = messages if isinstance(messages, list) else [messages]
        found.setdefault(prefix or "_schema", []).extend(map(_reason, items))


def _reason(item: Any) -> Any:
    """Schemas name what is wrong by a Reason, or by its code alone."""
    return Reason(item) if isinstance(item, str) and item in catalogue(DEFAULT) else item
