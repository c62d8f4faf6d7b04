"""The district pack of this process: loaded once at start, read by every room."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from config import pack as packs

_current: list[packs.Pack] = []


def use(directory: Path) -> packs.Pack:
    """Load the pack in `directory` for this process. Raises `config.pack.PackError` when it is broken."""
    _current[:] = [packs.load(directory)]
    return _current[0]


def pack() -> packs.Pack:
    """The pack in use. Raises LookupError before `use`."""
    if not _current:
        raise LookupError("no district pack is loaded")
    return _current[0]


def local(moment: datetime) -> datetime:
    """The moment in the district's time zone."""
    return moment.astimezone(pack().zone)
