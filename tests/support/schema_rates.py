"""Days, months and years that rates can be asked for."""

from __future__ import annotations

import schemathesis

PATHS = ("/rates", "/projects/metrics", "/projects/metrics/firms")
SAID = {
    "as_of": "2026-06-01",
    "from": "2026-01",
    "to": "2026-05",
    "year": 2026,
    "unit": "321204002",
    "industry": "equipment",
}


class RateThings:
    """What `District` needs of rates."""

    def fit_rates(self, case: schemathesis.Case) -> None:
        """What is past, and in order."""
        if case.path.endswith(PATHS) and case.query is not None:
            case.query.update({name: value for name, value in SAID.items() if name in case.query})
