"""Objections to what is publicised: by anybody signed in, decided before a claim can be approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Forbidden, NotFound
from app.foundation.history import SYSTEM, Actor
from app.foundation.ids import fingerprint, object_id
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.foundation.replay import made_once
from app.people import finding
from app.people.access import Ties, actor, allowed
from app.people.announcing import announce, telling
from app.people.who import Who
from app.policies import people
from app.policies.claims.climbing import named
from app.policies.claims.documents import DISMISSED, LAPSED, OPEN, UPHELD, Claim, Objection
from app.policies.claims.states import PUBLICISED
from app.policies.claims.steps import SEE, THING, claim_ties, firm_of
from app.policies.gathering_duty import owe_gathering

OF_OBJECTION = "objection"
DECIDED = "claim.objection_decided"


def object_to(
    who: Who, key: str, client_id: str, *, text: str, anonymous: bool, now: datetime
) -> tuple[ObjectId, bool]:
    """Object to a claim during its public notice: (the objection, whether it is new).

    Raises NotFound for what is not publicised; Conflict when the notice is over, or the client_id was used
    for something else.
    """
    print_ = fingerprint({"claim": key, "text": text, "anonymous": anonymous})

    def make() -> Objection:
        claim = Claim.rows().find_one({"_id": object_id(key)})
        if claim is None or not claim["notice"]:
            raise NotFound("not_found")
        by = actor(who, "objection.make", Ties())
        _running(claim, now)
        made = Objection(
            claim=claim["_id"],
            policy=claim["policy"],
            code=claim["code"],
            department=claim["department"],
            round=claim["round"],
            by=by.id,
            by_name=by.name,
            role=by.role,
            anonymous=anonymous,
            text=text,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
        ).insert()
        _count(claim, {"objections": 1})
        _tell_deciders(made, claim, by, now)
        return made

    def find() -> Objection | None:
        return Objection.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "changed_meanwhile")
    return made.id, new


def _running(claim: Row, now: datetime) -> None:
    notice, today = claim["notice"], days.today(now).isoformat()
    if claim["state"] != PUBLICISED or not notice["first"] <= today <= notice["last"]:
        raise Conflict("claim.notice_over", last=notice["last"])


def _count(claim: Row, by: Row) -> None:
    """Each objection moves the claim's version: an approval at the same moment sees it, or is seen."""
    same = {"_id": claim["_id"], "round": claim["round"], "version": claim["version"]}
    change = {"$inc": {**by, "version": 1}}
    if not Claim.rows().update_one(same, change).modified_count:
        raise Conflict("changed_meanwhile")


def _tell_deciders(made: Objection, claim: Row, by: Actor, now: datetime) -> None:
    firm, home = firm_of(claim), people.present(claim["department"])
    told = finding.once(people.staff(home), people.heads(home))
    data = telling(told, named(claim, firm), due=claim["notice"]["last"])
    # Notices are made of the row, for more than those who decide; whose it is says the objection.
    seen = Actor(None, say("person.anonymous"), "none") if made.anonymous else by
    row = history.append(
        OF_OBJECTION,
        made.id,
        "object",
        by=seen,
        now=now,
        after=OPEN,
        text=made.text,
        data=data,
        internal=True,
    )
    announce("claim.objected", claim["_id"], row, now)
    history.append(THING, claim["_id"], "objected", by=seen, now=now, version=claim["version"] + 1)


def decide(who: Who, key: str, *, upheld: bool, text: str, now: datetime) -> None:
    """Uphold or dismiss an objection; who raised it hears of it, and the firm.

    Raises NotFound, Forbidden for an objection of one's own, Conflict when it is decided.
    """

    def work() -> None:
        objection, claim = see(who, key)
        by = actor(who, "objection.decide", objection_ties(objection))
        if objection["by"] in who.ids:
            raise Forbidden("claim.own_objection")
        then = UPHELD if upheld else DISMISSED
        signed = {"by": by.id, "by_name": by.name, "role": by.role, "at": now, "text": text}
        _settle(objection, then, {"decision": signed})
        _count(claim, {"objections": -1, "upheld": int(upheld)})
        firm = firm_of(claim)
        told = finding.once([objection["by"]], people.firm_side(firm))
        _tell(objection, claim, firm, then, by, told, text, now)
        history.append(
            THING,
            claim["_id"],
            f"objection_{then}",
            by=by,
            now=now,
            text=text,
            version=claim["version"] + 1,
        )
        if upheld:
            owe_gathering(claim["code"], objection["_id"], now)

    transaction(work)


def lapse(claim: Row, now: datetime) -> Row:
    """What is undecided falls away with the notice; what that sets in the claim. Joins the transaction."""
    for objection in Objection.rows().find({"claim": claim["_id"], "state": OPEN}):
        _settle(objection, LAPSED, {})
        _tell(objection, claim, firm_of(claim), LAPSED, SYSTEM, [objection["by"]], "", now)
    return {"objections": 0}


def _settle(objection: Row, state: str, values: Row) -> None:
    same = {"_id": objection["_id"], "state": OPEN}
    change = {"$set": {**values, "state": state}}
    if not Objection.rows().update_one(same, change).modified_count:
        raise Conflict("claim.objection_settled", fields={"state": [objection["state"]]})


def _tell(
    objection: Row,
    claim: Row,
    firm: Row,
    then: str,
    by: Actor,
    told: list[ObjectId],
    text: str,
    now: datetime,
) -> None:
    row = history.append(
        OF_OBJECTION,
        objection["_id"],
        then,
        by=by,
        now=now,
        before=OPEN,
        after=then,
        text=text,
        reasons=[] if text else [Reason(f"claim.objection.{then}")],
        data=telling(told, named(claim, firm)),
        internal=True,
    )
    announce(DECIDED, claim["_id"], row, now)


def objection_ties(objection: Row) -> Ties:
    """What binds a stored objection to those who decide on it."""
    department = objection["department"]
    return Ties(owner=objection["by"], departments=(department, people.present(department)))


def see(who: Who, key: str) -> tuple[Row, Row]:
    """A stored objection and its claim: for who raised it, decides, or sees the claim. Raises NotFound."""
    objection = Objection.rows().find_one({"_id": object_id(key)})
    claim = Claim.rows().find_one({"_id": objection["claim"]}) if objection else None
    if objection is None or claim is None:
        raise NotFound("not_found")
    mine = _is_own(who, objection)
    decides = allowed(who, "objection.see_who", objection_ties(objection))
    if not (mine or decides or allowed(who, SEE, claim_ties(claim, firm_of(claim)))):
        raise NotFound("not_found")
    return objection, claim


def of_claim(who: Who, claim: Row) -> list[Row]:
    """The objections to a claim that `who` may see, the first first, each as these eyes may see it."""
    rows = Objection.rows().find({"claim": claim["_id"]}).sort("created_at", 1)
    return [shown(who, row) for row in rows]


def mine(who: Who, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of one's own objections, the newest first, and how many."""
    absent = {"by": {"$in": list(who.standing_for)}, "anonymous": False}
    query: dict[str, Any] = {"$or": [{"by": who.id}, absent]}
    rows = Objection.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return [shown(who, row) for row in found], Objection.rows().count_documents(query)


def _is_own(who: Who, objection: Row) -> bool:
    """One's own, or that of somebody absent, unless they kept their name to themselves."""
    if objection["anonymous"]:
        return bool(objection["by"] == who.id)
    return objection["by"] in who.ids


def shown(who: Who, objection: Row) -> Row:
    """A stored objection without its maker's name where that is not for `who` to know."""
    known = _is_own(who, objection) or not objection["anonymous"]
    if known or allowed(who, "objection.see_who", objection_ties(objection)):
        return objection
    return {**objection, "by": None, "by_name": say("person.anonymous"), "role": "none"}
