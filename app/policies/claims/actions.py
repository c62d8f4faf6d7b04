"""What is done for a firm: a claim is opened, matched, submitted, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.queries import see_enterprise
from app.enterprises.ties import enterprise_ties
from app.foundation import days, history
from app.foundation.amounts import ZERO, money, stored
from app.foundation.db import Row
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.history import Actor
from app.foundation.ids import fingerprint, object_id
from app.foundation.reasons import Reason
from app.foundation.replay import made_once
from app.issues.access import see_issue
from app.people.access import Ties, actor
from app.people.announcing import announce, telling
from app.people.who import Who
from app.photos import actions as photos
from app.policies import facts, matching, people
from app.policies.claims import climbing, clocks
from app.policies.claims.documents import Claim, slot_of, window_of
from app.policies.claims.objecting import lapse
from app.policies.claims.papers import LINK
from app.policies.claims.states import FOUND, MATCHED
from app.policies.claims.steps import THING, Word, step
from app.policies.documents import Policy, is_open, rule_of
from app.policies.queries import see_policy
from app.policies.register import policy_ties
from app.policies.rules import amounts
from app.policies.rules.amounts import PerUnit
from app.policies.rules.conditions import NOT_MET, UNKNOWN, Facts, Judged
from app.projects.documents import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """For whom and why a claim is opened. `issue_id` is where the need of it was found."""

    enterprise_id: str
    project_id: str | None = None
    issue_id: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What is submitted: the amount asked for (None: what the rule gives), what a rule per unit counts, the
    papers {name, photo_ids}, where to pay {holder, bank, number}."""

    asked: str | None = None
    quantity: int | None = None
    papers: Sequence[Mapping[str, Any]] = ()
    account: Mapping[str, str] | None = None
    text: str = ""


def open_claim(
    who: Who, policy_key: str, client_id: str, said: Opening, now: datetime
) -> tuple[ObjectId, bool]:
    """Open a claim of an enterprise under a policy: (it, whether it is new).

    Raises NotFound, Forbidden; Invalid for a project or issue that is another's; Conflict when the policy
    cannot be claimed today, while the firm has a claim in its window, or when the client_id was used
    otherwise.
    """
    policy = see_policy(who, policy_key)
    see_enterprise(who, said.enterprise_id)
    firm = Enterprise.rows().find_one({"_id": object_id(said.enterprise_id)}) or {}
    by = actor(who, "claim.open", _opener_ties(firm, policy))
    print_ = fingerprint({"policy": policy_key, **asdict(said)})

    def make() -> Claim:
        if not is_open(policy, days.today(now).isoformat()):
            raise Conflict("claim.policy_not_open")
        return _open(policy, firm, by, client_id, print_, _named(who, firm, said), now)

    def find() -> Claim | None:
        return Claim.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    claim, new = made_once(make, find, print_, "claim.claimed_already")
    return claim.id, new


def _opener_ties(firm: Row, policy: Row) -> Ties:
    of_firm = enterprise_ties(firm)
    return Ties(
        enterprise=of_firm.enterprise,
        unit=of_firm.unit,
        served_by=of_firm.served_by,
        departments=policy_ties(policy).departments,
    )


def _named(who: Who, firm: Row, said: Opening) -> Row:
    project = ObjectId(said.project_id) if said.project_id else None
    if project is not None:
        row = Project.rows().find_one({"_id": project, "enterprise": firm["_id"]}, {"_id": 1})
        if row is None:
            raise Invalid("claim.project_of_another", fields={"project_id": [str(project)]})
    return {"project": project, "issue": _issue(who, firm, said.issue_id), "text": said.text}


def _issue(who: Who, firm: Row, key: str | None) -> ObjectId | None:
    """Of another firm none, nor one that few may see: all who see the claim learn of it."""
    if key is None:
        return None
    issue = see_issue(who, key)
    if issue.enterprise not in (None, firm["_id"]) or issue.restricted is not None:
        raise Invalid("claim.issue_of_another", fields={"issue_id": [key]})
    return issue.id


def _open(
    policy: Row, firm: Row, by: Actor, client_id: str, print_: str, named: Row, now: datetime
) -> Claim:
    due = clocks.due_at(FOUND, now, None)
    rung = climbing.following(due, ())
    claim = Claim(
        policy=policy["_id"],
        code=policy["code"],
        title=policy["title"],
        window=window_of(policy),
        slot=slot_of(policy, firm["_id"]),
        department=policy["department"],
        enterprise=firm["_id"],
        by=by.id,
        by_name=by.name,
        role=by.role,
        paid=stored(ZERO),
        steps=[clocks.began(FOUND, by.name, now)],
        due_at=due,
        rung=rung,
        client_id=client_id,
        fingerprint=print_,
        created_at=now,
        updated_at=now,
        **named,
    ).insert()
    climbing.await_rung(claim.id, {}, rung, now)
    row = {"title": policy["title"], "project": named["project"]}
    data = telling(people.firm_side(firm), climbing.named(row, firm), due=due)
    told = history.append(
        THING,
        claim.id,
        "open",
        by=by,
        now=now,
        after=FOUND,
        text=named["text"],
        data=data,
        version=1,
    )
    announce("claim.found", claim.id, told, now)
    return claim


def match(who: Who, key: str, now: datetime) -> None:
    """Hold the firm against the conditions as of today; unless it fails one, it may submit.

    Raises NotFound, Forbidden; Conflict, naming what is not met, and by the table.
    """

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        judged = _judged(claim, firm, now)
        if judged.verdict == NOT_MET:
            # The reason tells of what these eyes see in the matching itself.
            raise Conflict("claim.not_entitled", fields={"conditions": list(_unmet(judged))})
        unclear = [each.kind for each in _leaves(judged) if each.verdict == UNKNOWN]
        return {"verdict": {"verdict": judged.verdict, "at": now, "unclear": unclear}}

    word = Word(event="claim.matched", people=lambda claim, firm: people.firm_side(firm))
    step(who, key, "match", change, word, now)


def submit(who: Who, key: str, said: Papers, now: datetime) -> None:
    """Submit a claim, or what was returned, with its papers: the firm's contact, or its commissioner for it.

    Raises NotFound, Forbidden; Invalid for a paper that is missing or without a photo, a quantity that the
    rule needs, an amount above what it gives; Conflict by the table.
    """

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        policy = Policy.rows().find_one({"_id": claim["policy"]}) or {}
        _in_time(policy, claim, now)
        papers = _papers(who, policy, said, claim)
        asked = _asked(policy, claim, firm, said, now)
        fresh = [photo for each in papers for photo in each["photos"]]
        photos.attach(fresh, LINK, claim["_id"])
        account = dict(said.account) if said.account else claim["account"]
        return {
            "papers": papers,
            "quantity": said.quantity if said.quantity is not None else claim["quantity"],
            "asked": asked,
            "account": account,
            "on_behalf": by.role != "contact",
            "refusal": None,
        }

    word = Word(
        text=said.text,
        event="claim.submitted",
        people=lambda claim, firm: people.staff(people.present(claim["department"])),
    )
    step(who, key, "submit", change, word, now)


def withdraw(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Take a claim back before it is approved. Raises NotFound, Forbidden, Conflict by the table."""

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        return lapse(claim, now)

    word = Word(
        text=text,
        event="claim.withdrawn",
        people=lambda claim, firm: people.staff(people.present(claim["department"])),
    )
    step(who, key, "withdraw", change, word, now)


def _in_time(policy: Row, claim: Row, now: datetime) -> None:
    """What was returned may come later than the window; a first word may not."""
    until = policy["until"]
    if claim["state"] == MATCHED and until and until < days.today(now).isoformat():
        raise Conflict("claim.policy_not_open")


def _judged(claim: Row, firm: Row, now: datetime) -> Judged:
    policy = Policy.rows().find_one({"_id": claim["policy"]})
    if policy is None:
        raise NotFound("not_found")
    return matching.hold(firm, [policy], days.today(now), "zh")[0].judged


def _leaves(judged: Judged) -> list[Judged]:
    if not judged.of:
        return [judged]
    return [leaf for each in judged.of for leaf in _leaves(each)]


def _unmet(judged: Judged) -> list[Reason]:
    """Why: of figures only that they do not suffice."""
    return [
        Reason("policy.veiled.not_met") if each.private else each.reason
        for each in _leaves(judged)
        if each.verdict == NOT_MET
    ]


def _papers(who: Who, policy: Row, said: Papers, claim: Row) -> list[Row]:
    """Each paper with photos of one's own; what was submitted before stays where it is not said anew."""
    kept = {each["name"]: each for each in claim["papers"]}
    for each in said.papers:
        if each["name"] not in policy["papers"]:
            raise Invalid("claim.unknown_paper", fields={"papers": [each["name"]]})
        pictures = photos.attachable(who, each["photo_ids"])
        kept[each["name"]] = {"name": each["name"], "photos": pictures}
    missing = [name for name in policy["papers"] if not kept.get(name, {}).get("photos")]
    if missing:
        names = "、".join(missing)
        raise Invalid("claim.papers_missing", fields={"papers": missing}, names=names)
    return [kept[name] for name in policy["papers"]]


def _asked(policy: Row, claim: Row, firm: Row, said: Papers, now: datetime) -> Any:
    """What is asked for: what the rule gives, or less. Unknown figures leave it open, below the cap."""
    rule = rule_of(policy)
    quantity = said.quantity if said.quantity is not None else claim["quantity"]
    if isinstance(rule, PerUnit) and quantity is None:
        raise Invalid("claim.quantity_needed", fields={"quantity": [Reason("request.required")]})
    today, wanted = days.today(now), set(amounts.figures_of(rule))
    figures = facts.stated([firm["_id"]], wanted, today)[firm["_id"]]
    given = amounts.estimate(rule, Facts(figures=figures), today, quantity).amount
    asked = given if said.asked is None else money(said.asked)
    if asked is None:
        return None
    bound = given if given is not None else amounts.most(rule)
    if asked <= 0:
        raise Invalid("claim.amount_needed", fields={"asked": [str(asked)]})
    if bound is not None and asked > bound:
        raise Invalid("claim.more_than_the_rule", fields={"asked": [str(asked)]}, most=str(bound))
    return stored(asked)
