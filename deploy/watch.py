"""What a running house is watched for, told in one line each."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import time
import xmlrpc.client
from collections.abc import Callable

from deploy import checks, greeting
from deploy.checks import RefusedError
from deploy.logs import tail
from deploy.plan import Plan
from deploy.supervision import State, Supervisor

READY_PATH = "/healthz/ready"
_SLOW_SECONDS = 60


class Watch:
    """Waits until the house is ready and then says what ends, comes back or runs short."""

    def __init__(self, plan: Plan, supervisor: Supervisor) -> None:
        self._plan = plan
        self._supervisor = supervisor
        self._pids: dict[str, int] = {}
        self._short_of_disk = False

    def until_ready(self, check: Callable[[], None]) -> None:
        """Return once /healthz/ready answers 200; `check` may raise at any time.

        Raises RefusedError when a program gives up. One that is only slow is waited for.
        """
        begun = time.monotonic()
        told = False
        while (answer := self._ask()) != "200":
            check()
            for state in self._states():
                if state.state == "FATAL":
                    log = self._plan.logs / f"{state.name}.log"
                    raise RefusedError(f"{state.name} cannot start; the end of {log}:\n{tail(log)}")
            if not told and time.monotonic() - begun > _SLOW_SECONDS:
                told = True
                greeting.say(f"not ready after {_SLOW_SECONDS} s, still waiting: {answer}")
            time.sleep(0.2)

    def keep(self, check: Callable[[], None]) -> None:
        """Watch for ever; `check` raises to end it."""
        while True:
            check()
            self._programs()
            self._disk()
            time.sleep(1)

    def _ask(self) -> str:
        """The status of the ready page, with what it says when that is not 200."""
        connection = http.client.HTTPConnection(self._plan.local_host, self._plan.port, timeout=5)
        try:
            connection.request("GET", READY_PATH)
            answer = connection.getresponse()
            body = answer.read(500).decode("utf-8", errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return f"{READY_PATH}: {error}"
        finally:
            connection.close()
        return "200" if answer.status == 200 else f"{READY_PATH}: {answer.status} {body}"

    def _states(self) -> list[State]:
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            return self._supervisor.states()
        return []

    def _programs(self) -> None:
        for state in self._states():
            before = self._pids.get(state.name, state.pid)
            if state.state == "FATAL":
                log = self._plan.logs / f"{state.name}.log"
                greeting.say(f"{state.name} keeps ending, trying on; {log}:\n{tail(log, 5)}")
                with contextlib.suppress(OSError, xmlrpc.client.Error):
                    self._supervisor.start([state.name])
            elif state.state == "RUNNING" and state.pid != before:
                greeting.say(f"{state.name} had ended and runs again (pid {state.pid})")
            if state.state == "RUNNING":
                self._pids[state.name] = state.pid

    def _disk(self) -> None:
        try:
            free = shutil.disk_usage(self._plan.var).free
        except OSError:
            return
        short = free < checks.DISK_FLOOR
        if short and not self._short_of_disk:
            greeting.say(f"only {free // 1024**2} MB free where {self._plan.var} lies: make room")
        self._short_of_disk = short
