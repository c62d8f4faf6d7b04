"""`python -m deploy.check_data`: whether what is stored of issues and tickets agrees with itself.

States are rebuilt from history, times from their clocks; every waiting thing must have its duty, every
step must have been told of once. Each contradiction is one line. Exit code: 0 none, 1 some, 2 it could
not be checked. Changes nothing, and may run while people work.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pymongo.errors import PyMongoError

from app.foundation import clock, db, district
from app.foundation.messages import say as words
from app.issues.checking.dangling import REFERENCES, dangling, stuck
from app.issues.checking.findings import Finding
from app.issues.checking.laws import contradictions
from app.issues.checking.reading import slices
from config import settings
from config.logging import configure
from deploy.database import uri_in_use


@dataclass
class Counted:
    """How much was looked at."""

    issues: int = 0
    tickets: int = 0
    steps: int = 0
    unsettled: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Check all of it; the exit code."""
    argparse.ArgumentParser(prog="check-data", description=__doc__).parse_args(arguments)
    current = settings.load()
    configure(current.log_format, current.log_level)
    district.use(current.district_dir)
    db.connect(uri_in_use(current))
    try:
        return report()
    except PyMongoError as error:
        print(f"could not be checked: {error}", file=sys.stderr)
        return 2


def findings(counted: Counted) -> Iterator[Finding]:
    """Every contradiction, one issue after the other, then what belongs to none."""
    for cases, rules in slices():
        counted.unsettled |= not rules.settled
        for case in cases:
            counted.issues += 1
            counted.tickets += len(case.tickets)
            counted.steps += len(case.history)
            yield from contradictions(case, rules)
    for reference in REFERENCES:
        yield from dangling(reference)
    yield from stuck(clock.now())


def report() -> int:
    """Check the database that is connected, and print what contradicts; the exit code."""
    counted, wrong = Counted(), 0
    for each in findings(counted):
        wrong += 1
        print(line(each), flush=True)
    if counted.unsettled:
        print("promises are being computed anew: their times were not compared", file=sys.stderr)
    looked_at = f"{counted.issues} issues, {counted.tickets} tickets, {counted.steps} steps"
    print(f"{looked_at}; {wrong or 'no'} contradiction{'' if wrong == 1 else 's'}")
    return 1 if wrong else 0


def line(each: Finding) -> str:
    """A finding as one line: code, what it is of, in words."""
    code, params = each.reason.code, each.reason.params
    return f"{code}  {each.of}: {words(code, 'en', **params)}"


if __name__ == "__main__":
    sys.exit(main())
