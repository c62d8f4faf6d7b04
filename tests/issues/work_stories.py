"""Stories of work orders up to a point, beyond those of the plain way."""

from __future__ import annotations

from tests.issues import stories
from tests.issues.stories import Story
from tests.support.factories import Given
from tests.support.phone import Phone

QUESTION = {"text": "请补充消防设计图纸"}


def asked(given: Given) -> Story:
    story = stories.accepted(given)
    story.clerk.do(story.on_ticket("ask"), QUESTION)
    return story


def extension_asked(given: Given, days: int = 3) -> Story:
    story = stories.accepted(given)
    story.clerk.do(story.on_ticket("extend"), {"days": days, "reason": "图审排队"})
    return story


def department_of(phone: Phone) -> str:
    return str(phone.person.grants[0].department)


def transferred(given: Given) -> Story:
    """Handed on to WATER_AFFAIRS; `ticket` is still the old one."""
    story = stories.accepted(given)
    where = department_of(given.clerk("WATER_AFFAIRS"))
    body = {"department_id": where, "reason": "涉及排水，归口水务"}
    story.clerk.do(story.on_ticket("transfer"), body)
    return story


def live_tickets(story: Story) -> list[dict[str, object]]:
    """The live tickets of the issue as its head sees them."""
    seen = story.head.see(f"/issues/{story.issue}")["tickets"]
    return [each for each in seen if each["ended_at"] is None]


def reopened_twice(given: Given) -> Story:
    """Not solved, answered by the head, not solved again."""
    story = stories.reopened(given)
    story.head.do(story.on_ticket("accept"))
    story.head.do(story.on_ticket("answer"), stories.ANSWER)
    story.contact.do(story.on_issue("confirm"), {"solved": "no", "comment": "还是不对"})
    return story
