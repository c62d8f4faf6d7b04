"""One decorator for what every operation shares: who may call, what comes in, what can come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import request
from marshmallow import Schema

from app.api import auth
from app.api.parsing import Parser
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from schemas.base import Empty, ErrorView

View = Callable[..., Any]

KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same action is done once; with another action it is 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}


IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what was read and is now changed; without it 428, with another 412.",
    "schema": {"type": "string"},
}


class Blueprint(flask_smorest.Blueprint):
    """A room of the API."""

    ARGUMENTS_PARSER = Parser()

    def operation(
        self,
        *,
        shows: type[Schema] | None = None,
        status: int = 200,
        also: Iterable[int] = (),
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        form: type[Schema] | None = None,
        public: bool = False,
        action: bool = False,
        octets: bool = False,
        whole: bool = False,
        content_type: str | None = None,
        raw: bool = False,
    ) -> Callable[[View], View]:
        """Describe and guard an operation.

        `shows` is what a success of `status` looks like; `also` are further statuses it can answer, beside
        those that follow from the rest. Unless `public`, the caller is known before anything is read.
        An `action` takes an Idempotency-Key, a change of the `whole` thing an If-Match. `raw` views answer
        with a response of their own; those of `octets` read the bytes of the body themselves.
        """
        writes = body is not None or form is not None or action or octets
        statuses = {503, *also, *(() if public else (401, 403)), *((413, 415) if writes else ())}
        # A GET without a query of its own refuses any: 422 too.
        statuses |= {400, 422, 409} if writes and not public else ({400, 422} if writes else {422})
        statuses |= set() if writes or raw else {304}
        statuses |= {412, 428} if whole else set()

        def decorate(view: View) -> View:
            guarded = _guarded(view, public=public, query=query)
            if body is not None or (action and form is None):
                guarded = self.arguments((body or Empty)(), location="json")(guarded)
            if form is not None:
                guarded = self.arguments(
                    form(), location="form", content_type="multipart/form-data"
                )(guarded)
            if query is not None:
                guarded = self.arguments(query(), location="query")(guarded)
            guarded = _authenticated(guarded, public=public)
            for code in sorted(statuses):
                schema: type[Schema] | None = None if 300 <= code < 400 else ErrorView
                if code in (200, 201):
                    schema = shows
                guarded = self.alt_response(
                    code, schema=schema, description=HTTPStatus(code).phrase, success=code < 400
                )(guarded)
            described = self.response(status, None if raw else shows, content_type=content_type)(
                guarded
            )
            extra: dict[str, Any] = {} if public else {"security": [{"bearer": []}]}
            if action or whole:
                extra["parameters"] = [KEY_HEADER if action else IF_MATCH]
            return self.doc(**extra)(described)  # type: ignore[no-any-return]

        return decorate


def _authenticated(view: View, *, public: bool) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if not public:
            auth.authenticate()
        return view(*args, **kwargs)

    return wrapper


def _guarded(view: View, *, public: bool, query: type[Schema] | None) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if query is None and request.args:
            unknown = {name: [Reason("request.unknown_field")] for name in request.args}
            raise Invalid("request.invalid", fields=unknown)
        return view(*args, **kwargs)

    return wrapper
