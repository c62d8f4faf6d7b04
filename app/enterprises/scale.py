"""进规纳统: when an enterprise was entered into the statistics of those above scale, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.enterprises.documents import ENTERED, LEFT, SCALE_EVENTS, Enterprise, ScaleEntry
from app.enterprises.queries import see_enterprise
from app.enterprises.ties import COLUMNS, enterprise_ties
from app.foundation import days
from app.foundation.amounts import money
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.entries import STANDING
from app.foundation.errors import Conflict, NotFound
from app.foundation.ids import object_id
from app.foundation.messages import LANGUAGES, say
from app.foundation.reasons import Reason
from app.foundation.writes import take_turns
from app.people.access import require
from app.people.who import Who
from app.photos import actions as photos
from app.registers import terms
from app.registers.barring import require_master
from app.registers.documents import INDUSTRY
from app.registers.fields import Choice, Day, Ref, Whole
from app.registers.register import SAME, Batch, Draft, Register
from app.registers.stating import batch_of, loaded, state_line, withdraw

IN_ONE_LOOK = 2000
Turns = dict[tuple[str, int], str]
"""The day of each entering and leaving of one enterprise that holds, by event and turn."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Whether a firm is counted above scale, since when, and the entries: that hold, and that did."""

    enterprise: ObjectId
    entered: bool
    since: str | None
    threshold: Decimal
    rows: tuple[Row, ...]
    past: tuple[Row, ...]


def thresholds() -> Mapping[str, Decimal]:
    """By code of the dictionary of industries from how much a year (万元) a firm is entered.

    Industries that name nothing are left out: for them and for firms of none it is the district's default.
    """
    found: dict[str, Decimal] = {}
    for term in terms.of(INDUSTRY):
        if said := term.get("attributes", {}).get("scale_sales"):
            found[term["code"]] = money(str(said))
    return found


def threshold(sector: str | None, known: Mapping[str, Decimal] | None = None) -> Decimal:
    """That of one industry; `known` are `thresholds()`, where they were asked for already."""
    every = thresholds() if known is None else known
    return every.get(sector or "", money(pack().scale.default_sales))


def entered(enterprises: Iterable[ObjectId]) -> dict[ObjectId, str]:
    """Which of the enterprises are counted above scale now, with the day since when. Asks once."""
    return {
        key: since
        for key, turns in _turns(enterprises).items()
        if (since := _since(turns)) is not None
    }


def scale_of(who: Who, key: str) -> Scale:
    """What holds of an enterprise, and what was superseded. Raises NotFound."""
    firm = see_enterprise(who, key)
    rows = list(ScaleEntry.rows().find({"enterprise": firm.id}).sort([("on", 1), ("turn", 1)]))
    holds = [row for row in rows if row["superseded_at"] is None and not row["void"]]
    past = sorted(
        (row for row in rows if row not in holds), key=lambda row: (row["known_at"], row["_id"])
    )
    since = _since({(row["event"], row["turn"]): row["on"] for row in holds})
    limit = threshold(firm.sector)
    return Scale(firm.id, since is not None, since, limit, tuple(holds), tuple(past))


def state_scale(
    who: Who,
    key: str,
    client_id: str,
    raw: Mapping[str, Any],
    *,
    photo_ids: Sequence[str] = (),
    reason: str = "",
    now: datetime,
) -> tuple[Draft, bool]:
    """State that an enterprise was entered, or left: (the draft, whether it says anything new).

    Without a `turn` it is the next one; with a reason, the last one of its kind is corrected. Raises
    NotFound, Forbidden; Invalid by field; Conflict for a client_id that was used for something else.
    """
    firm = see_enterprise(who, key)
    batch = batch_of(who, now, reason=reason)
    line = loaded(REGISTER, {**raw, "enterprise": str(firm.id)})
    extra = {"photos": photos.attachable(who, photo_ids)}
    if not line.values.get("turn") and (event := line.values.get("event")):
        turn = _next(str(event), _turns([firm.id]).get(firm.id, {}), correcting=bool(reason))
        made = ScaleEntry.rows().find_one({"by": who.id, "client_id": client_id}, {"turn": 1})
        line.values = {**line.values, "turn": made["turn"] if made else turn}
    draft, _ = state_line(REGISTER, batch, line, extra=extra, client_id=client_id)
    return draft, draft.outcome != SAME


def void(who: Who, key: str, reason: str, now: datetime) -> None:
    """Say that a firm never was entered, or never left, as an entry has it.

    Raises NotFound, Forbidden; Invalid where another platform is master of such entries; Conflict for one
    that does not hold any more, or that a later one stands on.
    """
    batch = batch_of(who, now, reason=reason)

    def work() -> None:
        entry = see_entry(who, key)
        firm: ObjectId = entry["enterprise"]
        row = Enterprise.rows().find_one({"_id": firm}) or {}
        require(who, REGISTER.write, enterprise_ties(row))
        require_master(who, REGISTER.name, [each.name for each in REGISTER.fields])
        if entry["superseded_at"] is not None or entry["void"]:
            raise Conflict("scale.holds_no_more")
        event, turn = entry["event"], entry["turn"]
        after = {(LEFT, turn), (ENTERED, turn + 1)} - {(event, turn)}
        if after & _turns([firm]).get(firm, {}).keys():
            raise Conflict("scale.needed")
        withdraw(REGISTER, batch, entry)
        take_turns(Enterprise, [row])

    transaction(work)


def see_entry(who: Who, key: str) -> Row:
    """An entry. Raises NotFound."""
    row = ScaleEntry.rows().find_one({"_id": object_id(key)})
    if row is None:
        raise NotFound("not_found")
    see_enterprise(who, str(row["enterprise"]))
    return row


def _since(turns: Turns) -> str | None:
    """Since when a firm is counted, if it is."""
    last = max((turn for event, turn in turns if event == ENTERED), default=0)
    return turns.get((ENTERED, last)) if (LEFT, last) not in turns else None


def _next(event: str, turns: Turns, *, correcting: bool) -> int:
    last = {each: max((n for of, n in turns if of == each), default=0) for each in SCALE_EVENTS}
    if event == LEFT and last[ENTERED] > last[LEFT]:
        return last[ENTERED]
    if last[event] and (correcting or (event == ENTERED and last[ENTERED] > last[LEFT])):
        return last[event]
    return last[event] + 1


def _turns(enterprises: Iterable[ObjectId]) -> dict[ObjectId, Turns]:
    keys, found = list(enterprises), dict[ObjectId, Turns]()
    for start in range(0, len(keys), IN_ONE_LOOK):
        query = {"enterprise": {"$in": keys[start : start + IN_ONE_LOOK]}, **STANDING}
        for row in ScaleEntry.rows().find(query):
            found.setdefault(row["enterprise"], {})[row["event"], row["turn"]] = row["on"]
    return found


def refusals(event: str, turn: int, on: str, turns: Turns) -> Iterator[tuple[str, Reason]]:
    """Why it cannot be that a firm was entered or left on a day, given all its turns, this one included."""
    was_in, was_out = turns.get((ENTERED, turn)), turns.get((LEFT, turn - 1))
    if event == LEFT and (was_in is None or on < was_in):
        yield "event", Reason("scale.not_entered")
    if event == ENTERED and turn > 1 and (was_out is None or on < was_out):
        yield "event", Reason("scale.entered_already")
    after = turns.get((LEFT, turn) if event == ENTERED else (ENTERED, turn + 1))
    if after and after < on:
        yield "on", Reason("scale.overlaps", {"day": after})


def _about(row: Mapping[str, Any]) -> str:
    return f"{row['enterprise']}:{row['event']}:{row.get('turn') or 1}"


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    today = days.today(batch.now).isoformat()
    for draft in drafts:
        _settle(draft)
    held = _turns({draft.after["enterprise"] for draft in drafts})
    for draft in drafts:
        row = draft.after
        held.setdefault(row["enterprise"], {})[row["event"], row["turn"]] = row["on"]
    for draft in drafts:
        line, row = draft.line, draft.after
        founded = draft.refs["enterprise"].get("founded_on")
        if row["on"] > today:
            line.blame("on", "register.in_the_future")
        if founded and row["on"] < founded:
            line.blame("on", "enterprise.before_it_was_founded", day=founded)
        for name, why in refusals(row["event"], row["turn"], row["on"], held[row["enterprise"]]):
            line.blame(name, why.code, **why.params)
        moved = _supersedes(draft) and draft.was("on") != row["on"]
        if moved and not batch.reason and batch.platform is None:
            line.blame("on", "scale.reason_needed", day=draft.was("on"))


def _supersedes(draft: Draft) -> bool:
    return draft.before is not None and not draft.before["void"]


def _settle(draft: Draft) -> None:
    """The turn and the photos: what takes the place of another keeps its evidence."""
    after, before = draft.after, draft.before or {}
    after["turn"] = after.get("turn") or 1
    said = [] if after["photos"] is before.get("photos") else after["photos"]
    kept = before.get("photos", []) if _supersedes(draft) else []
    after["photos"] = list(dict.fromkeys([*kept, *said]))
    after["evidence_missing"] = not after["photos"]


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    # Each was judged by the others of its firm, which were read after the firm was.
    take_turns(Enterprise, [draft.refs["enterprise"] for draft in drafts])
    for draft in drafts:
        known = (draft.before or {}).get("photos", ())
        fresh = [each for each in draft.after["photos"] if each not in known]
        photos.attach(fresh, "enterprise", draft.after["enterprise"])


def _events() -> Mapping[str, Sequence[str]]:
    return {code: [say(f"scale.event.{code}", each) for each in LANGUAGES] for code in SCALE_EVENTS}


REGISTER = Register(
    name="scale_entries",
    document=ScaleEntry,
    fields=(
        Ref(
            name="enterprise",
            required=True,
            document=Enterprise,
            key="credit_code",
            also="name",
            into="enterprise",
        ),
        Choice(name="event", required=True, choices=_events),
        Whole(name="turn", greatest=99),
        Day(name="on", required=True),
    ),
    key=("enterprise", "event", "turn"),
    see="enterprise.see",
    write="enterprise.write",
    ties=enterprise_ties,
    columns=COLUMNS,
    home="enterprise",
    about=_about,
    check=_check,
    after=_after,
)
