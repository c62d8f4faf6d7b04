"""The sweep's bench, on so few tickets that it measures nothing."""

from __future__ import annotations

import json
import subprocess
import sys

from bench import sweep
from bench.rig.figures import Figure
from deploy import servers

# In a process of its own: a bench connects to databases of its own.
SMALL = """
import json
from dataclasses import asdict
from bench import sweep
print(json.dumps([asdict(figure) for figure in sweep.run((30, 60), due=5, rounds=1)]))
"""


def test_it_measures_each_size_and_what_one_costs_beside_the_other():
    done = subprocess.run(
        [sys.executable, "-c", SMALL], cwd=servers.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *found, ratio = [Figure(**row) for row in json.loads(done.stdout)]
    assert ratio.name == "a sweep of 5 among 60 : among 30"
    assert ratio.aim == sweep.RATIO_AIM
    assert [figure.unit for figure in found] == ["ms", "ms", "keys", "keys"] * 2
    assert all(figure.value > 0 for figure in (*found, ratio))
    # What is examined follows what is due, however many there are.
    looked = [figure.value for figure in found if "to look" in figure.name]
    climbed = [figure.value for figure in found if "to climb" in figure.name]
    assert looked == [5, 5]
    assert climbed[0] == climbed[1]


def test_sizes_are_read_by_commas():
    assert sweep.sizes_of("10000,50000") == (10_000, 50_000)
