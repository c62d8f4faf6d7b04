"""What happens around every request: its id, its time, its ETag, and cleaning up after it."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from app.api.receiving import drop_received

log = structlog.get_logger(__name__)

REQUESTS = Counter("steward_requests", "Requests answered", ["endpoint", "method", "status"])
SECONDS = Histogram("steward_request_seconds", "Time to answer", ["endpoint"])
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register(app: Flask) -> None:
    """Hook in."""
    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(clean_up)


def begin() -> None:
    """Give the request an id: the caller's when it is fit to be logged."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def end(response: Response) -> Response:
    """Name the request, tag what was read, count and log."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.method == "GET" and response.status_code == 200 and response.is_json:
        response.add_etag()
        response.make_conditional(request)
    endpoint = request.endpoint or "unknown"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    REQUESTS.labels(endpoint, request.method, response.status_code).inc()
    SECONDS.labels(endpoint).observe(seconds)
    if response.status_code >= 400:
        log.info(
            "answered", endpoint=endpoint, status=response.status_code, ms=round(seconds * 1000)
        )
    return response


def clean_up(_: BaseException | None) -> None:
    """Drop what was received and not kept."""
    drop_received(request.environ)
