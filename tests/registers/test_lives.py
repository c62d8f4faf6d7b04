"""Since when an entry is known: of each thing one at most at any moment, whoever writes when."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import given as example
from hypothesis import strategies as st
from pymongo.errors import BulkWriteError

from app.foundation import clock
from app.foundation.db import transaction
from app.foundation.entries import CURRENT, known
from app.foundation.errors import Conflict, Stale
from app.projects.figures.documents import FigureEntry
from app.projects.figures.registers import ENTERPRISE_FIGURES as REGISTER
from app.registers import stating
from app.registers.planning import carry_out, plan
from app.registers.register import Line
from app.registers.stating import batch_of, loaded, withdraw
from tests.registers.meanwhile import meanwhile
from tests.support.factories import who

TICK = timedelta(milliseconds=1)
MONTHS = ("2026-08", "2026-09")
writers, months = st.integers(0, 2), st.sampled_from(MONTHS)
deeds = st.one_of(
    st.tuples(st.just("plan"), writers, months),
    st.tuples(st.just("write"), writers, months),
    st.tuples(st.just("write"), writers, months),
    st.tuples(st.just("void"), writers, months),
)
steps = st.tuples(deeds, st.integers(0, 3), st.integers(-5, 5))


def line(firm: Any, month: str, sales: int) -> Line:
    raw = {"enterprise": firm.credit_code, "month": month, "sales": f"{sales}.00", "basis": "开票"}
    return loaded(REGISTER, raw)


def lives(firm: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in FigureEntry.rows().find({"subject": firm.id}).sort("_id", 1):
        found.setdefault(row["month"], []).append(row)
    return found


def one_at_a_time(firm: Any) -> None:
    for rows in lives(firm).values():
        rows.sort(key=lambda row: row["known_at"])
        for before, after in pairwise(rows):
            assert before["known_at"] < before["superseded_at"] == after["known_at"]
            assert after["supersedes"] == before["_id"]
        assert rows[-1]["superseded_at"] is None
        for moment in {row["known_at"] + at * TICK for row in rows for at in (-1, 0, 1)}:
            about = {"about": rows[0]["about"]}
            assert FigureEntry.rows().count_documents({**about, **known(moment)}) <= 1


class Writers:
    """Whose clocks differ, and who take their time between looking and writing."""

    def __init__(self, given: Any, the_time: Any) -> None:
        self.firm, self.the_time = given.enterprise(), the_time
        self.who, self.planned, self.said = who(given.role("admin")), {}, 0

    def does(self, deed: tuple[str, int, str], off: timedelta) -> None:
        kind, writer, month = deed
        if kind == "plan":
            self.said += 1
            batch = batch_of(self.who, self.the_time.now + off)
            lines = [line(self.firm, month, self.said)]
            self.planned[writer] = batch, plan(REGISTER, batch, lines), off
        elif kind == "void":
            self.void(month, off)
        elif writer in self.planned:
            self.write(*self.planned.pop(writer))

    def write(self, batch: Any, planned: Any, off: timedelta) -> None:
        try:
            transaction(lambda: carry_out(REGISTER, batch, planned))
        except (Stale, BulkWriteError):
            return
        assert planned.drafts[0].after["known_at"] >= self.the_time.now + off

    def void(self, month: str, off: timedelta) -> None:
        about = {"subject": self.firm.id, "month": month}
        entry = FigureEntry.rows().find_one({**about, **CURRENT, "void": False})
        if entry is not None:
            batch = batch_of(self.who, self.the_time.now + off, reason="误报")
            transaction(lambda: withdraw(REGISTER, batch, entry))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(done=st.lists(steps, min_size=4, max_size=14))
def test_in_whatever_order_it_is_planned_and_written(done, given, the_time):
    together = Writers(given, the_time)
    for deed, passes, off in done:
        the_time.passes(milliseconds=passes)
        together.does(deed, off * TICK)
    one_at_a_time(together.firm)


def test_stated_by_many_at_once(given):
    firm, someone, together = given.enterprise(), who(given.role("admin")), threading.Barrier(4)

    def state(number: int) -> int:
        together.wait(10)
        done = 0
        for turn in range(3):
            batch = batch_of(someone, clock.now() - number * timedelta(seconds=1))
            try:
                stating.state(REGISTER, batch, line(firm, MONTHS[0], 10 * number + turn).values)
            except Conflict:
                continue
            done += 1
        return done

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(state, range(4)))
    assert len(lives(firm)[MONTHS[0]]) == done >= 3
    one_at_a_time(firm)


def test_who_begins_again_is_later_than_who_was_faster(given, the_time, monkeypatch):
    the_time.is_("2026-11-24 10:00")
    firm, someone = given.enterprise(), who(given.role("admin"))

    def other() -> None:
        the_time.passes(seconds=30)
        batch = batch_of(someone, the_time.now)
        planned = plan(REGISTER, batch, [line(firm, MONTHS[0], 1)])
        transaction(lambda: carry_out(REGISTER, batch, planned))

    meanwhile(monkeypatch, stating, "carry_out", other)
    batch = batch_of(someone, the_time.now)
    stating.state(REGISTER, batch, line(firm, MONTHS[0], 2).values)
    first, second = lives(firm)[MONTHS[0]]
    assert first["known_at"] == the_time.now
    assert second["known_at"] == the_time.now + TICK == first["superseded_at"]
