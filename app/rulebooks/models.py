"""The models that read texts: the pack's own, and those that were trained and published here.

A model is loaded when it is first asked for and kept. One that cannot be loaded leaves the one before in
its place, is tried again after a while, and is named by `failed` until then.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.foundation.errors import Unavailable
from app.gateways.store import Store
from app.routing.model import BrokenModel, Model, Span, load
from app.routing.opinion import Judge, Opinion
from app.routing.words import Mention
from app.rulebooks.documents import TrainedModel

logger = logging.getLogger(__name__)

PACKS_FILE = Path("model") / "routing.npz"
"""Where a pack keeps its own model."""
PACKS_OWN = 0
RETRY_SECONDS = 60.0
UNUSABLE = (BrokenModel, LookupError, Unavailable, OSError)
"""What `load_model` may raise."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A loaded model under the name that decisions give it."""

    version: str
    model: Model

    def opinion(self, text: str, *, shown: bool = True) -> Opinion:
        """What the model makes of a text; unless `shown`, without the words that speak for it."""
        made = self.model.judge(text, shown=shown)
        mentions = _mentions(text, made.words)
        return Opinion(
            self.version,
            made.ranked,
            round(made.confidence, 4),
            {made.ranked[0][0]: mentions} if made.ranked and mentions else {},
            urgency=made.urgency,
            urgent_words=_mentions(text, made.urgent_words),
            restriction=made.restriction,
            restricted_words=_mentions(text, made.restricted_words),
        )


def _mentions(text: str, spans: Iterable[Span]) -> tuple[Mention, ...]:
    return tuple(
        Mention(text[each.start : each.end], each.start, each.end, False) for each in spans
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """A model that cannot be used, and why."""

    number: int
    reason: str


@dataclass(slots=True)
class _Process:
    """What this process has loaded, and what it could not."""

    packs_file: Path | None = None
    store: Store | None = None
    number: int | None = None
    judge: Judge | None = None
    failures: dict[int, tuple[float, str]] = field(default_factory=dict)


_process = _Process()


def use(packs_file: Path, store: Store) -> None:
    """Where this process finds the pack's own model, and those in the store. Forgets what was loaded."""
    global _process
    _process = _Process(packs_file, store)


def version_name(number: int) -> str:
    """How a model is named on decisions."""
    return f"m{number}" if number else "pack"


def number_of(version: str) -> int:
    """The number of a model by its name on decisions."""
    return int(version.removeprefix("m")) if version != version_name(PACKS_OWN) else PACKS_OWN


def judge(number: int) -> Judge | None:
    """The model with this number; the one before where it cannot be loaded; None without any."""
    here = _process
    if here.number == number:
        return here.judge
    if number == PACKS_OWN and not has_packs_own():
        return None
    if _failed_lately(here, number):
        return here.judge
    try:
        made = load_model(number)
    except UNUSABLE as error:
        here.failures[number] = (time.monotonic(), str(error) or type(error).__name__)
        logger.exception("a routing model cannot be used: %s", version_name(number))
        if here.judge is None and number != PACKS_OWN:
            return judge(PACKS_OWN)
        return here.judge
    here.number, here.judge = number, Reader(version_name(number), made)
    here.failures.pop(number, None)
    return here.judge


def has_packs_own() -> bool:
    """Whether the pack has a model; without one the keywords read texts."""
    file = _process.packs_file
    return file is not None and file.exists()


def failed(number: int) -> Failure | None:
    """That this process could not load the model, and why."""
    found = _process.failures.get(number)
    return Failure(number, found[1]) if found else None


def load_model(number: int) -> Model:
    """Read and check a model. Raises BrokenModel, LookupError for an unknown one, Unavailable, OSError."""
    here = _process
    if here.packs_file is None or here.store is None:
        raise LookupError("this process was not told where models are")
    if number == PACKS_OWN:
        return load(here.packs_file)
    shown = {"key": 1, "sha256": 1}
    row: dict[str, Any] | None = TrainedModel.rows().find_one({"number": number}, shown)
    if row is None:
        raise LookupError(f"no model {number}")
    with here.store.local(row["key"]) as path:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != row["sha256"]:
            raise BrokenModel("the file is not the one that was trained")
        return load(path)


def _failed_lately(here: _Process, number: int) -> bool:
    found = here.failures.get(number)
    return found is not None and time.monotonic() - found[0] < RETRY_SECONDS
