"""Somebody else does something at one certain moment of what is under test."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

Do = Callable[[], Any]


def meanwhile(monkeypatch: pytest.MonkeyPatch, room: Any, name: str, does: Do) -> list[Any]:
    """Have it done, to its end, the first time that `room` calls `name`; what came of it."""
    real, came = getattr(room, name), []
    found: list[Any] = []

    def first(*args: Any, **options: Any) -> Any:
        if not came:
            came.append(True)
            elsewhere(lambda: found.append(does()))
        return real(*args, **options)

    monkeypatch.setattr(room, name, first)
    return found


def elsewhere(does: Do) -> None:
    """In a thread of its own: outside of any transaction that is under way here."""
    other = threading.Thread(target=does)
    other.start()
    other.join()
