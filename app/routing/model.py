"""A trained model of categories. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class BrokenModel(Exception):
    """A file that is no model of ours, or not whole; the text says why."""


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` up to `end` of the text that spoke for `category`, with what weight."""

    start: int
    end: int
    weight: float
    category: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """Categories with probabilities, best first; `confidence` that the first is right."""

    ranked: tuple[tuple[str, float], ...]
    confidence: float
    words: tuple[Span, ...]


class Model:
    """A model that was loaded."""

    def judge(self, text: str) -> Judgement:
        """What it makes of a text."""
        raise NotImplementedError


def load(path: Path) -> Model:
    """Read a model. Raises BrokenModel."""
    raise BrokenModel(f"{path.name}: there is none")
