"""Appeals against frozen scores. What is upheld is corrected beside the frozen figure, never in it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from app.calendars import registry as calendars
from app.foundation import amounts, days, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once, made_before
from app.people.access import actor, allowed, may, require
from app.people.announcing import announce, telling
from app.people.who import Who
from app.scoreboards import openness, ranking, subjects, versions
from app.scoreboards.documents import (
    APPEAL,
    UPHELD,
    WAITING,
    Appeal,
    Correction,
    signed,
    word,
)
from app.scoreboards.ranking import Line, Ranking

FILE, SEE, DECIDE = "appeal.file", "appeal.see", "appeal.decide"
_DECIDERS = ("inspector", "admin")


def file(
    who: Who,
    board: str,
    code: str,
    *,
    client_id: str,
    subject: str,
    text: str,
    item: str | None,
    now: datetime,
) -> tuple[Row, bool]:
    """Appeal against the frozen score of an own subject, or an item of it: (the appeal, whether it is new).

    Raises Forbidden; NotFound for what is not theirs; Conflict while the period is open, when the time to
    appeal is over, or for another appeal under this client_id; Invalid for an unknown item.
    """
    require(who, FILE)
    print_ = fingerprint(
        {"board": board, "period": code, "subject": subject, "item": item, "text": text}
    )

    def find() -> Appeal | None:
        return Appeal.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    if (earlier := made_before(find, print_)) is not None:
        return _row(earlier), False
    period = openness.frozen(board, code)
    found, line = ranking.explained(who, board, code, subject, now)
    by = actor(who, FILE, subjects.ties(found.template.of, subject))
    if item is not None and found.template.item(item) is None:
        raise Invalid("reference.unknown", fields={"item": [item]})

    def make() -> Appeal:
        if now > period["appeals_until"]:
            raise Conflict("appeal.too_late")
        once = {"client_id": client_id, "fingerprint": print_}
        return _insert(found, line, by, text, item, once, now)

    made, new = create_once(make, find, print_)
    return _row(made), new


def _insert(
    found: Ranking,
    line: Line,
    by: Actor,
    text: str,
    item: str | None,
    once: dict[str, str],
    now: datetime,
) -> Appeal:
    wd = pack().scoreboards.answer_wd
    last = calendars.current().add_working_days(days.today(now), wd)
    made = Appeal(
        board=found.board,
        period=found.period.code,
        of=found.template.of,
        subject=line.score.subject,
        name=line.name,
        item=item,
        text=text,
        due_by=calendars.current().closing(last).astimezone(UTC),
        **signed(by, now, **once),
    ).insert()
    told = telling(subjects.holders(_DECIDERS), _title(found, line), due=made.due_by)
    row = history.append(
        APPEAL, made.id, "file", by=by, now=now, after=WAITING, text=text, data=told, version=1
    )
    announce("score_appeal.filed", made.id, row, now)
    return made


def answer(
    who: Who, key: str, *, decision: str, text: str, value: Decimal | None, now: datetime
) -> None:
    """Uphold or reject an appeal.

    Upheld about an item, `value` is what it should have been; about an exclusion, the subject is in again.
    Both stand beside the frozen scores, whose corrected ranking follows. Raises Forbidden, for one's own
    appeal too; NotFound, Conflict for one that was answered; Invalid for what cannot be corrected so, and
    for a value that was withheld since it would tell of single firms.
    """
    require(who, DECIDE)

    def work() -> None:
        row = see(who, key)
        if row["by"] in who.ids:
            raise Forbidden("appeal.own")
        by = who.acting("inspector", "admin")
        guard = {"_id": row["_id"], "state": WAITING, "version": row["version"]}
        said = {"state": decision, "decision": word(by, text, now)}
        update = {"$set": said, "$inc": {"version": 1}}
        if row["state"] != WAITING or not Appeal.rows().update_one(guard, update).modified_count:
            raise Conflict("appeal.answered_already")
        if decision == UPHELD:
            _correct(row, by, text, value, now)
        elif value is not None:
            raise Invalid("appeal.no_value", fields={"value": [str(value)]})
        people = {row["by"], *subjects.heads(row["of"], row["subject"])}
        told = history.append(
            APPEAL,
            row["_id"],
            decision,
            by=by,
            now=now,
            before=WAITING,
            after=decision,
            text=text,
            data=telling(sorted(people), f"{_board_title(row)} {row['name']}"),
            version=row["version"] + 1,
        )
        announce("score_appeal.answered", row["_id"], told, now)

    transaction(work)


def _correct(row: Row, by: Actor, text: str, value: Decimal | None, now: datetime) -> None:
    if (row["item"] is None) != (value is None):
        raise Invalid("appeal.value_of_item", fields={"value": []})
    whole = ranking.ranking(row["board"], row["period"], now)
    line = whole.line(row["subject"])
    if row["item"] is None and not (line and line.score.excluded):
        raise Invalid("appeal.name_item", fields={"value": []})
    if line and any(
        each.value.withheld for each in line.score.items if each.item.code == row["item"]
    ):
        raise Invalid("appeal.withheld", fields={"value": [str(value)]})
    Correction.insert_row(
        board=row["board"],
        period=row["period"],
        subject=row["subject"],
        item=row["item"],
        value=None if value is None else amounts.stored(value),
        appeal=row["_id"],
        text=text,
        **signed(by, now),
    )


def see(who: Who, key: str) -> Row:
    """An appeal. Raises NotFound for those it is no business of."""
    row = _row(Appeal.get(key))
    if not _may_see(who, row):
        raise NotFound("not_found")
    return row


def listed(who: Who, board: str, code: str) -> list[Row]:
    """The appeals of a period that `who` may see, the oldest first. Raises Forbidden, NotFound."""
    require(who, SEE)
    versions.in_use(board)
    rows = Appeal.rows().find({"board": board, "period": code}).sort("_id", 1)
    return [row for row in rows if _may_see(who, row)]


def corrections(key: Row) -> list[Row]:
    """What was corrected upon an appeal."""
    return list(Correction.rows().find({"appeal": key["_id"]}).sort("_id", 1))


def may_decide(who: Who, row: Row) -> bool:
    """Whether `who` may answer it now."""
    return row["state"] == WAITING and row["by"] not in who.ids and may(who, DECIDE)


def _may_see(who: Who, row: Row) -> bool:
    return allowed(who, SEE, subjects.ties(row["of"], row["subject"]))


def _title(found: Ranking, line: Line) -> str:
    return f"{found.template.title} {found.period.code} {line.name}"


def _board_title(row: Row) -> str:
    return f"{versions.in_use(row['board'])['content']['title']} {row['period']}"


def _row(found: Appeal) -> Row:
    return Appeal.rows().find_one({"_id": found.id}) or {}
