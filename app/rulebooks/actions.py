"""Writing versions of the rules, and saying which is in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.errors import Conflict, Invalid, NotFound, Stale
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.people.access import require
from app.people.who import Who
from app.routing.rules import BrokenRule
from app.rulebooks import alarms, registry, versions
from app.rulebooks.documents import DRAFT, PUBLISHED, RulebookVersion
from app.rulebooks.versions import Version

CHANGE = "rulebook.change"
PUBLISHED_EVENT = "routing.published"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft is to say. For a new one None stands for the version in use, and for its content."""

    based_on: int | None
    content: Mapping[str, Any] | None
    note: str


@dataclass(frozen=True, slots=True)
class Made:
    """A version that was made, as `create_once` knows it."""

    version: Version
    fingerprint: str


def draft(who: Who, client_id: str, said: Draft, now: datetime) -> tuple[Version, bool]:
    """A new draft: (it, whether it is new). Rules in it that are broken may stay until it is published.

    Raises Forbidden, Invalid for content without the form of `routing.yaml` or an unknown `based_on`, and
    Conflict for another draft under this client_id.
    """
    require(who, CHANGE)
    print_ = fingerprint(asdict(said))

    def find() -> Made | None:
        row = RulebookVersion.rows().find_one({"by": who.id, "client_id": client_id})
        return Made(versions.get(row["number"]), row["fingerprint"]) if row else None

    def make() -> Made:
        based_on = registry.state()["rulebook"] if said.based_on is None else said.based_on
        base = _base(based_on)
        content = base.content if said.content is None else said.content
        versions.terms(content, "content")
        number = _next_number()
        RulebookVersion.insert_row(
            number=number,
            state=DRAFT,
            content=content,
            note=said.note,
            based_on=based_on,
            client_id=client_id,
            fingerprint=print_,
            by=who.id,
            by_name=who.name,
            created_at=now,
            updated_at=now,
        )
        return Made(versions.get(number), print_)

    made, new = create_once(make, find, print_)
    return made.version, new


def is_replay(found: Version, said: Draft) -> bool:
    """Whether the draft says that already."""
    return Draft(found.based_on, found.content, found.note) == said


def change(who: Who, number: int, said: Draft, version: int, now: datetime) -> Version:
    """Change a draft as a whole.

    Raises like `draft`; NotFound; Conflict for one that was published; Stale when it is not at `version`.
    """
    require(who, CHANGE)

    def work() -> Version:
        _check_draft(versions.get(number))
        _base(said.based_on or versions.PACKS_OWN)
        versions.terms(said.content or {}, "content")
        guard = {"number": number, "state": DRAFT, "version": version}
        whole = {**asdict(said), "updated_at": now}
        update = {"$set": whole, "$inc": {"version": 1}}
        if not RulebookVersion.rows().update_one(guard, update).modified_count:
            raise Stale("request.stale")
        return versions.get(number)

    return transaction(work)


def publish(who: Who, number: int, reason: str, over: bool, seen: int, now: datetime) -> None:
    """Use a draft from the next decision on, everywhere. It can never be changed again.

    `seen` is the `version` of the state that the caller saw: of two who publish at once one wins. Raises
    Forbidden, NotFound, and Conflict: for one that is no draft, while rules of it are broken, when another
    than the one it is based on is in use by now (unless `over`), or when `seen` is no more.
    """
    require(who, CHANGE)

    def work() -> None:
        found = versions.get(number)
        _check_draft(found)
        _check_whole(versions.compiled(found).rules.broken)
        in_use = registry.state()["rulebook"]
        if in_use != found.based_on and not over:
            name = registry.version_name
            raise Conflict(
                "rulebook.changed_meanwhile", in_use=name(in_use), based_on=name(found.based_on)
            )
        guard = {"number": number, "state": DRAFT, "version": found.version}
        done = {"state": PUBLISHED, "published_at": now}
        update = {"$set": done, "$inc": {"version": 1}}
        if not RulebookVersion.rows().update_one(guard, update).modified_count:
            raise Conflict("changed_meanwhile")
        _use(who, "publish", number, reason, seen, now)

    transaction(work)


def revert(who: Who, number: int, reason: str, seen: int, now: datetime) -> None:
    """Use an earlier published version again, or the pack's own (0), from the next decision on.

    Rules of it that are broken by now are told to the admins; they do not keep it from use. Raises like
    `publish`; Conflict also for one that is in use already.
    """
    require(who, CHANGE)

    def work() -> None:
        found = versions.get(number)
        if found.state != PUBLISHED:
            raise Conflict("rulebook.never_published")
        if registry.state()["rulebook"] == number:
            raise Conflict("rulebook.in_use_already")
        made = versions.compiled(found)
        alarms.of_rules(made.rules.broken, made.version, now)
        _use(who, "revert", number, reason, seen, now)

    transaction(work)


def put_in_use(kind: str, number: int, seen: int, now: datetime) -> int:
    """Let `number` be the rulebook or model (`kind`) in use; gives the one that was.

    Joins the surrounding transaction. Raises Conflict when the state is no longer at the version `seen`.
    """
    before = registry.state()
    if before["version"] != seen:
        raise Conflict("routing.changed_meanwhile")
    change = {kind: number, "version": seen + 1, "changed_at": now}
    if seen:
        registry.rows().update_one({"_id": "current", "version": seen}, {"$set": change})
    else:
        registry.rows().insert_one({**before, **change})
    return int(before[kind])


def _use(who: Who, action: str, number: int, reason: str, seen: int, now: datetime) -> None:
    before = registry.version_name(put_in_use("rulebook", number, seen, now))
    after = registry.version_name(number)
    row = history.append(
        "routing",
        registry.THING,
        action,
        by=who.acting("admin"),
        now=now,
        before=before,
        after=after,
        text=reason,
        reasons=[Reason("rulebook.used", {"before": before, "after": after, "reason": reason})],
        data={"rulebook": number},
    )
    duties.add(
        "notices.deliver",
        registry.THING,
        now=now,
        key=f"notices.deliver:{row}",
        payload={"event": PUBLISHED_EVENT, "row": row},
    )


def _base(number: int) -> Version:
    """The published version that a draft is made from. Raises Invalid."""
    try:
        found = versions.get(number)
    except NotFound:
        found = None
    if found is None or found.state != PUBLISHED:
        raise Invalid("reference.unknown", fields={"based_on": [str(number)]})
    return found


def _check_draft(found: Version) -> None:
    if found.state != DRAFT:
        raise Conflict("rulebook.published_before")


def _check_whole(broken: Iterable[BrokenRule]) -> None:
    reasons = [each.why for each in broken]
    if reasons:
        raise Conflict("rulebook.broken", fields={"rules": reasons}, count=len(reasons))


def _next_number() -> int:
    """Joins the surrounding transaction: what is not made leaves no gap."""
    row = registry.rows().find_one_and_update(
        {"_id": "numbers"},
        {"$inc": {"rulebook": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(row["rulebook"])
