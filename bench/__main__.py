"""`python -m bench [NAME]`: run every bench, or the one named, and print one table.

Each module beside this one is a bench; its `run()` gives figures, kept in `bench/results/NAME.json`.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import bench
from bench.rig import figures
from bench.rig.figures import Figure


def names() -> list[str]:
    """The benches there are."""
    found = pkgutil.iter_modules(bench.__path__)
    return sorted(m.name for m in found if not m.ispkg and m.name != "__main__")


def run(wanted: Sequence[str], folder: Path = figures.RESULTS) -> list[Figure]:
    """Run these benches one after the other, keeping what each finds."""
    found: list[Figure] = []
    for name in wanted:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        fresh: list[Figure] = import_module(f"bench.{name}").run()
        figures.keep(name, fresh, folder)
        found += fresh
    return found


def main(arguments: Sequence[str]) -> int:
    """The exit code is 0 once everything was measured, aims met or not, and 2 for an unknown name."""
    unknown = set(arguments) - set(names())
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there is {', '.join(names())}")
        return 2
    print(figures.table(run(arguments or names())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
