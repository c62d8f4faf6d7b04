"""Wrong firm, wrong site, wrong photo: put right, with what it was and what it became in the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.errors import Conflict, Invalid
from app.foundation.geo import Position
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues.desk.following import contacts_of
from app.issues.documents import Issue, Ticket
from app.issues.moves import machine_of, move_issue
from app.issues.tickets import found_by
from app.issues.work.steps import on_issue
from app.people.access import require
from app.people.who import Who
from app.photos import hiding
from app.photos.documents import Photo
from app.projects.finding import PERSON
from app.projects.places import Place, place, place_again
from app.visits.documents import Visit

FACTS = ("enterprise", "project", "site", "unit", "commissioner", "position")
"""What a correction may change; history keeps it before and after."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is right. Enterprise and project are said together: one that is left out is none.

    `remove_photo_ids` are wrongly attached photos, `restore_photo_ids` those that were not after all.
    """

    reason: str
    enterprise_id: str | None = None
    project_id: str | None = None
    position: Position | None = None
    remove_photo_ids: Sequence[str] = ()
    restore_photo_ids: Sequence[str] = ()

    @property
    def moves(self) -> bool:
        """Whether it changes where the issue belongs."""
        return bool(self.enterprise_id or self.project_id or self.position)


def correct(who: Who, key: str, right: Correction, now: datetime) -> Issue:
    """Put the issue right. A removed photo is hidden at once from all but its owner and the inspectors.

    Where the issue belongs changes only before it ends: Conflict else. Raises Invalid for a correction of
    nothing, an unknown enterprise or project, or photos that are not the issue's (not hidden as such);
    Forbidden to restore photos for all but inspectors.
    """

    def step(issue: Issue) -> None:
        if not (right.moves or right.remove_photo_ids or right.restore_photo_ids):
            raise Invalid("correct.nothing")
        if right.restore_photo_ids:
            require(who, "photo.restore")
        by = who.acting("dispatcher", "inspector")
        before, change = _values(issue), _change(issue, right)
        shown = _photos(issue, right, by, now)
        after = {**before, **{name: change[name] for name in FACTS if name in change}}
        differing = [name for name in FACTS if after[name] != before[name]]
        if not (differing or any(shown.values())):
            raise Conflict("correct.nothing_new")
        move_issue(
            issue,
            "correct",
            by,
            now,
            change=change,
            text=right.reason,
            internal=True,
            reasons=[Reason(f"correct.{name}") for name in (*differing, *_said(shown))],
            data={**_both(before, after, differing), **shown},
            tell="issue.corrected",
        )
        if differing:
            _follow_up(issue)

    return on_issue(who, key, "issue.correct", step)


def _values(issue: Issue) -> Row:
    return {name: getattr(issue, name) for name in FACTS}


def _both(before: Row, after: Row, names: Sequence[str]) -> Row:
    return {
        "before": {name: before[name] for name in names},
        "after": {name: after[name] for name in names},
    }


def _said(shown: Row) -> Iterable[str]:
    return (name for name, photos in shown.items() if photos)


def _change(issue: Issue, right: Correction) -> dict[str, Any]:
    """Enterprise and project bring unit and commissioner with them, as when an issue is opened.

    So does a position bring its unit. A site that was chosen stays as long as the enterprise does.
    """
    change: dict[str, Any] = {}
    if right.moves and issue.state in machine_of("issue").ended:
        raise Conflict("correct.ended")
    if right.position:
        change["position"] = right.position.stored()
        change |= _place(issue, change["position"]).found()
    if right.enterprise_id or right.project_id:
        where = _named(issue, right, change.get("position") or _position(issue))
        serves = issue.owner if issue.owner_role == "commissioner" else where.commissioner
        change |= {"enterprise": where.enterprise, "project": where.project}
        change |= {"site": where.chosen, "commissioner": serves, **where.found()}
        if where.enterprise != issue.enterprise:
            # It was none of that firm's business.
            gone = set(contacts_of(issue.enterprise))
            change["followers"] = [each for each in issue.followers if each not in gone]
    return change


def _follow_up(issue: Issue) -> None:
    """Tickets are found by firm and unit, photos measured to the site: those of the issue as it is now."""
    for row in Ticket.rows().find({"issue": issue.id}, {"excerpt": 1}):
        told = {"unit": issue.unit, **found_by(issue, row["excerpt"])}
        Ticket.rows().update_one({"_id": row["_id"]}, {"$set": told})
    # A visit's site, and that of an issue which had them before, come first.
    own = {
        "links.0.thing_id": issue.id,
        "links.thing_id": issue.id,
        "links.thing": {"$ne": "visit"},
    }
    Photo.rows().update_many(own, {"$set": {"site": _place(issue).site}})


def _named(issue: Issue, right: Correction, position: Row | None) -> Place:
    """The place that is right, with the site that was chosen if it is that enterprise's."""
    where = place(right.enterprise_id, right.project_id, position=position)
    if issue.site is None or where.enterprise != issue.enterprise:
        return where
    return place_again(where.enterprise, where.project, issue.site, position=position)


def _place(issue: Issue, position: Row | None = None) -> Place:
    """What the person said of the unit stands where nothing better tells it."""
    said = issue.unit if issue.unit_from in (None, PERSON) else None
    ids = (issue.enterprise, issue.project, issue.site)
    return place_again(*ids, position=position, said_unit=said)


def _position(issue: Issue) -> Row | None:
    """The issue's own, else where its visit began."""
    if issue.position or issue.visit is None:
        return issue.position
    visit = Visit.rows().find_one({"_id": issue.visit}, {"position": 1})
    return visit["position"] if visit else None


def _photos(issue: Issue, right: Correction, by: Actor, now: datetime) -> dict[str, list[ObjectId]]:
    """What is hidden and what shown again by this, for the history."""
    hidden = _of_issue(issue, right.remove_photo_ids, {"hidden": None}, "remove_photo_ids")
    back = {"hidden.issue": issue.id}
    restored = _of_issue(issue, right.restore_photo_ids, back, "restore_photo_ids")
    found = {
        "hidden": hiding.hide(hidden, issue.id, right.reason, by, now),
        "restored": hiding.restore(restored, issue.id, right.reason, by, now),
    }
    _touch(issue, [photo for photos in found.values() for photo in photos], now)
    return found


def _of_issue(issue: Issue, ids: Sequence[str], state: Row, field: str) -> list[ObjectId]:
    """The ids as photos of the issue or its tickets. Raises Invalid naming those that are not."""
    wanted = [ObjectId(text) for text in dict.fromkeys(ids)]
    if not wanted:
        return []
    things = [issue.id, *Ticket.rows().distinct("_id", {"issue": issue.id})]
    linked = {"$or": [{"links.thing_id": {"$in": things}}, {"_id": {"$in": list(issue.photos)}}]}
    query = {"_id": {"$in": wanted}, **linked, **state}
    known = {row["_id"] for row in Photo.rows().find(query, {"_id": 1})}
    if missing := [str(key) for key in wanted if key not in known]:
        raise Invalid("correct.not_its_photo", fields={field: missing})
    return wanted


def _touch(issue: Issue, photos: Sequence[ObjectId], now: datetime) -> None:
    """Phones that keep other issues with these photos are to look again."""
    if not photos:
        return
    links = Photo.rows().distinct("links", {"_id": {"$in": list(photos)}})
    others = [link["thing_id"] for link in links if link["thing"] == "issue"]
    Issue.rows().update_many(
        {"_id": {"$in": others, "$ne": issue.id}}, {"$set": {"updated_at": now}}
    )
