"""Is it alive, is it ready, and the numbers for monitoring."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client import REGISTRY as IN_PROCESS
from prometheus_client.multiprocess import MultiProcessCollector
from redis import Redis

from app.api import auth
from app.foundation import clock, db, duties, heartbeats
from app.photos import integrity

blueprint = Blueprint("health", __name__)

Check = Callable[[], None]


class NotReady(Exception):
    """Something the service needs is not as it should be."""


def _database() -> None:
    db.database().command("ping")


def _broker() -> None:
    redis: Redis = current_app.extensions["redis"]
    redis.ping()


def _store() -> None:
    current_app.extensions["store"].check()


def _workers() -> None:
    """A worker must have run the sweep lately: that shows beat, broker and worker all at once."""
    limits = auth.settings()
    seen = heartbeats.last("worker")
    allowed = timedelta(seconds=2 * limits.sweep_seconds + limits.lease_seconds)
    if seen is None or clock.now() - seen > allowed:
        raise NotReady("no worker has run a sweep lately")


CHECKS: dict[str, Check] = {
    "database": _database,
    "broker": _broker,
    "object_store": _store,
    "workers": _workers,
}


@blueprint.get("/healthz/live")
def live() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/healthz/ready")
def ready() -> tuple[Response, int]:
    """Everything it needs is there: 200; else 503, naming what is not."""
    found = [_look(name, check) for name, check in CHECKS.items()]
    fine = all(each["ok"] for each in found)
    return jsonify(status="ok" if fine else "not ready", checks=found), 200 if fine else 503


def _look(name: str, check: Check) -> dict[str, Any]:
    try:
        check()
    except Exception as error:
        return {"name": name, "ok": False, "detail": f"{type(error).__name__}: {error}"[:200]}
    return {"name": name, "ok": True, "detail": ""}


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text, of all processes where they share a folder."""
    registry = IN_PROCESS
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    text = b"".join(map(generate_latest, (registry, _backlog(), _evidence())))
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _backlog() -> CollectorRegistry:
    """What waits in the database, counted now: the same whichever process answers."""
    limits = auth.settings()
    late = timedelta(seconds=limits.lease_seconds + 2 * limits.sweep_seconds)
    registry = CollectorRegistry()
    gauge = Gauge("steward_duties", "Duties waiting, late, failed", ["state"], registry=registry)
    for state, count in duties.backlog(clock.now(), late).items():
        gauge.labels(state).set(count)
    return registry


def _evidence() -> CollectorRegistry:
    """What the last full round of checks found to differ, and whether sealing keeps up."""
    now, days = clock.now(), auth.settings().evidence_check_days
    registry = CollectorRegistry()
    differing = "Differences between evidence and its seal"
    Gauge("steward_evidence_differences", differing, registry=registry).set(
        integrity.standing(now, days)
    )
    behind = "Days that should be sealed and are not"
    Gauge("steward_evidence_days_behind", behind, registry=registry).set(integrity.days_behind(now))
    return registry
