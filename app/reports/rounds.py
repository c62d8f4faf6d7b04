"""Whom a commissioner visits on a day: what they serve, the most pressing first, and a way through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.foundation import days
from app.foundation.district import pack
from app.foundation.geo import Position, distance_m
from app.foundation.reasons import Reason
from app.people.access import require
from app.people.who import Who
from app.reports.reading_rounds import ACTION, Place, places
from app.reports.routes import legs_of, route

DAYS_A_WEEK = 7
NEVER = 10_000


@dataclass(frozen=True, slots=True)
class Stop:
    """A place of the round. `rank` is its place among all that are served, the most pressing 1.

    `leg_m` are metres from the stop before; None for a place whose position is not known.
    """

    place: Place
    rank: int
    startup: bool
    days_since: int | None
    distance_m: float | None
    reasons: Sequence[Reason]
    leg_m: float | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The stops in the order of the way; of `served` places, `visited` on this day already."""

    day: date
    stops: Sequence[Stop]
    served: int
    visited: int
    length_m: float


def round_of(
    who: Who,
    day: date | None,
    position: Position | None,
    now: datetime,
    *,
    tag: str | None = None,
) -> Round:
    """Whom to visit on a local day (today): as many places as a day has stops, less those visited already.

    First come start-ups (`startup_months` from production), then places with overdue issues, with answers
    that await confirmation, with open ones; then red and yellow warnings; then those visited longest ago,
    in whole weeks; then those whose quota lacks most; then the nearest. A deputy's round holds what the
    absent serve. With a `tag` it is a round of the enterprises that have it. Raises Forbidden for who
    visits nobody.
    """
    require(who, ACTION)
    on = day or days.today(now)
    here = position.wgs84() if position is not None else None
    found = places(who, on, now, tag)
    left = [_stop(each, on, here) for each in found if not each.visited_today]
    left.sort(key=_pressing)
    visited = len(found) - len(left)
    most = max(0, pack().serving.stops_a_day - visited)
    chosen = [replace(each, rank=n) for n, each in enumerate(left[:most], start=1)]
    stops = _on_the_way(chosen, here)
    return Round(on, stops, len(found), visited, sum(each.leg_m or 0.0 for each in stops))


def is_startup(production: str | None, day: date) -> bool:
    """Whether production began within the district's months before the day."""
    if production is None or production > day.isoformat():
        return False
    months = days.months_between(date.fromisoformat(production), day)
    return months < pack().serving.startup_months


def _stop(place: Place, day: date, here: tuple[float, float] | None) -> Stop:
    startup = is_startup(place.production, day)
    last = days.today(place.last_visit_at) if place.last_visit_at else None
    since = (day - last).days if last else None
    away = distance_m(here, place.point) if here is not None and place.point else None
    return Stop(place, 0, startup, since, away, _reasons(place, since, away, startup=startup))


def _pressing(stop: Stop) -> tuple[object, ...]:
    place = stop.place
    weeks = (NEVER if stop.days_since is None else stop.days_since) // DAYS_A_WEEK
    return (
        not stop.startup,
        -place.overdue,
        -place.awaiting,
        -place.open,
        -place.red,
        -place.yellow,
        -weeks,
        -place.quota.missing,
        stop.distance_m if stop.distance_m is not None else float("inf"),
        place.name,
        str(place.id),
    )


def _reasons(place: Place, since: int | None, away: float | None, *, startup: bool) -> list[Reason]:
    """Why it is where it is, the weightiest first."""
    young = {"since": place.production, "months": pack().serving.startup_months}
    found = [Reason("round.startup", young)] if startup else []
    counted = (
        ("round.overdue", place.overdue),
        ("round.awaiting", place.awaiting),
        ("round.open", place.open - place.overdue - place.awaiting),
        ("round.red", place.red),
        ("round.yellow", place.yellow),
    )
    found += [Reason(code, {"count": count}) for code, count in counted if count]
    if since is None:
        found.append(Reason("round.never_visited"))
    else:
        found.append(Reason("round.last_visit", {"days": since}))
    if place.quota.missing:
        told = {"missing": place.quota.missing, "wanted": place.quota.wanted}
        found.append(Reason("round.quota", told))
    if away is not None:
        found.append(Reason("round.distance", {"metres": round(away)}))
    return found


def _on_the_way(chosen: Sequence[Stop], here: tuple[float, float] | None) -> list[Stop]:
    """The stops in the order of the way; those that lie nobody knows where come last, as they rank."""
    located = [each for each in chosen if each.place.point is not None]
    points = [each.place.point for each in located if each.place.point is not None]
    order = route(points, here)
    legs = legs_of(points, order, here)
    way = [replace(located[at], leg_m=leg) for at, leg in zip(order, legs, strict=True)]
    return [*way, *(each for each in chosen if each.place.point is None)]
