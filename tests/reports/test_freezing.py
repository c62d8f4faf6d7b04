"""Months are frozen on their day, one after the other; what changes later stands beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.foundation import clock, duties
from app.foundation.district import pack
from app.issues.documents import Ticket
from app.reports import freezing, months
from app.reports.frozen import FrozenFigures
from tasks import reports
from tests.issues import stories
from tests.issues.stories import ANSWER
from tests.support.duties import run_due
from tests.support.factories import at

MINUTE = timedelta(minutes=1)


def this_month() -> str:
    return months.month_of(clock.now())


def claimed(now: datetime) -> duties.Duty:
    row = duties.rows().find_one({"kind": freezing.KIND, "state": "due"})
    assert row["due_at"] <= now
    found = duties.claim(row["_id"], now=now, lease=MINUTE)
    assert found is not None
    return found


def frozen(month: str) -> datetime:
    """Freeze this month on its day, and say when that was."""
    now = months.freezes_at(month)
    freezing.begin(months.freezes_at(months.before(month)) + MINUTE)
    freezing.freeze(claimed(now), now)
    return now


def waiting() -> list[dict[str, Any]]:
    return list(duties.rows().find({"kind": freezing.KIND, "state": "due"}))


@pytest.mark.parametrize(
    ("month", "when"),
    [
        ("2026-10", "2026-11-05T00:00:00+08:00"),
        ("2026-12", "2027-01-05T00:00:00+08:00"),
        ("2028-02", "2028-03-05T00:00:00+08:00"),
    ],
)
def test_on_the_fifth_of_the_next_month(month, when):
    assert pack().reports.freeze_day == 5
    assert months.freezes_at(month) == at(when)
    assert months.following(months.before(month)) == month


def test_what_was_frozen_stays_and_later_changes_are_told(given):
    story, later = stories.resolved(given), stories.answered(given)
    when = frozen(this_month())
    inspector = given.inspector()
    report = inspector.see("/reports/departments", month=this_month(), ids="true")
    assert at(report["frozen_at"]) == when
    [line] = [each for each in report["items"] if each["department"] == "住建局"]
    assert (line["resolved"]["numerator"], line["resolved"]["denominator"]) == (1, 1)
    assert line["corrections"] == []
    # A word of the month that comes to light when the month is closed.
    later.contact.do(later.on_issue("confirm"), {"solved": "no", "satisfaction": 1})
    report = inspector.see("/reports/departments", month=this_month(), ids="true")
    [line] = [each for each in report["items"] if each["department"] == "住建局"]
    assert (line["resolved"]["numerator"], line["resolved"]["denominator"]) == (1, 1)
    assert line["resolved"]["denominator_ids"] == [story.ticket]
    told = {each["field"]: (each["then"], each["now"]) for each in line["corrections"]}
    assert told["resolved.denominator"] == (1, 2)
    assert told["satisfied.denominator"] == (1, 2)
    assert told["coverage.asked"] == (1, 2)
    assert told["redone.numerator"] == (0, 1)
    assert "resolved.numerator" not in told
    assert {each["field"] for each in report["total"]["corrections"]} == set(told)
    own = later.clerk.see("/reports/clerks", month=this_month())["items"][0]
    assert {each["field"] for each in own["corrections"]} >= {"resolved.denominator"}
    head = story.head.see("/reports/departments", month=this_month())
    assert [each["department"] for each in head["items"]] == ["住建局"]
    assert at(head["frozen_at"]) == when


def test_who_had_nothing_when_it_was_frozen_is_corrected_from_nothing(given):
    stories.dispatched(given)
    frozen(this_month())
    water = given.clerk("WATER_AFFAIRS")
    stories.submitted(given, category="WATER", text="水压不足")
    run_due()
    [ticket] = water.see("/tickets")["items"]
    water.do(f"/tickets/{ticket['id']}/accept")
    water.do(f"/tickets/{ticket['id']}/answer", ANSWER)
    report = given.head("WATER_AFFAIRS").see("/reports/departments", month=this_month())
    [line] = report["items"]
    assert line["redone"]["denominator"] == 0
    told = {each["field"]: (each["then"], each["now"]) for each in line["corrections"]}
    assert told["redone.denominator"] == (0, 1)
    assert told["hours_to_answer.hours"][0] is None
    assert told["hours_to_answer.count"] == (0, 1)


def test_each_month_owes_the_next(given):
    stories.resolved(given)
    frozen(this_month())
    [row] = waiting()
    assert row["payload"] == {"month": months.following(this_month())}
    assert row["due_at"] == months.freezes_at(months.following(this_month()))
    now = row["due_at"]
    freezing.freeze(claimed(now), now)
    whole = {"department": None, "person": None}
    found = FrozenFigures.rows().distinct("month", whole)
    assert found == [this_month(), months.following(this_month())]


def test_begun_once_whatever_begins_it(given):
    stories.dispatched(given)
    reports.begin.run()
    reports.begin.run()
    freezing.begin(clock.now() + timedelta(days=400))
    [row] = waiting()
    assert row["payload"] == {"month": this_month()}
    assert row["due_at"] == months.freezes_at(this_month())
    now = row["due_at"]
    freezing.freeze(claimed(now), now)
    freezing.begin(now)
    assert len(waiting()) == 1


@pytest.mark.parametrize(
    ("ago", "first"), [(0, 0), (40, 1), (70, 2), (3000, 12)], ids=["now", "a month", "two", "years"]
)
def test_the_first_month_is_that_of_the_first_ticket_within_a_year(ago, first, given):
    story = stories.dispatched(given)
    now = at("2026-11-15T12:00:00+08:00")
    Ticket.rows().update_one({}, {"$set": {"dispatched_at": now - timedelta(days=ago)}})
    assert story.ticket
    freezing.begin(now)
    month = "2026-11"
    for _ in range(first):
        month = months.before(month)
    assert waiting()[0]["payload"] == {"month": month}


def test_without_a_ticket_it_begins_with_this_month(clean):
    freezing.begin(at("2026-11-15T12:00:00+08:00"))
    assert waiting()[0]["payload"] == {"month": "2026-11"}


def test_missed_months_are_frozen_one_after_the_other_by_the_worker(given):
    stories.dispatched(given)
    Ticket.rows().update_one({}, {"$set": {"dispatched_at": clock.now() - timedelta(days=100)}})
    reports.begin.run()
    run_due()
    found = sorted(FrozenFigures.rows().distinct("month"))
    last = months.before(this_month())
    if clock.now() < months.freezes_at(last):
        last = months.before(last)
    assert len(found) >= 2
    assert found[-1] == last
    assert waiting()[0]["payload"] == {"month": months.following(last)}


def test_a_worker_that_lost_its_claim_freezes_nothing(given):
    stories.resolved(given)
    freezing.begin(clock.now())
    now = months.freezes_at(this_month())
    slow = claimed(now)
    quick = duties.claim(slow.id, now=now + 2 * MINUTE, lease=MINUTE)
    assert quick is not None
    with pytest.raises(duties.LostClaim):
        freezing.freeze(slow, now)
    assert FrozenFigures.rows().count_documents({}) == 0
    freezing.freeze(quick, now + 2 * MINUTE)
    assert FrozenFigures.rows().count_documents({"department": None}) == 1
