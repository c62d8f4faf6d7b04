"""supervisord: its configuration for one run, and talking to it over its own socket."""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
import tempfile
import xmlrpc.client
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from supervisor.xmlrpc import SupervisorTransport

from deploy import servers
from deploy.plan import Plan
from deploy.processes import leashed

# sun_path holds 108 bytes; supervisord binds `<path>.<pid>` first and then links it.
_LONGEST_SOCKET = 96


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process. Those of lower priority start first and stop last.

    `leash` is the signal it gets when supervisord dies: databases close their files, the others
    must only be gone.
    """

    name: str
    command: list[str]
    priority: int
    leash: str = "KILL"
    autostart: bool = False
    stop_seconds: int = 20


def programs(plan: Plan) -> list[Program]:
    """What this run keeps alive, in starting order."""
    chosen = []
    if port := plan.private.get(servers.MONGOD.name):
        command = servers.mongod_command(servers.find(servers.MONGOD), port, plan.var / "mongo")
        chosen.append(Program("mongod", command, 10, "TERM", autostart=True, stop_seconds=60))
    if port := plan.private.get(servers.VALKEY.name):
        command = servers.valkey_command(servers.find(servers.VALKEY), port, plan.var / "valkey")
        chosen.append(Program("valkey", command, 20, "TERM", autostart=True, stop_seconds=30))
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "tasks.queue"]
    gunicorn = [python, "-m", "gunicorn", "-c", "python:deploy.gunicorn_conf", "wsgi:app"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    pool = ["--pool", "prefork", "--concurrency", "2", "--include", "deploy.pool_leash"]
    return [
        *chosen,
        Program("api", gunicorn, 30, stop_seconds=25),
        Program("worker", [*celery, "worker", *pool, *quiet], 40),
        # The schedule is kept in memory: every sweep is due again after a start anyway, and there
        # is no file to find broken.
        Program("beat", [*celery, "beat", "--scheduler", "celery.beat:Scheduler"], 50),
    ]


def socket_path(var: Path) -> Path:
    """Where supervisord listens: in VAR, or in a short folder when that path is too long."""
    path = var / "supervisor.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"steward-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        folder = Path(tempfile.mkdtemp(prefix="steward-"))
    return folder / "s.sock"


def write_config(plan: Plan, socket: Path) -> Path:
    """Write supervisord.conf for this run and return where it is."""
    text = [
        "[supervisord]",
        "nodaemon = true",
        "silent = true",
        f"logfile = {_escaped(plan.logs / 'supervisord.log')}",
        "logfile_maxbytes = 5MB",
        "logfile_backups = 1",
        f"pidfile = {_escaped(plan.var / 'supervisord.pid')}",
        f"childlogdir = {_escaped(plan.logs)}",
        "minprocs = 64",
        *(["user = root"] if os.getuid() == 0 else []),
        "[unix_http_server]",
        f"file = {_escaped(socket)}",
        "chmod = 0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for program in programs(plan):
        text += _section(plan, program)
    path = plan.var / "supervisord.conf"
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def _section(plan: Plan, program: Program) -> list[str]:
    """After five tries with growing waits supervisord gives up a program; `deploy.run` then begins
    anew, so that the waits stay short however long the trouble lasts."""
    return [
        f"[program:{program.name}]",
        f"command = {_escaped(shlex.join(leashed(program.command, program.leash)))}",
        f"directory = {_escaped(servers.ROOT)}",
        f"priority = {program.priority}",
        f"autostart = {str(program.autostart).lower()}",
        "autorestart = true",
        "startsecs = 2",
        "startretries = 5",
        f"stopwaitsecs = {program.stop_seconds}",
        "killasgroup = true",
        "redirect_stderr = true",
        f"stdout_logfile = {_escaped(plan.logs / f'{program.name}.log')}",
        "stdout_logfile_maxbytes = 10MB",
        "stdout_logfile_backups = 2",
    ]


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


@dataclass(frozen=True, slots=True)
class State:
    """What supervisord says of one program; `pid` is 0 when it does not run."""

    name: str
    state: str
    pid: int


class Supervisor:
    """The running supervisord. Methods raise OSError or xmlrpc.client.Error without an answer."""

    def __init__(self, socket: Path) -> None:
        self._url = f"unix://{socket}"

    def states(self) -> list[State]:
        """Every program's state, in supervisord's words: STARTING, RUNNING, BACKOFF, FATAL, …"""
        answer = self._call("getAllProcessInfo")
        assert isinstance(answer, list)  # noqa: S101 - its documented shape
        return [State(each["name"], each["statename"], each["pid"]) for each in answer]

    def start(self, names: Iterable[str]) -> None:
        """Start the programs without waiting for them."""
        for name in names:
            self._call("startProcess", name, False)

    def _call(self, method: str, *arguments: object) -> object:
        transport = SupervisorTransport(None, None, self._url)
        try:
            proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
            return getattr(proxy.supervisor, method)(*arguments)
        finally:
            transport.close()
