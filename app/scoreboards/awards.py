"""Awards: proposed from a frozen period, decided by a person, kept with their history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import amounts, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once, made_before
from app.people.access import may, require
from app.people.announcing import announce, telling
from app.people.who import Who
from app.scoreboards import openness, ranking, subjects
from app.scoreboards.documents import (
    AWARD,
    GRANTED,
    PROPOSED,
    REFUSED,
    WITHDRAWN,
    Award,
    signed,
    word,
)
from app.scoreboards.ranking import Line, Ranking

SEE, SEE_ALL, PROPOSE, DECIDE = "award.see", "award.see_all", "award.propose", "award.decide"
GRANT, REFUSE, WITHDRAW = "grant", "refuse", "withdraw"
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    GRANT: ((PROPOSED,), GRANTED),
    REFUSE: ((PROPOSED,), REFUSED),
    WITHDRAW: ((PROPOSED, GRANTED), WITHDRAWN),
}
"""From which states a step is possible, and where it leads."""
_EVENTS = {GRANT: "award.granted", REFUSE: "award.refused", WITHDRAW: "award.withdrawn"}
PUBLIC = (GRANTED,)
"""What everybody hears of who sees awards at all; one that was withdrawn after it was granted stays so."""


def propose(
    who: Who,
    board: str,
    code: str,
    *,
    client_id: str,
    kind: str,
    subject: str,
    text: str,
    now: datetime,
) -> tuple[Row, bool]:
    """Propose an award for a subject with a rank in a frozen period: (the award, whether it is new).

    Its rank is the corrected one, where appeals corrected anything. Raises Forbidden, NotFound; Invalid for
    an unknown kind; Conflict while the period is open, without a rank, for one that was proposed already,
    and for another award under this client_id.
    """
    require(who, PROPOSE)
    _check_kind(kind)
    said = {"board": board, "period": code, "kind": kind, "subject": subject, "text": text}
    print_ = fingerprint(said)

    def find() -> Award | None:
        return Award.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    def make() -> Award:
        openness.frozen(board, code)
        found = ranking.ranking(board, code, now)
        line = found.line(subject)
        if line is None:
            raise NotFound("not_found")
        by = who.acting("admin", "inspector")
        once = {"client_id": client_id, "fingerprint": print_}
        return _insert(found, line, kind, by, text, once, now)

    if (earlier := made_before(find, print_)) is not None:
        return _row(earlier.id), False
    try:
        made, new = create_once(make, find, print_)
    except DuplicateKeyError:
        raise Conflict("award.there_already") from None
    return _row(made.id), new


def _check_kind(kind: str) -> None:
    if pack().scoreboards.award(kind) is None:
        codes = ", ".join(each.code for each in pack().scoreboards.awards)
        raise Invalid("award.unknown_kind", fields={"kind": [kind]}, choices=codes)


def _insert(
    found: Ranking,
    line: Line,
    kind: str,
    by: Actor,
    text: str,
    once: Mapping[str, str],
    now: datetime,
) -> Award:
    score = line.corrected or line.score
    if score.rank is None or score.total is None:
        raise Conflict("award.no_rank")
    made = Award(
        kind=kind,
        board=found.board,
        period=found.period.code,
        of=found.template.of,
        subject=score.subject,
        name=line.name,
        text=text,
        rank=score.rank,
        total=amounts.stored(score.total),
        **signed(by, now, **once),
    ).insert()
    data = telling(subjects.holders(("leader",)), _title(kind, found.period.code, line.name))
    row = history.append(
        AWARD, made.id, "propose", by=by, now=now, after=PROPOSED, text=text, data=data, version=1
    )
    announce("award.proposed", made.id, row, now)
    return made


def step(who: Who, key: str, action: str, *, text: str, now: datetime) -> None:
    """Grant, refuse or withdraw an award. Raises Forbidden, NotFound; Conflict by STEPS."""
    require(who, DECIDE)

    def work() -> None:
        row = see(who, key)
        by = who.acting("leader", "admin")
        before, after = STEPS[action]
        if row["state"] not in before:
            raise Conflict("award.transition_not_allowed")
        said = word(by, text, now)
        change: Row = {"state": after, "live": after in (PROPOSED, GRANTED)}
        change |= {"withdrawal": said} if action == WITHDRAW else {"decision": said}
        guard = {"_id": row["_id"], "state": row["state"], "version": row["version"]}
        update = {"$set": change, "$inc": {"version": 1}}
        if not Award.rows().update_one(guard, update).modified_count:
            raise Conflict("changed_meanwhile")
        told = history.append(
            AWARD,
            row["_id"],
            action,
            by=by,
            now=now,
            before=row["state"],
            after=after,
            text=text,
            data=telling(_told(row, action), _title(row["kind"], row["period"], row["name"])),
            version=row["version"] + 1,
        )
        announce(_EVENTS[action], row["_id"], told, now)

    transaction(work)


def _told(row: Row, action: str) -> list[ObjectId]:
    """Who proposed it; the subject's people of what was granted, and of what is taken from them."""
    theirs = action == GRANT or row["state"] == GRANTED
    heads = subjects.heads(row["of"], row["subject"]) if theirs else []
    return list(dict.fromkeys([*heads, row["by"]]))


def listed(
    who: Who,
    *,
    kind: str | None = None,
    period: str | None = None,
    subject: str | None = None,
    state: str | None = None,
    page: int,
    page_size: int,
) -> tuple[list[Row], int]:
    """A page of the awards that `who` may see, the latest first, and how many. Raises Forbidden."""
    require(who, SEE)
    asked = {"kind": kind, "period": period, "subject": subject, "state": state}
    query: Row = {"$and": [_visible(who), {k: v for k, v in asked.items() if v is not None}]}
    rows = Award.rows().find(query).sort([("period", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return found, Award.rows().count_documents(query)


def see(who: Who, key: str) -> Row:
    """An award. Raises Forbidden; NotFound for what is not out yet, or never came out."""
    require(who, SEE)
    row = Award.rows().find_one({"$and": [{"_id": Award.get(key).id}, _visible(who)]})
    if row is None:
        raise NotFound("not_found")
    return row


def history_of(row: Mapping[str, Any]) -> list[Row]:
    """Its steps, the oldest first."""
    return history.of(AWARD, row["_id"], internal=True)


def steps(who: Who, row: Mapping[str, Any]) -> list[str]:
    """What `who` may do with it now."""
    if not may(who, DECIDE):
        return []
    return [action for action, (before, _) in STEPS.items() if row["state"] in before]


def _visible(who: Who) -> Row:
    """Of persons nothing; of bodies what was granted, once, though it was taken back since."""
    if may(who, SEE_ALL):
        return {}
    taken = {"state": WITHDRAWN, "decision": {"$ne": None}}
    mine = {"of": "commissioners", "subject": {"$in": [str(each) for each in who.ids]}}
    out = {"$or": [{"state": {"$in": list(PUBLIC)}}, taken]}
    return {"$and": [out, {"$or": [{"of": {"$ne": "commissioners"}}, mine]}]}


def _title(kind: str, period: str, name: str) -> str:
    award = pack().scoreboards.award(kind)
    return f"{award.name if award else kind} {period} {name}"


def _row(key: ObjectId) -> Row:
    return Award.rows().find_one({"_id": key}) or {}
