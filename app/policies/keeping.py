"""What departments do with policies: drafted, changed, published, closed, followed by another edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import made_once
from app.people import finding
from app.people.access import actor, require
from app.people.announcing import announce, telling
from app.people.who import Who
from app.policies.documents import CLOSED, DRAFT, PUBLISHED, THING, Policy
from app.policies.queries import see_policy
from app.policies.register import REGISTER, policy_ties
from app.registers.stating import batch_of, loaded, state_line, whole

FIRST = 1
STAYS = ("code", "edition")
_CARRIED = (
    *("code", "title", "department", "text", "conditions", "amount_rule", "since", "until"),
    *("several", "papers", "notice_wd", "shows_amount"),
)
"""What another edition begins with."""


def create(
    who: Who, raw: Mapping[str, Any], client_id: str, now: datetime
) -> tuple[ObjectId, bool]:
    """Draft the first edition of a policy by the names of the register's fields: (it, whether it is new).

    Raises Invalid by field, with what is wrong in words; Forbidden; Conflict when the code is taken, or the
    client_id was used for something else.
    """
    line = loaded(REGISTER, {**raw, "edition": FIRST})
    draft, new = state_line(REGISTER, batch_of(who, now), line, client_id=client_id)
    return draft.after["_id"], new


def change(who: Who, key: str, raw: Mapping[str, Any], version: int, now: datetime) -> None:
    """Change a draft as a whole, if it still is this `version`; its code stays.

    Raises like `create`; NotFound, Stale when it was changed meanwhile, Conflict once it is published.
    """
    policy = see_policy(who, key)
    if policy["state"] != DRAFT:
        raise Conflict("policy.published_stays")
    if raw.get("code") != policy["code"]:
        raise Invalid("request.invalid", fields={"code": [Reason("register.key_stays")]})
    line = whole(REGISTER, {**raw, "edition": policy["edition"]})
    state_line(REGISTER, batch_of(who, now), line, version=version)


def new_edition(who: Who, key: str, client_id: str, now: datetime) -> tuple[ObjectId, bool]:
    """Begin another edition of a published or closed policy, as a draft: (it, whether it is new).

    Raises NotFound, Forbidden; Conflict for a draft, while there is one, or when the client_id was used for
    something else.
    """
    policy = see_policy(who, key)
    by = actor(who, "policy.write", policy_ties(policy))
    print_ = fingerprint({"edition_of": key})

    def make() -> Policy:
        if policy["state"] == DRAFT or Policy.objects(code=policy["code"], state=DRAFT).first():
            raise Conflict("policy.drafted_already")
        last = Policy.rows().find_one({"code": policy["code"]}, sort=[("edition", -1)]) or policy
        made = Policy(
            **{name: policy[name] for name in _CARRIED},
            edition=last["edition"] + 1,
            created_by=who.id,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
        ).insert()
        data = {"edition_of": policy["_id"]}
        history.append(THING, made.id, "create", by=by, now=now, after=DRAFT, data=data)
        return made

    def find() -> Policy | None:
        return Policy.objects(created_by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "policy.drafted_already")
    return made.id, new


def publish(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Publish a draft; the edition that was published until now ends with it. Commissioners hear of it.

    Raises NotFound, Forbidden for either's; Conflict unless it is a draft, Invalid when its window is over.
    """

    def work() -> None:
        policy = see_policy(who, key)
        by = actor(who, "policy.publish", policy_ties(policy))
        if policy["until"] and policy["until"] < days.today(now).isoformat():
            raise Invalid("policy.window_over", fields={"until": [policy["until"]]})
        earlier = Policy.rows().find_one({"code": policy["code"], "state": PUBLISHED})
        if earlier is not None:
            require(who, "policy.publish", policy_ties(earlier))
            _move(earlier, PUBLISHED, CLOSED, {"closed_at": now, "replaced_by": policy["_id"]}, now)
            data = {"replaced_by": policy["_id"]}
            _told(earlier, "replace", by, now, PUBLISHED, CLOSED, "", data)
        _move(policy, DRAFT, PUBLISHED, {"published_at": now}, now)
        who_hears = finding.with_role("commissioner")
        data = dict(telling(who_hears, policy["title"], due=policy["until"]))
        row = _told(policy, "publish", by, now, DRAFT, PUBLISHED, text, data)
        announce("policy.published", policy["_id"], row, now)

    try:
        transaction(work)
    except DuplicateKeyError:
        raise Conflict("changed_meanwhile") from None


def close(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Let nobody claim it any more; claims that are under way go on.

    Raises NotFound, Forbidden, Conflict unless it is published.
    """

    def work() -> None:
        policy = see_policy(who, key)
        by = actor(who, "policy.publish", policy_ties(policy))
        _move(policy, PUBLISHED, CLOSED, {"closed_at": now}, now)
        _told(policy, "close", by, now, PUBLISHED, CLOSED, text, {})

    transaction(work)


def _move(policy: Row, before: str, after: str, values: Row, now: datetime) -> None:
    if policy["state"] != before:
        raise Conflict("policy.transition_not_allowed", fields={"state": [policy["state"]]})
    same = {"_id": policy["_id"], "version": policy["version"], "state": before}
    change = {"$set": {**values, "state": after, "updated_at": now}, "$inc": {"version": 1}}
    if not Policy.rows().update_one(same, change).modified_count:
        raise Conflict("changed_meanwhile")


def _told(
    policy: Row,
    action: str,
    by: history.Actor,
    now: datetime,
    before: str,
    after: str,
    text: str,
    data: Mapping[str, Any],
) -> ObjectId:
    return history.append(
        THING,
        policy["_id"],
        action,
        by=by,
        now=now,
        before=before,
        after=after,
        text=text,
        data=data,
        version=policy["version"] + 1,
    )
