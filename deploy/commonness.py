"""Count how common letters and pairs of letters are in the training texts: `python -m deploy.commonness`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from app.issues.desk.wording import terms
from config import settings
from config.commonness import FILE, written

LEAST_SHARE = 0.01
"""A term in fewer texts than this share of them is not listed: all rarer ones weigh the same."""


def counted(texts: set[str]) -> str:
    """The content of the table for these texts."""
    counts = Counter(term for text in texts for term in terms(text))
    least = len(texts) * LEAST_SHARE
    return written(len(texts), {term: n for term, n in counts.items() if n >= least})


def texts_of(folder: Path) -> set[str]:
    """The texts of all files of the folder, each once."""
    lines = (line for path in folder.glob("*.jsonl") for line in path.open(encoding="utf-8"))
    return {json.loads(line)["text"] for line in lines}


def main() -> None:
    """Write the table of the district pack."""
    directory = settings.load().district_dir
    (directory / FILE).write_text(counted(texts_of(directory / "training")), encoding="utf-8")


if __name__ == "__main__":
    main()
