"""The health of routing as its schema dumps it: names beside codes and ids, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from bson import ObjectId

from app.api import views
from app.api.errors import language
from app.departments import registry
from app.foundation.district import pack
from app.foundation.messages import say
from app.learning.counting import Health, Load, Rate, Told, share, worst
from app.learning.health import Report
from app.learning.masking import masked

Names = Mapping[ObjectId, str]


def health_of(report: Report) -> dict[str, Any]:
    """A report of the health of routing."""
    found = report.health
    names = registry.names(_departments(found))
    return {
        "start": report.start,
        "end": report.end,
        "rulebook": report.rulebook,
        "model": report.model,
        "issues": found.issues,
        "restricted": found.restricted,
        "total": _rate(found.total),
        **_rates(found, names),
        "returns": [
            {"reason_code": code, "name": _reason(code), **asdict(each)}
            for code, each in sorted(found.returns.items(), key=lambda pair: -pair[1].count)
        ],
        "transfers": _transfers(found, names),
        "desk": _load(found.load),
        "overruled": _overruled(found),
        "rules": _rules(report),
        "words": [{"word": masked(word), **_told(told)} for word, told in found.misleading_words()],
    }


def category_name(code: str | None) -> str | None:
    """The name of a category, or its code where it has none any more."""
    known = {each.code: each.name for each in pack().categories}
    return known.get(code, code) if code is not None else None


def _departments(found: Health) -> Iterable[ObjectId]:
    passed = (each for pair in found.transfers for each in pair if each is not None)
    return {*found.by_department, *passed}


def _rates(found: Health, names: Names) -> dict[str, Any]:
    return {
        "by_category": [
            {"category": code, "name": category_name(code) or "", **_rate(rate)}
            for code, rate in sorted(found.by_category.items(), key=lambda pair: str(pair[0]))
        ],
        "by_department": [
            {"department_id": key, "department": names.get(key, ""), **_rate(rate)}
            for key, rate in sorted(
                found.by_department.items(), key=lambda pair: names.get(pair[0], "")
            )
        ],
        "by_version": [
            {"rulebook": rulebook, "model": model, **_rate(rate)}
            for (rulebook, model), rate in sorted(found.by_version.items())
        ],
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {**asdict(rate), "rate": rate.share}


def _reason(code: str) -> str:
    known = {each.code: each.name for each in pack().returns}
    return known.get(code) or say(f"learning.return.{code or 'unknown'}", language())


def _transfers(found: Health, names: Names) -> list[dict[str, Any]]:
    return [
        {
            "from_id": one,
            "from_name": names.get(one, ""),
            "to_id": other,
            "to_name": names.get(other, "") if other else "",
            "count": number,
        }
        for (one, other), number in found.transfers.most_common()
    ]


def _load(load: Load) -> dict[str, Any]:
    return {
        "issues": load.issues,
        "needed": load.needed,
        "share": share(load.needed, load.issues),
        "waiting": load.waiting,
        "settled": len(load.minutes),
        "median_minutes": load.median_minutes,
    }


def _overruled(found: Health) -> list[dict[str, Any]]:
    return [
        {
            "chosen": chosen,
            "chosen_name": category_name(chosen),
            "taken": taken,
            "taken_name": category_name(taken),
            **asdict(each),
        }
        for (chosen, taken), each in sorted(
            found.overruled.items(), key=lambda pair: (-pair[1].count, pair[0])
        )
    ]


def _rules(report: Report) -> dict[str, Any]:
    return {
        "never": list(report.never),
        "broken": [
            {"rule": each.name, "why": views.reasons([each.why])[0]} for each in report.broken
        ],
        "fitted": [
            {"rule": name, **_told(told)} for name, told in worst([*report.health.rules.items()])
        ],
    }


def _told(told: Told) -> dict[str, Any]:
    return {**asdict(told), "share": told.share}
