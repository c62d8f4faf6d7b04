"""If-Match: a whole change is made only to what the caller has seen (RFC 9110, 13.1.1; RFC 6585, 3)."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, current_app, request
from marshmallow import Schema
from werkzeug.http import generate_etag

from app.foundation.errors import Stale, Unguarded


def require_match(schema: type[Schema], shown: Any) -> None:
    """Return if the request's If-Match names the ETag that a read of `shown` has right now.

    A weak tag will do: proxies weaken the tags of what they compress. Raises Unguarded without the
    header, Stale for another tag.
    """
    if "If-Match" not in request.headers:
        raise Unguarded("request.if_match_needed")
    if not request.if_match.contains_weak(_etag(schema, shown)) and not request.if_match.star_tag:
        raise Stale("request.stale")


def _etag(schema: type[Schema], shown: Any) -> str:
    """The tag that `conduct.end` gives this representation."""
    response = cast(Response, current_app.json.response(schema().dump(shown)))
    return generate_etag(response.get_data())
