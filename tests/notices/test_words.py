"""Notices in words: every event in both languages, how late a rung is, and why a promise moved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.foundation.district import use
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.issues.documents import Ticket
from app.notices import ledger, named_things, project_things
from app.notices.audience import DIGEST, EVIDENCE, TELL_OF_VISIT, events
from app.notices.desks import TELL_OF_HOUSE
from app.notices.documents import Notice
from app.notices.ledger import TELL_OF_PROJECT
from app.notices.words import BLANK, words
from config import settings
from tests.notices.scene import NOON, scene, tell

use(settings.load().district_dir)
OF_PROJECTS = sorted({*TELL_OF_PROJECT, *project_things.events()})
OF_NAMED = sorted(named_things.events())
OF_OTHERS = {*TELL_OF_VISIT, *TELL_OF_HOUSE, *OF_PROJECTS, *OF_NAMED, EVIDENCE, DIGEST}
OF_ISSUES = sorted(events() - OF_OTHERS)


@pytest.mark.parametrize("event", OF_ISSUES)
def test_every_event_of_an_issue_can_be_said_of_what_a_notice_knows(event: str) -> None:
    given = {**BLANK, "number": "JY20261124-0007", "person": "王某", "text": "面积不对"}
    for language in ("zh", "en"):
        title, text = words({"event": event, "params": given}, language)
        assert title
        assert "JY20261124-0007" in text
        assert "{" not in title + text


@pytest.mark.parametrize("event", OF_PROJECTS)
def test_every_event_of_a_project_names_it(event: str) -> None:
    row = {"by_name": "王某", "text": "资料不全", "data": {"due": "2026-12-01"}}
    project = {"name": "减速器项目", "code": "XM2026001"}
    params = {"item": "施工许可", **ledger.params(row, project)}
    for language in ("zh", "en"):
        title, text = words({"event": event, "params": params}, language)
        assert title
        assert "减速器项目" in text
        assert "{" not in title + text


@pytest.mark.parametrize("event", OF_NAMED)
def test_every_event_of_another_thing_names_it(event: str) -> None:
    row = {"by_name": "王某", "text": "资料不全", "data": {"name": "设备补助", "due": "2026-12-01"}}
    for language in ("zh", "en"):
        title, text = words({"event": event, "params": named_things.params(row)}, language)
        assert title
        assert "设备补助" in text
        assert "{" not in title + text


def test_an_old_notice_that_knows_less_is_still_said() -> None:
    params = dict.fromkeys(("number", "excerpt", "department", "person", "text", "due"), "")
    assert words({"event": "rung.red", "params": params})[0]


def said(event: str) -> str:
    row = Notice.rows().find_one({"event": event})
    return words(row)[1]


class TestRungs:
    @pytest.fixture
    def made(self, given):
        return scene(given)

    def climbs(self, made, code: str, after: timedelta, *, late: bool = False) -> str:
        """The rung, told so long after the time to resolve."""
        moment = made.ticket.resolve_by + after
        data = {"rung": code, "due": made.ticket.resolve_by, "late": late}
        tell(made.issue, f"rung.{code}", moment, part_id=made.ticket.id, data=data)
        return said(f"rung.{code}")

    def test_it_says_until_when_and_how_much_is_left(self, made):
        text = self.climbs(made, "yellow", -timedelta(days=1))
        assert "2026-11-29 12:00" in text
        assert say("notice.ahead", ahead=86400) in text

    def test_it_says_how_late_it_is(self, made):
        text = self.climbs(made, "supervision", timedelta(hours=26))
        assert say("notice.delay", over=26 * 3600) in text
        assert "2026-11-29 12:00" in text

    def test_what_is_told_on_time_says_nothing_of_lateness(self, made):
        text = self.climbs(made, "red", timedelta(seconds=5))
        assert "超" not in text
        assert say("notice.told_late") not in text

    def test_what_is_told_late_says_so(self, made):
        text = self.climbs(made, "red", timedelta(days=2), late=True)
        assert say("notice.told_late") in text

    def test_a_rung_of_acceptance_is_about_the_time_to_accept(self, made):
        data = {"rung": "accept_late", "due": made.ticket.accept_by, "late": False}
        tell(made.issue, "rung.accept_late", NOON, part_id=made.ticket.id, data=data)
        assert "2026-11-25 12:00" in said("rung.accept_late")


def test_a_moved_promise_is_told_why_and_never_with_words_that_are_internal(given):
    made = scene(given)
    why = Reason("promise.transferred", {"department": "水务局", "due": "2026-12-01 12:00"})
    tell(
        made.issue,
        "issue.promise_moved",
        part_id=made.ticket.id,
        text="这事我们不想管",
        internal=True,
        reasons=[why],
    )
    row = Notice.rows().find_one({"event": "issue.promise_moved"})
    assert "不想管" not in str(row)
    for language in ("zh", "en"):
        assert say(why.code, language, **why.params) in words(row, language)[1]
    assert "2026-12-01 12:00" in words(row)[1]  # the issue's promise, not the ticket's


@pytest.mark.parametrize(
    ("event", "data", "code"),
    [
        ("ticket.extension_decided", {"granted": True}, "granted"),
        ("ticket.extension_decided", {"granted": False}, "refused"),
        ("ticket.ruled", {"ruling": "yours"}, "yours"),
        ("ticket.ruled", {"ruling": "not_yours"}, "not_yours"),
    ],
)
def test_a_decision_is_named(given, event, data, code):
    made = scene(given)
    tell(made.issue, event, part_id=made.ticket.id, data=data, by=made.head)
    assert say(f"notice.verdict.{code}") in said(event)


@pytest.mark.parametrize(
    ("event", "data", "due"),
    [
        ("issue.supervised", {"due_at": NOON + timedelta(hours=5)}, "2026-11-24 17:00"),
        ("ticket.asked", {"until": NOON + timedelta(days=1)}, "2026-11-25 12:00"),
        ("issue.agreed_due", {"due": NOON + timedelta(days=3)}, "2026-11-27 12:00"),
        ("ticket.assigned", {}, "2026-11-29 12:00"),
        ("ticket.accepted", {}, "2026-12-01 12:00"),
    ],
)
def test_the_time_is_that_of_the_step_or_what_was_promised_to_whom_it_is_told(
    given, event, data, due
):
    made = scene(given)
    tell(made.issue, event, part_id=made.ticket.id, data={**data, "people": [made.head.id]})
    row = Notice.rows().find_one({"event": event})
    assert row["params"]["due"] == due


def test_the_excerpt_is_the_tickets_for_those_who_work_and_the_issues_for_those_who_ask(given):
    made = scene(given, demand="只办施工许可证")
    Ticket.rows().update_one({"_id": made.ticket.id}, {"$set": {"excerpt": "请出具意见"}})
    for event, excerpt in (
        ("ticket.assigned", "请出具意见"),
        ("issue.answered", "只办施工许可证"),
    ):
        tell(made.issue, event, part_id=made.ticket.id)
        assert Notice.rows().find_one({"event": event})["params"]["excerpt"] == excerpt
