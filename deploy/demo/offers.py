"""What the demo's firms are offered: finance tools, opportunities, leads, an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.calendars import registry as calendars
from app.foundation import days
from app.issues.documents import Issue
from app.offers.events import actions as events
from app.offers.events import items
from app.offers.events.documents import Event
from app.offers.events.queries import items_of
from app.offers.finance import introducing
from app.offers.finance import keeping as tools
from app.offers.finance.documents import FinanceTool, Introduction
from app.offers.finance.states import GRANTED
from app.offers.leads import actions as leads
from app.offers.leads.documents import Lead
from app.offers.opportunities import actions as opportunities
from app.offers.opportunities import interests
from app.offers.opportunities.documents import Opportunity
from deploy.demo.due import client_id
from deploy.demo.tale import Teller, made, step
from deploy.demo.times import Diary

Row = Mapping[str, Any]

KEPT_BY, DESK = "FINANCIAL_REGULATION", "dispatcher1"
TOOLS_DAYS_AGO = 50
AHEAD_WD = 7


def keep(teller: Teller, given: Row) -> None:
    """Keep what is missing of all that is offered."""
    for entry in given["tools"]:
        _tool(teller, entry)
    for entry in given["introductions"]:
        _introduce(teller, entry)
    for entry in given["opportunities"]:
        _opportunity(teller, entry)
    for entry in given["leads"]:
        _lead(teller, entry)
    _event(teller, given["event"])


def _tool(teller: Teller, entry: Row) -> None:
    key, home = f"tool:{entry['code']}", teller.cast.department(KEPT_BY)

    def play(diary: Diary) -> None:
        raw = {**entry, "department": str(home)}
        tools.create(teller.clerk(home), raw, client_id(key), diary.at)

    teller.once(FinanceTool, key, TOOLS_DAYS_AGO, play)


def _introduce(teller: Teller, entry: Row) -> None:
    """To the firm of an issue about money: wanted by it, brought to the provider, perhaps granted."""
    key = f"introduction:{entry['tool']}"

    def play(diary: Diary) -> None:
        issue = Issue.objects(text__startswith=entry["issue"]).get()
        firm = teller.cast.code_of(issue.enterprise)
        clerk = teller.clerk(teller.cast.department(KEPT_BY))
        tool, asked = made(FinanceTool, f"tool:{entry['tool']}"), {"amount": entry["amount"]}
        proposal = introducing.Proposal(
            enterprise_id=str(issue.enterprise), issue_id=str(issue.id), text=entry["text"], **asked
        )
        new, _ = introducing.propose(clerk, str(tool), proposal, client_id(key), diary.at)
        wants = teller.speaker({"enterprise": firm})
        introducing.accept(wants, str(new), text="", now=step(diary))
        introducing.introduce(clerk, str(new), text="", now=step(diary))
        if "granted" in entry:
            _grant(clerk, str(new), entry, diary)

    teller.once(Introduction, key, entry["days_ago"], play)


def _grant(clerk: Any, key: str, entry: Row, diary: Diary) -> None:
    at = step(diary)
    introducing.follow(clerk, key, text=entry["heard"], follow_up_on=_ahead(at), now=at)
    outcome, amount = entry["outcome"], entry["granted"]
    introducing.conclude(clerk, key, outcome=GRANTED, text=outcome, amount=amount, now=step(diary))


def _ahead(at: datetime) -> date:
    """The working day on which somebody looks again."""
    return calendars.current().add_working_days(days.today(at), AHEAD_WD)


def _opportunity(teller: Teller, entry: Row) -> None:
    key, cast = f"opportunity:{entry['key']}", teller.cast

    def play(diary: Diary) -> None:
        firm, home = entry.get("enterprise"), entry.get("department")
        until = entry.get("until_in_days")
        said = opportunities.Said(
            kind=entry["kind"],
            title=entry["title"],
            text=entry["text"],
            enterprise_id=str(cast.firm(firm)) if firm else None,
            department_id=str(cast.department(home)) if home else None,
            industry=entry["industry"],
            until=teller.day(until).isoformat() if until else None,
        )
        new, _ = opportunities.propose(cast.who(entry["by"]), said, client_id(key), diary.at)
        if not entry.get("draft"):
            desk, shown = cast.who(DESK), step(diary)
            opportunities.publish(desk, str(new), text="", person_id=None, now=shown)
            _interest(teller, str(new), key, entry["interest"], diary)

    teller.once(Opportunity, key, entry["days_ago"], play)


def _interest(teller: Teller, opportunity: str, of: str, entry: Row, diary: Diary) -> None:
    """A firm is interested; the desk hears how it goes, and perhaps they come together."""
    desk, cast = teller.cast.who(DESK), teller.cast
    new, _ = interests.express(
        cast.who(entry["by"]),
        opportunity,
        enterprise_id=str(cast.firm(entry["enterprise"])),
        text=entry["text"],
        client_id=client_id(f"{of}:interest"),
        now=step(diary),
    )
    at = step(diary)
    interests.follow(desk, str(new), text=entry["heard"], follow_up_on=_ahead(at), now=at)
    if "outcome" in entry:
        interests.release(desk, str(new), text="", now=step(diary))
        interests.match(desk, str(new), text=entry["outcome"], now=step(diary))


def _lead_row(teller: Teller, entry: Row, diary: Diary) -> dict[str, Any]:
    names = ("company", "company_place", "contact_name", "contact_phone", "text")
    return {
        **{name: entry[name] for name in names if name in entry},
        "enterprise": str(teller.cast.firm(entry["enterprise"])),
        "department": str(teller.cast.department(entry["department"])),
        "found_on": days.today(diary.at).isoformat(),
    }


def _lead(teller: Teller, entry: Row) -> None:
    key, who = f"lead:{entry['key']}", teller.cast.who(entry["by"])

    def play(diary: Diary) -> None:
        row = _lead_row(teller, entry, diary)
        new, _ = leads.enter(who, row, client_id(key), diary.at)
        for do in (leads.contact, leads.talk):
            text, at = entry[do.__name__], step(diary)
            do(who, str(new), text=text, now=at, follow_up_on=_ahead(at))

    teller.once(Lead, key, entry["days_ago"], play)


def _event(teller: Teller, entry: Row) -> None:
    key, cast = f"event:{entry['key']}", teller.cast

    def play(diary: Diary) -> None:
        who = cast.who(entry["by"])
        said = events.Planned(
            template=entry["template"],
            title=entry["title"],
            on=teller.day(entry["in_days"]).isoformat(),
            place=entry["place"],
            units=entry["units"],
            enterprise_ids=[str(cast.firm(code)) for code in entry["enterprises"]],
            guests=entry["guests"],
        )
        new, _ = events.plan(who, said, client_id(key), diary.at)
        for item in items_of(new):
            if item["code"] in entry["done"]:
                text = entry["done"][item["code"]]
                items.done(who, str(item["_id"]), text=text, now=step(diary))
        row = _lead_row(teller, entry["lead"], diary)
        events.make_lead(who, str(new), row, client_id(f"{key}:lead"), step(diary))

    teller.once(Event, key, entry["days_ago"], play)
