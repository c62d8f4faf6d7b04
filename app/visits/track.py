"""Where somebody was during a visit: only then, and only as long as it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.foundation.errors import Invalid
from app.foundation.geo import Position, distance_m
from app.foundation.reasons import Reason

MOST_POINTS = 500


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A reading and its moment (aware)."""

    position: Position
    at: datetime


def within(
    track: Sequence[TrackPoint], started_at: datetime, ended_at: datetime
) -> list[dict[str, Any]]:
    """The points as they are stored, in order of time.

    Raises Invalid for a point before the start or after the end: outside a visit nobody is located.
    """
    outside = {
        f"track.{number}.at": [Reason("visit.track_outside")]
        for number, point in enumerate(track)
        if not started_at <= point.at <= ended_at
    }
    if outside:
        raise Invalid("visit.track_outside", fields=outside)
    ordered = sorted(track, key=lambda point: point.at)
    return [{**point.position.stored(), "at": point.at} for point in ordered]


def away_m(position: dict[str, Any] | None, site: dict[str, Any] | None) -> float | None:
    """Metres (geodesic) from a stored position to the site's centre; None where either is unknown."""
    if not position or not site:
        return None
    return distance_m(_fix(position["point"]), _fix(site["point"]))


def on_site(position: dict[str, Any] | None, site: dict[str, Any] | None) -> bool | None:
    """Whether the position may lie within the site: its radius and the reading's accuracy considered."""
    away = away_m(position, site)
    if away is None or position is None or site is None:
        return None
    return away <= float(site["radius_m"]) + float(position["raw"].get("accuracy_m") or 0.0)


def _fix(point: dict[str, Any]) -> tuple[float, float]:
    longitude, latitude = point["coordinates"]
    return latitude, longitude
