"""The first law for work orders: each step is done whole or not at all, wherever the database fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.departments import registry
from app.departments.documents import Department
from app.foundation import clock, history
from app.foundation.db import transaction
from app.issues.desk import recomputing, reorganising
from app.issues.documents import Issue, Ticket
from app.issues.ending import confirming
from app.issues.pressing import climbing
from app.issues.work import asking
from app.people.documents import Person
from tests.issues import stories, work_stories
from tests.issues.halfway import Act, done, due_now, duty_done, fails_whole, post
from tests.issues.stories import ANSWER
from tests.issues.work_stories import QUESTION, department_of, live_tickets
from tests.support.factories import PHOTOS, Given

REASON = {"reason": "理由"}
FINAL = {"reason": "政策所限", "basis": "《建筑法》第八条"}


def assign(given: Given) -> Act:
    story = stories.dispatched(given)
    body = {"person_id": str(story.clerk.person.id)}
    return post(story.head, story.on_ticket("assign"), body)


def ask(given: Given) -> Act:
    story = stories.accepted(given)
    return post(story.clerk, story.on_ticket("ask"), QUESTION)


def reply(given: Given) -> Act:
    story = work_stories.asked(given)
    picture = story.contact.take_photo(PHOTOS[0].read_bytes()).json["id"]
    body = {"text": "已补", "photo_ids": [picture]}
    return post(story.contact, story.on_issue("reply"), body)


def go_on(given: Given) -> Act:
    work_stories.asked(given)
    due_now("issues.go_on")
    return duty_done("issues.go_on", lambda duty: asking.go_on(duty, clock.now()))


def extend(given: Given) -> Act:
    story = stories.accepted(given)
    return post(story.clerk, story.on_ticket("extend"), {"days": 2, **REASON})


def grant(given: Given) -> Act:
    story = work_stories.extension_asked(given)
    return post(story.head, story.on_ticket("decide"), {"granted": True, **REASON})


def propose(given: Given) -> Act:
    story = stories.reopened(given)
    story.head.do(story.on_ticket("accept"))
    body = {"person_id": str(story.clerk.person.id)}
    story.head.do(story.on_ticket("assign"), body)
    return post(story.clerk, story.on_ticket("answer"), ANSWER)


def approve(given: Given) -> Act:
    propose(given)()
    head = given.phone(_head_of(Ticket.objects(level=1).first()))
    key = Ticket.objects(level=1).first().id
    return post(head, f"/tickets/{key}/review", {"approved": True})


def send_back(given: Given) -> Act:
    propose(given)()
    ticket = Ticket.objects(level=1).first()
    head = given.phone(_head_of(ticket))
    return post(head, f"/tickets/{ticket.id}/review", {"approved": False, "text": "重写"})


def _head_of(ticket: Ticket) -> Person:
    return Person.objects(grants__role="head", grants__department=ticket.department).first()


def transfer(given: Given) -> Act:
    story = stories.accepted(given)
    where = department_of(given.clerk("ECOLOGY"))
    return post(story.clerk, story.on_ticket("transfer"), {"department_id": where, **REASON})


def object_to(given: Given) -> Act:
    story = work_stories.transferred(given)
    (live,) = live_tickets(story)
    return post(given.clerk("WATER_AFFAIRS"), f"/tickets/{live['id']}/object", REASON)


def invite(given: Given) -> Act:
    story = stories.accepted(given)
    body = {"department_id": department_of(given.clerk("ECOLOGY")), "text": "请协助"}
    return post(story.clerk, story.on_ticket("invite"), body)


def rule(given: Given) -> Act:
    story = stories.returned(given)
    return post(given.dispatcher(), story.on_ticket("rule"), {"ruling": "yours", **REASON})


def rule_out(given: Given) -> Act:
    story = stories.returned(given)
    return post(given.dispatcher(), story.on_ticket("rule"), {"ruling": "not_yours", **REASON})


def comment(given: Given) -> Act:
    story = stories.accepted(given)
    return post(story.contact, story.on_issue("comment"), {"text": "补充"})


def lapse(given: Given) -> Act:
    stories.answered(given)
    due_now("issues.lapse")
    return duty_done("issues.lapse", lambda duty: confirming.lapse(duty, clock.now()))


def second_call_in_vain(given: Given) -> Act:
    story = stories.answered(given)
    inspector = given.inspector()
    inspector.do(story.on_issue("unreachable"), {})
    return post(inspector, story.on_issue("unreachable"), {})


def ask_to_conclude(given: Given) -> Act:
    story = work_stories.reopened_twice(given)
    return post(story.head, story.on_issue("conclude"), FINAL)


def conclude(given: Given) -> Act:
    story = work_stories.reopened_twice(given)
    story.head.do(story.on_issue("conclude"), FINAL)
    return post(given.inspector(), story.on_issue("conclude"), FINAL)


def reopen(given: Given) -> Act:
    story = stories.resolved(given)
    return post(story.contact, story.on_issue("reopen"), REASON)


def climb(given: Given) -> Act:
    stories.accepted(given)
    due_now("issues.climb")
    noon = clock.now().replace(hour=4)  # by day, or the night would be waited out
    return duty_done("issues.climb", lambda duty: climbing.climb(duty, noon))


def acknowledge(given: Given) -> Act:
    story = stories.accepted(given)
    due_now("issues.climb")
    noon = clock.now().replace(hour=4)
    duty_done("issues.climb", lambda duty: climbing.climb(duty, noon))()
    return post(story.head, story.on_ticket("acknowledge"), {"text": "今日办结"})


def move_with_department(given: Given) -> Act:
    stories.accepted(given)
    old, new = registry.by_code("HOUSING").id, registry.by_code("ECOLOGY").id
    act = history.append("department", old, "close", by=history.SYSTEM, now=clock.now())
    ticket, successor = Ticket.objects().first(), Department.get(new)

    return done(
        lambda: transaction(lambda: reorganising._move(ticket.id, old, successor, act, clock.now()))
    )


def recompute_one(given: Given) -> Act:
    story = stories.accepted(given)
    # As if it had been promised under another calendar.
    Issue.rows().update_one({}, {"$set": {"promise.provisional": True}})
    Ticket.rows().update_one({}, {"$set": {"why": []}})
    key = Issue.get(story.issue).id

    return done(lambda: transaction(lambda: recomputing._recompute(key, clock.now())))


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {
    assign: 5,
    ask: 7,
    reply: 7,
    go_on: 8,
    extend: 5,
    grant: 6,
    propose: 5,
    approve: 7,
    send_back: 5,
    transfer: 9,
    object_to: 6,
    invite: 8,
    rule: 6,
    rule_out: 5,
    comment: 4,
    lapse: 8,
    second_call_in_vain: 8,
    ask_to_conclude: 4,
    conclude: 7,
    reopen: 8,
    climb: 8,
    acknowledge: 5,
    move_with_department: 4,
    recompute_one: 5,
}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
