"""Folding here and now, and what a board says, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from app.boards import building, folding
from app.boards.cells import Counts
from app.boards.documents import ONE, Marker
from app.foundation import clock, duties
from tests.support.phone import API, Phone

LEASE = timedelta(seconds=60)


def claimed() -> duties.Duty:
    """The duty to fold, in hand, whenever it would be due."""
    now = clock.now()
    folding.begin(now)
    duties.rows().update_one({"key": folding.FOLD}, {"$set": {"next_at": now}})
    row = duties.rows().find_one({"key": folding.FOLD})
    duty = duties.claim(row["_id"], now=now, lease=LEASE)
    assert duty is not None
    return duty


def fold() -> None:
    """One turn."""
    folding.fold(claimed(), clock.now())


def bare(counts: Counts) -> Counts:
    """Cells without the number of their building."""
    return {key.partition(".")[2]: values for key, values in counts.items()}


def stored() -> Counts:
    """The cells as they are stored."""
    return bare(building.stored(_gen()))


def computed() -> Counts:
    """The cells that the facts come to."""
    return bare(building.computed(_gen()))


def _gen() -> int:
    return Marker.rows().find_one({"_id": ONE})["gen"]


def counts(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All that a board counts: {value, opens}."""
    yield from board["figures"]
    for group in board["groups"]:
        yield from group["items"]
    for rate in board["rates"]:
        yield from (rate["numerator"], rate["denominator"])
    for series in board["series"]:
        yield from (series["month"], series["year"], series["last_year"])
        for grain in ("days", "weeks", "months"):
            yield from (each for each in series[grain] if each["value"])


def opened(phone: Phone, opens: str) -> dict[str, Any]:
    """The list that a figure opens to."""
    path, _, query = opens.removeprefix(API).partition("?")
    return phone.see(path, **{**dict(parse_qsl(query, keep_blank_values=True)), "page_size": "100"})


def figure(board: dict[str, Any], code: str) -> dict[str, Any]:
    """One figure or rate of a board."""
    return next(each for each in (*board["figures"], *board["rates"]) if each["code"] == code)


def group(board: dict[str, Any], code: str) -> dict[str, int]:
    """A figure that is told apart, by its values."""
    found = next(each for each in board["groups"] if each["code"] == code)
    return {each["key"]: each["value"] for each in found["items"]}
