"""How long a warning has been red before exit is proposed: without the days that government cost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.foundation.district import use
from app.projects.exits.proposing import _persists
from app.projects.warnings.clocks import Span
from config import settings

use(settings.load().district_dir)
RED = {"kind": "INVEST_LAG", "red_at": datetime(2026, 1, 1, 4, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("off", "now", "proposed"),
    [
        ((), datetime(2026, 6, 30, 4, tzinfo=UTC), False),
        ((), datetime(2026, 7, 1, 4, tzinfo=UTC), True),
        (
            (Span(date(2026, 1, 15), date(2026, 6, 30)),),
            datetime(2026, 7, 1, 4, tzinfo=UTC),
            False,
        ),
        (
            (Span(date(2026, 1, 15), date(2026, 1, 25)),),
            datetime(2026, 7, 11, 4, tzinfo=UTC),
            True,
        ),
    ],
)
def test_months_in_red(off, now, proposed):
    assert _persists(RED, off, now) is proposed


def test_what_is_never_proposed_by_itself():
    assert not _persists({**RED, "kind": "SLOW"}, (), datetime(2030, 1, 1, tzinfo=UTC))
