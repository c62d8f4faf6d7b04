"""Taking issues in: how fast against two floors, and how soon the department has them.

Speed: eight keep-alive clients post issues to the API with the shipped gunicorn settings, no worker
running, so it is intake alone (token, session, person, enterprise, validation, the transaction of issue,
history and duty, and the hint to Valkey). The floors are bare Flask views under the same settings and load
that store the same documents: the issue alone, and all three in one transaction. The three take turns in
one run, in every order; a rate is the median over its turns, a ratio the median of each round's own.

Delay: issues at a steady pace with API and a worker of two processes running. It counts from the moment
the client has read the 201 to the moment a change stream of this process shows the lead ticket, which is
after the majority has it; all on one clock, and so a little more than the true delay.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from itertools import permutations
from pathlib import Path
from statistics import median, quantiles

import bson

from app.foundation import db
from bench.rig import house as rig
from bench.rig.figures import Figure, against, at_most
from bench.rig.load import CLIENT_ID, Load, drive

CLIENTS = 8
ISSUES = "/api/v1/issues"
TEXT = (
    "厂区东门外的雨水管道淤堵，上周三暴雨后积水漫到配电房门口，自行抽排两天仍未退，影响二期设备进场"
)
INSERT_AIM, TRANSACTION_AIM, DELAY_AIM_MS = 0.28, 0.5, 500
_PATIENCE_SECONDS = 30


def run(seconds: float = 3, pace: float = 20, pace_seconds: float = 20) -> list[Figure]:
    """Measure both; `seconds` is how long each turn takes."""
    return [*speed(seconds), *delay(pace, pace_seconds)]


def speed(seconds: float) -> list[Figure]:
    """POST /issues against both floors."""
    with rig.house() as house:
        api = house.serve("wsgi:app")
        tokens, body = rig.commissioners(api, CLIENTS), _body()
        rig.post(api, ISSUES, json.loads(body), tokens[0])
        floors = house.serve("bench.rig.bare:app", BENCH_DOCUMENTS=str(_documents(house.folder)))
        turns = {
            "post": Load(api, ISSUES, body, tokens, seconds),
            "insert": Load(floors, "/insert", body, tokens, seconds),
            "transaction": Load(floors, "/transaction", body, tokens, seconds),
        }
        for load in turns.values():  # connections are made and caches filled before it counts
            drive(load)
        rounds = [
            {name: drive(turns[name]).rate() for name in order} for order in permutations(turns)
        ]
    for each in rounds:
        print(
            "  ".join(f"{name} {rate:.0f}/s" for name, rate in sorted(each.items())),
            file=sys.stderr,
        )
    return [
        _figure("insert", "POST /issues : one bare insert", rounds, INSERT_AIM),
        _figure("transaction", "POST /issues : the bare transaction", rounds, TRANSACTION_AIM),
    ]


def delay(pace: float, seconds: float) -> list[Figure]:
    """From the 201 to the lead ticket."""
    with rig.house() as house:
        api = house.serve("wsgi:app")
        house.work()
        tokens, body = rig.commissioners(api, CLIENTS), _body()
        with _Tickets() as tickets:
            first = rig.post(api, ISSUES, json.loads(body), tokens[0])["id"]
            tickets.wait_for([first])
            load = Load(api, ISSUES, body, tokens, seconds, pace)
            tally = drive(load)
            tally.rate()
            seen = tickets.wait_for(tally.answered)
    waits = [max(0.0, seen[key] - at) * 1000 for key, at in tally.answered.items()]
    at = f"from 201 to ticket at {pace:g}/s"
    return [
        Figure(f"{at}, median", median(waits), "ms"),
        at_most(f"{at}, p95", quantiles(waits, n=20)[-1], "ms", DELAY_AIM_MS),
        Figure(f"{at}, longest", max(waits), "ms"),
    ]


def _figure(floor: str, name: str, rounds: Iterable[Mapping[str, float]], aim: float) -> Figure:
    return against(
        name,
        median(each["post"] for each in rounds),
        "1/s",
        floor=median(each[floor] for each in rounds),
        ratio=median(each["post"] / each[floor] for each in rounds),
        aim=aim,
    )


def _body() -> str:
    return json.dumps(
        {
            "client_id": CLIENT_ID,
            "kind": "problem",
            "text": TEXT,
            "category": "WATER",
            "enterprise_id": rig.enterprise(),
            "position": {"latitude": 32.5105, "longitude": 120.1498, "accuracy_m": 12},
            "photo_ids": [],
        },
        ensure_ascii=False,
    )


def _documents(folder: Path) -> Path:
    """What the API has just stored of one issue, for the floors to store."""
    rows = {name: db.database()[name].find_one() for name in ("issues", "history", "duties")}
    path = folder / "documents.bson"
    path.write_bytes(bson.encode(rows))
    return path


class _Tickets:
    """Notes when each issue's lead ticket is first seen."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._stream = db.database().tickets.watch(
            [{"$match": {"operationType": "insert", "fullDocument.role": "lead"}}]
        )
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _Tickets:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join()
        self._stream.close()

    def _watch(self) -> None:
        while not self._leaving.is_set():
            if change := self._stream.try_next():
                self._seen[str(change["fullDocument"]["issue"])] = time.time()

    def wait_for(self, issues: Iterable[str]) -> Mapping[str, float]:
        """When each ticket was seen (Unix). Raises AssertionError when one never comes."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while missing := set(issues) - self._seen.keys():
            assert time.monotonic() < deadline, f"no ticket for {len(missing)} issues"
            time.sleep(0.02)
        return self._seen
