"""Claims and what belongs to them as their schemas dump them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.api import auth, views
from app.api.errors import language
from app.foundation.amounts import read
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.policies.claims import objecting
from app.policies.claims.figures import GROUPS, Line
from app.policies.claims.paying import Paid
from app.policies.claims.states import OWNERS

_MONEY = ("asked", "reviewed", "approved", "paid")


def line(claim: Row) -> Row:
    """A described claim in a list."""
    firm, links = claim["firm"], {each.code: each.name for each in pack().policies.chain}
    return {
        **claim,
        **{name: money(claim[name]) for name in _MONEY},
        "id": claim["_id"],
        "policy_id": claim["policy"],
        "enterprise_id": claim["enterprise"],
        "enterprise": firm.get("name", ""),
        "unit": firm.get("unit"),
        "project_id": claim["project"],
        "issue_id": claim["issue"],
        "department_id": claim["department"],
        "department": claim["department_name"],
        "state_name": _state(claim["state"]),
        "by": claim["by_name"],
        "refusal": _refusal(claim["refusal"]),
        "notice": _notice(claim["notice"]),
        "links": [
            {"code": code, "name": links[code], "days": count}
            for code, count in claim["links"].items()
        ],
        "actions": claim["legal"],
    }


def whole(claim: Row) -> Row:
    """A described claim with all that belongs to it."""
    return {
        **line(claim),
        "spans": [{**each, "state_name": _state(each["state"])} for each in claim["steps"]],
        "days": [
            {"code": state, "name": _state(state), "days": count}
            for state, count in claim["days"].items()
        ],
        "papers": [{"name": each["name"], "photo_ids": each["photos"]} for each in claim["papers"]],
        "payouts": [payout(each) for each in claim["payouts"]],
        "objection_rows": [objection(each) for each in claim["objection_rows"]],
        "history": [_step(row) for row in claim["history"]],
    }


def money(value: Any) -> str | None:
    """A stored amount as text."""
    found = read(value)
    return None if found is None else str(found)


def payout(row: Row) -> Row:
    """A payout."""
    return {
        **row,
        "id": row["_id"],
        "claim_id": row["claim"],
        "policy_id": row["policy"],
        "project_id": row["project"],
        "amount": money(row["amount"]),
        "by": row["by_name"],
    }


def payouts(found: Paid, query: Mapping[str, Any]) -> Row:
    """What a firm was paid."""
    items = [payout(each) for each in found.items]
    return {
        **views.page(items, found.count, query),
        "amount": str(found.amount),
        "years": [{"year": year, "amount": str(each)} for year, each in found.by_year.items()],
        "policies": [{**each, "amount": str(each["amount"])} for each in found.by_policy],
    }


def public(row: Row) -> Row:
    """A public notice."""
    return {
        **row,
        "id": row["_id"],
        "department": row["department_name"],
        "amount": money(row["amount"]),
    }


def objection(row: Row) -> Row:
    """An objection as these eyes may see it."""
    decision = row["decision"]
    return {
        **row,
        "id": row["_id"],
        "claim_id": row["claim"],
        "state_name": say(f"claim.objection.{row['state']}", language()),
        "by": row["by_name"],
        "mine": row["by"] is not None and row["by"] in auth.me().ids,
        "decision": {**decision, "by": decision["by_name"]} if decision else None,
    }


def objection_of(key: str) -> Row:
    """An objection that one may see. Raises NotFound."""
    who = auth.me()
    found, _ = objecting.see(who, key)
    return objection(objecting.shown(who, found))


def figure(found: Line, by: str, query: Mapping[str, Any]) -> Row:
    """A line of figures, with the parameters of the list that it opens to."""
    names = {"first": "from", "last": "to"}
    opens = {names.get(name, name): str(each) for name, each in query.items()}
    if found.group is not None:
        opens["department_id" if by == "department" else GROUPS[by]] = str(found.group)
    return {
        "key": None if found.group is None else str(found.group),
        "name": found.name,
        "count": found.count,
        "states": found.states,
        "overdue": found.overdue,
        "approved": str(found.approved),
        "paid": str(found.paid),
        "median_days": _number(found.days),
        "links": [
            {
                "code": each.code,
                "name": each.name,
                "median_days": _number(each.median_days),
                "count": each.count,
            }
            for each in found.links
        ],
        "opens": opens,
    }


def terms() -> Row:
    """What the district says of claims."""
    said = pack().policies
    return {
        "refusals": [{"code": each.code, "name": each.name} for each in said.refusals],
        "steps": [
            {
                "state": state,
                "state_name": _state(state),
                "side": side,
                "working_days": said.terms_wd[state],
            }
            for state, side in OWNERS.items()
        ],
        "notice_working_days": said.notice_wd,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _state(code: str) -> str:
    return say(f"claim.state.{code}", language())


def _refusal(row: Row | None) -> Row | None:
    if not row:
        return None
    known = {each.code: each.name for each in pack().policies.refusals}
    return {**row, "names": [known.get(each, each) for each in row["codes"]]}


def _notice(row: Row | None) -> Row | None:
    return {**row, "amount": money(row["amount"])} if row else None


def _step(row: Row) -> Row:
    return {
        **row,
        "title": say(f"history.claim.{row['action']}", language()),
        "by": row["by_name"],
        "before": row["from"],
        "after": row["to"],
    }
