"""Subjects that are out of a period: with a reason, by a person, seen by all who see the ranking."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once, made_before
from app.people.access import require
from app.people.announcing import announce, telling
from app.people.who import Who
from app.scoreboards import openness, ranking, subjects, versions
from app.scoreboards.catalogue import COMMISSIONERS
from app.scoreboards.documents import EXCLUSION, Exclusion, signed, word
from app.scoreboards.template import template_of

ACTION = "score.exclude"


def exclude(
    who: Who, board: str, code: str, *, client_id: str, subject: str, reason: str, now: datetime
) -> tuple[Row, bool]:
    """Take a subject out of a period that is open: (the exclusion, whether it is new).

    Raises Forbidden, NotFound; Invalid for who is not scored there; Conflict for a frozen period, for who
    is out already, and for another exclusion under this client_id.
    """
    require(who, ACTION)
    template = template_of(versions.in_use(board)["content"])
    period = openness.period_of(code, template.every)
    names = {each.key: each.name for each in subjects.listed(template.of)}
    if subject not in names:
        raise Invalid("reference.unknown", fields={"subject": [subject]})
    print_ = fingerprint({"board": board, "period": code, "subject": subject, "reason": reason})

    def find() -> Exclusion | None:
        return Exclusion.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    def make() -> Exclusion:
        if not period.begun(days.today(now)):
            raise Conflict("score.to_come")
        openness.touch(board, code)
        by = who.acting("admin", "inspector")
        once = {"client_id": client_id, "fingerprint": print_}
        made = Exclusion(
            board=board, period=code, subject=subject, reason=reason, **signed(by, now, **once)
        ).insert()
        title = f"{template.title} {code} {names[subject]}"
        _tell("exclude", made.id, by, reason, subjects.heads(template.of, subject), title, now)
        return made

    if (earlier := made_before(find, print_)) is not None:
        return _row(earlier), False
    try:
        made, new = create_once(make, find, print_)
    except DuplicateKeyError:
        raise Conflict("score.excluded_already") from None
    return _row(made), new


def lift(who: Who, key: str, *, text: str, now: datetime) -> Row:
    """Let a subject in again while the period is open. Raises Forbidden, NotFound, Conflict."""
    require(who, ACTION)

    def work() -> Row:
        row = _row(Exclusion.get(key))
        openness.touch(row["board"], row["period"])
        by = who.acting("admin", "inspector")
        guard = {"_id": row["_id"], "lifted": None}
        update = {"$set": {"lifted": word(by, text, now)}}
        if not Exclusion.rows().update_one(guard, update).modified_count:
            raise Conflict("score.lifted_already")
        template = template_of(versions.in_use(row["board"])["content"])
        title = f"{template.title} {row['period']}"
        _tell("lift", row["_id"], by, text, subjects.heads(template.of, row["subject"]), title, now)
        return _row(Exclusion.get(key))

    return transaction(work)


def _tell(
    action: str,
    key: ObjectId,
    by: Actor,
    text: str,
    people: list[ObjectId],
    title: str,
    now: datetime,
) -> None:
    event = {"exclude": "score.excluded", "lift": "score.readmitted"}[action]
    data = telling(people, title)
    row = history.append(EXCLUSION, key, action, by=by, now=now, text=text, data=data)
    announce(event, key, row, now)


def of_period(who: Who, board: str, code: str) -> list[Row]:
    """All exclusions of a period, lifted ones too, that `who` may see. Raises Forbidden, NotFound."""
    require(who, versions.SEE)
    of = versions.in_use(board)["content"]["of"]
    query = {"board": board, "period": code}
    rows = list(Exclusion.rows().find(query).sort("_id", 1))
    if of != COMMISSIONERS:
        return rows
    return [row for row in rows if ranking.may_explain(who, of, row["subject"])]


def see(who: Who, key: str) -> Row:
    """One of them. Raises Forbidden, NotFound."""
    row = _row(Exclusion.get(key))
    found = of_period(who, row["board"], row["period"])
    if not any(each["_id"] == row["_id"] for each in found):
        raise NotFound("not_found")
    return row


def _row(found: Exclusion) -> Row:
    return Exclusion.rows().find_one({"_id": found.id}) or {}
