"""How a printer is run: a program of its own, so that what it needs burdens no worker and leaks nothing.

`python -m app.papers.printing.pdf FOLDER` reads `FOLDER/paper.json` and writes `FOLDER/paper.pdf`. The
photos lie in the folder already. Nothing outside of it but our own files is read; no network is used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = "paper.json"


def run(write: Callable[[dict[str, Any], Path], None], form: str) -> None:
    """Print what lies in the folder that the command line names."""
    folder = Path(sys.argv[1])
    paper = json.loads((folder / DATA).read_text(encoding="utf-8"))
    write(paper, folder / f"paper.{form}")
