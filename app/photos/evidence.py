"""How far a photo can be believed: a grade with its reasons, from facts kept side by side. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.foundation.geo import distance_m
from app.foundation.reasons import Reason

Fix = tuple[float, float]

CLOCK_TOLERANCE = timedelta(hours=1)
FIX_TOLERANCE_M = 500.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What each source says. Fixes are WGS-84 (latitude, longitude), lengths metres, times aware."""

    device: Fix | None
    device_accuracy_m: float | None
    exif: Fix | None
    site: Fix | None
    site_radius_m: float
    device_taken_at: datetime | None
    exif_taken_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Grade:
    """`grade` is one of verified, consistent, unverified, contradicted."""

    grade: str
    reasons: tuple[Reason, ...]


def grade(facts: Facts) -> Grade:
    """The grade of a photo.

    One contradiction is enough for `contradicted`. `verified` needs the device inside the site and a file
    that agrees with it in place and time; `consistent` one such agreement; else it is `unverified`.
    """
    against = [*_against_place(facts), *_against_time(facts)]
    if against:
        return Grade("contradicted", tuple(against))
    on_site = _on_site(facts)
    agreeing = _agreeing(facts)
    support = [*on_site, *agreeing]
    if on_site and len(agreeing) == 2:
        return Grade("verified", tuple(support))
    if support:
        return Grade("consistent", tuple(support))
    return Grade("unverified", (Reason("evidence.nothing_to_compare"),))


def distance_to_site_m(facts: Facts) -> float | None:
    """Metres from where it was taken (device first, else EXIF) to the site; None when either is unknown."""
    fix = facts.device or facts.exif
    return distance_m(fix, facts.site) if fix and facts.site else None


def _against_place(facts: Facts) -> list[Reason]:
    reasons = []
    slack = facts.device_accuracy_m or 0.0
    if facts.device and facts.exif:
        apart = distance_m(facts.device, facts.exif)
        if apart > FIX_TOLERANCE_M + slack:
            reasons.append(Reason("evidence.fixes_differ", {"metres": round(apart)}))
    away = distance_to_site_m(facts)
    if away is not None and away > facts.site_radius_m + slack:
        allowed = round(facts.site_radius_m + slack)
        reasons.append(Reason("evidence.off_site", {"metres": round(away), "allowed": allowed}))
    return reasons


def _against_time(facts: Facts) -> list[Reason]:
    if facts.exif_taken_at and facts.device_taken_at:
        apart = abs(facts.exif_taken_at - facts.device_taken_at)
        if apart > CLOCK_TOLERANCE:
            hours = round(apart.total_seconds() / 3600)
            return [Reason("evidence.times_differ", {"hours": hours})]
    if facts.device_taken_at and facts.device_taken_at > facts.received_at + CLOCK_TOLERANCE:
        return [Reason("evidence.from_the_future")]
    return []


def _on_site(facts: Facts) -> list[Reason]:
    away = distance_to_site_m(facts)
    if away is None or facts.device is None:
        return []
    return [Reason("evidence.on_site", {"metres": round(away)})]


def _agreeing(facts: Facts) -> list[Reason]:
    reasons = []
    if facts.device and facts.exif:
        apart = round(distance_m(facts.device, facts.exif))
        reasons.append(Reason("evidence.fixes_agree", {"metres": apart}))
    if facts.device_taken_at and facts.exif_taken_at:
        reasons.append(Reason("evidence.times_agree"))
    return reasons
