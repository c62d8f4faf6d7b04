"""Where errors of the domain become HTTP, all in one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, request
from pymongo.errors import ConnectionFailure, PyMongoError
from werkzeug.exceptions import HTTPException

from app.foundation import errors
from app.foundation.messages import catalogue, say
from app.foundation.reasons import Reason

log = structlog.get_logger(__name__)

STATUS: Mapping[type[errors.DomainError], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Invalid: 422,
    errors.Unguarded: 428,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.Missing: 503,
}
LANGUAGES = ("zh", "en")


class Malformed(errors.DomainError):
    """A body that is not even JSON."""


def language() -> str:
    """The reader's language: Chinese unless the client asks for English."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def register(app: Flask) -> None:
    """Answer every error in the one shape."""
    app.register_error_handler(errors.DomainError, domain_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(PyMongoError, database_error)
    app.register_error_handler(Exception, unforeseen)


def domain_error(error: errors.DomainError) -> Response:
    """An error of ours, by its class."""
    status = 400 if isinstance(error, Malformed) else STATUS[type(error)]
    response = shape(error.code, status, error.params, error.fields)
    retry = getattr(error, "retry_after", None)
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def http_error(error: HTTPException) -> Response:
    """An error of the framework: unknown path, wrong method, a body too large."""
    status = error.code or 500
    response = shape(
        f"http.{status}" if f"http.{status}" in catalogue("zh") else "http.error", status
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Location", "Retry-After"):
            response.headers[name] = value
    return response


def database_error(error: PyMongoError) -> Response:
    """A database that is away or busy answers 503: nothing was stored, try again."""
    if not passing(error):
        return unforeseen(error)
    log.warning("database_away", error=repr(error))
    return domain_error(errors.Unavailable("database.away", retry_after=2))


def passing(error: PyMongoError) -> bool:
    """Whether the same may well succeed a moment later."""
    return (
        isinstance(error, ConnectionFailure)
        or error.timeout
        or any(
            error.has_error_label(label)
            for label in (
                "TransientTransactionError",
                "UnknownTransactionCommitResult",
                "RetryableWriteError",
            )
        )
    )


def unforeseen(error: Exception) -> Response:
    """A bug: logged whole, shown as an apology with the request's id."""
    log.error("unforeseen", exc_info=error)
    return shape("http.500", 500)


def shape(
    code: str,
    status: int,
    params: Mapping[str, Any] | None = None,
    fields: Mapping[str, Iterable[Any]] | None = None,
) -> Response:
    """The one shape of errors as a response."""
    response = jsonify(content(code, status, params, fields))
    response.status_code = status
    return response


def content(
    code: str,
    status: int,
    params: Mapping[str, Any] | None = None,
    fields: Mapping[str, Iterable[Any]] | None = None,
) -> dict[str, Any]:
    """The one shape of errors, in the reader's language."""
    spoken = language()
    return {
        "code": code,
        "status": status,
        "message": say(code, spoken, **(params or {})),
        "errors": {
            _encodable(name): [_words(item, spoken) for item in items]
            for name, items in (fields or {}).items()
        },
        "request_id": g.get("request_id", ""),
    }


def _words(item: Any, spoken: str) -> str:
    return say(item.code, spoken, **item.params) if isinstance(item, Reason) else str(item)


def _encodable(name: str) -> str:
    """A field's name as the client sent it may hold a lone surrogate, which UTF-8 cannot carry."""
    return name.encode("utf-8", "backslashreplace").decode()
