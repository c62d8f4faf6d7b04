"""What visits are made of, in tests."""

from __future__ import annotations

from typing import Any

from app.enterprises.documents import Enterprise
from tests.support.factories import PHOTOS, client_id
from tests.support.phone import Phone

START, END = "2026-11-24T09:00:00+08:00", "2026-11-24T10:30:00+08:00"
# The factories' site, and a place 1,112 m north of it.
SITE = {"latitude": 32.51, "longitude": 120.15, "accuracy_m": 8, "coord_type": "wgs84"}
FAR = {**SITE, "latitude": 32.52}
SAFETY = {
    "template": "safety",
    "version": 1,
    "answers": {"exits": "yes", "extinguishers": "yes"},
}


def body(**fields: Any) -> dict[str, Any]:
    return {"client_id": client_id(), "started_at": START, **fields}


def at(place: Enterprise, **fields: Any) -> dict[str, Any]:
    return body(enterprise_id=str(place.id), **fields)


def begun(phone: Phone, place: Enterprise, **fields: Any) -> Any:
    """A draft, as its owner sees it."""
    return phone.do("/visits", at(place, **fields))


def photo(phone: Phone, number: int = 0, **fields: Any) -> str:
    """The id of a photo just taken."""
    answer = phone.take_photo(PHOTOS[number].read_bytes(), **fields)
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    return str(answer.json["id"])


def put(phone: Phone, key: str, whole: dict[str, Any], etag: str | None) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return phone.call("PUT", f"/visits/{key}", json=whole, headers=headers)


def etag(phone: Phone, key: str) -> str:
    return str(phone.get(f"/visits/{key}").headers["ETag"])
