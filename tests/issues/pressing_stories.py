"""Stories of pressing on, and what people have been told in them."""

from __future__ import annotations

from typing import Any

from app.foundation import clock
from app.issues.desk import merging
from app.issues.documents import Issue
from app.people.documents import Person
from tests.issues import stories
from tests.issues.stories import Story
from tests.issues.work_stories import department_of
from tests.support.factories import Given, who
from tests.support.phone import Phone

DAY = "2026-12-01"
PLANNED = {"text": "配套道路十二月初通车", "result": "planned", "planned_for": DAY}
ORDER = {"text": "请说明为何迟迟没有答复"}
ACCEPTED = {"accepted": True, "text": "可以"}
REFUSED = {"accepted": False, "text": "没有说明原因"}
AGREED = "路面由水务先行恢复，住建一周内验收"
DONE = {"text": "已恢复路面"}
REPLY = {"text": "图审已完成，三日内发证"}


def events(phone: Phone) -> list[str]:
    """What the person was told, the newest first."""
    return [each["event"] for each in phone.see("/notices", page_size=100)["items"]]


def told(phone: Phone, event: str) -> list[str]:
    """The texts of one event that the person was told of."""
    items = phone.see("/notices", page_size=100)["items"]
    return [each["text"] for each in items if each["event"] == event]


def again(given: Given, phone: Phone) -> Phone:
    """The same person, logged in anew: sessions end while a story goes on for weeks."""
    return given.phone(Person.get(phone.person.id))


def served(given: Given, story: Story) -> Phone:
    """A commissioner who serves the issue."""
    phone = given.commissioner()
    Issue.rows().update_one(
        {"_id": Issue.get(story.issue).id}, {"$set": {"commissioner": phone.person.id}}
    )
    return phone


def planned(given: Given, **fields: Any) -> Story:
    """Answered with a promise to a date."""
    story = stories.accepted(given, **fields)
    story.clerk.do(story.on_ticket("answer"), PLANNED)
    return story


def supervised(given: Given, by: Phone, **body: Any) -> tuple[Story, str]:
    """An issue in hand and the id of an order about it."""
    story = stories.accepted(given)
    seen = by.do(story.on_issue("supervise"), {**ORDER, **body})
    return story, seen["supervisions"][-1]["id"]


def replied(given: Given, by: Phone) -> tuple[Story, str]:
    """An order that was replied to."""
    story, order = supervised(given, by)
    story.head.do(f"/supervisions/{order}/reply", REPLY)
    return story, order


def returned_and_placed(given: Given) -> tuple[Story, Phone]:
    """HOUSING handed it back, and it was placed with WATER_AFFAIRS; somebody of theirs."""
    story = stories.returned(given)
    water = given.head("WATER_AFFAIRS")
    where = {"category": "PERMIT", "department_id": department_of(water)}
    given.dispatcher().do(story.on_issue("place"), where)
    return story, water


def merge_into(other: Story, story: Story, dispatcher: Phone) -> None:
    """The story's issue ends as a duplicate of the other's."""
    merging.merge(
        who(dispatcher), story.issue, into_id=other.issue, reason="同一件事", now=clock.now()
    )


def minutes(*duties: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {
        "held_at": "2026-11-23T15:00:00+08:00",
        "place": "区政务中心三楼",
        "attendees": ["张副区长", "水务局李科长"],
        "agreed": AGREED,
        "duties": list(duties),
    }
    return {**body, **more}


def task(phone: Phone, due_on: str = "2026-11-26", text: str = "恢复路面") -> dict[str, Any]:
    return {"text": text, "owner_id": str(phone.person.id), "due_on": due_on}


def ruled(phone: Phone, ruling: str) -> dict[str, Any]:
    where = department_of(phone)
    return {"ruling": {"department_id": where, "ruling": ruling, "reason": "三定方案第五条"}}
