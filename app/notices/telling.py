"""Who is told of an event, of what, and what fills the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.issues.documents import Issue
from app.notices import audience, desks, ledger, named_things, project_things
from app.notices.matter import Matter, matter_of
from app.people.documents import Person
from app.people.finding import People
from app.photos.documents import Photo
from app.projects.documents import Project
from app.visits.documents import Visit

EXCERPT, TEXT = 40, 100
MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, and what fills the words.

    `about` is what a tap on it opens: {issue}, {visit}, {photo}, {project}, or another {thing, thing_id}.
    """

    people: People
    about: dict[str, Any]
    params: dict[str, Any]
    issue: Issue | None = None

    @property
    def urgent(self) -> bool:
        """Whether neither the night nor a muted event holds it back."""
        return self.issue is not None and self.issue.urgent


def told_of(duty: Duty, row: Row) -> Told:
    """What the duty's event is of is said by the start of its name; most are of an issue."""
    return _OF.get(duty.payload["event"].partition(".")[0], _of_issue)(duty, row)


def _of_issue(duty: Duty, row: Row) -> Told:
    event, issue = duty.payload["event"], Issue.get(duty.subject)
    matter = matter_of(issue, row)
    people = audience.audience(event, matter)
    return Told(people, {"issue": issue.id}, _params(event, matter), issue)


def _of_visit(duty: Duty, row: Row) -> Told:
    visit = Visit.get(duty.subject)
    people = audience.of_visit(duty.payload["event"], visit)
    owner = Person.rows().find_one({"_id": visit.owner}, {"name": 1}) or {}
    params = {
        "place": _place_name(visit),
        "person": owner.get("name", ""),
        "started": _moment(visit.started_at),
        "missing": int((row.get("data") or {}).get("missing", 0)),
    }
    return Told(people, {"visit": visit.id}, params)


def _of_evidence(duty: Duty, row: Row) -> Told:
    """Of a photo, or of a sealed day."""
    photo = Photo.objects(id=duty.subject).first()
    code = photo.short_code if photo else None
    of = code or row["data"]["day"] or str(duty.subject)
    params = {"of": of, "code": row["reasons"][0]["code"]}
    return Told(desks.keepers(), {"photo": photo.id} if photo else {}, params)


def _of_house(duty: Duty, row: Row) -> Told:
    """Of a calendar, a department, a person, the rules of routing."""
    data = row.get("data") or {}
    params = {
        "person": row.get("by_name", ""),
        "text": (row.get("text") or "")[:TEXT],
        "reasons": row.get("reasons", []),
        "year": data.get("year", ""),
    }
    return Told(audience.of_house(duty.payload["event"], row), {}, params)


def _of_project(duty: Duty, row: Row) -> Told:
    """Of a project, its milestones, approvals, warnings, exit."""
    project = Project.rows().find_one({"_id": duty.subject}) or {}
    people = audience.of_project(duty.payload["event"], row, project)
    params = {**ledger.params(row, project), **project_things.params(row)}
    return Told(people, {"project": duty.subject}, params)


def _of_named(duty: Duty, row: Row) -> Told:
    """Of a thing whose step says itself whom to tell."""
    people = audience.active((row.get("data") or {}).get("people") or ())
    about = named_things.about(row)
    issue = Issue.get(about["issue"]) if "issue" in about else None
    return Told(people, about, named_things.params(row), issue)


_OF: Mapping[str, Callable[[Duty, Row], Told]] = {
    "visit": _of_visit,
    "evidence": _of_evidence,
    "calendar": _of_house,
    "department": _of_house,
    "person": _of_house,
    "routing": _of_house,
    "project": _of_project,
    "milestone": _of_project,
    "approval": _of_project,
    **dict.fromkeys(named_things.EVENTS, _of_named),
}


def _params(event: str, matter: Matter) -> dict[str, Any]:
    issue, ticket, row, data = matter.issue, matter.ticket, matter.row, matter.data
    for_askers = event in audience.FOR_ASKERS
    names = registry.names([ticket.department]) if ticket else {}
    # In a notice, for whoever it is: an anonymous word stays one, an internal one leaves no department.
    nameless = issue.anonymous and row.get("by") == issue.owner
    wordless = for_askers and row.get("internal")
    text = issue.demand or issue.text if for_askers or not ticket else ticket.excerpt
    due = _due(event, matter)
    late = _promised(event, matter)
    return {
        "number": issue.number,
        "excerpt": text[:EXCERPT],
        "department": names.get(ticket.department, "") if ticket else "",
        "person": "" if nameless else row.get("by_name", ""),
        "text": "" if wordless else (row.get("text") or "")[:TEXT],
        "due": _moment(due) if due else "",
        "missing": int(data.get("missing", 0)),
        "reasons": row.get("reasons", []),
        "verdict": _verdict(event, data),
        "over": (row["at"] - late).total_seconds() if late else 0,
        "late": bool(data.get("late", False)),
    }


def _due(event: str, matter: Matter) -> datetime | None:
    """What the event is to be dealt with by: the step's own time, else what was promised to whom."""
    issue, ticket = matter.issue, matter.ticket
    if rung := _promised(event, matter):
        return rung
    for name in ("due", "due_at", "until"):
        if isinstance(own := matter.data.get(name), datetime):
            return own
    if event == "issue.answered":
        return issue.confirm_by
    promised = issue.promise.get("resolve_by") if event in audience.FOR_ASKERS else None
    return promised or (ticket.resolve_by if ticket else None)


def _promised(event: str, matter: Matter) -> datetime | None:
    """The moment that a rung of the ladder is about."""
    if not event.startswith(audience.RUNG) or matter.ticket is None:
        return None
    code = event.removeprefix(audience.RUNG)
    clock = next(each.clock for each in pack().ladder.rungs if each.code == code)
    return getattr(matter.ticket, f"{clock}_by")  # type: ignore[no-any-return]


def _verdict(event: str, data: Mapping[str, Any]) -> str | None:
    if event == "ticket.extension_decided":
        return "granted" if data.get("granted") else "refused"
    return str(data["ruling"]) if event == "ticket.ruled" else None


def _place_name(visit: Visit) -> str:
    for kind, key in ((Project, visit.project), (Enterprise, visit.enterprise)):
        found = kind.rows().find_one({"_id": key}, {"name": 1}) if key else None
        if found:
            return str(found["name"])
    return ""


def _moment(moment: datetime) -> str:
    return f"{local(moment):{MOMENT}}"
