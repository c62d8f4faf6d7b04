"""Corruptions of states, ends and history: each plants one, and gives what must be found of it."""

from __future__ import annotations

from app.foundation import db
from tests.support.contradictions import Stock, change, dangling, double, lose, one, unindexed


def an_issue_in_a_state_of_no_table(stock: Stock) -> list[str]:
    change("issues", stock.issue("in_progress"), state="lost")
    return stock.of("in_progress", "state_unknown", "follows_not", "state_differs")


def a_ticket_in_a_state_of_no_table(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("in_progress"), state="lost")
    return stock.of_ticket("in_progress", "state_unknown", "state_differs", "rung_differs")


def a_ticket_moved_without_a_step(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("overdue"), state="accepted")
    return stock.of_ticket("overdue", "state_differs")


def an_issue_that_does_not_follow_its_lead(stock: Stock) -> list[str]:
    change("issues", stock.issue("in_progress"), state="answered")
    return stock.of("in_progress", "follows_not", "state_differs", "lapse_missing")


def an_end_without_its_time(stock: Stock) -> list[str]:
    change("issues", stock.issue("withdrawn"), ended_at=None)
    return stock.of("withdrawn", "end_missing")


def a_ticket_that_ended_and_goes_on(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("in_progress"), ended_at=stock.now)
    return stock.of_ticket("in_progress", "ended_early")


def a_cancelled_ticket_that_is_live(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("withdrawn"), live=True)
    return stock.of_ticket("withdrawn", "live_differs")


def a_ticket_that_works_on_after_the_end(stock: Stock) -> list[str]:
    change("tickets", stock.ticket("resolved"), state="answered", live=True, ended_at=None)
    of_ticket = stock.of_ticket("resolved", "works_on", "state_differs")
    return [*stock.of("resolved", "follows_not"), *of_ticket]


def two_live_leads(stock: Stock) -> list[str]:
    unindexed("tickets")
    change("tickets", stock.ticket("invited", role="assist"), role="lead")
    return stock.of("invited", "leads")


def an_end_without_an_outcome(stock: Stock) -> list[str]:
    change("issues", stock.issue("resolved"), outcome=None)
    return stock.of("resolved", "outcome_differs")


def an_outcome_before_the_end(stock: Stock) -> list[str]:
    change("issues", stock.issue("answered"), outcome="solved")
    return stock.of("answered", "outcome_differs")


def a_department_that_may_not_see_its_own_work(stock: Stock) -> list[str]:
    change("issues", stock.issue("dispatched"), departments=[])
    return stock.of_ticket("dispatched", "department_missing")


def a_lost_step_that_moved_no_state(stock: Stock) -> list[str]:
    last = stock.ticket("overdue")
    query = {"part_id": last["_id"], "action": "note", "from": "in_progress"}
    assert lose("history", query)["internal"]
    return [*stock.of("overdue", "step_missing"), *stock.of_ticket("overdue", "ticket_version")]


def a_lost_step_that_moved_a_state(stock: Stock) -> list[str]:
    row = lose("history", {"thing_id": stock.issues["in_progress"], "action": "accept"})
    told = list(db.database().notices.find({"row": row["_id"]}))
    return [
        *stock.of("in_progress", "step_missing"),
        *stock.of_ticket("in_progress", "ticket_version", "chain_broken"),
        *dangling("duties", one("duties", {"payload.row": row["_id"]})),
        *dangling("notices", *told),
    ]


def a_step_written_twice(stock: Stock) -> list[str]:
    query = {"part_id": stock.ticket("overdue")["_id"], "action": "note", "from": "in_progress"}
    double("history", one("history", query))
    return [*stock.of("overdue", "step_twice"), *stock.of_ticket("overdue", "ticket_version")]


def a_version_that_was_set_back(stock: Stock) -> list[str]:
    issue = stock.issue("in_progress")
    change("issues", issue, version=issue["version"] - 1)
    return stock.of("in_progress", "version_behind")


def a_change_that_history_knows_nothing_of(stock: Stock) -> list[str]:
    issue = stock.issue("in_progress")
    change("issues", issue, version=issue["version"] + 1)
    return stock.of("in_progress", "step_missing")


def a_ticket_changed_without_history(stock: Stock) -> list[str]:
    ticket = stock.ticket("in_progress")
    change("tickets", ticket, version=ticket["version"] + 1)
    return stock.of_ticket("in_progress", "ticket_version")


def a_ticket_that_is_gone(stock: Stock) -> list[str]:
    lose("tickets", {"issue": stock.issues["transferred"], "state": "transferred"})
    return stock.of("transferred", *["ticket_missing"] * 3)


def an_issue_that_nobody_opened(stock: Stock) -> list[str]:
    lose("history", {"thing_id": stock.issues["in_progress"], "action": "open"})
    return stock.of("in_progress", "no_beginning")


def a_ticket_that_nobody_dispatched(stock: Stock) -> list[str]:
    row = lose("history", {"thing_id": stock.issues["in_progress"], "action": "dispatch"})
    told = list(db.database().notices.find({"row": row["_id"]}))
    return [
        *stock.of_ticket("in_progress", "not_dispatched"),
        *dangling("duties", one("duties", {"payload.row": row["_id"]})),
        *dangling("notices", *told),
    ]


def a_step_that_starts_elsewhere(stock: Stock) -> list[str]:
    query = {"part_id": stock.ticket("overdue")["_id"], "action": "note", "from": "in_progress"}
    change("history", one("history", query), **{"from": "extension_requested"})
    return stock.of_ticket("overdue", "chain_broken", "step_illegal")


def a_step_of_no_table(stock: Stock) -> list[str]:
    query = {"part_id": stock.ticket("overdue")["_id"], "action": "note", "from": "accepted"}
    change("history", one("history", query), action="acknowledge")
    return stock.of_ticket("overdue", "step_illegal")


def a_birth_in_the_middle_of_life(stock: Stock) -> list[str]:
    change("history", stock.step("dispatched", "dispatch"), to="accepted")
    return stock.of_ticket("dispatched", "step_illegal", "state_differs")


def an_issue_that_did_not_go_along(stock: Stock) -> list[str]:
    change("history", stock.step("answered", "answer"), data__issue_to="dispatched")
    of_ticket = stock.of_ticket("answered", "followed_wrong")
    return [*stock.of("answered", "state_differs"), *of_ticket]


def an_issue_of_another_state(stock: Stock) -> list[str]:
    """Where it may be too, going by its lead: only history tells."""
    change("issues", stock.issue("in_progress"), state="reopened")
    return stock.of("in_progress", "state_differs")


def a_barred_department_that_works_and_sees(stock: Stock) -> list[str]:
    department = stock.ticket("dispatched")["department"]
    change("issues", stock.issue("dispatched"), barred=[department])
    of_ticket = stock.of_ticket("dispatched", "barred_works", "withheld_differs")
    return [*stock.of("dispatched", "barred_sees"), *of_ticket]


def a_ticket_less_restricted_than_its_issue(stock: Stock) -> list[str]:
    change("issues", stock.issue("dispatched"), restricted="report")
    return stock.of_ticket("dispatched", "restricted_differs")
