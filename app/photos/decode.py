"""The decoding child: `python -m app.photos.decode BYTES`. Reads jobs, answers with pictures.

A job is one line of JSON on stdin: {"path", "caption"?}. The answer is one line of JSON on stdout and then
the bytes that its `blobs` announce, in order. Its memory is limited to BYTES of address space; what does
not fit is answered as an error, and what the kernel kills is missed by the parent, which sets the time limit.
It touches no database and no network: a decoder that a file takes over has little to reach.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from app.foundation.errors import DomainError
from app.photos import exif
from app.photos.caption import Caption
from app.photos.pictures import opened
from app.photos.renditions import render_opened
from app.photos.share import burn

Blobs = Mapping[str, bytes]
Answer = tuple[dict[str, Any], Blobs]


def answer(job: Mapping[str, Any]) -> Answer:
    """Do one job. What is wrong with the picture comes back as {"error": code}."""
    try:
        return _work(Path(job["path"]), job.get("caption"))
    except MemoryError:
        return {"error": "photo.too_demanding"}, {}
    except DomainError as error:
        code = "photo.undecodable" if error.code == "photo.not_a_picture" else error.code
        return {"error": code}, {}


def _work(path: Path, caption: Mapping[str, Any] | None) -> Answer:
    with path.open("rb") as file:
        told: dict[str, Any] = {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    with opened(path) as picture:
        facts = exif.of(picture)
        if caption is not None:
            lines = [(label, text) for label, text in caption["lines"]]
            made = Caption(lines, caption["code"], caption["url"])
            return told, {"share": burn(picture, facts.orientation, made)}
        done = render_opened(picture, facts.orientation)
    told |= {"exif": _plain(facts), "width": done.width, "height": done.height}
    return told, {"thumb": done.thumb, "view": done.view, "grid": done.grid}


def _plain(facts: exif.Exif) -> dict[str, Any]:
    row = asdict(facts)
    row["warnings"] = [reason.as_dict() for reason in facts.warnings]
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def main(arguments: list[str]) -> None:
    """Answer jobs until stdin ends, which it does with the parent."""
    limit = int(arguments[0])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What libraries print must not come between answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        told, blobs = answer(json.loads(line))
        told["blobs"] = {name: len(data) for name, data in blobs.items()}
        out.write(json.dumps(told).encode() + b"\n")
        for data in blobs.values():
            out.write(data)
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
