"""Versions of the templates of contests: drafted, changed, published. What was published never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid, NotFound, Stale
from app.foundation.history import SYSTEM
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once, made_before
from app.people.access import may, require
from app.people.announcing import announce, telling
from app.people.who import Who
from app.scoreboards import freezing_due, template
from app.scoreboards.documents import BOARD, DRAFT, PUBLISHED, Scoreboard, signed
from app.scoreboards.subjects import holders
from app.scoreboards.template import Template, template_of
from config.pack import Pack

SEE, CHANGE, SIMULATE = "scoreboard.see", "scoreboard.change", "scoreboard.simulate"
_TOLD = ("inspector", "leader", "admin", "unit_admin")


def bring_in(pack: Pack, now: datetime) -> None:
    """Add the contests of the pack that are not there; with items they are published at once.

    What admins made of them stands: a pack says how contests begin. Raises Invalid for an unfit one.
    """
    for each in pack.scoreboards.contests:
        content = template.content_of(template_of(each.content))
        whole = bool(content["items"])
        if whole:
            template.check_publishable(template_of(content))
        begun: Row = {
            "state": PUBLISHED if whole else DRAFT,
            "content": content,
            "updated_at": now,
            "published_at": now if whole else None,
            "version": 1,
            **signed(SYSTEM, now),
        }
        if Scoreboard.rows().find_one({"board": each.code}, {"_id": 1}) is None:
            # Two processes may begin at once.
            key = {"board": each.code, "number": 1}
            Scoreboard.rows().update_one(key, {"$setOnInsert": begun}, upsert=True)


def listed(who: Who) -> list[Row]:
    """The version in use of each contest, and for who may simulate the newest draft. Raises Forbidden."""
    require(who, SEE)
    found: dict[tuple[str, str], Row] = {}
    for row in Scoreboard.rows().find().sort([("board", 1), ("number", 1)]):
        found[row["board"], row["state"]] = row
    drafts = may(who, SIMULATE)
    return [row for (_, state), row in found.items() if state == PUBLISHED or drafts]


def all_of(who: Who, board: str) -> list[Row]:
    """All versions of a contest that `who` may see, the newest first. Raises Forbidden, NotFound."""
    require(who, SEE)
    query: Row = {"board": board}
    if not may(who, SIMULATE):
        query["state"] = PUBLISHED
    rows = list(Scoreboard.rows().find(query).sort("number", -1))
    if not rows:
        raise NotFound("not_found")
    return rows


def see(who: Who, board: str, number: int) -> Row:
    """One version. Raises Forbidden, NotFound."""
    for row in all_of(who, board):
        if row["number"] == number:
            return row
    raise NotFound("not_found")


def in_use(board: str) -> Row:
    """The newest published version. Raises NotFound where there is none."""
    query = {"board": board, "state": PUBLISHED}
    row = Scoreboard.rows().find_one(query, sort=[("number", -1)])
    if row is None:
        raise NotFound("not_found")
    return row


def newest(board: str) -> Row | None:
    """The newest version, draft or not."""
    row: Row | None = Scoreboard.rows().find_one({"board": board}, sort=[("number", -1)])
    return row


def draft(
    who: Who, client_id: str, board: str, content: Mapping[str, Any], now: datetime
) -> tuple[Row, bool]:
    """A new draft, of a new contest too: (it, whether it is new).

    Raises Forbidden; Invalid for content that cannot be; Conflict while there is another draft, or for
    another draft under this client_id.
    """
    require(who, CHANGE)
    said = template.content_of(template_of(content))
    print_ = fingerprint({"board": board, "content": said})

    def find() -> Scoreboard | None:
        return Scoreboard.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    def make() -> Scoreboard:
        last = newest(board)
        if last is not None and last["state"] == DRAFT:
            raise Conflict("scoreboard.draft_there", number=last["number"])
        _check_same(last, template_of(said))
        by, number = who.acting("admin"), (last["number"] if last else 0) + 1
        once = {"client_id": client_id, "fingerprint": print_}
        made = Scoreboard(
            board=board,
            number=number,
            state=DRAFT,
            content=said,
            updated_at=now,
            **signed(by, now, **once),
        ).insert()
        history.append(BOARD, made.id, "draft", by=by, now=now, after=DRAFT, version=1)
        return made

    if (earlier := made_before(find, print_)) is not None:
        return Scoreboard.rows().find_one({"_id": earlier.id}) or {}, False
    try:
        made, new = create_once(make, find, print_)
    except DuplicateKeyError:  # two begin one at once
        raise Conflict("changed_meanwhile") from None
    return Scoreboard.rows().find_one({"_id": made.id}) or {}, new


def change(
    who: Who, board: str, number: int, content: Mapping[str, Any], version: int, now: datetime
) -> Row:
    """Change a draft as a whole.

    Raises Forbidden, NotFound, Invalid; Conflict for one that was published; Stale when it is not at
    `version`.
    """
    require(who, CHANGE)
    said = template.content_of(template_of(content))

    def work() -> Row:
        row = see(who, board, number)
        _check_draft(row)
        _check_same(_before(board, number), template_of(said))
        guard = {"_id": row["_id"], "state": DRAFT, "version": version}
        update = {"$set": {"content": said, "updated_at": now}, "$inc": {"version": 1}}
        if not Scoreboard.rows().update_one(guard, update).modified_count:
            raise Stale("request.stale")
        by = who.acting("admin")
        history.append(
            BOARD,
            row["_id"],
            "change",
            by=by,
            now=now,
            data={"before": row["content"]},
            version=version + 1,
        )
        return see(who, board, number)

    return transaction(work)


def publish(who: Who, board: str, number: int, reason: str, now: datetime) -> None:
    """Use a draft from now on, for every period that is not frozen yet. It can never be changed again.

    Raises Forbidden, NotFound; Conflict for one that is no draft; Invalid for one without items or whose
    weights are not 100 together.
    """
    require(who, CHANGE)

    def work() -> None:
        row = see(who, board, number)
        _check_draft(row)
        said = template_of(row["content"])
        template.check_publishable(said)
        guard = {"_id": row["_id"], "state": DRAFT, "version": row["version"]}
        done = {"state": PUBLISHED, "published_at": now}
        update = {"$set": done, "$inc": {"version": 1}}
        if not Scoreboard.rows().update_one(guard, update).modified_count:
            raise Conflict("changed_meanwhile")
        freezing_due.owe_first(board, said.every, now)
        told = history.append(
            BOARD,
            row["_id"],
            "publish",
            by=who.acting("admin"),
            now=now,
            before=DRAFT,
            after=PUBLISHED,
            text=reason,
            data=telling(holders(_TOLD), said.title),
            version=row["version"] + 1,
        )
        announce("scoreboard.published", row["_id"], told, now)

    transaction(work)


def history_of(key: ObjectId) -> list[Row]:
    """What was done with a version, the oldest first."""
    return history.of(BOARD, key, internal=True)


def _before(board: str, number: int) -> Row | None:
    query = {"board": board, "number": {"$lt": number}}
    row: Row | None = Scoreboard.rows().find_one(query, sort=[("number", -1)])
    return row


def _check_draft(row: Row) -> None:
    if row["state"] != DRAFT:
        raise Conflict("scoreboard.published_before")


def _check_same(last: Row | None, said: Template) -> None:
    """A contest stays one of the same subjects and periods, once it was in use."""
    if last is None or last["state"] != PUBLISHED:
        return
    before = template_of(last["content"])
    if (before.of, before.every) != (said.of, said.every):
        raise Invalid("scoreboard.another_contest", fields={"of": [], "every": []})
