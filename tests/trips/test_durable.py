"""What was answered with 201 is kept, whatever is killed while it comes in."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from deploy.throwaway import Servers
from tests.support.phone import issue_body
from tests.support.stack import (
    LEASE_SECONDS,
    SLACK_SECONDS,
    SWEEP_SECONDS,
    Stack,
    running,
    until,
)

ROUNDS = int(os.environ.get("KILLS") or 2)
LOAD_SECONDS = 1.0
PHONES = 4
PAUSE_SECONDS = 0.1
# Back from SIGKILL to the first 201: journal replay, election, imports, on a busy machine.
BACK_SECONDS = 60
SETTLED_SECONDS = LEASE_SECONDS + 2 * SWEEP_SECONDS + 2 * SLACK_SECONDS


def test_what_was_answered_is_kept_through_kill_after_kill(servers: Servers):
    # One API process instead of two: restarts cost less, and nothing else is at stake.
    with running(servers.folder, WORKERS="1") as stack, ThreadPoolExecutor(PHONES) as pool:
        stack.person("commissioner")
        stack.person("clerk", department="HOUSING")
        load = Load()
        phones = [pool.submit(load.send, stack.log_in("commissioner")) for _ in range(PHONES)]
        try:
            for _ in range(ROUNDS):
                load.await_answers(phones)
                time.sleep(LOAD_SECONDS)
                stack.kill("mongod", "api", "worker")
            load.await_answers(phones)
        finally:
            load.ended.set()
        for phone in phones:
            phone.result()

        assert len(load.answered) > ROUNDS * PHONES
        kept = Counter(row["client_id"] for row in stack.db.issues.find({}, {"client_id": 1}))
        assert kept == Counter(load.answered)
        stack.settle(SETTLED_SECONDS)
        assert_each_has_one_lead(stack)


@dataclass
class Load:
    """Phones that file one issue after the other, each repeated until it is answered."""

    ended: threading.Event = field(default_factory=threading.Event)
    answered: list[str] = field(default_factory=list)

    def send(self, phone: httpx.Client) -> None:
        """File until told to end; what was begun is finished first."""
        while not self.ended.is_set():
            body = issue_body()
            while not self._try(phone, body):
                time.sleep(0.1)
            self.answered.append(body["client_id"])
            time.sleep(PAUSE_SECONDS)

    def _try(self, phone: httpx.Client, body: dict[str, object]) -> bool:
        """Whether it was answered; an answer other than 200, 201 and "try again" is an error."""
        try:
            answer = phone.post("/issues", json=body)
        except httpx.TransportError:
            return False
        assert answer.status_code in (200, 201, 503), answer.text
        return answer.status_code != 503

    def await_answers(self, phones: list[Future[None]]) -> None:
        """Wait until every phone may have been answered anew, or fail with the first that failed."""
        wanted = len(self.answered) + len(phones)

        def came() -> bool:
            for phone in phones:
                if phone.done():
                    phone.result()
            return len(self.answered) >= wanted

        until(came, BACK_SECONDS)


def assert_each_has_one_lead(stack: Stack) -> None:
    issues = {row["_id"] for row in stack.db.issues.find({"state": "dispatched"}, {"_id": 1})}
    assert len(issues) == stack.db.issues.count_documents({})
    leads = Counter(row["issue"] for row in stack.db.tickets.find({"role": "lead", "live": True}))
    assert leads == Counter(issues)
    routes = Counter(row["thing_id"] for row in stack.db.history.find({"action": "route"}))
    assert routes == Counter(issues)
