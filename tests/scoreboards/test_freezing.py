"""Periods are frozen by duty on the district's day, whole or not at all, whoever writes meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.foundation import clock, duties
from app.foundation.errors import Conflict
from app.scoreboards import exclusions, freezing, freezing_due, openness, periods, versions
from app.scoreboards.documents import Exclusion, FrozenScore, ScorePeriod
from tests.scoreboards.made import BOARD, LUOTANG, SANSHUI, content, counting, october, published
from tests.support.duties import run_due
from tests.support.factories import client_id, who
from tests.support.time import local_time

CONTENT = content(counting("started", 100))


@pytest.fixture
def admin(given, the_time):
    the_time.is_("2026-10-15 10:00")
    found = given.role("admin")
    published(found, CONTENT)
    october(given)
    return found


def due() -> list[tuple[str, str]]:
    rows = duties.rows().find({"kind": freezing_due.KIND, "state": "due"})
    return [(row["payload"]["board"], row["payload"]["period"]) for row in rows]


@pytest.mark.parametrize(
    ("period", "moment"),
    [
        ("2026-10", "2026-11-08 00:00"),
        ("2026-Q4", "2027-01-08 00:00"),
        ("2026", "2027-01-08 00:00"),
    ],
)
def test_on_the_districts_day(app, period, moment):
    assert freezing_due.freezes_at(periods.of(period)) == local_time(moment)


def test_month_after_month(admin, the_time):
    assert due() == [(BOARD, "2026-10")]
    freezing.begin(clock.now())
    assert due() == [(BOARD, "2026-10")]
    the_time.is_("2026-11-07 23:59")
    run_due()
    assert openness.read(BOARD, "2026-10") is None
    the_time.is_("2026-11-08 00:01")
    run_due()
    row = openness.read(BOARD, "2026-10")
    assert (row["state"], row["as_of"], row["number"]) == ("frozen", "2026-10-31", 1)
    assert due() == [(BOARD, "2026-11")]
    scores = {each["subject"]: each["rank"] for each in FrozenScore.rows().find()}
    assert (scores[SANSHUI], scores[LUOTANG]) == (1, 2)


def test_what_an_admin_froze_the_duty_leaves(admin, the_time):
    the_time.is_("2026-11-02 09:00")
    admin.do(f"/scoreboards/{BOARD}/periods/2026-10/freeze")
    before = list(FrozenScore.rows().find().sort("_id", 1))
    the_time.is_("2026-11-08 00:01")
    run_due()
    assert list(FrozenScore.rows().find().sort("_id", 1)) == before
    assert due() == [(BOARD, "2026-11")]


def test_a_period_that_runs_is_not_frozen(admin):
    with pytest.raises(Conflict, match=r"score\.not_over"):
        freezing.freeze_now(who(admin), BOARD, "2026-10", clock.now())


def test_an_exclusion_between_reckoning_and_freezing_is_looked_at_again(admin, the_time):
    """What was reckoned without it is not stored."""
    now = the_time.is_("2026-11-02 09:00")
    seen = openness.version_of(openness.read(BOARD, "2026-10"))
    exclude(admin, SANSHUI, now)
    with pytest.raises(Conflict, match=r"changed_meanwhile"):
        openness.close(BOARD, "2026-10", seen, {"frozen_at": now})
    freezing.freeze_now(who(admin), BOARD, "2026-10", now)
    assert FrozenScore.rows().find_one({"subject": SANSHUI})["excluded"] == "数据待核"


def exclude(admin, subject, now):
    return exclusions.exclude(
        who(admin),
        BOARD,
        "2026-10",
        client_id=client_id(),
        subject=subject,
        reason="数据待核",
        now=now,
    )


def test_of_all_who_write_at_once_the_frozen_scores_know_all_or_refuse(admin, the_time):
    """Whatever wins: each exclusion that stands is in the frozen scores, and they were frozen once."""
    now = the_time.is_("2026-11-02 09:00")
    units = [SANSHUI, LUOTANG]

    def freeze() -> bool:
        try:
            freezing.freeze_now(who(admin), BOARD, "2026-10", now)
        except Conflict:
            return False
        return True

    def out(subject: str) -> bool:
        try:
            exclude(admin, subject, now)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(freeze),
            *(pool.submit(out, each) for each in units),
            pool.submit(freeze),
        ]
        done = [job.result() for job in jobs]
    if not (done[0] or done[3]):
        freezing.freeze_now(who(admin), BOARD, "2026-10", now)
    assert done[0] + done[3] <= 1
    stands = {row["subject"] for row in Exclusion.rows().find()}
    assert stands == {unit for unit, won in zip(units, done[1:3], strict=True) if won}
    kept = {row["subject"] for row in FrozenScore.rows().find({"excluded": {"$ne": None}})}
    assert kept == stands
    subjects = [row["subject"] for row in FrozenScore.rows().find()]
    assert len(subjects) == len(set(subjects))
    assert ScorePeriod.rows().count_documents({}) == 1


def test_a_new_version_scores_what_is_open_and_leaves_what_is_frozen(admin, the_time):
    the_time.is_("2026-11-02 09:00")
    path = f"/scoreboards/{BOARD}/periods"
    admin.do(f"{path}/2026-10/freeze")
    published(admin, content(counting("completed", 100)))
    assert versions.in_use(BOARD)["number"] == 2
    assert admin.see(f"{path}/2026-10")["number"] == 1
    assert admin.see(f"{path}/2026-11")["number"] == 2
