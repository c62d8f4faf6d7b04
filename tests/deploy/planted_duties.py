"""Corruptions of times, rungs, duties, notices and links: each plants one, and gives what must be found."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from app.foundation import db
from tests.support.contradictions import Stock, change, double, lose, one, unindexed

HOUR = timedelta(hours=1)


def a_ticket_promised_for_another_time(stock: Stock) -> list[str]:
    ticket = stock.ticket("dispatched")
    change("tickets", ticket, resolve_by=ticket["resolve_by"] + HOUR)
    return stock.of_ticket("dispatched", "time_differs")


def an_issue_promised_for_another_time(stock: Stock) -> list[str]:
    issue = stock.issue("dispatched")
    change("issues", issue, promise__reply_by=issue["promise"]["reply_by"] + HOUR)
    return stock.of("dispatched", "time_differs")


def a_promise_that_only_looks_provisional(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("dispatched"), provisional=True)
    return stock.of_ticket("dispatched", "time_differs")


def a_ticket_due_at_another_time(stock: Stock) -> list[str]:
    ticket = stock.ticket("dispatched")
    change("tickets", ticket, due_at=ticket["due_at"] + HOUR)
    return stock.of_ticket("dispatched", "due_differs")


def another_rung(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("dispatched"), rung__code="red")
    return stock.of_ticket("dispatched", "rung_differs")


def a_clock_that_stands_still_for_nobody(stock: Stock) -> list[str]:
    ticket = stock.ticket("in_progress")
    stopped = {"since": stock.now, "until": None}
    change("tickets", ticket, clock__pauses=[stopped])
    return stock.of_ticket("in_progress", "pause_open")


def an_issue_that_stands_still_for_nobody(stock: Stock) -> list[str]:
    change(
        "issues", stock.issue("in_progress"), clock__pauses=[{"since": stock.now, "until": None}]
    )
    return stock.of("in_progress", "pause_open")


def a_clock_that_does_not_wait(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("asked"), clock__pauses=[])
    return stock.of_ticket("asked", "pause_missing")


def a_rung_that_nothing_will_climb(stock: Stock) -> list[str]:
    lose("duties", {"key": stock.ticket("dispatched")["rung"]["key"]})
    return stock.of_ticket("dispatched", "climb_missing")


def a_rung_given_up(stock: Stock) -> list[str]:
    duty = stock.duty("issues.climb", stock.ticket("dispatched")["_id"])
    change("duties", duty, state="failed")
    return stock.of_ticket("dispatched", "climb_missing")


def a_second_duty_to_climb(stock: Stock) -> list[str]:
    duty = stock.duty("issues.climb", stock.ticket("dispatched")["_id"])
    double("duties", duty, key=f"{duty['key']}:again")
    return stock.of_ticket("dispatched", "climb_surplus")


def a_duty_to_climb_for_a_ticket_that_waits(stock: Stock) -> list[str]:
    duty = stock.duty("issues.climb", stock.ticket("dispatched")["_id"])
    double("duties", duty, key=f"{duty['key']}:again", subject=stock.ticket("asked")["_id"])
    return stock.of_ticket("asked", "climb_surplus")


def a_duty_to_climb_at_another_time(stock: Stock) -> list[str]:
    duty = stock.duty("issues.climb", stock.ticket("dispatched")["_id"])
    change("duties", duty, due_at=duty["due_at"] + HOUR)
    return stock.of_ticket("dispatched", "climb_time")


def a_rung_climbed_twice(stock: Stock) -> list[str]:
    unindexed("climbs")
    double("climbs", one("climbs", {"issue": stock.issues["overdue"], "rung": "yellow"}))
    return stock.of_ticket("overdue", "climb_twice")


def rungs_climbed_out_of_turn(stock: Stock) -> list[str]:
    red = one("climbs", {"issue": stock.issues["overdue"], "rung": "red"})
    change("climbs", red, at=red["at"] - HOUR)
    return stock.of_ticket("overdue", "climb_order")


def a_climb_that_the_ticket_knows_nothing_of(stock: Stock) -> list[str]:
    lose("climbs", {"issue": stock.issues["overdue"], "rung": "yellow"})
    return stock.of_ticket("overdue", "climbed_differs")


def nobody_routes_it(stock: Stock) -> list[str]:
    lose("duties", {"kind": "issues.route", "subject": stock.issues["submitted"]})
    return stock.of("submitted", "route_missing")


def silence_without_end(stock: Stock) -> list[str]:
    lose("duties", {"kind": "issues.lapse", "subject": stock.issues["answered"]})
    return stock.of("answered", "lapse_missing")


def silence_that_ends_another_answer(stock: Stock) -> list[str]:
    duty = stock.duty("issues.lapse", stock.issues["answered"])
    change("duties", duty, payload__confirm_by=stock.now)
    return stock.of("answered", "lapse_missing")


def a_question_without_a_limit(stock: Stock) -> list[str]:
    lose("duties", {"kind": "issues.go_on", "subject": stock.ticket("asked")["_id"]})
    return stock.of_ticket("asked", "go_on_missing")


def a_step_that_nobody_hears_of(stock: Stock) -> list[str]:
    lose("duties", {"payload.row": stock.step("answered", "answer")["_id"]})
    return stock.of("answered", "not_told")


def a_step_told_as_another(stock: Stock) -> list[str]:
    duty = one("duties", {"payload.row": stock.step("answered", "answer")["_id"]})
    change("duties", duty, payload__event="ticket.noted")
    return stock.of("answered", "not_told")


def a_notice_twice(stock: Stock) -> list[str]:
    unindexed("notices")
    double("notices", one("notices", {"issue": stock.issues["answered"]}))
    return stock.of("answered", "told_twice")


def a_message_twice(stock: Stock) -> list[str]:
    unindexed("outbox")
    notice = one("notices", {"issue": stock.issues["answered"]})
    named = {name: notice[name] for name in ("row", "event", "person")}
    message = double("outbox", {**named, "notice": notice["_id"], "channel": "wechat"})
    double("outbox", message)
    return stock.of("answered", "told_twice")


def a_call_twice(stock: Stock) -> list[str]:
    unindexed("calls")
    notice = one("notices", {"issue": stock.issues["answered"]})
    call = {name: notice[name] for name in ("row", "event", "issue")}
    double("calls", double("calls", {**call, "contact": {"person": None}}))
    return stock.of("answered", "told_twice")


def an_issue_split_from_nothing(stock: Stock) -> list[str]:
    change("issues", stock.issue("dispatched"), split_from=ObjectId())
    return stock.of("dispatched", "other_missing")


def its_own_master(stock: Stock) -> list[str]:
    issue = stock.issue("dispatched")
    change("issues", issue, master=issue["_id"])
    return stock.of("dispatched", "other_missing", "master_chain")


def a_master_with_a_master(stock: Stock) -> list[str]:
    master = one("issues", {"_id": stock.issue("linked")["master"]})
    change("issues", master, master=stock.issues["dispatched"])
    return stock.of("linked", "master_chain")


def merged_and_at_work(stock: Stock) -> list[str]:
    change("issues", stock.issue("dispatched"), merged_into=stock.issues["answered"])
    return stock.of("dispatched", "merged_differs")


def merged_into_nothing(stock: Stock) -> list[str]:
    change("issues", stock.issue("merged"), merged_into=None)
    return stock.of("merged", "merged_differs")


def a_photo_that_is_gone(stock: Stock) -> list[str]:
    change("issues", stock.issue("answered"), confirmation={"photos": [ObjectId()]})
    return stock.of("answered", "photo_missing")


def a_photo_that_its_issue_cannot_show(stock: Stock) -> list[str]:
    (photo,) = stock.issue("pictured")["photos"]
    change("photos", one("photos", {"_id": photo}), links=[])
    return stock.of("pictured", "photo_unlinked")


def a_duty_that_nobody_does(stock: Stock) -> list[str]:
    long_ago = stock.now - 2 * HOUR
    duty = stock.duty("issues.route", stock.issues["submitted"])
    change("duties", duty, due_at=long_ago, next_at=long_ago)
    return [f"check.duty_stuck duty {duty['_id']}"]


def a_row_that_cannot_be_read(stock: Stock) -> list[str]:
    db.database().history.update_one(
        {"_id": stock.step("answered", "answer")["_id"]}, {"$unset": {"action": ""}}
    )
    return stock.of("answered", *["unreadable"] * 3)
