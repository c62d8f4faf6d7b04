"""The texts to learn from: written ones, the words of the thesaurus, real corrections."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.routing.features import Lexicon, bare

LEARNED = ("seed.jsonl", "examples.jsonl", "written_*.jsonl", "held_back_*.jsonl")
RESTRICTED = "restricted.jsonl"
HELD_OUT, ALL_HELD_OUT = "heldout.jsonl", "heldout*.jsonl"
CONCEPTS = "concepts.yaml"
WORD_COUNTS = 0.2  # a word of the thesaurus teaches less than a text
SOUNDS = Path(__file__).with_name("syllables.txt")


@dataclass(frozen=True, slots=True)
class Row:
    """A text, what it is about, and whether it is urgent or restricted (None: nobody said).

    `voice` is None where it is not one that can be held out. With a `weight` of 0 it teaches nothing about
    the category.
    """

    text: str
    category: str
    voice: str | None = None
    weight: float = 1.0
    urgent: bool | None = None
    restricted: bool | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """All that a training run learns from. `version` is that of the files it was read from."""

    rows: tuple[Row, ...]
    words: tuple[Row, ...]
    held_out: tuple[Row, ...]
    labels: tuple[Row, ...]
    restricted: tuple[Row, ...]
    lexicon: Lexicon
    version: str

    @property
    def classes(self) -> tuple[str, ...]:
        """The categories in a fixed order."""
        return tuple(sorted({each.category for each in self.rows}))


def read_material(texts: Path, categories: Path, labels: Path | None = None) -> Material:
    """Read a folder of texts with its thesaurus. Raises what reading it raises.

    What is written in a held-out voice is not learned, so that these voices stay unknown.
    """
    files = sorted(each for pattern in LEARNED for each in texts.glob(pattern))
    thesaurus = texts / CONCEPTS
    concepts = _yaml(thesaurus) if thesaurus.exists() else []
    kinds = _yaml(categories)
    held_out = _rows(texts / HELD_OUT) if (texts / HELD_OUT).exists() else []
    unknown = {row.voice for file in texts.glob(ALL_HELD_OUT) for row in _rows(file)} - {None}
    rows = [row for file in files for row in _rows(file) if row.voice not in unknown]
    known = {each.category for each in rows}
    corrected = _labels(labels, known) if labels else []
    sources = [*files, categories, SOUNDS, *([thesaurus] if concepts else [])]
    return Material(
        rows=tuple(rows),
        words=tuple(each for each in _words(concepts, kinds) if each.category in known),
        held_out=tuple(held_out),
        labels=tuple(corrected),
        restricted=tuple(_rows(texts / RESTRICTED, kinds[0]["code"]))
        if (texts / RESTRICTED).exists()
        else (),
        lexicon=_lexicon(concepts, kinds),
        version=_version([*sources, *([labels] if labels else [])]),
    )


def _rows(file: Path, category: str | None = None) -> list[Row]:
    """The rows of a file; `category` stands for one that they do not say, which then counts nothing."""
    return [_row(each, category) for each in _json_lines(file)]


def _row(said: dict[str, Any], category: str | None) -> Row:
    """What is restricted teaches no category: what it is otherwise about is not why it was written."""
    restricted = bool(said.get("restricted"))
    return Row(
        said["text"],
        said.get("category") or category or "",
        said.get("voice"),
        weight=0.0 if restricted or "category" not in said else 1.0,
        urgent=None if "restricted" in said else bool(said.get("urgent")),
        restricted=restricted,
    )


def _labels(file: Path, known: set[str]) -> list[Row]:
    """Corrections in the order in which they were made."""
    rows = sorted(_json_lines(file), key=lambda each: str(each["at"]))
    odd = sorted({each["category"] for each in rows} - known)
    if odd:
        raise ValueError(f"{file}: no text is about {', '.join(odd)}")
    return [Row(each["text"], each["category"]) for each in rows]


def _json_lines(file: Path) -> list[dict[str, Any]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _yaml(file: Path) -> list[dict[str, Any]]:
    loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(loaded, list):
        raise TypeError(f"{file}: not a list")
    return loaded


def _words(concepts: Iterable[dict[str, Any]], kinds: Iterable[dict[str, Any]]) -> list[Row]:
    """Each word as a short text about the first category that its concept hints at."""
    spoken = [
        (word, each["hint"][0]) for each in concepts if each["hint"] for word in each["words"]
    ]
    spoken += [(word, each["code"]) for each in kinds for word in each["keywords"]]
    return [Row(str(word), category, None, WORD_COUNTS) for word, category in spoken]


def _lexicon(concepts: Iterable[dict[str, Any]], kinds: Iterable[dict[str, Any]]) -> Lexicon:
    meant: dict[str, list[str]] = {}
    named = [(each["code"], each["words"]) for each in concepts]
    named += [(f"kw_{each['code']}", each["keywords"]) for each in kinds]
    for code, words in named:
        for word in dict.fromkeys(bare(str(each)) for each in words):
            if len(word) > 1:
                meant.setdefault(word, []).append(code)
    lines = SOUNDS.read_text(encoding="utf-8").splitlines()
    parts = [line.split(" ", 1) for line in lines if not line.startswith("#")]
    sounds = {char: sound for sound, chars in parts for char in chars}
    return Lexicon({word: tuple(codes) for word, codes in meant.items()}, sounds)


def _version(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
