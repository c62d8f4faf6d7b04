"""Positions: the raw reading kept beside its WGS-84 form, and distances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from geopy.distance import geodesic

CoordType = Literal["wgs84", "gcj02", "bd09"]

_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_BD = math.pi * 3000.0 / 180.0
_CHINA = ((0.8293, 55.8271), (72.004, 137.8347))


@dataclass(frozen=True, slots=True)
class Position:
    """A reading as it was sent: degrees, `accuracy_m` in metres, datum in `coord_type`."""

    latitude: float
    longitude: float
    coord_type: CoordType = "wgs84"
    accuracy_m: float | None = None

    def wgs84(self) -> tuple[float, float]:
        """(latitude, longitude) in WGS-84 degrees."""
        if not in_china(self.latitude, self.longitude):
            return self.latitude, self.longitude
        if self.coord_type == "bd09":
            return _gcj02_to_wgs84(*_bd09_to_gcj02(self.latitude, self.longitude))
        if self.coord_type == "gcj02":
            return _gcj02_to_wgs84(self.latitude, self.longitude)
        return self.latitude, self.longitude

    def stored(self) -> dict[str, Any]:
        """The stored form: WGS-84 GeoJSON beside the raw reading."""
        latitude, longitude = self.wgs84()
        return {
            "point": {"type": "Point", "coordinates": [longitude, latitude]},
            "raw": {
                "latitude": self.latitude,
                "longitude": self.longitude,
                "coord_type": self.coord_type,
                "accuracy_m": self.accuracy_m,
            },
        }


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Geodesic distance in metres between two WGS-84 (latitude, longitude) pairs (geopy, Karney)."""
    return float(geodesic(a, b).meters)


def wgs84_to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """The published approximation of China's GCJ-02 shift (Krasovsky 1940 ellipsoid); none abroad."""
    if not in_china(latitude, longitude):
        return latitude, longitude
    return _shifted(latitude, longitude)


def in_china(latitude: float, longitude: float) -> bool:
    """Within the box that the published shift is limited to: its series run wild towards the poles."""
    (south, north), (west, east) = _CHINA
    return south <= latitude <= north and west <= longitude <= east


def _shifted(latitude: float, longitude: float) -> tuple[float, float]:
    x, y = longitude - 105.0, latitude - 35.0
    ripple = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + ripple
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + ripple
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    phi = math.radians(latitude)
    magic = 1 - _ECCENTRICITY * math.sin(phi) ** 2
    meridian = (_AXIS * (1 - _ECCENTRICITY)) / (magic * math.sqrt(magic))
    parallel = _AXIS / math.sqrt(magic) * math.cos(phi)
    return latitude + math.degrees(north / meridian), longitude + math.degrees(east / parallel)


def _gcj02_to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """Inverse by fixed-point iteration: the shift is smooth, five rounds end far below a centimetre."""
    guess = latitude, longitude
    for _ in range(5):
        shifted = _shifted(*guess)
        guess = guess[0] + latitude - shifted[0], guess[1] + longitude - shifted[1]
    return guess


def _bd09_to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """Baidu's published second shift, undone."""
    x, y = longitude - 0.0065, latitude - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BD)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BD)
    return radius * math.sin(angle), radius * math.cos(angle)
