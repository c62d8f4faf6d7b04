"""How far a photo can be believed: a grade with its reasons, from facts kept side by side. Pure.

What contradicts, what merely keeps a photo from a better grade, and what supports it are asked in turn.
Times of the phone and of its camera come from one clock, so they are compared as they are; whatever else
knows the time (server, satellites) is compared after that clock was corrected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.foundation.geo import distance_m
from app.foundation.reasons import Reason

Fix = tuple[float, float]
Token = Literal["valid", "missing", "invalid", "foreign", "stale", "later"]

CLOCK_TOLERANCE = timedelta(hours=1)
ARRIVAL_TOLERANCE = timedelta(hours=2)
STALE_FIX = timedelta(days=1)  # a phone may write the satellite time of its last fix
WORTH_SAYING = timedelta(minutes=5)
FIX_TOLERANCE_M = 500.0
COARSE_M = 500.0  # a fix less accurate than this proves nothing
FASTEST_KMH, LEAST_TRIP_M = 300.0, 2000.0  # faster than any train here goes on average
UNLIKE_M = 1000.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The same person's photo before or after: how far away, how long between."""

    metres: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Twin:
    """Another photo with the same coordinates to seven digits: its day, its site, its file's fix."""

    day: str
    site: Fix | None
    exif: Fix | None


@dataclass(frozen=True, slots=True)
class Copy:
    """An earlier photo with the same file (`exact`) or the same look; `day` is when it was taken."""

    day: str
    exact: bool
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What each source says. Fixes are WGS-84 (latitude, longitude), lengths metres, times aware.

    `skew` is how far the phone's clock runs ahead of the server's, where that is known.
    """

    device: Fix | None
    device_accuracy_m: float | None
    exif: Fix | None
    site: Fix | None
    site_radius_m: float
    device_taken_at: datetime | None
    exif_taken_at: datetime | None
    received_at: datetime
    exif_accuracy_m: float | None = None
    gps_at: datetime | None = None
    arrived_at: datetime | None = None
    skew: timedelta | None = None
    token: Token = "missing"  # noqa: S105 - a state, not a secret
    mock_location: bool = False
    editor: str | None = None
    screenshot: bool = False
    preview: bool = False
    neighbours: tuple[Neighbour, ...] = ()
    twins: tuple[Twin, ...] = ()
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """`grade` is one of verified, consistent, unverified, contradicted."""

    grade: str
    reasons: tuple[Reason, ...]


def grade(facts: Facts) -> Grade:
    """The grade of a photo.

    One contradiction is enough for `contradicted`. `verified` needs the device inside the site, a file
    that agrees with it in place and time, a capture token, and nothing that speaks against the file;
    `consistent` one such agreement; else it is `unverified`. Reasons of a grade that could have been
    better say what stood in the way.
    """
    against = [*_against_place(facts), *_against_time(facts), *_against_origin(facts)]
    if against:
        return Grade("contradicted", tuple(against))
    on_site, agreeing = list(_on_site(facts)), list(_agreeing(facts))
    support, limits = [*on_site, *agreeing], list(_limits(facts))
    notes = [*limits, *_notes(facts)]
    if limits or not support:
        found = support or [Reason("evidence.nothing_to_compare")]
        return Grade("unverified", (*found, *notes))
    if not on_site or len(agreeing) < 2:
        return Grade("consistent", (*support, *notes))
    if facts.token != "valid":  # noqa: S105
        return Grade("consistent", (*support, Reason(f"evidence.token_{facts.token}"), *notes))
    return Grade("verified", (*support, *notes))


def distance_to_site_m(facts: Facts) -> float | None:
    """Metres from where it was taken (device first, else EXIF) to the site; None when either is unknown."""
    fix = facts.device or facts.exif
    return distance_m(fix, facts.site) if fix and facts.site else None


def _slack(*accuracies: float | None) -> float:
    """What inaccurate fixes are given; more than COARSE_M each would let any place through."""
    return sum(min(accuracy or 0.0, COARSE_M) for accuracy in accuracies)


def _against_place(facts: Facts) -> Iterator[Reason]:
    if facts.mock_location:
        yield Reason("evidence.mock_location")
    if facts.device and facts.exif:
        apart = distance_m(facts.device, facts.exif)
        if apart > FIX_TOLERANCE_M + _slack(facts.device_accuracy_m, facts.exif_accuracy_m):
            yield Reason("evidence.fixes_differ", {"metres": round(apart)})
    away = distance_to_site_m(facts)
    own = facts.device_accuracy_m if facts.device else facts.exif_accuracy_m
    if away is not None and away > facts.site_radius_m + _slack(own):
        allowed = round(facts.site_radius_m + _slack(own))
        yield Reason("evidence.off_site", {"metres": round(away), "allowed": allowed})
    yield from filter(None, map(_too_fast, facts.neighbours))
    for twin in facts.twins:
        if _unlike(facts, twin):
            yield Reason("evidence.same_coordinates", {"day": twin.day})
            return


def _too_fast(neighbour: Neighbour) -> Reason | None:
    kmh = neighbour.metres / 1000 / max(neighbour.seconds, 1.0) * 3600
    if neighbour.metres < LEAST_TRIP_M or kmh <= FASTEST_KMH:
        return None
    went = {"metres": round(neighbour.metres), "seconds": round(neighbour.seconds)}
    return Reason("evidence.too_fast", {**went, "kmh": round(kmh)})


def _unlike(facts: Facts, twin: Twin) -> bool:
    """Whether two photos from one and the same spot show places that are far apart."""
    pairs = ((facts.site, twin.site), (facts.exif, twin.exif))
    return any(one and other and distance_m(one, other) > UNLIKE_M for one, other in pairs)


def _against_time(facts: Facts) -> Iterator[Reason]:
    device, camera, skew = facts.device_taken_at, facts.exif_taken_at, facts.skew or timedelta()
    if camera and device and abs(camera - device) > CLOCK_TOLERANCE:
        yield Reason("evidence.times_differ", {"seconds": _seconds(camera - device)})
    elif device and device - skew > facts.received_at + CLOCK_TOLERANCE:
        yield Reason("evidence.from_the_future")
    shot = camera or device
    if shot and facts.arrived_at and facts.arrived_at - shot > ARRIVAL_TOLERANCE:
        code = "evidence.before_arrival" if camera else "evidence.device_before_arrival"
        yield Reason(code, {"seconds": _seconds(facts.arrived_at - shot)})
    if facts.skew is not None:
        yield from _against_satellites(facts)


def _against_satellites(facts: Facts) -> Iterator[Reason]:
    shot = facts.exif_taken_at or facts.device_taken_at
    if shot is None or facts.gps_at is None:
        return
    ahead = shot - (facts.skew or timedelta()) - facts.gps_at
    if ahead < -CLOCK_TOLERANCE or ahead > STALE_FIX:
        yield Reason("evidence.clock_off", {"seconds": _seconds(ahead)})


def _against_origin(facts: Facts) -> Iterator[Reason]:
    for copy in facts.copies:
        if copy.exact:
            yield Reason("evidence.same_file", {"day": copy.day})
            return


def _limits(facts: Facts) -> Iterator[Reason]:
    """What speaks against the file without proving anything: no better than `unverified`."""
    if facts.preview:
        yield Reason("evidence.preview_only")
    if facts.screenshot:
        yield Reason("evidence.screenshot")
    if facts.editor:
        yield Reason("evidence.edited", {"software": facts.editor})
    for copy in facts.copies:
        if not copy.exact:
            mirrored = copy.mirrored
            code = "evidence.looks_mirrored" if mirrored else "evidence.looks_like"
            yield Reason(code, {"day": copy.day})
            break
    if facts.skew is None:  # whose clock is wrong nobody knows
        yield from _against_satellites(facts)


def _notes(facts: Facts) -> Iterator[Reason]:
    """What people should know and what changes no grade."""
    skew = facts.skew or timedelta()
    if abs(skew) > WORTH_SAYING:
        code = "evidence.clock_fast" if skew > timedelta() else "evidence.clock_slow"
        yield Reason(code, {"seconds": _seconds(skew)})


def _on_site(facts: Facts) -> Iterator[Reason]:
    away = distance_to_site_m(facts)
    if away is not None and facts.device and _fine(facts.device_accuracy_m):
        yield Reason("evidence.on_site", {"metres": round(away)})


def _agreeing(facts: Facts) -> Iterator[Reason]:
    fine = _fine(facts.device_accuracy_m) and _fine(facts.exif_accuracy_m)
    if facts.device and facts.exif and fine:
        apart = round(distance_m(facts.device, facts.exif))
        yield Reason("evidence.fixes_agree", {"metres": apart})
    if facts.device_taken_at and facts.exif_taken_at:
        yield Reason("evidence.times_agree")


def _fine(accuracy: float | None) -> bool:
    return accuracy is None or accuracy <= COARSE_M


def _seconds(span: timedelta) -> int:
    return round(abs(span).total_seconds())
