"""What is offered, as its schemas dump it: names instead of codes and ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.api import auth
from app.api.errors import language
from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import clock, days
from app.foundation.amounts import read
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.offers import people
from app.offers.finance import introducing, keeping
from app.offers.finance import queries as finance
from app.offers.finance import states as finance_states
from app.offers.finance.documents import is_offered
from app.offers.finance.register import DIRECTION, FINANCE_KIND, REGISTER
from app.offers.leads import actions as lead_actions
from app.offers.leads import queries as leads
from app.offers.opportunities import actions as opportunity_actions
from app.offers.opportunities import interests
from app.offers.opportunities import queries as opportunities
from app.offers.opportunities.documents import Opportunity
from app.offers.opportunities.states import PUBLISHED
from app.offers.steps import legal
from app.people import finding
from app.people.access import allowed
from app.registers import terms
from app.registers.documents import FUNDING, INDUSTRY
from app.registers.showing import shown

Rows = Iterable[Row]


def history(rows: Rows, thing: str) -> list[Row]:
    """Steps in words."""
    return [
        {
            **row,
            "title": say(f"history.{thing}.{row['action']}", language()),
            "by": row["by_name"],
        }
        for row in rows
    ]


def tools(rows: Rows) -> list[Row]:
    """Finance tools; who of staff knows more is named to staff only."""
    found, who = list(rows), auth.me()
    inside, today = who.has(*people.STAFF), days.today(clock.now()).isoformat()
    kinds, industries, directions = map(_names, (FINANCE_KIND, INDUSTRY, DIRECTION))
    homes = registry.names({row["department"] for row in found})
    contacts = finding.names(row["contact"] for row in found)
    return [
        {
            **fields,
            "id": row["_id"],
            "kind_name": kinds.get(row["kind"], row["kind"]),
            "department_id": row["department"],
            "department_name": homes.get(row["department"], ""),
            "industry_names": [industries.get(code, code) for code in row["industries"]],
            "direction_names": [directions.get(code, code) for code in row["directions"]],
            "contact_name": contacts.get(row["contact"]) if inside else None,
            "offered": is_offered(row, today),
            "may_change": keeping.may_change(who, row),
            "updated_at": row.get("updated_at"),
        }
        for row, fields in zip(found, shown(REGISTER, found), strict=True)
    ]


def funding_names() -> Mapping[str, str]:
    """What people call the sources of funds."""
    return _names(FUNDING)


def _names(dictionary: str) -> Mapping[str, str]:
    return {code: names[0] for code, names in terms.names(dictionary)().items()}


def introductions(pairs: Iterable[tuple[Row, Row]]) -> list[Row]:
    """Introductions with their firms."""
    found, who, now = list(pairs), auth.me(), clock.now()
    owners = finding.names(row["owner"] for row, _ in found)
    issues = finance.known_issues(who, (row["issue"] for row, _ in found))
    return [
        {
            **_common(row, "introduction.state", now),
            "tool_id": row["tool"],
            "tool": row["tool_name"],
            "enterprise_id": row["enterprise"],
            "enterprise": firm.get("name", ""),
            "issue_id": row["issue"] if row["issue"] in issues else None,
            "department_id": row["department"],
            "owner_id": row["owner"],
            "owner": owners.get(row["owner"], ""),
            "wanted": _amount(row["wanted"]),
            "granted": _amount(row["granted"]),
            "days": _days(row, now),
            "steps": [
                {
                    **each,
                    "state_name": say(f"introduction.state.{each['state']}", language()),
                    "by": each["by_name"],
                }
                for each in row["steps"]
            ],
            "actions": [
                each
                for each in legal(finance_states.TABLE, row["state"])
                if allowed(who, introducing.permission(each), finance.ties(row, firm))
            ],
        }
        for row, firm in found
    ]


def opportunity_list(rows: Rows) -> list[Row]:
    """Opportunities; the owner's contact is named to its own side and to staff only."""
    found, who, today = list(rows), auth.me(), days.today(clock.now()).isoformat()
    firms = firm_names(row["enterprise"] for row in found)
    homes = registry.names({row["department"] for row in found if row["department"]})
    named = finding.names(key for row in found for key in (row["contact"], row["staff"]))
    industries = _names(INDUSTRY)
    made = []
    for row in found:
        inside = opportunities.inside(who, row)
        over = row["until"] is not None and row["until"] < today
        made.append(
            {
                **row,
                "id": row["_id"],
                "kind_name": say(f"opportunity.kind.{row['kind']}", language()),
                "state_name": say(f"opportunity.state.{row['state']}", language()),
                "enterprise_id": row["enterprise"],
                "department_id": row["department"],
                "owner_name": firms.get(row["enterprise"])
                or homes.get(row["department"])
                or unit_name(row["unit"]),
                "industry_name": industries.get(row["industry"] or ""),
                "contact_id": row["contact"] if inside else None,
                "contact_name": named.get(row["contact"]) if inside else None,
                "staff_name": named.get(row["staff"]) if inside else None,
                "open": row["state"] == PUBLISHED and not over,
                "actions": opportunity_actions.legal(who, row),
            }
        )
    return made


def interest_list(rows: Rows) -> list[Row]:
    """Interests; what was heard is for those who look after them."""
    found, who, now = list(rows), auth.me(), clock.now()
    owners = finding.names(row["owner"] for row in found)
    keys = [row["opportunity"] for row in found]
    titles = {
        row["_id"]: row["title"]
        for row in Opportunity.rows().find({"_id": {"$in": keys}}, {"title": 1})
    }
    firms = finance.firms_of(found)
    made = []
    for row in found:
        firm = firms.get(row["enterprise"], {"_id": row["enterprise"]})
        bound = opportunities.interest_ties(row, firm)
        after = allowed(who, "interest.run", bound)
        made.append(
            {
                **_common(row, "interest.state", now),
                "opportunity_id": row["opportunity"],
                "opportunity": titles.get(row["opportunity"], ""),
                "enterprise_id": row["enterprise"],
                "enterprise": firm.get("name", ""),
                "owner_id": row["owner"],
                "owner": owners.get(row["owner"], ""),
                "notes": [{**each, "by": each["by_name"]} for each in row["notes"]]
                if after
                else [],
                "actions": interests.legal_of_interest(who, row, bound),
            }
        )
    return made


def lead_list(rows: Rows) -> list[Row]:
    """Leads; phones, and what was heard, are for those who work on them."""
    found, who, now = list(rows), auth.me(), clock.now()
    firms, owners = finance.firms_of(found), finding.names(row["owner"] for row in found)
    homes, industries = registry.names({row["department"] for row in found}), _names(INDUSTRY)
    made = []
    for row in found:
        firm = firms.get(row["enterprise"], {"_id": row["enterprise"]})
        inside = leads.works_on(who, row, firm)
        hidden = {} if inside else {"contact_name": None, "contact_phone": None}
        made.append(
            {
                **_common(row, "lead.state", now),
                **hidden,
                "enterprise_id": row["enterprise"],
                "enterprise": firm.get("name", ""),
                "company_industry_name": industries.get(row["company_industry"] or ""),
                "department_id": row["department"],
                "department": homes.get(row["department"], ""),
                "three_party": leads.is_three_party(row),
                "owner_id": row["owner"],
                "owner": owners.get(row["owner"], ""),
                "event_id": row["event"],
                "project_id": row["project"],
                "notes": [_note(each) for each in row["notes"]] if inside else [],
                "actions": lead_actions.legal(who, row, firm),
            }
        )
    return made


def _note(each: Row) -> Row:
    return {
        **each,
        "by": each["by_name"],
        "state_name": say(f"lead.state.{each['state']}", language()),
    }


def _common(row: Row, states: str, now: datetime) -> Row:
    """What all have that is followed up on a day."""
    day = row.get("follow_up_on")
    return {
        **row,
        "id": row["_id"],
        "state_name": say(f"{states}.{row['state']}", language()),
        "overdue": day is not None and day < days.today(now).isoformat(),
    }


def _days(row: Row, now: datetime) -> int:
    end = row["ended_at"] or now
    return (days.today(end) - days.today(row["created_at"])).days


def _amount(kept: Any) -> str | None:
    value = read(kept)
    return None if value is None else str(value)


def firm_names(keys: Iterable[Any]) -> Mapping[Any, str]:
    """The names of firms, by id."""
    wanted = list({key for key in keys if key})
    rows = Enterprise.rows().find({"_id": {"$in": wanted}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}


def unit_name(code: str | None) -> str:
    """What people call a unit."""
    return next((each.name for each in pack().units if each.code == code), code or "")
