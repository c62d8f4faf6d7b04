"""The benches' machinery, on a load too small to measure anything."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import bench.__main__ as program
from bench.rig import figures
from bench.rig.figures import Figure, against, at_most
from deploy import servers


def test_every_bench_is_found():
    assert "intake" in program.names()
    assert "__main__" not in program.names()


def test_an_unknown_bench_is_named(capsys):
    assert program.main(["nothing"]) == 2
    assert "nothing" in capsys.readouterr().out


# In a process of its own: a bench connects to a database of its own.
SMALL = """
import sys
from pathlib import Path
import bench.__main__ as program
from bench import intake
from bench.rig import figures
whole = intake.run
intake.run = lambda: whole(seconds=0.05, pace=20, pace_seconds=1)
print(figures.table(program.run(["intake"], Path(sys.argv[1]))))
"""


def test_intake_measures_shows_and_keeps(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SMALL, str(tmp_path)],
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "intake.json").read_text("utf-8"))
    assert all(
        set(row) == {"name", "value", "unit", "floor", "ratio", "aim", "met"} for row in rows
    )
    kept = [Figure(**row) for row in rows]
    assert done.stdout == figures.table(kept) + "\n"
    assert [figure.aim for figure in kept] == [0.28, 0.5, None, 500, None]
    assert all(figure.value > 0 for figure in kept)


BOXES = """
import sys
from pathlib import Path
from bench import boxes
from bench.rig import figures
figures.keep("boxes", boxes.run(size=600, requests=3, askers=2), Path(sys.argv[1]))
"""


def test_boxes_are_filled_read_and_measured(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", BOXES, str(tmp_path)],
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kept = [Figure(**row) for row in json.loads((tmp_path / "boxes.json").read_text("utf-8"))]
    assert [figure.aim for figure in kept if figure.aim] == [60] * 4
    assert all(figure.value > 0 for figure in kept)
    assert all("600" in figure.name for figure in kept)


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (against("a", 5, "1/s", floor=10, ratio=0.5, aim=0.5), True),
        (against("a", 5, "1/s", floor=10, ratio=0.49, aim=0.5), False),
        (at_most("a", 500, "ms", 500), True),
        (at_most("a", 501, "ms", 500), False),
        (Figure("a", 1, "ms"), None),
    ],
)
def test_an_aim_is_met_or_not(figure, met):
    assert figure.met is met


def test_the_table_aligns_wide_characters():
    found = [Figure("办件", 1, "1/s"), against("filed", 5, "1/s", floor=10, ratio=0.5, aim=0.28)]
    heading, wide, narrow = figures.table(found).splitlines()
    assert heading.split() == ["name", "value", "unit", "floor", "ratio", "aim", "met"]
    assert narrow.split() == ["filed", "5", "1/s", "10", "0.500", "≥", "0.28", "yes"]
    assert wide.index("1/s") + 2 == narrow.index("1/s") == heading.index("unit")
