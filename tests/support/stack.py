"""The whole house as `make run` starts it, under its own supervisor, for tests that kill parts of it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient
from pymongo.database import Database
from redis import Redis

from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.foundation.documents import Document
from app.people import login
from app.people.documents import Grant, Person
from deploy import ports, processes, servers
from deploy.supervision import Supervisor, socket_path
from tests.support.factories import PASSWORD, SITE, credit_code

LEASE_SECONDS = 8
SWEEP_SECONDS = 2
# What a busy machine of two cores may need on top to start a process again.
SLACK_SECONDS = 8
TOLD_BYTES = 8000
_START_SECONDS = 60.0
_HASH = login.hash_password(PASSWORD)


class StackError(AssertionError):
    """It did not come up, or not come back, in time."""


@dataclass(frozen=True, slots=True)
class Group:
    """A supervised process and its children: the supervisor makes each a group of its own."""

    leader: int

    def suspend(self) -> None:
        """Stop all of it where it is."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL all of it at once; nothing here starts it again, the supervisor does."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.leader:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.leader, number)


@dataclass(frozen=True, slots=True)
class Stack:
    """The running house. `pid` and `kill` take the supervisor's names: mongod, valkey, api, worker, beat."""

    url: str
    var: Path
    db: Database[dict[str, Any]]
    redis: Redis
    _supervisor: Supervisor = field(repr=False)

    def pid(self, name: str) -> int:
        """The process that the supervisor runs under this name now; 0 when it runs none."""
        return next(each.pid for each in self._supervisor.states() if each.name == name)

    def group(self, name: str) -> Group:
        """The process with all its children, as it runs now."""
        return Group(self.pid(name))

    def kill(self, *names: str) -> None:
        """SIGKILL them and their children."""
        for group in [self.group(name) for name in names]:
            group.kill()

    def ready(self) -> bool:
        """Whether the house says of itself that everything is there."""
        try:
            return httpx.get(f"{self.url}/healthz/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def settle(self, seconds: float) -> None:
        """Wait until no duty is due. Raises StackError after `seconds`, with those that are."""

        def behind() -> dict[str, Any]:
            return {"state": {"$ne": "done"}, "due_at": {"$lte": clock.now()}}

        try:
            until(lambda: self.db.duties.find_one(behind()) is None, seconds)
        except StackError as error:
            left = list(self.db.duties.find(behind()))
            raise StackError(f"{len(left)} duties not done: {left[:3]}") from error

    def add(self, document: Document) -> Any:
        """Store a document in this house, not in the one that tests share; its id."""
        document.validate()
        row = document.to_mongo()
        return self.db[document.rows().name].insert_one(row).inserted_id

    def person(self, role: str, department: str | None = None, **where: Any) -> Any:
        """Somebody with one role; the account is the role's name. The id."""
        if department:
            where["department"] = self.db.departments.find_one({"code": department})["_id"]
        grant = Grant(role=role, **where)
        made = {"name": role, "grants": [grant], "created_at": clock.now()}
        return self.add(Person(account=role, password_hash=_HASH, **made))

    def enterprise(self, unit: str = "321204002") -> Any:
        """An enterprise; its id."""
        named = {"credit_code": credit_code(1), "name": "测试企业", "unit": unit, "site": SITE}
        return self.add(Enterprise(**named, synthetic=True, created_at=clock.now()))

    def log_in(self, account: str) -> httpx.Client:
        """A client that keeps its connections and carries the account's token."""
        answer = httpx.post(
            f"{self.url}/api/v1/auth/password",
            json={"account": account, "password": PASSWORD},
            timeout=30,
        )
        token = answer.raise_for_status().json()["access_token"]
        return httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(30, connect=5),
        )


def until(true: Callable[[], bool], seconds: float, pause: float = 0.1) -> float:
    """Wait until `true()` holds and say how many seconds that took. Raises StackError after `seconds`."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            raise StackError(f"not so after {seconds:.0f} s")
        time.sleep(pause)
    return time.monotonic() - begun


@contextmanager
def running(inside: Path, **settings: str) -> Iterator[Stack]:
    """`deploy.run` on free ports with an empty district, its files in a new folder of `inside`.

    It has servers of its own, a short lease and short sweeps. Gone without a trace afterwards: killed
    when the block ends, told to stop by the kernel when this process dies.
    """
    with tempfile.TemporaryDirectory(prefix="stack-", dir=inside) as folder:
        var, port = Path(folder), ports.pick()
        with (var / "run.log").open("wb") as log:
            run = subprocess.Popen(
                processes.leashed([sys.executable, "-m", "deploy.run"], "TERM"),
                cwd=servers.ROOT,
                env=_environment(var, port, settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _await(run, url, var)
            with _connected(url, var) as stack:
                yield stack
        except BaseException:
            _tell(var)
            raise
        finally:
            _end(run, var)


def _environment(var: Path, port: int, settings: dict[str, str]) -> dict[str, str]:
    outside = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MONGODB_URI", "REDIS_URL", "STORE_URL", "MAKELEVEL", "HOST")
    }
    return {
        **outside,
        "VAR": str(var),
        "PORT": str(port),
        "SEED": "0",
        "LEASE_SECONDS": str(LEASE_SECONDS),
        "SWEEP_SECONDS": str(SWEEP_SECONDS),
        **settings,
    }


def _await(run: subprocess.Popen[bytes], url: str, var: Path) -> None:
    def answers() -> bool:
        if run.poll() is not None:
            raise StackError((var / "run.log").read_text("utf-8", "replace"))
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{url}/healthz/ready", timeout=5).status_code == 200
        return False

    until(answers, _START_SECONDS)


@contextmanager
def _connected(url: str, var: Path) -> Iterator[Stack]:
    port = json.loads((var / "ports.json").read_text("ascii"))
    mongo: MongoClient[dict[str, Any]]
    mongo = MongoClient(servers.mongodb_uri(port[servers.MONGOD.name]), tz_aware=True)
    with mongo, Redis.from_url(servers.redis_url(port[servers.VALKEY.name])) as redis:
        yield Stack(url, var, mongo.get_default_database(), redis, Supervisor(socket_path(var)))


def _tell(var: Path) -> None:
    """What each program said last, for whoever reads why a test failed."""
    for log in sorted((var / "log").glob("*.log")):
        if log.name != "mongod.log":
            said = log.read_bytes()[-TOLD_BYTES:].decode("utf-8", "replace")
            sys.stdout.write(f"--- {log.name}\n{said}\n")


def _end(run: subprocess.Popen[bytes], var: Path) -> None:
    """The supervisor's keeper first, so that nothing is started again."""
    run.kill()
    run.wait()
    while left := processes.marked(var):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
