"""`make run`: private servers, migrations, demo district, then API, worker and beat, kept alive.

supervisord restarts what ends; this process starts it, tells a person what happens and stops it.
When this process is killed the kernel has supervisord stop everything, and what even that leaves
behind the next run ends before it starts.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping
from types import FrameType
from typing import NoReturn

from deploy import checks, greeting, processes, servers, supervision
from deploy.checks import RefusedError
from deploy.logs import tail
from deploy.plan import Plan, read, with_ports
from deploy.replicaset import ReplicaSetError, initiate
from deploy.watch import Watch

_ASKING = (OSError, xmlrpc.client.Error)


class StoppedError(Exception):
    """Somebody asked this run to end."""


def main() -> int:
    """Run until asked to stop. The exit code: 0 asked to stop, 1 refused or broken off."""
    if os.environ.get("MAKELEVEL"):
        processes.die_with_parent(signal.SIGTERM)  # a killed `make` must not leave us behind
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        plan = read(os.environ)
        with checks.only_run(plan.var):
            House(plan).live()
    except StoppedError:
        greeting.say("stopped")
        return 0
    except RefusedError as error:
        greeting.say(str(error), sys.stderr)
        return 1
    return 1


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise StoppedError


class House:
    """One run, from the checks to the last process gone."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._socket = supervision.socket_path(plan.var)
        self._supervisor = supervision.Supervisor(self._socket)
        self._process: subprocess.Popen[bytes] | None = None

    def live(self) -> None:
        """Start everything and watch it until StoppedError comes. Raises RefusedError."""
        try:
            self._prepare()
            self._start_servers()
            self._finish("migrations", "-m", "migrations")
            # Ready means seeded; where it was before, looking again need not hold up the start.
            seeded_before = (self._plan.var / greeting.ACCOUNTS).exists()
            if not seeded_before:
                self._seed()
            self._supervisor.start(("api", "worker", "beat"))
            if seeded_before:
                self._seed()
            watch = Watch(self._plan, self._supervisor)
            watch.until_ready(self._check_supervisor)
            greeting.welcome(self._plan)
            watch.keep(self._check_supervisor)
        finally:
            self._stop_all()

    def _prepare(self) -> None:
        var = self._plan.var
        if count := checks.end_leftovers(var):
            greeting.say(f"ended {count} processes that an earlier run left behind")
        checks.address(self._plan.host, self._plan.port)
        checks.disk(var, first=not (var / "mongo").exists())
        checks.data_folder(var / "mongo")
        try:
            for name in ("mongo", "valkey", "log", "prometheus"):
                (var / name).mkdir(mode=0o700, exist_ok=True)
            self._plan = with_ports(self._plan)
            self._config = supervision.write_config(self._plan, self._socket)
            self._socket.unlink(missing_ok=True)
        except servers.ServerNotFoundError as error:
            raise RefusedError(str(error)) from error
        except OSError as error:
            raise RefusedError(f"the folder VAR cannot be used: {error}") from error

    def _start_servers(self) -> None:
        greeting.say(f"starting; logs are in {self._plan.logs}")
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._config)]
        self._process = subprocess.Popen(
            processes.leashed(command, "TERM"),
            cwd=servers.ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            # Ctrl-C in the terminal is for this process only, which stops the others in order.
            start_new_session=True,
        )
        self._await_supervisor()
        if port := self._plan.private.get(servers.MONGOD.name):
            self._await_primary(port)
        port = self._plan.private.get(servers.VALKEY.name)
        if port and not servers.wait_for_port(port, 30):
            raise RefusedError(self._failure("valkey", "valkey does not listen"))

    def _await_supervisor(self) -> None:
        for _ in range(200):
            self._check_supervisor()
            with contextlib.suppress(*_ASKING):
                self._supervisor.states()
                return
            time.sleep(0.05)
        raise RefusedError(self._failure("supervisord", "supervisord does not answer"))

    def _await_primary(self, port: int) -> None:
        """The first start after a crash replays the journal, which may take a while."""
        for _ in range(40):
            try:
                return initiate(port, seconds=3)
            except ReplicaSetError as error:
                said = str(error)
            states = {each.name: each.state for each in self._supervisor.states()}
            if states["mongod"] in ("BACKOFF", "FATAL"):
                break
        raise RefusedError(self._failure("mongod", said))

    def _finish(self, name: str, *arguments: str) -> None:
        """Run a program of ours to its end. Raises RefusedError when it fails."""
        log = self._plan.logs / f"{name}.log"
        with log.open("wb") as out:
            done = subprocess.run(
                processes.leashed([sys.executable, *arguments], "TERM"),
                cwd=servers.ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise RefusedError(self._failure(name, f"{name} failed"))

    def _seed(self) -> None:
        if self._plan.seed:
            self._finish("seed", "-m", "deploy.seed")

    def _check_supervisor(self) -> None:
        if self._process and self._process.poll() is not None:
            raise RefusedError(self._failure("supervisord", "supervisord ended"))

    def _failure(self, name: str, what: str) -> str:
        log = self._plan.logs / f"{name}.log"
        return f"{what}; the end of {log}:\n{tail(log)}"

    def _environment(self) -> Mapping[str, str]:
        return self._plan.environment(os.environ)

    def _stop_all(self) -> None:
        """supervisord ends its programs last started first; what is left after that is killed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if self._process:
            greeting.say("stopping …")
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=150)
        checks.end_leftovers(self._plan.var)
        self._socket.unlink(missing_ok=True)
        if self._socket.parent != self._plan.var:
            with contextlib.suppress(OSError):
                self._socket.parent.rmdir()


if __name__ == "__main__":
    sys.exit(main())
