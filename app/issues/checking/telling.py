"""Which steps people are told of: each of these rows has the duty to deliver word of it, done or not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from app.foundation.db import Row

Events = Collection[str]
Tells = Callable[[Row], Events]


def _always(*events: str) -> Tells:
    return lambda row: events


def _by_people(event: str) -> Tells:
    """Not where the system took the step by the way."""
    return lambda row: [event] if row["by"] else []


def _aloud(event: str) -> Tells:
    """Not where it stays inside."""
    return lambda row: [] if row["internal"] else [event]


def _named(event: str) -> Tells:
    """Where the row names people."""
    return lambda row: [event] if row["data"].get("people") else []


def _broken(row: Row) -> Events:
    """What the enterprise calls broken is taken up again, and told as that."""
    return [] if row["role"] in ("contact", "commissioner") else ["issue.plan_broken"]


def _finally(row: Row) -> Events:
    """The issue's own step tells, not its ticket's."""
    return [] if row["part_id"] else ["issue.closed_finally"]


def _rung(row: Row) -> Events:
    return [f"rung.{row['data']['rung']}"]


TOLD: Mapping[str, Tells] = {
    "refer": _always("issue.needs_placing"),
    "dispatch": _always("ticket.dispatched", "ticket.invited", "ticket.transferred"),
    "resolve": _always("issue.resolved"),
    "lapse": _always("issue.no_reply"),
    "reopen": _always("issue.reopened"),
    "withdraw": _always("issue.withdrawn"),
    "merge": _always("issue.merged"),
    "split": _always("issue.split"),
    "restrict": _always("issue.restricted"),
    "link": _always("issue.linked"),
    "correct": _always("issue.corrected"),
    "ask_to_conclude": _always("issue.final_asked"),
    "conclude": _finally,
    "remind": _always("issue.reminded"),
    "supervise": _always("issue.supervised"),
    "supervision_reply": _always("issue.supervision_replied"),
    "supervision_close": _by_people("issue.supervision_closed"),
    "supervision_refuse": _always("issue.supervised"),
    "supervision_late": _always("issue.supervision_overdue"),
    "meet": _named("issue.met"),
    "agreed_due": _always("issue.agreed_due"),
    "confirm_soon": _always("issue.confirm_soon"),
    "plan_due": _always("issue.plan_due"),
    "plan_kept": _always("issue.plan_kept"),
    "plan_broken": _broken,
    "comment": _aloud("issue.commented"),
    "accept": _by_people("ticket.accepted"),
    "assign": _always("ticket.assigned"),
    "note": _aloud("ticket.noted"),
    "ask": _always("ticket.asked"),
    "reply": _always("ticket.replied"),
    "go_on": _always("ticket.ask_expired"),
    "extend": _always("ticket.extension_asked"),
    "decide": _always("ticket.extension_decided"),
    "propose": _always("ticket.review_asked"),
    "send_back": _always("ticket.review_refused"),
    "answer": _always("issue.answered", "ticket.assist_answered"),
    "return": _always("issue.needs_placing", "issue.needs_ruling"),
    "object": _always("issue.needs_placing", "issue.needs_ruling"),
    "rule": _always("ticket.ruled"),
    "rule_out": _always("ticket.ruled"),
    "rule_stay": _always("ticket.ruled"),
    "rule_away": _always("ticket.ruled"),
    "climb": _rung,
    "cancel": _always("ticket.cancelled"),
}
"""Of each action the events that tell of it; any one of them will do."""

SILENT = frozenset(
    {
        "route",
        "place",
        "call_in",
        "absorb",
        "gather",
        "unlink",
        "unreachable",
        "agreed_done",
        "recompute",
        "hand_over",
        "invite",
        "transfer",
        "release",
        "reorganise",
        "acknowledge",
        "close",
        "redo",
    }
)
"""The steps that another step of the same transaction tells of, or nobody needs to hear of."""


def wanted(row: Row) -> list[Events]:
    """The events of which a history row must have told: one of each group."""
    tells = TOLD.get(row["action"])
    groups = [tells(row)] if tells else []
    if row["action"] in ("note", "comment"):
        groups.append(_named("issue.mentioned")(row))
    return [events for events in groups if events]
