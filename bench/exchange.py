"""Importing 10,000 rows: from the upload's 201 to `done`, and until every standing is made anew.

The file is XLSX, sent over HTTP to the API under the shipped gunicorn settings; one Celery worker with two
processes does the rest. Projects come first, then the stages and the monthly figures of those projects, so
each file has 10,000 rows whose references, earlier rows and rights are looked at. `as a change` is the same
file with one value of each row different. Everything is on one machine of two cores. What is written is one
transaction, whose length is told by itself: mongod ends those of more than 5 seconds.

`python -m bench.exchange --rows 1000` measures another number.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter import Workbook

from app.foundation import clock, db
from app.foundation.district import pack
from app.people.documents import Grant
from bench.rig import figures
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most

ROWS = 10_000
AIM_SECONDS = 20
_PATIENCE_SECONDS = 180
_LOOK_SECONDS = 0.1
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def run(rows: int = ROWS) -> list[Figure]:
    """Import each register, one after the other."""
    found: list[Figure] = []
    with rig.house() as house:
        api = house.serve("wsgi:app")
        house.work()
        [(_, token)] = rig.people(api, [Grant(role="admin")])
        rig.enterprise()
        firm = db.database().enterprises.distinct("credit_code")[0]
        _import(api, token, "projects", next(_tables(1, firm))[2])  # the worker has started
        for name, register, table in _tables(rows, firm):
            took, restood = _import(api, token, register, table)
            print(f"{name}: {took:.1f} s, standings {restood:.1f} s", file=sys.stderr, flush=True)
            found.append(at_most(f"{rows:,} {name}", took, "s", AIM_SECONDS))
            found.append(
                Figure(f"{rows:,} {name}, until all standings are made anew", restood, "s")
            )
    return found


def _tables(rows: int, firm: str) -> Iterator[tuple[str, str, list[list[Any]]]]:
    units = [each.name for each in pack().units]
    heading = [
        "code",
        "name",
        "enterprise",
        "unit",
        "territorial_unit",
        "tax_unit",
        "kind",
        "level",
    ]
    amounts = ["investment", "equipment_investment", "land_mu", "promised_sales", "promised_tax"]
    projects: list[list[Any]] = [
        [
            f"XM{n:06d}",
            f"第{n}号新材料生产线项目",
            firm,
            *[units[n % len(units)]] * 3,
            "new",
            "city",
            *(10_000 + n, 2_000, 35.5, 30_000, 1_200),
        ]
        for n in range(rows)
    ]
    table = [[*heading, *amounts], *projects]
    yield "projects", "projects", table
    changed = [[*row[:8], row[8] + 1, *row[9:]] for row in projects]
    yield "projects, as a change", "projects", [table[0], *changed]
    stages = [[row[0], "signed", "actual", "2025-03-01"] for row in projects]
    yield "stages", "stages", [["project", "stage", "kind", "on"], *stages]
    figures_ = [[row[0], "2026-09", 120.5, 80, 300, 12.25, 40] for row in projects]
    measures = ["actual_investment", "paid_in", "sales", "tax", "jobs"]
    yield "project_figures", "project_figures", [["project", "month", *measures], *figures_]


def _import(
    api: int, token: str, register: str, table: Sequence[Sequence[Any]]
) -> tuple[float, float]:
    """Seconds until it is done, and until nothing is due of what follows from it."""
    body, kind = _form(_xlsx(table))
    begun = time.perf_counter()
    made = _ask(api, token, "POST", f"/api/v1/registers/{register}/imports", body, kind)
    shown = _waited(lambda: _ended(api, token, made["id"]))
    took = time.perf_counter() - begun
    if shown["state"] != "done":
        raise RuntimeError(json.dumps(shown, ensure_ascii=False)[:2000])
    _waited(lambda: _nothing_due({"kind": "projects.restand"}))
    restood = time.perf_counter() - begun
    _waited(lambda: _nothing_due({"next_at": {"$lte": clock.now()}}))  # what follows further
    return took, restood


def _ended(api: int, token: str, key: str) -> Any:
    shown = _ask(api, token, "GET", f"/api/v1/imports/{key}")
    return shown if shown["ended_at"] else None


def _nothing_due(which: dict[str, Any]) -> bool:
    return db.database().duties.find_one({"state": "due", **which}) is None


def _waited(look: Any) -> Any:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            raise RuntimeError("it never ends")
        time.sleep(_LOOK_SECONDS)
    return found


def _xlsx(table: Sequence[Sequence[Any]]) -> bytes:
    file = io.BytesIO()
    book = Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(table):
        sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def _form(data: bytes) -> tuple[bytes, str]:
    """A multipart form, and its content type."""
    edge = uuid.uuid4().hex
    fields = {"client_id": str(uuid.uuid4()), "historic": "true"}
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    named = 'Content-Disposition: form-data; name="file"; filename="rows.xlsx"'
    head = f"--{edge}\r\n{named}\r\nContent-Type: {XLSX}\r\n\r\n".encode()
    body = b"".join([*parts, head, data, f"\r\n--{edge}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={edge}"


def _ask(
    api: int, token: str, method: str, path: str, body: bytes | None = None, kind: str = ""
) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", api, timeout=60)
    headers = {"Authorization": f"Bearer {token}", **({"Content-Type": kind} if kind else {})}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status not in (200, 201):
        raise RuntimeError(f"{path}: {answer.status} {content.decode(errors='replace')[:500]}")
    return json.loads(content)


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.exchange", description="Imports.")
    asked.add_argument("--rows", type=int, default=ROWS)
    print(figures.table(run(asked.parse_args(arguments).rows)))


if __name__ == "__main__":
    main(sys.argv[1:])
