"""Tickets and issues by the thousand, stored as they are and not played: for lists, which only look."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import clock
from app.issues import search_terms
from app.issues.documents import OUTCOMES, SOURCES, Issue, Ticket
from app.issues.moves import machine_of

Row = dict[str, Any]

UNITS = ("321204001", "321204002", "321204101")
CATEGORIES = ("PERMIT", "WATER", "POWER")
TEXTS = (
    "施工许可证办了两个月还没有下来",
    "厂区门前雨水管道淤堵，积水漫到配电房",
    "二期设备进场，申请增容 2000kVA",
    "门前道路坑洼，货车难以通行",
)


@dataclass
class Stock:
    """What was stored, and whose it is."""

    people: Sequence[ObjectId]
    departments: Sequence[ObjectId]
    enterprises: Sequence[ObjectId]
    tickets: list[Row]
    issues: list[Row]


def stock(tickets: int, issues: int, seed: int = 1) -> Stock:
    """Rows of every state, department and person; the same ones for a seed."""
    luck, now = random.Random(seed), clock.now()
    people = [ObjectId() for _ in range(8)]
    departments = [row["_id"] for row in Department.rows().find().sort("code", 1)][:40]
    enterprises = [ObjectId() for _ in range(5)]
    found = Stock(people, departments, enterprises, [], [])
    found.tickets = [_ticket(found, luck, n, now) for n in range(tickets)]
    found.issues = [_issue(found, luck, n, now) for n in range(issues)]
    Ticket.rows().insert_many(found.tickets)
    Issue.rows().insert_many(found.issues)
    return found


def _ticket(here: Stock, luck: random.Random, n: int, now: datetime) -> Row:
    rules = machine_of("ticket")
    state = luck.choice(rules.states)
    text, number = luck.choice(TEXTS), f"JY20261124-{n:04d}"
    row = {
        "_id": ObjectId(),
        "issue": ObjectId(),
        "number": number,
        # Leads are unique to an issue, and each has an issue of its own.
        "role": luck.choice(("lead", "assist")),
        "state": state,
        "live": state not in rules.ended,
        "department": luck.choice(
            here.departments[:4] if luck.random() < 0.7 else here.departments
        ),
        "level": luck.choice((0, 0, 0, 1, 2)),
        "excerpt": text,
        "category": luck.choice(CATEGORIES),
        "unit": luck.choice((*UNITS, None)),
        "urgent": luck.random() < 0.2,
        "due_at": now + timedelta(hours=luck.randint(-200, 200)),
        "dispatched_at": now - timedelta(hours=luck.randint(0, 400)),
        **search_terms.of_ticket(number, text, luck.choice(("精工机械", "新源电气"))),
    }
    if state != "dispatched" or luck.random() < 0.1:
        row["assignee"] = luck.choice(here.people)
    elif luck.random() < 0.5:
        row["assignee"] = None
    return row


def _issue(here: Stock, luck: random.Random, n: int, now: datetime) -> Row:
    state = luck.choice(machine_of("issue").states)
    text, number = luck.choice(TEXTS), f"JY20261124-{n:04d}"
    return {
        "_id": ObjectId(),
        "owner": luck.choice(here.people),
        "client_id": str(n),
        "number": number,
        "kind": luck.choice(("request", "problem")),
        "state": state,
        "text": text,
        "category": luck.choice(CATEGORIES),
        "unit": luck.choice((*UNITS, None)),
        "source": luck.choice(SOURCES),
        "outcome": luck.choice(OUTCOMES) if state == "resolved" else None,
        "enterprise": luck.choice((*here.enterprises, None)),
        "project": luck.choice((*here.enterprises, None)),
        "commissioner": luck.choice((*here.people, None)),
        "departments": luck.sample(list(here.departments[:6]), luck.randint(0, 3)),
        "followers": luck.sample(list(here.people), luck.randint(0, 2)),
        "created_at": now - timedelta(hours=luck.randint(0, 400)),
        **search_terms.of_issue(number, text),
    }
