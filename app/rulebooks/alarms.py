"""What is wrong with the rules or the model in use is told to the admins, once for each version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import local
from app.foundation.duties import Duty
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.routing.rules import BrokenRule
from app.rulebooks import models, registry
from app.rulebooks.models import version_name

RULE_BROKEN, MODEL_BROKEN = "routing.rule_broken", "routing.model_broken"


def of_rules(broken: Iterable[BrokenRule], version: str, now: datetime) -> None:
    """Owe the admins word of rules that cannot be evaluated. Joins the surrounding transaction."""
    for each in broken:
        _owe(RULE_BROKEN, {"version": version, "why": each.why.as_dict()}, now)


def of_model(now: datetime) -> None:
    """Owe the admins word of the published model, when this process could not load it."""
    failure = models.failed(registry.state()["model"])
    if failure is not None:
        version = version_name(failure.number)
        why = Reason("routing.model_unusable", {"model": version, "error": failure.reason})
        # A file that was put back and breaks again is told again, on another day.
        day = str(local(now).date())
        _owe(MODEL_BROKEN, {"version": version, "why": why.as_dict(), "day": day}, now)


def tell(duty: Duty, now: datetime) -> None:
    """Have the admins told."""

    def work() -> None:
        payload = duty.payload
        row = history.append(
            "routing",
            duty.subject,
            payload["event"],
            by=history.SYSTEM,
            now=now,
            reasons=[Reason(**payload["why"])],
            data={"version": payload["version"]},
        )
        duties.add(
            "notices.deliver",
            duty.subject,
            now=now,
            key=f"notices.deliver:{row}",
            payload={"event": payload["event"], "row": row},
        )
        duties.finish(duty, now)

    transaction(work)


def _owe(event: str, told: dict[str, Any], now: datetime) -> None:
    """Once for all that is said of it."""
    key = f"routing.alarm:{event}:{fingerprint(told)}"
    duties.add("routing.alarm", registry.THING, now=now, key=key, payload={"event": event, **told})
