"""What is done with a survey that is open: its firms, its form, its time; and what happens by the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty, finish
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import SYSTEM
from app.foundation.ids import fingerprint
from app.people.access import actor
from app.people.announcing import announce, telling
from app.people.who import Who
from app.surveys import choosing
from app.surveys.access import WRITE, see, ties
from app.surveys.documents import SURVEY, Reply, Survey
from app.surveys.owing import owe
from app.surveys.states import CLOSED, DRAFT, OPEN, UNANSWERED
from app.surveys.steps import ahead, form_of, signed, step


def open_survey(who: Who, key: str, *, now: datetime) -> None:
    """Ask the firms that are chosen now: they are the set from here on. They and who serves them hear of it.

    Raises NotFound, Forbidden; Conflict unless it is a draft, or where there is no such firm; Invalid when
    its day is over.
    """

    def work() -> None:
        row = see(who, key)
        by = actor(who, WRITE, ties(row))
        ahead(row["until"], now)
        asked = choosing.freeze(
            row, choosing.firms(choosing.query_of(row["chosen"], row["unit"])), now
        )
        if not asked:
            raise Conflict("survey.no_firms")
        told = telling(choosing.people(asked), row["title"], due=row["until"])
        data = {**told, "firms": len(asked)}
        made = step(row, "open", DRAFT, OPEN, by, now, {"opened_at": now}, data=data)
        announce("survey.opened", row["_id"], made, now)
        owe(row, now)

    transaction(work)


def add_firms(
    who: Who, key: str, *, enterprise_ids: Sequence[str], reason: str, now: datetime
) -> None:
    """Ask further firms too, which is written down. They and who serves them hear of it.

    Raises NotFound, Forbidden; Conflict unless it is open; Invalid for firms that there are not, are another
    unit's, or are all in the set.
    """

    def work() -> None:
        row = see(who, key)
        by = actor(who, WRITE, ties(row))
        keys = list(dict.fromkeys(map(ObjectId, enterprise_ids)))
        only = {"unit": row["unit"]} if row["unit"] else {}
        found = choosing.firms({"_id": {"$in": keys}, **only})
        there = {firm["_id"] for firm in found}
        unknown = [str(each) for each in keys if each not in there]
        fresh = [] if unknown else choosing.freeze(row, found, now, added=True)
        if not fresh:
            fields = {"enterprise_ids": unknown or list(enterprise_ids)}
            raise Invalid("reference.unknown" if unknown else "survey.in_already", fields=fields)
        more = {"enterprises": [firm["_id"] for firm in fresh], "reason": reason, **signed(by, now)}
        data = telling(choosing.people(fresh), row["title"], due=row["until"])
        push = {"additions": more}
        made = step(row, "add", OPEN, OPEN, by, now, {}, push=push, text=reason, data=data)
        announce("survey.opened", row["_id"], made, now)

    transaction(work)


def new_form(
    who: Who,
    key: str,
    *,
    client_id: str,
    questions: Sequence[Mapping[str, Any]],
    reason: str,
    now: datetime,
) -> bool:
    """Use another version of the form from now on: whether it is new. Answers keep the one they are to.

    Raises NotFound, Forbidden; Conflict unless it is open, or for a client_id used otherwise; Invalid.
    """
    print_ = fingerprint({"questions": list(questions), "reason": reason})

    def work() -> bool:
        row = see(who, key)
        by = actor(who, WRITE, ties(row))
        for form in row["forms"]:
            if form.get("client_id") == client_id and form["by"] == who.id:
                if form["fingerprint"] != print_:
                    raise Conflict("client_id.conflict")
                return False
        version = row["forms"][-1]["version"] + 1
        again = {"client_id": client_id, "fingerprint": print_, "reason": reason}
        form = {**form_of(questions, version, by, now), **again}
        data = {"form": version}
        push = {"forms": form}
        step(row, "form", OPEN, OPEN, by, now, {}, push=push, text=reason, data=data)
        return True

    return transaction(work)


def extend(who: Who, key: str, *, until: str, reason: str, now: datetime) -> None:
    """Let it last until another day. Raises NotFound, Forbidden; Conflict unless it is open, Invalid."""

    def work() -> None:
        row = see(who, key)
        by = actor(who, WRITE, ties(row))
        ahead(until, now)
        data = {"until": until, "was": row["until"]}
        step(row, "extend", OPEN, OPEN, by, now, {"until": until}, text=reason, data=data)
        owe({**row, "until": until}, now)

    transaction(work)


def close(who: Who, key: str, *, reason: str, now: datetime) -> None:
    """End it before its day. Raises NotFound, Forbidden; Conflict unless it is open."""

    def work() -> None:
        row = see(who, key)
        by = actor(who, WRITE, ties(row))
        step(row, "close", OPEN, CLOSED, by, now, {"closed_at": now}, text=reason)

    transaction(work)


def close_in_time(duty: Duty, now: datetime) -> None:
    """End a survey whose last day is over."""

    def work() -> None:
        row = _due(duty)
        if row is not None:
            step(row, "close", OPEN, CLOSED, SYSTEM, now, {"closed_at": now})
        finish(duty, now)

    transaction(work)


def remind(duty: Duty, now: datetime) -> None:
    """Tell the firms that have not answered yet, and who serves them."""

    def work() -> None:
        row = _due(duty)
        query = {"survey": duty.subject, "state": {"$in": list(UNANSWERED)}}
        firms = Reply.rows().distinct("enterprise", query) if row else []
        if row is not None and firms:
            told = choosing.people(choosing.firms({"_id": {"$in": firms}}))
            data = {**telling(told, row["title"], due=row["until"]), "firms": len(firms)}
            made = history.append(SURVEY, row["_id"], "remind", by=SYSTEM, now=now, data=data)
            announce("survey.remind", row["_id"], made, now)
        finish(duty, now)

    transaction(work)


def _due(duty: Duty) -> Row | None:
    query = {"_id": duty.subject, "state": OPEN, "until": duty.payload["until"]}
    return Survey.rows().find_one(query)
