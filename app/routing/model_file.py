"""The file of a routing model: a zip of numpy arrays with a JSON header that vouches for them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.routing.features import Lexicon

FORMAT = 3
HEADER, VOCABULARY, LEXICON = "header", "vocabulary", "lexicon"
FLAGS = ("urgent", "restricted")
"""What a text may be besides what it is about."""
POSITIONS = 8
EVIDENCE = 6
_JUDGING = ("linear_temperature", "net_temperature", "net_share", "temperature")

Floats = NDArray[np.float32]


class BrokenModel(ValueError):
    """A model file that cannot be trusted; the message says why."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned, row by row of the vocabulary (V), by class (K) and hidden unit (D).

    `embedding` is stored in bytes; a row times its `embedding_scale` is what was learned.
    """

    idf: Floats  # V
    linear: NDArray[np.float16]  # V, K
    linear_bias: Floats  # K
    embedding: NDArray[np.int8]  # V, D
    embedding_scale: Floats  # V
    hidden_bias: Floats  # D
    out_clause: Floats  # D, K
    out_text: Floats  # D, K
    out_bias: Floats  # K
    attention: Floats  # D
    position: Floats  # POSITIONS
    calibrator: NDArray[np.float64]  # EVIDENCE
    flags: NDArray[np.float16]  # V, FLAGS
    flags_bias: Floats  # FLAGS
    flags_calibrator: NDArray[np.float64]  # FLAGS, 2: bias and slope


NAMES = tuple(each.name for each in fields(Weights))


def write_file(
    path: Path, header: Mapping[str, Any], lexicon: Lexicon, vocabulary: list[str], held: Weights
) -> None:
    """Write a model; the same content gives the same bytes."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(held, name) for name in NAMES}
    arrays[VOCABULARY] = _bytes("\n".join(vocabulary))
    arrays[LEXICON] = _bytes(
        _json({"words": dict(lexicon.words), "syllables": dict(lexicon.syllables)})
    )
    told = {**header, "format": FORMAT}
    told["checksum"] = _checksum(told, arrays)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **{HEADER: _bytes(_json(told)), **arrays})


def read_file(path: Path) -> tuple[dict[str, Any], Lexicon, list[str], Weights]:
    """Header, lexicon, vocabulary and weights. Raises BrokenModel with the reason."""
    arrays = _arrays(path)
    try:
        header = json.loads(_text(arrays.pop(HEADER)))
        if header.get("format") != FORMAT:
            raise BrokenModel(f"{path}: format {header.get('format')}, not {FORMAT}")
        if header.get("checksum") != _checksum(header, arrays):
            raise BrokenModel(f"{path}: the checksum is not that of its content")
        words = json.loads(_text(arrays[LEXICON]))
        lexicon = Lexicon(
            {word: tuple(codes) for word, codes in words["words"].items()}, words["syllables"]
        )
        vocabulary = _text(arrays[VOCABULARY]).split("\n")
        weights = Weights(**{name: arrays[name] for name in NAMES})
        _check(path, header, vocabulary, weights)
    except BrokenModel:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenModel(f"{path}: not the content of a model: {error!r}") from error
    return header, lexicon, vocabulary, weights


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise BrokenModel(f"{path}: there is no such file") from error
    except (OSError, ValueError, EOFError, KeyError, AttributeError, TypeError) as error:
        raise BrokenModel(f"{path}: not a model file: {error}") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, SyntaxError) as error:
        raise BrokenModel(f"{path}: damaged: {error}") from error
    except Exception as error:  # zlib's own errors share no other base
        raise BrokenModel(f"{path}: cannot be read: {error!r}") from error


def _check(path: Path, header: dict[str, Any], vocabulary: list[str], held: Weights) -> None:
    """Shapes fit the header and each other, and every number is one."""
    many, classes, hidden = len(vocabulary), len(header["classes"]), held.hidden_bias.size
    expected = {
        "idf": (many,),
        "linear": (many, classes),
        "linear_bias": (classes,),
        "embedding": (many, hidden),
        "embedding_scale": (many,),
        "hidden_bias": (hidden,),
        "out_clause": (hidden, classes),
        "out_text": (hidden, classes),
        "out_bias": (classes,),
        "attention": (hidden,),
        "position": (POSITIONS,),
        "calibrator": (EVIDENCE,),
        "flags": (many, len(FLAGS)),
        "flags_bias": (len(FLAGS),),
        "flags_calibrator": (len(FLAGS), 2),
    }
    if classes < 2 or len(set(header["classes"])) != classes:
        raise BrokenModel(f"{path}: it needs two categories or more, each once")
    if len(set(vocabulary)) != many:
        raise BrokenModel(f"{path}: a feature stands twice in its vocabulary")
    for name, shape in expected.items():
        found = getattr(held, name)
        if found.shape != shape:
            raise BrokenModel(f"{path}: {name} is {found.shape}, its header asks for {shape}")
        if not np.isfinite(found).all():
            raise BrokenModel(f"{path}: {name} holds what is not a number")
    judging = [float(header["judging"][each]) for each in _JUDGING]
    if not all(np.isfinite(judging)) or min(judging) <= 0:
        raise BrokenModel(f"{path}: its header has no usable temperatures")


def _checksum(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    told = {name: value for name, value in header.items() if name != "checksum"}
    digest = hashlib.sha256(_json(told).encode())
    for name in sorted(arrays):
        each = arrays[name]
        digest.update(f"{name} {each.dtype.str} {each.shape}".encode())
        digest.update(np.ascontiguousarray(each).tobytes())
    return digest.hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _text(array: NDArray[Any]) -> str:
    return array.tobytes().decode()
