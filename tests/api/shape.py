"""What every error looks like, and what must not have happened when there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.test import TestResponse

import wsgi
from app.foundation.messages import catalogue
from tests.foundation.failing import dump
from tests.support.phone import Phone

FIELDS = {"code", "status", "message", "errors", "request_id"}
ID = "0123456789abcdef01234567"
POSITION = {"latitude": 32.51, "longitude": 120.15, "accuracy_m": 5, "coord_type": "gcj02"}
STORE = wsgi.app.extensions["store"]


def refused(answer: TestResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """The error, if it is one of this status in the one shape."""
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text[:500]
    assert answer.mimetype == "application/json", text[:500]
    error: dict[str, Any] = answer.json
    assert set(error) == FIELDS
    assert error["status"] == status
    assert error["code"] in catalogue("zh")
    assert error["message"]
    assert "{" not in error["message"]
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert all(isinstance(each, str) for items in error["errors"].values() for each in items)
    if code:
        assert error["code"] == code, error
    return error


def files() -> set[str]:
    """Every file of the object store, those half received too."""
    return {str(path) for path in STORE.root.rglob("*") if path.is_file()}


@contextmanager
def nothing_stored() -> Iterator[None]:
    """Not a row and not a file more, less or other than before."""
    before = dump(), files()
    yield
    assert dump() == before[0]
    assert files() == before[1]


def raw(phone: Phone, path: str, data: bytes | str, content_type: str = "application/json") -> Any:
    return phone.call("POST", path, data=data, content_type=content_type)
