"""Everything of one issue in one paper, as its asker may see it: for those who must judge or answer for it.

What it says is `issues.looking.portrait`, which answers `GET /issues/{id}` too: internal words, names of who
complained anonymously, restricted issues and hidden photos are as there. It is nobody's but its asker's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.messages import say
from app.issues.access import issue_ties, see_issue
from app.issues.looking.portrait import portrait
from app.papers import dossier_photos
from app.papers.content import Block, Column, Content, Heading, Table, Text
from app.papers.documents import DOCX, INSIDE, PDF
from app.papers.kind import ONLY_ASKER, Asked, Kind, Subject
from app.papers.settling import missing
from app.people.access import require
from app.people.who import Who

ASK, WHOLE = "paper.dossier", "issue.see_whole"


def settle(who: Who, params: Mapping[str, Any], now: datetime) -> Subject:
    """Of an issue that the asker may see whole. Raises NotFound for one that they may not know of."""
    key = params.get("issue_id")
    if not key:
        raise missing("issue_id")
    issue = see_issue(who, key)
    ties = issue_ties(issue)
    require(who, ASK, ties)
    require(who, WHOLE, ties)
    return Subject(params={"issue_id": str(issue.id)}, needs=(ONLY_ASKER,))


def gather(asked: Asked) -> Content:
    """Facts, way, promise, work, answers, word of the enterprise, history, evidence."""
    issue = see_issue(asked.who, asked.params["issue_id"])
    whole = portrait(asked.who, issue)
    blocks: list[Block] = [
        Heading(say("dossier.facts")),
        _facts(whole),
        Text(say("dossier.text", text=whole["text"])),
        *([Text(say("dossier.demand", text=whole["demand"]))] if whole.get("demand") else []),
        Heading(say("dossier.route")),
        *_route(whole),
        Heading(say("dossier.promise")),
        *_promise(whole),
        Heading(say("dossier.tickets")),
        _tickets(whole["tickets"]),
        *_answers(whole["tickets"]),
        Heading(say("dossier.word")),
        *_word(whole),
        Heading(say("dossier.history")),
        _history(whole),
        *dossier_photos.evidence(whole),
    ]
    return Content(
        title=say("dossier.title", number=whole["number"]),
        blocks=blocks,
        facts=[(say("dossier.seen_as"), say("dossier.seen_by_asker"))],
        landscape=True,
    )


def at(moment: datetime | None) -> str | None:
    """A moment as people here read it."""
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment else None


def named(name: str | None) -> str:
    """Who acted; somebody whose name the asker must not see has none."""
    return name or say("person.anonymous")


def _facts(whole: Row) -> Table:
    found: list[tuple[str, Cell]] = [
        ("number", whole["number"]),
        ("kind", say(f"export.kind.{whole['kind']}")),
        ("state", say(f"issue.state.{whole['state']}")),
        ("category", pack().category(whole["category"]).name if whole.get("category") else None),
        ("urgent", _yes(whole["urgent"])),
        ("restricted", _yes(whole.get("restricted") is not None)),
        ("enterprise", whole["enterprise_name"]),
        ("project", whole["project_name"]),
        ("site", whole["site_name"]),
        ("unit", pack().unit(whole["unit"]).name if whole.get("unit") else None),
        ("source", say(f"export.source.{whole['source']}")),
        ("external_number", whole.get("external_number")),
        ("owner", _person(whole, "owner")),
        ("on_behalf_of", _person(whole, "on_behalf_of")),
        ("contact", _person(whole, "contact")),
        ("created_at", at(whole["created_at"])),
        ("ended_at", at(whole.get("ended_at"))),
        ("outcome", say(f"issue.outcome.{whole['outcome']}") if whole.get("outcome") else None),
    ]
    rows = [[say(f"dossier.fact.{name}"), value] for name, value in found if value is not None]
    columns = [Column(say("dossier.column.item"), 12), Column(say("dossier.column.value"), 48)]
    return Table("", columns, rows, say("dossier.nothing"))


def _yes(value: object) -> str:
    return say("paper.yes" if value else "paper.no")


def _person(whole: Row, name: str) -> str | None:
    """A name; phones are in no paper."""
    if name == "owner" and whole["anonymous"] and whole["owner"] is None:
        return say("person.anonymous")
    return whole[name]["name"] if whole.get(name) else None


def _route(whole: Row) -> list[Block]:
    route = whole.get("route") or {}
    if not route:
        return [Text(say("dossier.route.none"))]
    text = say(
        "dossier.route.where",
        department=route.get("department_name") or say("dossier.route.desk"),
        by=say(f"dossier.route.by.{'person' if route.get('by') == 'person' else 'machine'}"),
        confidence=round(100 * (route.get("confidence") or 0)),
        rulebook=route.get("rulebook") or say("dossier.nothing"),
    )
    found: list[Block] = [Text(text), *_reasons("dossier.why", route.get("reasons", ()))]
    others = [
        say(
            "dossier.route.other",
            category=pack().category(each["category"]).name,
            percent=round(100 * each["confidence"]),
        )
        for each in route.get("alternatives", ())
    ]
    return found + ([Text(say("dossier.route.others", names="；".join(others)))] if others else [])


def _reasons(code: str, rows: Iterable[Row]) -> list[Block]:
    told = [say(row["code"], **row["params"]) for row in rows]
    return [Text(say(code, reasons="；".join(told)))] if told else []


def _promise(whole: Row) -> list[Block]:
    promise = whole.get("promise") or {}
    if not promise:
        return [Text(say("dossier.promise.none"))]
    times = {name: at(promise[name]) for name in ("accept_by", "reply_by", "resolve_by")}
    found: list[Block] = [Text(say("dossier.promise.times", **times))]
    found += _reasons("dossier.why", promise.get("why", ()))
    for each in (whole.get("clock") or {}).get("pauses", ()):
        until = at(each["until"]) or say("dossier.pause.still")
        why = each.get("text") or say("dossier.nothing")
        found.append(Text(say("dossier.pause", since=at(each["since"]), until=until, why=why)))
    return found


def _tickets(tickets: Sequence[Row]) -> Table:
    names = ("ticket", "department", "assignee", "state", "dispatched", "due", "answered")
    columns = [Column(say(f"dossier.column.{name}"), 12) for name in names]
    rows = [
        [
            say(f"dossier.ticket.{each['role']}", number=each["number"]),
            each["department_name"],
            each["assignee_name"],
            say(f"ticket.state.{each['state']}"),
            at(each["dispatched_at"]),
            at(each["resolve_by"]),
            at(each.get("answered_at")),
        ]
        for each in tickets
    ]
    return Table("", columns, rows, say("dossier.tickets.none"))


def _answers(tickets: Sequence[Row]) -> list[Block]:
    """The answer that stands of each ticket; earlier ones are in the history."""
    found: list[Block] = []
    for each in tickets:
        answer = each.get("answer") or {}
        if answer:
            words = say(
                "dossier.answer",
                department=each["department_name"],
                by=named(answer.get("by_name")),
                at=at(answer.get("at")) or say("dossier.nothing"),
                result=pack().result(answer["result"]).name,
                text=answer["text"],
            )
            basis = say("dossier.basis", text=answer["basis"]) if answer.get("basis") else ""
            found.append(Text(words + basis))
    return found or [Text(say("dossier.answers.none"))]


def _word(whole: Row) -> list[Block]:
    """What the enterprise said of the answer."""
    said = whole.get("confirmation")
    if not said:
        return [Text(say("dossier.word.none"))]
    grade = said.get("satisfaction")
    words = say(
        "dossier.word.said",
        by=named(said.get("by_name")),
        at=at(said.get("at")) or say("dossier.nothing"),
        solved=say(f"dossier.solved.{said['solved']}"),
        grade=say("dossier.nothing") if grade is None else grade,
        comment=said.get("comment") or say("dossier.nothing"),
    )
    return [Text(words)]


def _history(whole: Row) -> Table:
    widths = {"at": 10, "by": 11, "step": 11, "words": 40}
    columns = [Column(say(f"dossier.column.{name}"), width) for name, width in widths.items()]
    numbers = {each["_id"]: each["number"] for each in whole["tickets"]}
    rows = [
        [at(row["at"]), _actor(row), _step(row, numbers), _words(row)] for row in whole["history"]
    ]
    return Table("", columns, rows, say("dossier.nothing"))


def _actor(row: Row) -> str:
    return say("paper.by", name=named(row["by_name"]), role=say(f"paper.role.{row['role']}"))


def _step(row: Row, numbers: Mapping[Any, str]) -> str:
    title = say(f"history.{row['thing']}.{row['action']}")
    if row["internal"]:
        title = say("dossier.internal", title=title)
    number = numbers.get(row["part_id"])
    return say("dossier.step_of", title=title, number=number) if number else title


def _words(row: Row) -> str | None:
    told = [row["text"], *(say(each["code"], **each["params"]) for each in row["reasons"])]
    return "；".join(filter(None, told)) or None


KIND = Kind(
    name="dossier",
    prefix="DA",
    params=("issue_id",),
    settle=settle,
    gather=gather,
    formats=(DOCX, PDF),
    audiences=(INSIDE,),
)
