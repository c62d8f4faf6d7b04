"""What `make run` says to the person who typed it."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TextIO

from deploy.plan import Plan

ACCOUNTS = "demo-accounts.json"


def say(text: str, stream: TextIO | None = None) -> None:
    """One line, at once; a closed terminal is no reason to stop serving."""
    with contextlib.suppress(OSError, ValueError):
        print(f"steward: {text}", file=stream or sys.stdout, flush=True)


def welcome(plan: Plan) -> None:
    """The address and the demo accounts."""
    host = f"[{plan.local_host}]" if ":" in plan.local_host else plan.local_host
    say(f"ready at http://{host}:{plan.port} (Ctrl-C stops it)")
    for line in accounts(plan.var / ACCOUNTS):
        with contextlib.suppress(OSError, ValueError):
            print(line, flush=True)


def accounts(path: Path) -> list[str]:
    """One demo account of each role as lines of a table, and where the others are.

    Empty when there is no such file.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        table = [[str(row.get(key) or "") for key in _COLUMNS] for row in rows]
    except (OSError, ValueError, AttributeError, TypeError):
        return []
    first = {row[0]: row for row in reversed(table)}
    shown = [row for row in table if first[row[0]] is row]
    # The last column may be Chinese, so only those before it are padded.
    widths = [max(len(row[i]) for row in [list(_COLUMNS), *shown]) for i in range(3)]
    lines = []
    for row in [list(_COLUMNS), *shown]:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  " + "  ".join([*cells, row[-1]]).rstrip())
    if more := len(table) - len(shown):
        lines.append(f"  … and {more} more in {path}")
    return lines


_COLUMNS = ("role", "account", "password", "department")
