"""Numbers for people: none is given twice, whatever becomes of who asked for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.foundation import clock
from app.foundation.db import transaction
from app.foundation.errors import Conflict
from app.issues import numbers


def test_they_rise_and_are_unique_across_processes_and_threads(clean):
    now = clock.now()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: numbers.next_number(now), range(3 * numbers.BLOCK)))
    numbers.forget()  # another process
    found.append(numbers.next_number(now))
    assert len(set(found)) == len(found)
    assert max(found) == found[-1]


def test_what_was_taken_in_a_transaction_that_failed_is_not_given_again(clean):
    now = clock.now()
    taken: list[str] = []

    def refused() -> None:
        taken.append(numbers.next_number(now))
        raise Conflict("changed_meanwhile")

    with pytest.raises(Conflict):
        transaction(refused)
    taken += [numbers.next_number(now) for _ in range(2 * numbers.BLOCK)]
    assert len(set(taken)) == len(taken)
