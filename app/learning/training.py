"""Training a model on the shipped texts and on what people's corrections say, once a week.

The newest labels judge the new model and the one in use; then a person decides which is used. Each duty
owes the next week's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.foundation.reasons import Reason
from app.gateways.store import Store, keys
from app.learning import child, collecting
from app.learning.child import Limits, TrainingFailed
from app.learning.judging import Split, by_time, counted, judged
from app.learning.labels import Label
from app.routing.guess import guess
from app.routing.model import BrokenModel, load
from app.routing.opinion import KEYWORDS, Opinion
from app.rulebooks import models, registry
from app.rulebooks.documents import PROPOSED, TrainedModel
from app.rulebooks.models import Reader, version_name

log = structlog.get_logger(__name__)

KIND = "routing.train"
MODEL_PROPOSED, NOT_TRAINED = "routing.model_proposed", "routing.not_trained"
FAILED = "learning.failed"
WEEK = timedelta(days=7)
SHARE = 0.2
"""Of the labels: so many of the newest judge."""
MOST_BYTES = 60 * 2**20
NEW = "new"

Learn = Callable[[Path, Path, Limits], None]
"""Write a model of the labels in a file to another one. Raises TrainingFailed."""


@dataclass(frozen=True, slots=True)
class Made:
    """A model file that was trained, and what was measured."""

    data: bytes = field(repr=False)
    report: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """Hex digest of the file."""
        return hashlib.sha256(self.data).hexdigest()


def learn_from(district: Path, program: str = child.PROGRAM) -> Learn:
    """The training on the texts of a district pack beside the labels, by a child process."""
    return lambda labels, out, limits: child.train(district, labels, out, limits, program)


def begin(now: datetime) -> None:
    """See to it that a next training is due. Does nothing where it is already."""
    if not duties.rows().find_one({"kind": KIND, "state": "due"}):
        _add(_next(now), now)


def train(duty: Duty, store: Store, learn: Learn, limits: Limits, now: datetime) -> None:
    """Propose a new model, or say in the history why there is none; and owe the next training."""
    lease = timedelta(seconds=2 * limits.seconds)
    transaction(lambda: duties.renew(duty, now=now, lease=lease))
    end(duty, attempt(store, learn, limits), now)


def end(duty: Duty, outcome: Made | Reason, now: datetime) -> None:
    """Keep what came out of a training; all of it or nothing."""
    day = date.fromisoformat(duty.payload["day"])

    def work() -> None:
        if isinstance(outcome, Made):
            propose(outcome, now)
        else:
            row = _say(NOT_TRAINED, outcome, {}, now)
            if outcome.code == FAILED:
                _announce(NOT_TRAINED, row, now)
        _add(max(_next(now), day + WEEK), now)
        duties.finish(duty, now)

    transaction(work)


def attempt(store: Store, learn: Learn, limits: Limits, least: int | None = None) -> Made | Reason:
    """A new model, its file in the store; or why there is none. Writes nothing to the database.

    `least`: how many new labels it takes, where not the district's.
    """
    found = collecting.usable(collecting.labels())
    last = TrainedModel.rows().find_one({}, {"trained_at": 1}, sort=[("number", -1)])
    new = [each for each in found if last is None or each.at > last["trained_at"]]
    needed = least or pack().learning.least_labels
    if len(new) < needed:
        return Reason("learning.too_few_labels", {"count": len(new), "least": needed})
    try:
        made = make(found, learn, limits)
    except TrainingFailed as error:
        log.warning("model_not_trained", error=str(error))
        return Reason(FAILED, {"error": str(error)})
    if TrainedModel.rows().find_one({"sha256": made.sha256}, {"_id": 1}):
        return Reason("learning.nothing_new")
    store.put(keys.model(made.sha256), made.data)
    return made


def make(labels: Sequence[Label], learn: Learn, limits: Limits) -> Made:
    """Train on the older labels and judge by the newest. Raises TrainingFailed."""
    split = by_time(labels, SHARE)
    with TemporaryDirectory(prefix="steward-training-") as folder:
        taught, out = Path(folder) / "labels.jsonl", Path(folder) / "model.npz"
        collecting.export(split.older, taught)
        learn(taught, out, limits)
        try:
            new = Reader(NEW, load(out))
        except BrokenModel as error:
            raise TrainingFailed(f"its file is no model: {error}") from error
        if out.stat().st_size > MOST_BYTES:
            raise TrainingFailed(f"its file has more than {MOST_BYTES} bytes")
        return Made(out.read_bytes(), _report(new, split))


def propose(made: Made, now: datetime) -> int:
    """Put a model that is in the store before the admins, and give its number.

    Joins the surrounding transaction.
    """
    newest = TrainedModel.rows().find_one({}, {"number": 1}, sort=[("number", -1)])
    number = (newest["number"] if newest else 0) + 1
    TrainedModel.insert_row(
        number=number,
        state=PROPOSED,
        key=keys.model(made.sha256),
        sha256=made.sha256,
        size=len(made.data),
        report=dict(made.report),
        trained_at=now,
    )
    new, old = made.report["new"], made.report["old"]
    told = {
        "model": version_name(number),
        "old_model": made.report["old_model"],
        "new_top1": new["top1"] or 0.0,
        "old_top1": old["top1"] or 0.0,
        "count": new["n"],
    }
    row = _say(MODEL_PROPOSED, Reason("learning.proposed", told), {"model": number}, now)
    _announce(MODEL_PROPOSED, row, now)
    return number


def _report(new: Reader, split: Split) -> dict[str, Any]:
    """What is kept of a training: how much it learnt from, and how both do on the newest labels."""
    terms = pack().routing.thresholds
    name, old, seen_until = _in_use()
    limit = terms.keywords if name == KEYWORDS else terms.place
    header = new.model.header
    return {
        "n_texts": header.get("texts", 0),
        "n_labels": len(split.older),
        "sources": counted(split.older),
        "judged_from": split.newer[0].at,
        "judged_to": split.newer[-1].at,
        "new": judged(new.opinion, split.newer, terms.place).as_dict(),
        "old": judged(old, split.newer, limit).as_dict(),
        "old_model": name,
        # Of these the one in use may have learnt: it does better on them than it can.
        "old_may_know": sum(seen_until is not None and e.at <= seen_until for e in split.newer),
        "by_voice": _by_voice(header.get("metrics", {})),
    }


def _by_voice(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What training itself measured on voices that it kept from the model."""
    voices = metrics.get("held_out_by_voice") or metrics.get("voices", {})
    return [
        {"voice": voice, "n": each["texts"], "top1": each["top1"], "top3": each["top3"]}
        for voice, each in voices.items()
    ]


def _in_use() -> tuple[str, Callable[[str], Opinion], datetime | None]:
    """Who reads texts now: its name, its opinion, and until when labels may have taught it."""
    guide = registry.current()
    judge = guide.judge
    if judge is None:
        return KEYWORDS, lambda text: guess(text, guide.rulebook), None
    number = models.number_of(judge.version)
    row = TrainedModel.rows().find_one({"number": number}, {"trained_at": 1})
    return judge.version, judge.opinion, row["trained_at"] if row else None


def _say(action: str, why: Reason, data: Mapping[str, Any], now: datetime) -> ObjectId:
    system = history.SYSTEM
    return history.append(
        "routing", registry.THING, action, by=system, now=now, reasons=[why], data=data
    )


def _announce(event: str, row: ObjectId, now: datetime) -> None:
    payload = {"event": event, "row": row}
    key = f"notices.deliver:{row}"
    duties.add("notices.deliver", registry.THING, now=now, key=key, payload=payload)


def _next(now: datetime) -> date:
    """The first day whose training is still to come."""
    today, weekday = local(now).date(), pack().learning.weekday
    day = today + timedelta(days=(weekday - today.weekday()) % 7)
    return day if _moment(day) > now else day + WEEK


def _moment(day: date) -> datetime:
    return datetime.combine(day, pack().learning.at, pack().zone)


def _add(day: date, now: datetime) -> None:
    name = day.isoformat()
    key, payload = f"{KIND}:{name}", {"day": name}
    duties.add(KIND, registry.THING, now=now, due_at=_moment(day), key=key, payload=payload)
