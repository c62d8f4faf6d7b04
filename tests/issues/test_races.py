"""Two people press at once, for real: one wins, the other is told what happened; nothing is half done."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from app.foundation import duties, history
from app.issues.documents import Issue, Ticket
from app.issues.moves import lead_of, machine_of
from tests.issues import stories, work_stories
from tests.issues.stories import ANSWER
from tests.issues.work_stories import department_of
from tests.support.phone import Phone

Press = Callable[[], TestResponse]
ROUNDS = 4


def at_once(*presses: Press) -> list[int]:
    """The statuses of calls that start together."""
    together = threading.Barrier(len(presses), timeout=10)

    def press(one: Press) -> int:
        together.wait()
        return one().status_code

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def pressing(phone: Phone, path: str, body: object = None) -> Press:
    return lambda: phone.post(path, body)


def consistent(story) -> None:
    """The issue follows its lead; each ticket's state is what its last step said; one lead at most."""
    issue, lead = Issue.get(story.issue), lead_of(Issue.get(story.issue).id)
    assert machine_of("issue").followed(issue.state, lead.state) == issue.state
    assert Ticket.objects(issue=issue.id, role="lead", live=True).count() <= 1
    for ticket in Ticket.objects(issue=issue.id):
        assert history.last("issue", issue.id, ticket.id)["to"] == ticket.state
        waiting = duties.rows().count_documents(
            {"kind": "issues.climb", "state": "due", "subject": ticket.id}
        )
        assert waiting == bool(ticket.rung)


def answered_by_the_head(story, given):
    return [
        pressing(story.clerk, story.on_ticket("answer"), ANSWER),
        pressing(story.head, story.on_ticket("answer"), ANSWER),
    ]


def returned_and_transferred(story, given):
    where = department_of(given.clerk("ECOLOGY"))
    return [
        pressing(
            story.clerk, story.on_ticket("return"), {"reason_code": "not_ours", "reason": "x"}
        ),
        pressing(story.head, story.on_ticket("transfer"), {"department_id": where, "reason": "x"}),
    ]


def answered_and_withdrawn(story, given):
    return [
        pressing(story.clerk, story.on_ticket("answer"), ANSWER),
        pressing(story.contact, story.on_issue("withdraw"), {}),
    ]


def asked_and_answered(story, given):
    return [
        pressing(story.clerk, story.on_ticket("ask"), {"text": "x"}),
        pressing(story.head, story.on_ticket("extend"), {"days": 1, "reason": "x"}),
    ]


@pytest.mark.parametrize(
    "rivals",
    [
        answered_by_the_head,
        returned_and_transferred,
        answered_and_withdrawn,
        asked_and_answered,
    ],
    ids=lambda each: each.__name__,
)
def test_one_of_two_wins(rivals, given):
    for _ in range(ROUNDS):
        story = stories.accepted(given)
        found = Counter(at_once(*rivals(story, given)))
        assert found == Counter({200: 1, 409: 1})
        consistent(story)


def test_two_verdicts_at_once_are_one(given):
    for _ in range(ROUNDS):
        story = stories.answered(given)
        colleague = given.contact(story.enterprise)
        found = at_once(
            pressing(story.contact, story.on_issue("confirm"), {"solved": "yes"}),
            pressing(colleague, story.on_issue("confirm"), {"solved": "no"}),
        )
        assert sorted(found) == [200, 409]
        consistent(story)


def test_two_rulings_at_once_are_one(given):
    for _ in range(ROUNDS):
        story = stories.returned(given)
        first, second = given.dispatcher(), given.dispatcher()
        found = at_once(
            pressing(first, story.on_ticket("rule"), {"ruling": "yours", "reason": "x"}),
            pressing(second, story.on_issue("place"), {"category": "PERMIT"}),
        )
        assert sorted(found) == [200, 409]
        consistent(story)


def test_lead_and_helper_never_lose_each_others_steps(given):
    """Steps of different tickets of one issue do not refuse each other: both are done."""
    for _ in range(ROUNDS):
        story = stories.accepted(given)
        water = given.clerk("WATER_AFFAIRS")
        body = {"department_id": department_of(water), "text": "请协助"}
        story.clerk.do(story.on_ticket("invite"), body)
        helper = next(t for t in work_stories.live_tickets(story) if t["role"] == "assist")
        found = at_once(
            pressing(story.clerk, story.on_ticket("note"), {"text": "x"}),
            pressing(water, f"/tickets/{helper['id']}/accept"),
        )
        assert found == [200, 200]
        consistent(story)


def test_a_verdict_against_the_end_of_silence(given, the_time):
    """The enterprise answers in the very moment that silence ends it: one of both counts."""
    from app.foundation.duties import claim
    from app.issues.ending import confirming

    for _ in range(ROUNDS):
        the_time.is_("2026-11-24 10:00")
        story = stories.answered(given)
        now = the_time.is_("2026-12-01 17:30")
        row = duties.rows().find_one({"kind": "issues.lapse", "state": "due"})
        mine = claim(row["_id"], now=now, lease=now - now.replace(hour=0))
        together = threading.Barrier(2, timeout=10)

        def lapse(at=together, duty=mine, now=now) -> None:
            at.wait()
            confirming.lapse(duty, now)

        def confirm(at=together, story=story) -> int:
            at.wait()
            return story.contact.post(story.on_issue("confirm"), {"solved": "no"}).status_code

        with ThreadPoolExecutor(2) as pool:
            ended, said = pool.submit(lapse), pool.submit(confirm)
            ended.result()
            status = said.result()
        state = Issue.get(story.issue).state
        assert (status, state) in ((200, "reopened"), (409, "resolved"))
        consistent(story)
