"""`python -m deploy.verify_evidence`: recheck the evidence, or write the sealed days out.

Every stored original is hashed and compared with its record, every record with what was sealed of it,
every sealed day with its tree, its signature and the day before. Each difference is one line. Exit code:
0 all as it was sealed, 1 something differs, 2 it could not be checked. Changes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from pymongo.errors import PyMongoError

from app.foundation import db, district
from app.foundation.errors import Unavailable
from app.foundation.messages import say as words
from app.foundation.signing import trusted
from app.gateways.store import Store, store_of
from app.photos.ledger import Leaf, Root
from app.photos.ledger_check import Difference, Slice, step
from app.photos.ledger_roots import STATED, against
from config import settings
from config.logging import configure
from deploy.database import uri_in_use


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    options = _parser().parse_args(arguments)
    current = settings.load()
    configure(current.log_format, current.log_level)
    district.use(current.district_dir)
    db.connect(uri_in_use(current))
    keys = trusted(current.evidence_seed, current.evidence_retired_keys)
    try:
        if options.export:
            return _export(options.export)
        store = store_of(current)
        store.check()
        return _verify(store, keys, options.slice, options.against)
    except (Unavailable, PyMongoError, OSError, json.JSONDecodeError) as error:
        print(f"could not be checked: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verify-evidence", description=__doc__)
    parser.add_argument("--slice", type=part, default=Slice(), metavar="N/M", help="1/30 … 30/30")
    parser.add_argument("--export", type=Path, metavar="FILE", help="write the signed days out")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="compare with days written out earlier"
    )
    return parser


def part(text: str) -> Slice:
    """`n/m` as a slice, counted from 1. Raises ValueError."""
    number, _, of = text.partition("/")
    return Slice(int(number) - 1, int(of))


def _verify(store: Store, keys: Collection[str], some: Slice, earlier: Path | None) -> int:
    differing = hashed = 0
    after: str | None = ""
    for day, reason in against(_lines(earlier), keys) if earlier else ():
        differing += 1
        print(line(Difference(reason, day=day)))
    while after is not None:
        done = step(store, keys, some, after)
        after, hashed = done.after, hashed + done.hashed
        differing += len(done.found)
        for each in done.found:
            print(line(each), flush=True)
    days, leaves = (kind.rows().estimated_document_count() for kind in (Root, Leaf))
    counted = f"{hashed} originals hashed; {days} days with {leaves} photos sealed in all"
    print(f"{counted}; {differing or 'nothing'} differ{'s' if differing < 2 else ''}")
    return 1 if differing else 0


def line(each: Difference) -> str:
    """A difference as one line: code, what it is of, in words."""
    where = [f"photo {each.photo}"] if each.photo else []
    where += [f"day {each.day}"] if each.day else []
    return f"{each.reason.code}  {', '.join(where)}: {words(each.reason.code, 'en', **each.reason.params)}"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for text in file:
            yield json.loads(text)


def _export(path: Path) -> int:
    """One line of JSON for each sealed day; whole or not at all."""
    draft = path.with_name(f"{path.name}.part")
    count = 0
    with draft.open("w", encoding="utf-8") as file:
        for root in Root.rows().find().sort("day", 1):
            said = {name: root[name] for name in STATED}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
            count += 1
    draft.replace(path)
    print(f"{count} days written to {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
