"""A stock of issues in every state, and ways to corrupt what is stored of it behind everybody's back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import db
from app.issues.documents import Issue
from tests.issues import stories, work_stories
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.emptying import empty
from tests.support.factories import PHOTOS, Given

Row = dict[str, Any]
INTERNAL = {"text": "内部沟通过", "internal": True}
UNINDEXED: list[str] = []
"""Collections whose indexes a test took away."""


@dataclass
class Stock:
    """Ids of issues by the name of their story, and what stands behind them."""

    issues: dict[str, ObjectId]
    now: datetime
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def made(cls, given: Given, the_time: Any) -> Stock:
        """A Tuesday; Thursday week the oldest are overdue, and the last is just filed."""
        the_time.is_("2026-11-24 10:00")
        found = {"overdue": stories.accepted(given)}
        for _ in range(2):
            found["overdue"].clerk.do(found["overdue"].on_ticket("note"), INTERNAL)
        the_time.is_("2026-12-03 18:00")
        run_due()
        for name in PLAYED:
            found[name] = PLAYED[name](given)
        run_due()
        found["submitted"] = stories.submitted(given)
        stock = cls({name: Issue.get(each.issue).id for name, each in found.items()}, the_time.now)
        for name in db.database().list_collection_names():
            stock.rows[name] = list(db.database()[name].find())
        return stock

    def restore(self) -> None:
        """Store all of it as it was."""
        empty(keep=())
        for name, rows in self.rows.items():
            if rows:
                db.database()[name].insert_many(rows)

    def issue(self, story: str) -> Row:
        return one("issues", {"_id": self.issues[story]})

    def number(self, story: str) -> str:
        return str(self.issue(story)["number"])

    def ticket(self, story: str, **where: Any) -> Row:
        return one("tickets", {"issue": self.issues[story], **where})

    def duty(self, kind: str, subject: ObjectId) -> Row:
        return one("duties", {"kind": kind, "subject": subject, "state": "due"})

    def step(self, story: str, action: str) -> Row:
        return one("history", {"thing_id": self.issues[story], "action": action})

    def of(self, story: str, *codes: str) -> list[str]:
        """Findings of the issue itself."""
        return [f"check.{code} {self.number(story)}" for code in codes]

    def of_ticket(self, story: str, *codes: str, **where: Any) -> list[str]:
        """Findings of a ticket of the issue."""
        key = self.ticket(story, **where)["_id"]
        return [f"check.{code} {self.number(story)} {key}" for code in codes]


def invited(given: Given) -> stories.Story:
    """The lead asked WATER_AFFAIRS to help."""
    story = stories.accepted(given)
    where = department_of(given.clerk("WATER_AFFAIRS"))
    story.clerk.do(story.on_ticket("invite"), {"department_id": where, "text": "请协助"})
    return story


def pictured(given: Given) -> stories.Story:
    """Filed with a photo."""
    enterprise = given.enterprise()
    contact = given.contact(enterprise)
    photo = contact.take_photo(PHOTOS[0].read_bytes()).json["id"]
    issue = contact.open_issue(photo_ids=[photo])
    clerk, head = given.clerk("HOUSING"), given.head("HOUSING")
    return stories.Story(enterprise, contact, clerk, head, issue["id"], issue["number"])


def linked(given: Given) -> stories.Story:
    """Linked to another of the same cause."""
    story, master = stories.dispatched(given), stories.dispatched(given)
    body = {"master_id": master.issue, "reason": "同一管网"}
    given.dispatcher().do(story.on_issue("link"), body)
    return story


def merged(given: Given) -> stories.Story:
    """A duplicate of another."""
    story, other = stories.dispatched(given), stories.dispatched(given)
    given.dispatcher().do(story.on_issue("merge"), {"into_id": other.issue, "reason": "重复"})
    return story


def split(given: Given) -> stories.Story:
    """One talk, two demands."""
    story = stories.dispatched(given)
    parts = [{"text": "施工许可证"}, {"text": "厂门口积水", "category": "WATER"}]
    given.dispatcher().do(story.on_issue("split"), {"parts": parts, "reason": "两件事"})
    return story


PLAYED: dict[str, Callable[[Given], stories.Story]] = {
    "dispatched": stories.dispatched,
    "in_progress": stories.in_progress,
    "asked": work_stories.asked,
    "extension": work_stories.extension_asked,
    "answered": stories.answered,
    "resolved": stories.resolved,
    "reopened": stories.reopened,
    "reopened_twice": work_stories.reopened_twice,
    "returned": stories.returned,
    "transferred": work_stories.transferred,
    "withdrawn": stories.withdrawn,
    "dispatching": stories.dispatching,
    "invited": invited,
    "pictured": pictured,
    "linked": linked,
    "merged": merged,
    "split": split,
}


def one(collection: str, query: Row) -> Row:
    """The row there is."""
    found = db.database()[collection].find_one(query)
    assert found, (collection, query)
    return found


def change(collection: str, row: Row, **values: Any) -> None:
    """Set what a row holds, behind the application's back. `a__b` is `a.b`."""
    wanted = {name.replace("__", "."): value for name, value in values.items()}
    assert any(value != row.get(name) for name, value in wanted.items())
    db.database()[collection].update_one({"_id": row["_id"]}, {"$set": wanted})


def lose(collection: str, query: Row) -> Row:
    """Delete the row that matches."""
    row = one(collection, query)
    db.database()[collection].delete_one({"_id": row["_id"]})
    return row


def double(collection: str, row: Row, **values: Any) -> Row:
    """Insert the row once more, with other values; the copy."""
    rows = db.database()[collection]
    copy = {**row, "_id": ObjectId(), **values}
    rows.insert_one(copy)
    return copy


def unindexed(collection: str) -> None:
    """No index keeps anything out any more; the fixture puts them back."""
    UNINDEXED.append(collection)
    rows = db.database()[collection]
    for name, index in rows.index_information().items():
        if index.get("unique"):
            rows.drop_index(name)


def dangling(of: str, *rows: Row) -> list[str]:
    """Findings of rows that name what is gone."""
    return [f"check.dangling {of} {row['_id']}" for row in rows]
