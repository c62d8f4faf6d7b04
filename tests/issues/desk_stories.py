"""Two firms with the same trouble, whose issues a dispatcher makes one."""

from __future__ import annotations

from tests.issues import stories
from tests.issues.stories import Story
from tests.support.duties import run_due
from tests.support.factories import Given
from tests.support.phone import Phone

REASON = {"reason": "同一处道路的问题"}
SECRET = "三号车间的配方不能外传"


def merge(phone: Phone, story: Story, into: Story):
    return phone.do(story.on_issue("merge"), {**REASON, "into_id": into.issue})


class Two:
    """Two firms with the same trouble, each with a commissioner of its own."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.dispatcher = given.dispatcher()
        self.goes_on = stories.accepted(given, text=SECRET)
        self.ends = stories.accepted(given)

    def merged(self) -> None:
        merge(self.dispatcher, self.ends, self.goes_on)
        run_due()
