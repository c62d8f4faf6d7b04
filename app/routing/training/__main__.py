"""Train the routing model: `python -m app.routing.training --out FILE`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic

from app.routing.training.report import lines
from app.routing.training.texts import read_material
from app.routing.training.train import save, train

DISTRICT = Path(__file__).parents[3] / "config" / "district"


def main(given: Sequence[str] | None = None) -> None:
    """Read, train, write and tell."""
    asked = _parser().parse_args(given)
    tell = _teller()
    material = read_material(asked.texts, asked.categories, asked.labels)
    tell(f"{len(material.rows)} texts read")
    trained = train(material, asked.seed, asked.date.isoformat(), tell)
    save(trained, material, asked.out)
    for line in lines(trained.header):
        print(line)
    tell(f"{asked.out} written, {asked.out.stat().st_size / 1e6:.1f} MB")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.routing.training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the model file to write")
    parser.add_argument("--texts", type=Path, default=DISTRICT / "training", help="a folder")
    parser.add_argument("--categories", type=Path, default=DISTRICT / "categories.yaml")
    parser.add_argument(
        "--labels", type=Path, help="corrections, one JSON object a line: text, category, at"
    )
    parser.add_argument("--seed", type=int, default=0)
    today = datetime.now(UTC).date()
    parser.add_argument(
        "--date", type=date.fromisoformat, default=today, help="the day to write into the file"
    )
    return parser


def _teller() -> Callable[[str], None]:
    start = monotonic()
    return lambda said: print(f"[{monotonic() - start:5.0f} s] {said}", flush=True)


if __name__ == "__main__":
    main()
