"""What one run will be: its folders, address and private servers, and what its programs see."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError

from config.settings import Settings, SettingsError, load
from deploy import ports, servers
from deploy.checks import RefusedError
from deploy.processes import MARK


@dataclass(frozen=True, slots=True)
class Plan:
    """Read once from the environment; `private` maps each server we start ourselves to its port."""

    settings: Settings
    host: str
    port: int
    seed: bool
    private: dict[str, int]

    @property
    def var(self) -> Path:
        """The folder that holds everything this run keeps."""
        return self.settings.var

    @property
    def logs(self) -> Path:
        """One log file for each program."""
        return self.var / "log"

    @property
    def mongodb_uri(self) -> str:
        """The private server's URL, else the one given."""
        port = self.private.get(servers.MONGOD.name)
        return servers.mongodb_uri(port) if port else self.settings.mongodb_uri

    @property
    def redis_url(self) -> str:
        """The private server's URL, else the one given."""
        port = self.private.get(servers.VALKEY.name)
        return servers.redis_url(port) if port else self.settings.redis_url

    @property
    def local_host(self) -> str:
        """The address at which this machine reaches the API."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared

    def environment(self, outside: Mapping[str, str]) -> dict[str, str]:
        """The environment of every program of this run: the outside one with what was resolved."""
        return {
            **outside,
            "VAR": str(self.var),
            "MONGODB_URI": self.mongodb_uri,
            "REDIS_URL": self.redis_url,
            "STORE_URL": self.settings.store_url,
            "HOST": self.host,
            "PORT": str(self.port),
            "PROMETHEUS_MULTIPROC_DIR": str(self.var / "prometheus"),
            "PYTHONUNBUFFERED": "1",
            MARK: str(self.var),
        }


def read(outside: Mapping[str, str]) -> Plan:
    """The plan without ports for private servers: they are picked by `with_ports` under the lock.

    Raises RefusedError when the environment cannot be used.
    """
    # An empty variable means the same as none; config.settings would take it literally.
    for name in ("VAR", "MONGODB_URI", "REDIS_URL", "STORE_URL", "SECRET_KEY"):
        if outside.get(name) == "":
            os.environ.pop(name, None)
    try:
        settings = load(Env())
        # supervisord's configuration gives these a meaning that quoting does not take away.
        if set(str(settings.var)) & set("%;#\n"):
            raise RefusedError(f"VAR must not contain any of % ; #: {settings.var}")
        port = int(outside.get("PORT") or 8000)
        if not 0 < port < 65536:
            raise RefusedError("PORT must lie between 1 and 65535")
    except (SettingsError, EnvError) as error:
        raise RefusedError(str(error)) from error
    except ValueError as error:
        raise RefusedError(f"PORT is not a number: {outside.get('PORT')}") from error
    except OSError as error:
        raise RefusedError(f"the folder VAR cannot be used: {error}") from error
    kinds = (servers.MONGOD, servers.VALKEY)
    return Plan(
        settings=settings,
        host=outside.get("HOST") or "127.0.0.1",
        port=port,
        seed=outside.get("SEED", "1") != "0",
        private={kind.name: 0 for kind in kinds if not outside.get(kind.variable)},
    )


def with_ports(plan: Plan) -> Plan:
    """The plan with a free port for each private server, those of last time where they are free."""
    chosen = ports.keep(plan.var / "ports.json", plan.private)
    return Plan(plan.settings, plan.host, plan.port, plan.seed, chosen)
