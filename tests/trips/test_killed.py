"""Work survives whoever did it: a killed worker, a flushed broker, a killed beat."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
from pymongo.errors import OperationFailure

from deploy.throwaway import Servers
from tests.support.phone import issue_body
from tests.support.stack import LEASE_SECONDS, SLACK_SECONDS, SWEEP_SECONDS, Stack, running, until

BATCH = 50
PER_SECOND = 10
SETTLE_SECONDS = 0.05
WRITE_CONFLICT = 112


def test_every_issue_is_placed_once_whatever_is_killed(servers: Servers):
    with running(servers.folder) as stack, ThreadPoolExecutor(4) as senders:
        stack.person("commissioner")
        clerk = stack.person("clerk", department="HOUSING")
        phone = stack.log_in("commissioner")

        first = senders.submit(file_issues, phone)
        claimed = kill_between_claim_and_finish(stack, first)
        stack.redis.flushall()
        stack.kill("beat")
        filed = first.result() + file_issues(phone)
        assert len(filed) == 2 * BATCH

        # One lease for the claim that the dead worker still holds, two sweeps to find what lost its hint.
        limit = LEASE_SECONDS + 2 * SWEEP_SECONDS + SLACK_SECONDS
        stack.settle(limit)
        assert_each_has_one_of_everything(stack, filed, clerk)
        redone = list(stack.db.duties.find({"_id": {"$in": claimed}}))
        assert [duty["state"] for duty in redone] == ["done"] * len(claimed)
        assert all(duty["attempts"] >= 2 for duty in redone)


def file_issues(phone: httpx.Client) -> list[str]:
    """One batch at an even pace; the ids of what was answered with 201."""
    begun = time.monotonic()
    filed = []
    for number in range(BATCH):
        time.sleep(max(0.0, begun + number / PER_SECOND - time.monotonic()))
        answer = phone.post("/issues", json=issue_body())
        assert answer.status_code == 201, answer.text
        filed.append(answer.json()["id"])
    return filed


def kill_between_claim_and_finish(stack: Stack, load: Future[list[str]]) -> list[Any]:
    """SIGKILL the worker while it holds claims, one of them amid a transaction that has written.

    It is stopped first, so that what is read then is how it dies. The ids of the duties it held.
    """
    held: list[dict[str, Any]] = []
    steps = itertools.cycle((0.001, 0.002, 0.003, 0.004, 0.005))

    def caught() -> bool:
        if not claimed(stack):
            assert not (load.done() and load.exception()), load.exception()
            return False
        time.sleep(next(steps))
        worker.suspend()
        time.sleep(SETTLE_SECONDS)  # what was on its way to the database has arrived
        held[:] = claimed(stack)
        if any(written(stack, duty["subject"]) for duty in held):
            worker.kill()
            return True
        worker.resume()
        return False

    worker = stack.group("worker")
    until(caught, 30, pause=0.002)
    assert claimed(stack) == held
    return [duty["_id"] for duty in held]


def claimed(stack: Stack) -> list[dict[str, Any]]:
    """Routing duties in somebody's hands."""
    mine = {"kind": "issues.route", "state": "due", "claim": {"$ne": None}}
    return list(stack.db.duties.find(mine).sort("_id"))


def written(stack: Stack, issue: Any) -> bool:
    """Whether an open transaction has written to the issue: then no other one can."""
    with stack.db.client.start_session() as session:
        session.start_transaction()
        try:
            stack.db.issues.update_one({"_id": issue}, {"$inc": {"version": 1}}, session=session)
        except OperationFailure as error:
            if error.code != WRITE_CONFLICT:
                raise
            return True
        finally:
            session.abort_transaction()
    return False


def assert_each_has_one_of_everything(stack: Stack, filed: list[str], clerk: Any) -> None:
    issues = {str(row["_id"]): row for row in stack.db.issues.find()}
    assert sorted(issues) == sorted(filed)
    wrong = {}
    for key, issue in issues.items():
        of = issue["_id"]
        found = {
            "leads": stack.db.tickets.count_documents({"issue": of, "role": "lead", "live": True}),
            "tickets": stack.db.tickets.count_documents({"issue": of}),
            "routes": stack.db.history.count_documents({"thing_id": of, "action": "route"}),
            "told": [row["person"] for row in stack.db.notices.find({"issue": of})],
        }
        if found != {"leads": 1, "tickets": 1, "routes": 1, "told": [clerk]}:
            wrong[key] = found
    assert not wrong
