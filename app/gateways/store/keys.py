"""What objects are called: relative paths made from hashes and ids, so nothing a client says gets in."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

OCTETS = "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".webp": "image/webp",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}
FOR_A_TIME = "papers/"
"""Keys of what is kept for a time only begin with this."""
# `incoming/` and `parts/` are where a folder store receives. A folder has no dots, so none is `..` or hidden.
_KEY = re.compile(
    r"(?!(incoming|parts)/)[a-z0-9_-]+(/[A-Za-z0-9_-]+){0,6}/[A-Za-z0-9_-]+(\.[a-z0-9]+)?"
)


def original(sha256: str) -> str:
    """The key of an original, by the hex digest of its content."""
    return checked(f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}")


def model(sha256: str) -> str:
    """The key of a trained model, by the hex digest of its file."""
    return checked(f"models/{sha256}.npz")


def paper(paper: str, sha256: str, form: str) -> str:
    """The key of a rendered paper, by its id and the hex digest of the file."""
    return checked(f"{FOR_A_TIME}{paper}/{sha256}.{form}")


def droppable(key: str) -> str:
    """The key itself. Raises ValueError for one of what is to stay."""
    if not checked(key).startswith(FOR_A_TIME):
        raise ValueError(f"not kept for a time only: {key!r}")
    return key


def checked(key: str) -> str:
    """The key itself. Raises ValueError for one that could not have come from a hash or an id."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key of the object store: {key!r}")
    return key


def media_type(key: str) -> str:
    """What the key's suffix says the object is."""
    return _MEDIA_TYPES.get(PurePosixPath(key).suffix, OCTETS)
