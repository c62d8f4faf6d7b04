"""Matching both ways: what may a firm claim, and who has not claimed yet (应享尽享)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import GROWTH, Enterprise
from app.enterprises.queries import see_enterprise
from app.enterprises.register import units
from app.enterprises.ties import COLUMNS, enterprise_ties
from app.foundation import days
from app.foundation.db import Row
from app.foundation.errors import Forbidden
from app.foundation.ids import object_id
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.people.access import NOTHING, Ties, allowed, scope
from app.people.who import Who
from app.policies import facts
from app.policies.claims.documents import Claim, window_of
from app.policies.claims.states import GONE
from app.policies.documents import DRAFT, Policy, conditions_of, rule_of
from app.policies.queries import open_on, see_policy
from app.policies.register import policy_ties
from app.policies.rules import amounts, conditions
from app.policies.rules.amounts import Estimate, Rule
from app.policies.rules.conditions import (
    MET,
    NOT_MET,
    UNKNOWN,
    Condition,
    Facts,
    Figure,
    Judged,
    Names,
)
from app.projects.documents import SIZES
from app.registers import terms
from app.registers.documents import INDUSTRY, TAG

MATCH, MATCH_FIRMS, FIGURES = "policy.match", "policy.match_firms", "figure.see"
STAFF = ("clerk", "head")
_ORDER = {MET: 0, UNKNOWN: 1, NOT_MET: 2}
AT_A_TIME = 2000


@dataclass(frozen=True, slots=True)
class Match:
    """A firm held against a policy, and the claim that it has in its window, if any: {_id, state}.

    `todo` says what is to be stated where the verdict or the amount is not known.
    """

    policy: Row
    enterprise: Row
    judged: Judged
    estimate: Estimate
    todo: tuple[Reason, ...]
    claim: Row | None

    @property
    def verdict(self) -> str:
        """Of the conditions as a whole."""
        return self.judged.verdict


@dataclass(frozen=True, slots=True)
class Found:
    """A page of matches, how many there are in all, and how many firms of each verdict."""

    items: list[Match]
    total: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which firms: with a claim or without (None: both), of a verdict (None: met and unknown), of a unit."""

    claimed: bool | None = None
    verdict: str | None = None
    unit: str | None = None
    page: int = 1
    page_size: int = 20


def claimable(
    who: Who, key: str, now: datetime, language: str, *, page: int, page_size: int
) -> tuple[list[Match], int]:
    """What an enterprise may claim today: every open policy, those that it meets first, then the unknown.

    Staff see their department's. Raises NotFound, Forbidden.
    """
    see_enterprise(who, key)
    firm = Enterprise.rows().find_one({"_id": object_id(key)}, facts.FIELDS) or {}
    if not (allowed(who, MATCH, enterprise_ties(firm)) or who.has(*STAFF)):
        raise Forbidden("forbidden")
    today = days.today(now)
    rows = Policy.rows().find(open_on(today.isoformat())).sort([("code", 1)])
    open_ones = [row for row in rows if allowed(who, MATCH, _ties(firm, row))]
    held = hold(firm, open_ones, today, language)
    claims = _claims_of(firm["_id"], open_ones)
    found = [
        veiled(who, replace(each, claim=claims.get(each.policy["_id"])), firm) for each in held
    ]
    found.sort(key=lambda each: (_ORDER[each.verdict], each.policy["code"]))
    return found[(page - 1) * page_size : page * page_size], len(found)


def hold(firm: Row, policies: Sequence[Row], day: date, language: str) -> list[Match]:
    """A stored enterprise against policies as of a day."""
    read = [(row, conditions_of(row), rule_of(row)) for row in policies]
    known = facts.cheap([firm], [each for _, each, _ in read])[firm["_id"]]
    wanted = {each for _, of, rule in read for each in _figures(of, rule)}
    figures = facts.stated([firm["_id"]], wanted, day)[firm["_id"]]
    full, words = replace(known, figures=figures), names(language)
    return [_match(row, firm, of, rule, full, day, words) for row, of, rule in read]


def entitled(who: Who, key: str, asked: Asked, now: datetime, language: str) -> Found:
    """The firms that a policy is for, among those that `who` may ask this for; those it is met by first.

    Firms that are ruled out without their figures are not looked at further. Of a draft, whose conditions
    can be changed at will, nobody is told more of a firm's figures than they may read. Raises NotFound,
    Forbidden.
    """
    policy = see_policy(who, key)
    mine = _firms(who, policy)
    today, words = days.today(now), names(language)
    condition, rule = conditions_of(policy), rule_of(policy)
    claims = _claims_for(policy)
    query = {"$and": [mine, {"unit": asked.unit} if asked.unit else {}, _claimed(asked, claims)]}
    rows = list(Enterprise.rows().find(query, facts.FIELDS).sort([("name", 1), ("_id", 1)]))
    told = {row["_id"] for row in rows if _is_told(who, policy, row)}
    judged = _verdicts(rows, condition, rule, today, told)
    kept = [row for row in rows if _wanted(judged[row["_id"]][0], asked)]
    kept.sort(key=lambda row: _ORDER[judged[row["_id"]][0]])
    at = (asked.page - 1) * asked.page_size
    items = [
        veiled(
            who,
            replace(
                _match(policy, row, condition, rule, judged[row["_id"]][1], today, words),
                claim=claims.get(row["_id"]),
            ),
            row,
        )
        for row in kept[at : at + asked.page_size]
    ]
    verdicts = [verdict for verdict, _ in judged.values()]
    counts = {each: verdicts.count(each) for each in _ORDER}
    return Found(items, len(kept), counts)


def names(language: str) -> Names:
    """What people call what conditions name."""
    return {
        "tags": {code: each[0] for code, each in terms.names(TAG)().items()},
        "industry": {code: each[0] for code, each in terms.names(INDUSTRY)().items()},
        "unit": {code: each[0] for code, each in units().items()},
        "growth_class": {code: say(f"growth.{code}", language) for code in GROWTH},
        "size_class": {code: say(f"policy.size.{code}", language) for code, _ in SIZES},
    }


def veiled(who: Who, match: Match, firm: Row) -> Match:
    """The match without what tells of the firm's figures, where these are not for `who` to see."""
    if allowed(who, FIGURES, enterprise_ties(firm)):
        return match
    estimate = match.estimate
    if estimate.private:
        estimate = Estimate(None, Reason("policy.amount.not_shown"))
    return replace(match, judged=_veil(match.judged), estimate=estimate)


def _veil(judged: Judged) -> Judged:
    if judged.private:
        return replace(judged, value=None, reason=Reason(f"policy.veiled.{judged.verdict}"))
    return replace(judged, of=tuple(map(_veil, judged.of)))


def _ties(firm: Row, policy: Row) -> Ties:
    return replace(enterprise_ties(firm), departments=policy_ties(policy).departments)


def _firms(who: Who, policy: Row) -> Row:
    """The filter of the firms that `who` may be told of: all to the issuing department. Raises Forbidden."""
    if allowed(who, MATCH_FIRMS, policy_ties(policy)):
        return {}
    found = scope(who, MATCH_FIRMS, COLUMNS)
    if found == NOTHING:
        raise Forbidden("forbidden")
    return found


def _figures(condition: Condition, rule: Rule) -> Iterable[Figure]:
    yield from conditions.figures_of(condition)
    yield from amounts.figures_of(rule)


def _match(
    policy: Row,
    firm: Row,
    condition: Condition,
    rule: Rule,
    known: Facts,
    day: date,
    words: Names,
) -> Match:
    judged = conditions.judge(condition, known, day, words)
    estimate = amounts.estimate(rule, known, day)
    todo = conditions.todo_of(judged)
    if estimate.todo and judged.verdict != NOT_MET:
        todo = _with(todo, estimate.todo)
    return Match(policy, firm, judged, estimate, tuple(todo), None)


def _with(todo: list[Reason], more: Reason) -> list[Reason]:
    """What is to be stated, and more of it unless the same months are asked for already."""
    asked = [(each.code, each.params.get("months")) for each in todo]
    return todo if (more.code, more.params.get("months")) in asked else [*todo, more]


def _is_told(who: Who, policy: Row, firm: Row) -> bool:
    """Whether verdicts may rest on the firm's figures, or are unknown for their want."""
    return policy["state"] != DRAFT or allowed(who, FIGURES, enterprise_ties(firm))


def _known(facts_: Facts, told: bool) -> Facts:
    return facts_ if told else replace(facts_, above_scale=None)


def _verdicts(
    rows: Sequence[Row], condition: Condition, rule: Rule, day: date, told: Collection[ObjectId]
) -> dict[ObjectId, tuple[str, Facts]]:
    """Of each firm the verdict and the facts: what costs a look is read of those not ruled out before.

    Figures, and whether it is above scale, of those in `told` alone.
    """
    found: dict[ObjectId, tuple[str, Facts]] = {}
    wanted = set(_figures(condition, rule))

    def hold(known: Mapping[ObjectId, Facts]) -> list[ObjectId]:
        found.update(
            (key, (conditions.judge(condition, each, day).verdict, each))
            for key, each in known.items()
        )
        return [key for key in known if found[key][0] != NOT_MET]

    for at in range(0, len(rows), AT_A_TIME):
        some = {row["_id"]: row for row in rows[at : at + AT_A_TIME]}
        left = hold(facts.cheap(list(some.values()), []))
        known = facts.cheap([some[key] for key in left], [condition])
        left = hold({key: _known(each, key in told) for key, each in known.items()})
        figures = facts.stated([key for key in left if key in told], wanted, day)
        hold({key: replace(found[key][1], figures=figures.get(key, {})) for key in left})
    return found


def _wanted(verdict: str, asked: Asked) -> bool:
    return verdict == asked.verdict if asked.verdict else verdict != NOT_MET


def _claimed(asked: Asked, claims: Mapping[ObjectId, Row]) -> Row:
    if asked.claimed is None:
        return {}
    return {"_id": {"$in" if asked.claimed else "$nin": list(claims)}}


def _claims_for(policy: Row) -> dict[ObjectId, Row]:
    """The standing claims of a policy in its window, by enterprise; of several the latest."""
    query = {"code": policy["code"], "window": window_of(policy), "state": {"$nin": list(GONE)}}
    rows = Claim.rows().find(query, {"enterprise": 1, "state": 1}).sort("created_at", 1)
    return {row["enterprise"]: row for row in rows}


def _claims_of(firm: ObjectId, policies: Collection[Row]) -> dict[ObjectId, Any]:
    """The standing claims of an enterprise, by the policy of whose window they are."""
    windows = {(row["code"], window_of(row)): row["_id"] for row in policies}
    query = {"enterprise": firm, "state": {"$nin": list(GONE)}}
    shown = {"code": 1, "window": 1, "state": 1}
    found: dict[ObjectId, Any] = {}
    for row in Claim.rows().find(query, shown).sort("created_at", 1):
        if policy := windows.get((row["code"], row["window"])):
            found[policy] = row
    return found
