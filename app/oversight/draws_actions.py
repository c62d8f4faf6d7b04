"""Planning a draw, which fixes its seed; drawing, which fixes what there was to draw from; cancelling."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import days, duties, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once
from app.oversight import draws
from app.oversight.checks_people import inspectors_of, on_duty, still_inspecting
from app.oversight.draws_documents import (
    BY_CATEGORY,
    BY_DEPARTMENT,
    CANCELLED,
    CHECK,
    DRAW,
    DRAWN,
    PLANNED,
    VISITS,
    Check,
    Draw,
    Population,
)
from app.oversight.draws_population import MOST_DRAWN, Found, items, population, too_much
from app.oversight.draws_queries import see
from app.people.access import Ties, actor
from app.people.announcing import announce, telling
from app.people.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be drawn: `size` or `percent` of the closed tickets and ended visits of a period."""

    name: str
    kinds: Sequence[str]
    since: date
    until: date
    unit: str | None = None
    department_id: str | None = None
    category: str | None = None
    size: int | None = None
    percent: int | None = None
    strata: str | None = None
    inspector_ids: Sequence[str] = ()


def plan(who: Who, client_id: str, given: Plan, now: datetime) -> tuple[ObjectId, bool]:
    """Plan a draw: (its id, whether it is new). Its seed is made here, and its commitment published.

    Raises Forbidden; Invalid for what does not fit together, or an inspector who is none; Conflict when the
    client_id was used for something else.
    """
    by = actor(who, "draw.plan", Ties())
    _check(given)
    print_ = fingerprint(asdict(given))
    inspectors = inspectors_of(given.inspector_ids)

    def make() -> Draw:
        made = _new(given, by, inspectors, now, client_id, print_).insert()
        data = {"commitment": made.commitment, "algorithm": made.algorithm}
        history.append(DRAW, made.id, "plan", by=by, now=now, after=PLANNED, data=data, version=1)
        return made

    def find() -> Draw | None:
        return Draw.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = create_once(make, find, print_)
    return made.id, new


def _new(
    given: Plan,
    by: history.Actor,
    inspectors: list[ObjectId],
    now: datetime,
    client_id: str,
    print_: str,
) -> Draw:
    seed = secrets.token_hex(draws.SEED_BYTES)
    return Draw(
        name=given.name,
        kinds=list(dict.fromkeys(given.kinds)),
        since=given.since.isoformat(),
        until=given.until.isoformat(),
        unit=given.unit,
        department=ObjectId(given.department_id) if given.department_id else None,
        category=given.category,
        size=given.size,
        percent=given.percent,
        strata=given.strata,
        inspectors=inspectors,
        algorithm=draws.ALGORITHM,
        seed=seed,
        commitment=draws.commitment(seed),
        by=by.id,
        by_name=by.name,
        role=by.role,
        client_id=client_id,
        fingerprint=print_,
        created_at=now,
    )


def _check(given: Plan) -> None:
    most = timedelta(days=pack().checks.period_days)
    if given.until < given.since or given.until - given.since >= most:
        raise Invalid(
            "draw.unfit_period", fields={"until": [given.until.isoformat()]}, days=most.days
        )
    if (given.size is None) == (given.percent is None):
        raise Invalid("draw.size_or_percent", fields={"size": [], "percent": []})
    narrowed = given.department_id or given.category
    if VISITS in given.kinds and (narrowed or given.strata in (BY_DEPARTMENT, BY_CATEGORY)):
        raise Invalid("draw.visits_have_units_only", fields={"kinds": [VISITS]})


def draw(who: Who, key: str, *, now: datetime) -> None:
    """Take the population as it is now, draw from it, and give each drawn item to an inspector.

    Raises NotFound, Forbidden; Conflict before the period is over, when it was drawn already, or where
    there is nothing, or too much, to draw from.
    """

    def work() -> None:
        planned = see(who, key)
        by = actor(who, "draw.draw", Ties())
        if planned["state"] != PLANNED:
            raise Conflict("draw.not_planned", fields={"state": [planned["state"]]})
        if days.today(now).isoformat() <= planned["until"]:
            raise Conflict("draw.period_not_over", until=planned["until"])
        found = {each.key: each for each in population(planned, now)}
        drawn = _drawn(planned, list(found.values()))
        told = {"count": len(drawn.population), "population_hash": drawn.population_hash}
        _step(planned, {"state": DRAWN, "as_of": now, "drawn_by_name": by.name, **told})
        lines = [each.line for each in drawn.population]
        Population.rows().insert_one({"_id": planned["_id"], "lines": lines, "at": now})
        history.append(
            DRAW,
            planned["_id"],
            "draw",
            by=by,
            now=now,
            before=PLANNED,
            after=DRAWN,
            data={**told, "seed": planned["seed"], "drawn": [each.item.id for each in drawn.lots]},
            version=planned["version"] + 1,
        )
        _hand_out(planned, drawn.lots, found, now)

    transaction(work)


def _drawn(planned: Row, found: list[Found]) -> draws.Drawn:
    if not found:
        raise Conflict("draw.nothing_there")
    size = draws.wanted(len(found), size=planned["size"], percent=planned["percent"])
    if size > MOST_DRAWN:
        raise too_much()
    return draws.draw(planned["seed"], items(found, planned["strata"]), size)


def _hand_out(
    planned: Row, lots: Sequence[draws.Lot], found: Mapping[str, Found], now: datetime
) -> None:
    """A check for each lot, its inspector in turn; nobody looks at what they did themselves."""
    inspectors = still_inspecting(planned["inspectors"]) or on_duty()
    due_at = calendars.current().deadline(now, pack().checks.check_wd)
    for at, lot in enumerate(lots):
        each = found[lot.item.id]
        turn = [*inspectors[at % len(inspectors) :], *inspectors[: at % len(inspectors)]]
        fit = [person for person in turn if person != each.owner]
        row = Check.insert_row(
            draw=planned["_id"],
            item=each.item,
            item_id=each.id,
            issue=each.issue,
            name=each.name,
            stratum=lot.item.stratum,
            rank=lot.rank,
            department=each.department,
            unit=each.unit,
            category=each.category,
            owner=each.owner,
            inspector=fit[0] if fit else None,
            due_at=due_at,
            created_at=now,
        )
        assigned(row, row["inspector"], history.SYSTEM, now, 1)
        owed = f"checks.due:{row['_id']}"
        duties.add("checks.due", row["_id"], now=now, due_at=due_at, key=owed)


def assigned(
    check: Row, inspector: ObjectId | None, by: history.Actor, now: datetime, version: int
) -> None:
    """Tell an inspector of a check that is theirs now; inside the caller's transaction."""
    people = [inspector] if inspector else []
    issue, due = check["issue"], check["due_at"]
    visit = check["item_id"] if issue is None else None
    data: dict[str, Any] = {
        **telling(people, check["name"], due=due, issue=issue, visit=visit),
        "inspector": inspector,
    }
    row = history.append(CHECK, check["_id"], "assign", by=by, now=now, data=data, version=version)
    if people:
        announce("check.assigned", check["_id"], row, now)


def cancel(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Give a planned draw up; it stays visible. Raises NotFound, Forbidden, Conflict once it was drawn."""

    def work() -> None:
        planned = see(who, key)
        by = actor(who, "draw.plan", Ties())
        if planned["state"] != PLANNED:
            raise Conflict("draw.not_planned", fields={"state": [planned["state"]]})
        signed = {"by": by.id, "by_name": by.name, "at": now, "text": text}
        _step(planned, {"state": CANCELLED, "ending": signed})
        history.append(
            DRAW,
            planned["_id"],
            "cancel",
            by=by,
            now=now,
            before=PLANNED,
            after=CANCELLED,
            text=text,
            version=planned["version"] + 1,
        )

    transaction(work)


def _step(planned: Row, change: Row) -> None:
    same = {"_id": planned["_id"], "state": PLANNED, "version": planned["version"]}
    made = Draw.rows().update_one(same, {"$set": change, "$inc": {"version": 1}})
    if not made.modified_count:
        raise Conflict("changed_meanwhile")
