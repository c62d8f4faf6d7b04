"""Who watches in the demo: leader links, instructions and orders, a spot check, doubtful closures, cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import days
from app.foundation.db import transaction
from app.oversight import (
    cases_actions,
    cases_showing,
    checks,
    closures_actions,
    closures_queries,
    digests,
    draws_actions,
    links,
    orders_issuing,
    orders_steps,
)
from app.oversight.cases_documents import Case
from app.oversight.cases_evidence import CLOSURE, VISIT, Exhibit
from app.oversight.cases_subjects import OUTSIDE
from app.oversight.checks_queries import CheckFilters
from app.oversight.checks_queries import listed as checks_of
from app.oversight.closures import PHOTO_MISSING
from app.oversight.closures_documents import ClosureFinding
from app.oversight.draws_documents import Draw
from app.oversight.orders import Order
from app.people.who import Who
from app.projects.leading import LeaderLink
from app.visits.documents import Visit
from deploy.demo.due import client_id
from deploy.demo.tale import Teller, step
from deploy.demo.times import Diary

Row = Mapping[str, Any]

LEADER, WEEK = "leader1", timedelta(weeks=1)


def keep(teller: Teller, watched: Row) -> None:
    """Keep what is missing of all that is watched."""
    for entry in watched["links"]:
        _link(teller, entry)
    for entry in watched["orders"]:
        _order(teller, entry)
    _draw(teller, watched["draw"])
    _closures(teller, watched["closures"])
    _negative(teller, watched)
    _positive(teller, watched["cases"]["positive"])
    # The leader gets the digest of this week's Monday, or of the last one.
    digests.begin(teller.now - WEEK)


def _link(teller: Teller, entry: Row) -> None:
    key, cast = f"link:{entry['project']}", teller.cast

    def play(diary: Diary) -> None:
        said = links.Linking(
            project_id=str(cast.project(entry["project"])),
            leader_id=str(cast.who(LEADER).id),
            reason="",
            since=days.today(diary.at).isoformat(),
        )
        links.link(cast.admin(), said, client_id(key), diary.at)

    teller.once(LeaderLink, key, entry["days_ago"], play)


def _order(teller: Teller, entry: Row) -> None:
    key = f"order:{entry['key']}"

    def play(diary: Diary) -> None:
        who = teller.cast.who(entry["by"])
        new, _ = orders_issuing.issue(who, _asked(teller, entry), client_id(key), diary.at)
        for each in entry["steps"]:
            _step(teller, who, new, each, step(diary))

    teller.once(Order, key, entry["days_ago"], play)


def _asked(teller: Teller, entry: Row) -> orders_issuing.Asked:
    cast = teller.cast
    project, home, about = (entry.get(n) for n in ("project", "department", "about_department"))
    return orders_issuing.Asked(
        kind=entry["kind"],
        text=entry["text"],
        project_id=str(cast.project(project)) if project else None,
        about_unit=entry.get("about_unit"),
        about_department_id=str(cast.department(about)) if about else None,
        department_id=str(cast.department(home)) if home else None,
        unit=entry.get("unit"),
        working_days=entry["working_days"],
    )


def _step(teller: Teller, issuer: Who, order: ObjectId, entry: Row, at: datetime) -> None:
    """One step by who answers for it, or by who issued it."""
    row = Order.rows().find_one({"_id": order}) or {}
    owner, key, text = teller.cast.by_id(row["owner"]), str(order), entry.get("text", "")
    until = teller.day(entry.get("in_days", 0))
    steps: Mapping[str, Callable[[], None]] = {
        "acknowledge": lambda: orders_steps.acknowledge(owner, key, now=at),
        "reply": lambda: orders_steps.reply(owner, key, text=text, photo_ids=(), now=at),
        "ask_extension": lambda: orders_steps.ask_extension(
            owner, key, due_on=until, reason=text, now=at
        ),
        "send_back": lambda: orders_steps.send_back(issuer, key, text=text, due_on=until, now=at),
        "accept": lambda: orders_steps.accept(issuer, key, text=text, now=at),
        "close": lambda: orders_steps.close(issuer, key, text=text, now=at),
        "withdraw": lambda: orders_steps.withdraw(issuer, key, reason=text, now=at),
    }
    steps[entry["do"]]()


def _draw(teller: Teller, entry: Row) -> None:
    """Planned, drawn and partly looked at."""
    who = teller.cast.who(entry["by"])

    def play(diary: Diary) -> None:
        given = draws_actions.Plan(
            name=entry["name"],
            kinds=["tickets", "visits"],
            since=teller.day(-entry["since_days_ago"]),
            until=teller.day(-entry["until_days_ago"]),
            size=entry["size"],
        )
        new, _ = draws_actions.plan(who, client_id("draw"), given, diary.at)
        draws_actions.draw(who, str(new), now=step(diary))
        found, _ = checks_of(who, CheckFilters(draw_id=str(new)), page=1, page_size=50)
        for check, outcome in zip(found, entry["recorded"], strict=False):
            checks.record(who, str(check["_id"]), _outcome(outcome, diary), diary.at)

    teller.once(Draw, "draw", entry["days_ago"], play)


def _outcome(entry: Row, diary: Diary) -> checks.Outcome:
    at = step(diary)
    call = entry.get("call")
    solved = entry.get("solved")
    callback = checks.Callback(at=at, reached=True, solved=solved, text=call) if call else None
    return checks.Outcome(outcome=entry["outcome"], notes=entry["notes"], callback=callback)


def _closures(teller: Teller, entry: Row) -> None:
    """The first doubtful closure is confirmed, the second cleared; the others wait."""
    who = teller.cast.who(entry["by"])

    def play() -> None:
        if ClosureFinding.rows().find_one({}, {"_id": 1}):
            return
        diary = teller.diary("closures", entry["days_ago"])
        first, second, *_ = [str(row["_id"]) for row in _doubtful(teller, who, entry, diary.at)]
        closures_actions.confirm(
            who, first, text=entry["confirmed"], reopens=False, new_facts="", now=diary.at
        )
        closures_actions.clear(who, second, text=entry["cleared"], now=step(diary))

    transaction(play)


def _doubtful(teller: Teller, who: Who, entry: Row, now: datetime) -> list[Row]:
    """Answered without a photo by public bodies, of which a case can be made; the latest first."""
    since, until = (teller.day(-each) for each in entry["ended_days_ago"])
    filters = closures_queries.ClosureFilters(since=since, until=until, signal=PHOTO_MISSING)
    found, _ = closures_queries.doubtful(who, filters, page=1, page_size=50, now=now)
    companies = set(Department.rows().distinct("_id", {"kind": OUTSIDE}))
    return [each.ticket for each in found if each.ticket["department"] not in companies]


def _negative(teller: Teller, watched: Row) -> None:
    """Of a department whose closure was none: heard, approved by the leader, circulated to the staff."""
    entry = watched["cases"]["negative"]
    who, leader = teller.cast.who(entry["by"]), teller.cast.who(LEADER)

    def play(diary: Diary) -> None:
        finding = ClosureFinding.rows().find_one({"state": "confirmed"}) or {}
        home = finding["department"]
        head = teller.head(home)
        exhibit = Exhibit(kind=CLOSURE, id=str(finding["ticket"]), text=entry["exhibit"])
        given = cases_actions.Proposal(
            kind="negative",
            subject_kind="department",
            subject_id=str(home),
            title=entry["title"],
            text=entry["text"],
            evidence=[exhibit],
        )
        new, _ = cases_actions.propose(who, client_id("case:negative"), given, diary.at)
        key = str(new)
        cases_actions.serve(who, key, text=entry["serve"], now=step(diary))
        cases_actions.reply(head, key, text=entry["reply"], photo_ids=(), now=step(diary))
        cases_actions.approve(leader, key, text=entry["approve"], now=step(diary))
        audience = cases_showing.Audience(kind="staff")
        text = entry["circulate"]
        cases_showing.circulate(who, key, text=text, audience=audience, now=step(diary))

    teller.once(Case, "case:negative", entry["days_ago"], play)


def _positive(teller: Teller, entry: Row) -> None:
    """Of a unit, proposed upon what a visit found; not served yet."""

    def play(diary: Diary) -> None:
        project = teller.cast.project(entry["visit_project"])
        visit = Visit.rows().find_one({"project": project}, sort=[("started_at", 1)]) or {}
        exhibit = Exhibit(kind=VISIT, id=str(visit["_id"]), text=entry["exhibit"])
        given = cases_actions.Proposal(
            kind="positive",
            subject_kind="unit",
            subject_id=entry["unit"],
            title=entry["title"],
            text=entry["text"],
            evidence=[exhibit],
        )
        who = teller.cast.who(entry["by"])
        cases_actions.propose(who, client_id("case:positive"), given, diary.at)

    teller.once(Case, "case:positive", entry["days_ago"], play)
