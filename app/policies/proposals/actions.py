"""What people do with proposals: open them, and decide on them; those who raised them hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.ids import fingerprint, object_id
from app.foundation.replay import made_once
from app.issues.access import see_issue
from app.issues.documents import Issue
from app.people import finding
from app.people.access import Columns, Ties, actor, allowed, scope
from app.people.announcing import announce, telling
from app.people.who import Who
from app.policies import people
from app.policies.documents import DRAFT, Policy
from app.policies.proposals.documents import ADOPTED, COMPLAINT, DECLINED, OPEN, Proposal
from app.policies.proposals.gathering import THING, followers_of, tell_opened
from app.policies.proposals.sources import Raised, of_ids, of_issue
from app.policies.queries import inside, see_policy

SEE, INSIDE = "proposal.see", "proposal.see_evidence"
COLUMNS = Columns(departments="department", followers="followers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Why a policy should be adjusted, with what it rests on: refused claims, objections, issues."""

    text: str
    claim_ids: Sequence[str] = ()
    objection_ids: Sequence[str] = ()
    issue_ids: Sequence[str] = ()


def proposal_ties(proposal: Row, home: ObjectId | None = None) -> Ties:
    """What binds a stored proposal to people: its department, now at `home`, and those who raised it."""
    department = proposal["department"]
    return Ties(
        departments=(department, home or people.present(department)),
        followers=tuple(proposal["followers"]),
    )


def open_proposal(
    who: Who, policy_key: str, client_id: str, said: Said, now: datetime
) -> tuple[ObjectId, bool]:
    """Propose to adjust a policy: (the proposal, whether it is new).

    Claims and objections may be named by the department and by who oversees. Raises NotFound, Forbidden;
    Conflict for a draft, or when the client_id was used for something else.
    """
    policy = see_policy(who, policy_key)
    by = actor(who, "proposal.open", Ties(departments=(policy["department"],)))
    print_ = fingerprint({"policy": policy_key, **asdict(said)})

    def make() -> Proposal:
        if policy["state"] == DRAFT:
            raise Conflict("policy.transition_not_allowed", fields={"state": [DRAFT]})
        rests_on = _evidence(who, policy, said)
        made = Proposal(
            code=policy["code"],
            policy=policy["_id"],
            title=policy["title"],
            department=policy["department"],
            text=said.text,
            by=by.id,
            by_name=by.name,
            role=by.role,
            evidence=[each.row for each in rests_on],
            followers=finding.once([by.id], followers_of(rests_on)),
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
        ).insert()
        row: Row = {"_id": made.id, "text": said.text, "title": policy["title"]}
        tell_opened({**row, "department": policy["department"]}, by, now)
        return made

    def find() -> Proposal | None:
        return Proposal.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "changed_meanwhile")
    return made.id, new


def _evidence(who: Who, policy: Row, said: Said) -> list[Raised]:
    """What is named, as evidence. Raises NotFound for what is not of this policy, or not to be seen."""
    named = [*said.claim_ids, *said.objection_ids]
    if named and not inside(who, policy):
        raise NotFound("not_found")
    found = of_ids(policy, said.claim_ids, said.objection_ids)
    if len(found) != len(set(named)):
        raise NotFound("not_found")
    issues = [see_issue(who, key).id for key in dict.fromkeys(said.issue_ids)]
    rows = Issue.rows().find({"_id": {"$in": issues}, "restricted": None})
    return [*found, *map(of_issue, rows)]


def decide(
    who: Who, key: str, *, adopted: bool, text: str, edition_id: str | None, now: datetime
) -> None:
    """Adopt a proposal, naming the edition that follows from it if there is one, or decline it, and why.

    Raises NotFound, Forbidden; Invalid for an edition of another policy; Conflict when it is decided.
    """

    def work() -> None:
        proposal = see(who, key)
        by = actor(who, "proposal.decide", proposal_ties(proposal))
        edition = _edition(proposal, edition_id)
        signed = {"by": by.id, "by_name": by.name, "role": by.role, "at": now, "text": text}
        then = ADOPTED if adopted else DECLINED
        change: dict[str, Any] = {
            "state": then,
            "slot": None,
            "decision": {**signed, "edition": edition},
            "updated_at": now,
        }
        same = {"_id": proposal["_id"], "state": OPEN, "version": proposal["version"]}
        made = Proposal.rows().update_one(same, {"$set": change, "$inc": {"version": 1}})
        if not made.modified_count:
            raise Conflict("proposal.decided_already", fields={"state": [proposal["state"]]})
        row = history.append(
            THING,
            proposal["_id"],
            then,
            by=by,
            now=now,
            before=OPEN,
            after=then,
            text=text,
            data=telling(proposal["followers"], proposal["title"]),
            version=proposal["version"] + 1,
        )
        announce(f"proposal.{then}", proposal["_id"], row, now)

    transaction(work)


def _edition(proposal: Row, edition_id: str | None) -> ObjectId | None:
    if edition_id is None:
        return None
    query = {"_id": object_id(edition_id), "code": proposal["code"]}
    if Policy.rows().find_one(query, {"_id": 1}) is None:
        raise Invalid("proposal.edition_of_another", fields={"edition_id": [edition_id]})
    return ObjectId(edition_id)


def see(who: Who, key: str) -> Row:
    """The stored proposal, if `who` may know of it. Raises NotFound else."""
    row = Proposal.rows().find_one({"_id": object_id(key)})
    if row is None or not allowed(who, SEE, proposal_ties(row)):
        raise NotFound("not_found")
    return row


def listed(
    who: Who, *, page: int, page_size: int, state: str | None = None, code: str | None = None
) -> tuple[list[Row], int]:
    """A page of the proposals `who` may see, the newest first, and how many."""
    only = {name: each for name, each in (("state", state), ("code", code)) if each}
    query = {"$and": [scope(who, SEE, COLUMNS), only]}
    rows = Proposal.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return found, Proposal.rows().count_documents(query)


@dataclass(frozen=True, slots=True)
class Shown:
    """A stored proposal as somebody may see it: what it rests on where that is theirs to know, and acts."""

    row: Row
    evidence: list[Row]
    may_decide: bool


def shown(who: Who, proposals: Sequence[Row]) -> list[Shown]:
    """Stored proposals as `who` may see them: evidence is for the department and who oversees it."""
    homes = people.homes(each["department"] for each in proposals)
    barred = _barred(proposals)
    found = []
    for each in proposals:
        ties = proposal_ties(each, homes[each["department"]])
        known = each["evidence"] if allowed(who, INSIDE, ties) else []
        evidence = [row for row in known if row["id"] not in barred]
        decides = each["state"] == OPEN and allowed(who, "proposal.decide", ties)
        found.append(Shown(each, evidence, decides))
    return found


def _barred(proposals: Sequence[Row]) -> set[ObjectId]:
    """Complaints that few may see by now, whatever they were when they were gathered."""
    rows = [row for each in proposals for row in each["evidence"] if row["kind"] == COMPLAINT]
    if not rows:
        return set()
    query = {"_id": {"$in": [row["id"] for row in rows]}, "restricted": {"$ne": None}}
    return set(Issue.rows().distinct("_id", query))
