"""Reading the ends of log files."""

from __future__ import annotations

import os
from pathlib import Path


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented; why it cannot be read when it cannot."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - lines * 400))
            text = file.read().decode("utf-8", errors="replace")
    except OSError as error:
        return f"    ({error.strerror})"
    return "\n".join(f"    {line[:400]}" for line in text.splitlines()[-lines:])
