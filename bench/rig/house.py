"""The house a bench measures: servers of its own, the API under the shipped gunicorn settings, workers.

Everything lies on the disk where `make run` keeps its data, and goes when the bench ends.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import clock, db, district
from app.people import login
from app.people.documents import Grant, Person
from config import settings
from config.logging import configure
from deploy import ports, servers
from deploy.processes import leashed
from deploy.throwaway import throwaway
from migrations.run import migrate

PASSWORD = "a password for benches only"
_START_SECONDS = 30
_WORKER = "celery -A tasks.queue worker --without-gossip --without-mingle --without-heartbeat"


@dataclass(frozen=True, slots=True)
class House:
    """Empty but for the district. `environment` is what every program of it gets."""

    folder: Path
    environment: dict[str, str]
    stack: ExitStack

    def serve(self, application: str, **extra: str) -> int:
        """Serve a WSGI application with gunicorn as in production; gives its port once it answers.

        Raises RuntimeError with the end of its log when it does not.
        """
        port = ports.pick()
        command = ["gunicorn", "-c", "python:deploy.gunicorn_conf", application]
        name = application.partition(":")[0]
        self.start(command, name, PORT=str(port), **extra)
        try:
            servers.wait_for_port(port, _START_SECONDS)
            _request(port, "GET", "/")
        except OSError as error:
            log = self._log(name).read_text("utf-8", "replace")
            raise RuntimeError(f"{application} does not answer: {log[-2000:]}") from error
        return port

    def work(self) -> None:
        """Start one Celery worker with two processes."""
        self.start([*_WORKER.split(), "--concurrency", "2"], "worker")

    def start(self, command: Sequence[str], name: str, **extra: str) -> subprocess.Popen[bytes]:
        """Start a module's program; it ends with the house, and with this process."""
        with self._log(name).open("ab") as log:
            process = subprocess.Popen(
                leashed([sys.executable, "-m", *command], "TERM"),
                cwd=servers.ROOT,
                env={**self.environment, **extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.stack.callback(_stop, process)
        return process

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


@contextmanager
def house(**extra: str) -> Iterator[House]:
    """A house for this block; `extra` are settings that differ from the shipped ones.

    This process is connected to its database too.
    """
    before = dict(os.environ)
    var = servers.ROOT / Path(os.environ.get("VAR") or "var") / "bench"
    var.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.callback(_restore, before)
        stack.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        # A /tmp in memory would make every write look free.
        os.environ["TMPDIR"] = tempfile.tempdir = str(var)
        running = stack.enter_context(throwaway("steward_bench"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="house-")))
        os.environ.update(
            MONGODB_URI=running.mongodb_uri,
            REDIS_URL=running.redis_url,
            VAR=str(folder),
            STORE_URL=(folder / "uploads").as_uri(),
            SECRET_KEY="a key for benches only, long enough for HS256",
            PROMETHEUS_MULTIPROC_DIR=str(folder / "prometheus"),
            ACCESS_TOKEN_SECONDS="86400",
            LOGIN_ATTEMPTS="1000/minute",
            **extra,
        )
        current = settings.load()
        configure("console", "WARNING")
        db.connect(current.mongodb_uri)
        stack.callback(db.disconnect)
        migrate(district.use(current.district_dir))
        yield House(folder, dict(os.environ), stack)


def commissioners(port: int, count: int) -> list[str]:
    """Access tokens of this many commissioners, logged in over HTTP."""
    return [token for _, token in people(port, [Grant(role="commissioner")] * count)]


def people(port: int, grants: Sequence[Grant], named: str = "bench") -> list[tuple[ObjectId, str]]:
    """Somebody for each grant, logged in over HTTP: ids and access tokens."""
    password = login.hash_password(PASSWORD)
    return [_person(port, f"{named}{n}", password, grant) for n, grant in enumerate(grants)]


def enterprise() -> str:
    """The id of an enterprise that now exists."""
    made = Enterprise(
        credit_code="91321204MA0000010L",
        name="泰州市姜堰区量测机械有限公司",
        unit=district.pack().units[0].code,
        site={"type": "Point", "coordinates": [120.15, 32.51]},
        synthetic=True,
        created_at=clock.now(),
    )
    return str(made.insert().id)


def _person(port: int, account: str, password_hash: str, grant: Grant) -> tuple[ObjectId, str]:
    made = Person(
        account=account,
        password_hash=password_hash,
        name=f"人员{account}",
        grants=[grant],
        created_at=clock.now(),
    ).insert()
    told = post(port, "/api/v1/auth/password", {"account": account, "password": PASSWORD})
    return made.id, str(told["access_token"])


def post(port: int, path: str, body: Any, token: str = "") -> dict[str, Any]:
    """Post JSON and give the answer's body. Raises RuntimeError unless it is a success."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    status, content = _request(port, "POST", path, json.dumps(body), headers)
    if status not in (200, 201):
        raise RuntimeError(f"{path}: {status} {content.decode(errors='replace')}")
    return json.loads(content)  # type: ignore[no-any-return]


def _request(
    port: int, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_SECONDS)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _restore(before: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)
