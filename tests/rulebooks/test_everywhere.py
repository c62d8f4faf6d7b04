"""Two API processes and two workers: all follow what is published, and none of a replay is lost with one."""

from __future__ import annotations

from typing import Any

import httpx
from bson import ObjectId

from app.foundation import clock
from deploy.throwaway import Servers
from tests.learning import past
from tests.rulebooks.stories import content, rule
from tests.support.factories import client_id
from tests.support.phone import issue_body
from tests.support.stack import LEASE_SECONDS, SLACK_SECONDS, SWEEP_SECONDS, Stack, running, until

CALLS = 8
PAST = 3_000
LEADS = ("ECOLOGY", "WATER_AFFAIRS")


def test_every_process_follows_and_a_killed_worker_loses_nothing(app, servers: Servers):
    with running(servers.folder) as stack:
        for role in ("admin", "commissioner"):
            stack.person(role)
        firm = str(stack.enterprise())
        admin, phone = stack.log_in("admin"), stack.log_in("commissioner")
        for lead in LEADS:
            number = published(admin, lead)
            assert set(previewed(phone, firm)) == {names(stack)[lead]}
            assert routed(stack, phone, firm) == f"v{number}"
        replayed_though_the_worker_is_killed(stack, admin)


def published(admin: httpx.Client, lead: str) -> int:
    body = {"client_id": client_id(), "content": content(rule("电梯", lead)), "note": ""}
    number = done(admin.post("/routing/rulebooks", json=body))["number"]
    done(admin.post(f"/routing/rulebooks/{number}/publish", json={"reason": "试"}))
    return int(number)


def previewed(phone: httpx.Client, firm: str) -> list[str]:
    """What a preview says, over connections of their own: the API's processes share them out."""
    url, headers = f"{phone.base_url}routing/preview", phone.headers
    body = {"kind": "request", "text": "电梯坏了", "enterprise_id": firm}
    answers = (httpx.post(url, json=body, headers=headers, timeout=30) for _ in range(CALLS))
    return [done(each)["department"] for each in answers]


def routed(stack: Stack, phone: httpx.Client, firm: str) -> str:
    """The version by which a worker places an issue that is opened now."""
    body = issue_body(text="电梯坏了", category=None, enterprise_id=firm)
    known = {"_id": ObjectId(done(phone.post("/issues", json=body))["id"])}
    until(lambda: bool(stack.db.issues.find_one({**known, "state": {"$ne": "submitted"}})), 30)
    return str(stack.db.issues.find_one(known)["route"]["rulebook"])


def replayed_though_the_worker_is_killed(stack: Stack, admin: httpx.Client) -> None:
    stack.db.issues.insert_many([past.row(clock.now()) for _ in range(PAST)])
    body = {"client_id": client_id(), "rulebook": content(rule("电梯", LEADS[0]))}
    path = f"/routing/replays/{done(admin.post('/routing/replay', json=body))['id']}"

    def seen() -> Any:
        return done(admin.get(path))

    until(lambda: seen()["done"] > 0, 30)
    stack.kill("worker")
    limit = LEASE_SECONDS + 2 * SWEEP_SECONDS + 3 * SLACK_SECONDS
    until(lambda: seen()["state"] == "done", limit, pause=0.5)
    found = seen()
    whole = PAST + len(LEADS)
    assert (found["done"], found["total"]) == (whole, whole)
    assert (found["result"]["issues"], found["result"]["changed"]) == (whole, whole)


def done(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


def names(stack: Stack) -> dict[str, str]:
    return {row["code"]: row["name"] for row in stack.db.departments.find()}
