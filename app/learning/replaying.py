"""Working on a replay: the plan, then slice after slice, by whichever workers are free.

A slice is decided upon outside of any transaction and written in one with its duty's end; what a killed
worker had in hand is done again by another. Only `LANES` slices are owed at a time, each end owing the
next one, so that a long replay never fills the queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from app.departments import registry as departments
from app.departments.documents import Department
from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.issues.desk.facts import TOLD, of_rows
from app.issues.documents import Issue, Ticket
from app.learning.comparing import Case, Ended, Tally, placed, tally
from app.learning.replays import (
    DONE,
    FAILED,
    RUNNING,
    UNDER_WAY,
    WAITING,
    Replay,
    ReplaySlice,
)
from app.routing.decide import Decision, Facts, decide
from app.routing.opinion import Judge
from app.routing.rulebook import Rulebook
from app.rulebooks import models, registry
from app.rulebooks.making import Surroundings, rulebook
from app.rulebooks.models import Reader
from config.routing_terms import RoutingTerms, terms_of

PART = "routing.replay_slice"
SLICE = 1_000
"""Issues that one duty takes: a second or two, for so long may other work have to wait."""
LANES = 4
ENDING = ("answered", "closed")
"""States of the lead ticket that tell who ended the issue."""


@dataclass(frozen=True, slots=True)
class Contest:
    """What one replay compares, ready to decide. `areas` are those that any of the rules asks for."""

    replay: ObjectId
    before: Rulebook
    after: Rulebook
    judge_before: Judge | None
    judge_after: Judge | None
    areas: frozenset[str]

    def decide(self, facts: Facts) -> tuple[Decision, Decision]:
        """Both decisions; a judge that both have reads the text once."""
        judge = self.judge_before
        read = judge.opinion(facts.text, shown=False) if judge else None
        before = decide(facts, self.before, judge, read)
        if self.judge_after is not judge:
            return before, decide(facts, self.after, self.judge_after)
        return before, decide(facts, self.after, judge, read)


_kept: list[Contest] = []
_models: list[Reader] = []


def plan(duty: Duty, now: datetime) -> None:
    """Cut the issues of the period, the newest up to the limit, into slices, and owe the first of them."""
    replay = Replay.get(duty.subject)
    period = {"created_at": {"$gte": replay.since, "$lte": replay.until}}
    newest = Issue.rows().find(period, {"_id": 1}).sort("created_at", -1).limit(replay.limit)
    found = sorted(row["_id"] for row in newest)
    parts = [found[at : at + SLICE] for at in range(0, len(found), SLICE)]

    def work() -> None:
        given = min(LANES, len(parts))
        counted = {"total": len(found), "slices": len(parts), "left": len(parts), "given": given}
        guard = {"_id": replay.id, "state": WAITING}
        change = {"$set": {"state": RUNNING, **counted}}
        if Replay.rows().update_one(guard, change).modified_count:
            rows = [{"replay": replay.id, "n": n, "issues": ids} for n, ids in enumerate(parts)]
            if rows:
                ReplaySlice.rows().insert_many(rows)
            for n in range(given):
                _owe(replay.id, n, now)
            if not rows:
                _end(replay.id, now)
        duties.finish(duty, now)

    transaction(work)


def replay_slice(duty: Duty, now: datetime) -> None:
    """Decide anew upon the issues of one slice. The last one adds all together."""
    mine = {"replay": duty.subject, "n": duty.payload["n"]}
    part = ReplaySlice.rows().find_one(mine)  # none once it was cancelled
    counted = _counted(_contest(duty.subject), part["issues"]).as_row() if part else {}

    def work() -> None:
        if part is not None:
            _store(part, counted, now)
        duties.finish(duty, now)

    transaction(work)


def give_up(duty: Duty, now: datetime) -> None:
    """It failed again and again: the replay is shown as failed, and no more of it is done."""

    def work() -> None:
        guard = {"_id": duty.subject, "state": {"$in": list(UNDER_WAY)}}
        Replay.rows().update_one(guard, {"$set": {"state": FAILED, "ended_at": now}})
        ReplaySlice.rows().delete_many({"replay": duty.subject})
        duties.fail(duty, now, "gave up")

    transaction(work)


def _store(part: Row, counted: Row, now: datetime) -> None:
    """What a slice found, unless the replay was ended meanwhile; and the next slice, or the end."""
    row = Replay.rows().find_one_and_update(
        {"_id": part["replay"], "state": RUNNING},
        {"$inc": {"done": len(part["issues"]), "left": -1, "given": 1}},
        {"given": 1, "left": 1, "slices": 1},
        return_document=ReturnDocument.AFTER,
    )
    if row is None:
        return
    change = {"$set": {"tally": counted, "issues": []}}
    ReplaySlice.rows().update_one({"_id": part["_id"]}, change)
    if row["given"] <= row["slices"]:
        _owe(row["_id"], row["given"] - 1, now)
    if row["left"] == 0:
        _end(row["_id"], now)


def _owe(replay: ObjectId, n: int, now: datetime) -> None:
    duties.add(PART, replay, now=now, key=f"{PART}:{replay}:{n}", payload={"n": n})


def _end(replay: ObjectId, now: datetime) -> None:
    whole = Tally()
    for row in ReplaySlice.rows().find({"replay": replay}, {"tally": 1}).sort("n", 1):
        whole.merge(tally(row["tally"]))
    ended = {"state": DONE, "result": whole.as_row(), "ended_at": now}
    Replay.rows().update_one({"_id": replay}, {"$set": ended})
    ReplaySlice.rows().delete_many({"replay": replay})


def _counted(contest: Contest, issues: Sequence[ObjectId]) -> Tally:
    shown = dict.fromkeys((*TOLD, "number", "category", "restricted"), 1)
    rows = list(Issue.rows().find({"_id": {"$in": list(issues)}}, shown).sort("_id", 1))
    real, codes = _real_departments()
    ended = _ended(issues, codes)
    found = Tally()
    for row, facts in zip(rows, of_rows(rows, contest.areas), strict=True):
        before, after = contest.decide(facts)
        found.add(
            Case(
                id=str(row["_id"]),
                number=row["number"],
                text=facts.text,
                before=placed(before, real.get(before.department or "", before.department)),
                after=placed(after, real.get(after.department or "", after.department)),
                ended=Ended(ended.get(row["_id"]), row.get("category")),
                secret=bool(row.get("restricted") or before.restricted or after.restricted),
            )
        )
        found.broken.update({each.name: each.why.as_dict() for each in after.broken})
    return found


def _ended(issues: Sequence[ObjectId], codes: Mapping[ObjectId, str]) -> dict[ObjectId, str]:
    """By issue, the department whose lead ticket ended it last; those that have not ended are left out."""
    query = {"issue": {"$in": list(issues)}, "role": "lead", "state": {"$in": list(ENDING)}}
    shown = {"issue": 1, "department": 1}
    rows = Ticket.rows().find(query, shown).sort([("dispatched_at", 1), ("_id", 1)])
    return {row["issue"]: codes[row["department"]] for row in rows if row["department"] in codes}


def _real_departments() -> tuple[dict[str, str], dict[ObjectId, str]]:
    """By code and by id, the code of the department, or of the one that took its place."""
    found = list(Department.objects())
    stands = {each.id: departments.followed(each) or each for each in found}
    by_code = {each.code: stands[each.id].code for each in found}
    return by_code, {key: each.code for key, each in stands.items()}


def _contest(replay: ObjectId) -> Contest:
    """Made once in each process, and kept until another replay is worked on."""
    kept = _kept[0] if _kept else None
    if kept is None or kept.replay != replay:
        kept = _made(Replay.get(replay))
        _kept[:] = [kept]
    return kept


def _made(replay: Replay) -> Contest:
    around = registry.surroundings()
    before = registry.content_of(replay.against)
    name = "draft" if replay.number is None else registry.version_name(replay.number)
    after = terms_of(replay.content, name)
    judge = _judge(replay.model_against)
    same = replay.model == replay.model_against
    return Contest(
        replay=replay.id,
        before=_compiled(before, around, registry.version_name(replay.against)),
        after=_compiled(after, around, name),
        judge_before=judge,
        judge_after=judge if same else _judge(replay.model),
        areas=frozenset(areas_named([*before.rules, *after.rules])),
    )


def _compiled(terms: RoutingTerms, around: Surroundings, name: str) -> Rulebook:
    return rulebook(pack(), terms, around, name)


def _judge(number: int) -> Judge | None:
    """The model in use as it is; another one for this replay alone, so that decisions keep theirs.

    Raises what `models.load_model` raises.
    """
    if number == registry.state()["model"]:
        return models.judge(number)
    if number == models.PACKS_OWN and not models.has_packs_own():
        return None
    name = models.version_name(number)
    if not _models or _models[0].version != name:
        _models[:] = [Reader(name, models.load_model(number))]
    return _models[0]


def areas_named(conditions: Iterable[Any]) -> Iterator[str]:
    """The codes under `area`, wherever in rules or conditions it stands; for any content."""
    for each in conditions:
        if isinstance(each, Mapping):
            codes = each.get("area", ())
            listed = codes if isinstance(codes, list) else [codes]
            yield from (code for code in listed if isinstance(code, str))
            yield from areas_named(each.values())
        elif isinstance(each, list):
            yield from areas_named(each)
