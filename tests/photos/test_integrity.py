"""The daily check of a slice: what it finds, writes down and tells, and that it gets round."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.foundation import clock, duties, history
from app.photos import integrity, ledger, ledger_check
from app.photos.ledger import Leaf
from app.photos.ledger_check import Finding
from tests.support import ledger as made
from tests.support.duties import run_due
from tests.support.ledger import DAY, STORE, seal, signer
from tests.support.tampering import (
    NEXT,
    Stock,
    alter_original,
    alter_root,
    alter_time,
    sealed_stock,
)


@pytest.fixture
def stock(given) -> Stock:
    return sealed_stock(given.commissioner())


class TestEachDay:
    """The daily check of one slice."""

    def run(self, days: int = 1) -> None:
        while row := duties.rows().find_one({"kind": integrity.KIND, "state": "due"}):
            duty = duties.claim(row["_id"], now=clock.now(), lease=made.LEASE)
            assert duty is not None
            integrity.check(duty, STORE, {signer().public_key}, days, ledger.seal_due(NEXT))

    def test_nothing_is_written_when_nothing_differs(self, stock):
        self.run()
        assert not Finding.objects
        assert integrity.standing(ledger.seal_due(NEXT), 1) == 0

    def test_what_differs_is_in_the_photos_history_once(self, stock):
        alter_original(stock)
        self.run()
        [row] = history.rows().find({"action": "integrity"})
        assert (row["thing"], row["thing_id"]) == ("photo", stock.photos[1].id)
        assert row["reasons"][0]["code"] == "ledger.original_altered"
        finding = Finding.objects.get()
        assert (finding.photo, finding.day) == (stock.photos[1].id, str(DAY))
        assert integrity.standing(ledger.seal_due(NEXT), 30) == 1
        assert integrity.standing(ledger.seal_due(NEXT) + timedelta(days=32), 30) == 0

    def test_inspectors_and_admins_are_told_of_the_first_of_a_day(self, given, stock):
        inspector, admin, leader = (given.role(each) for each in ("inspector", "admin", "leader"))
        alter_original(stock)
        alter_time(stock)
        self.run()
        run_due()
        for phone in (inspector, admin):
            [notice] = phone.see("/notices")["items"]
            assert notice["event"] == "evidence.differs"
            assert notice["photo_id"] in {str(stock.photos[n].id) for n in (1, 4)}
            assert "ledger." in notice["text"]
        assert leader.see("/notices")["items"] == []

    def test_a_day_that_differs_is_told_of_by_its_date(self, given, stock):
        inspector = given.inspector()
        alter_root(stock)
        self.run()
        run_due()
        [notice] = inspector.see("/notices")["items"]
        assert (notice["photo_id"], str(DAY) in notice["text"]) == (None, True)

    def test_a_day_that_differs_is_written_down_too(self, stock):
        alter_root(stock)
        self.run()
        assert Finding.objects.get().day == str(DAY)

    def test_one_duty_hands_on_to_the_next(self, stock, monkeypatch):
        monkeypatch.setattr(integrity, "BUDGET_SECONDS", 0.000001)
        monkeypatch.setattr(ledger_check, "STEP", 2)
        monkeypatch.setattr(ledger_check, "SCAN", 2)
        alter_original(stock)
        alter_time(stock)
        self.run()
        assert Finding.objects.count() == 2
        assert duties.rows().count_documents({"kind": integrity.KIND}) > 6

    def test_every_original_is_hashed_within_the_round(self, stock, monkeypatch):
        hashed = []
        monkeypatch.setattr(integrity, "step", counted(hashed))
        for days in range(2, 32):
            seal(DAY + timedelta(days=days))
        round_ = 30
        for row in list(duties.rows().find({"kind": integrity.KIND}).sort("_id", -1).limit(round_)):
            duty = duties.claim(row["_id"], now=clock.now() + timedelta(days=60), lease=made.LEASE)
            day = date.fromisoformat(row["payload"]["day"])
            integrity.check(duty, STORE, {signer().public_key}, round_, ledger.seal_due(day))
        assert sum(hashed) == Leaf.objects.count() == 7

    def test_a_slice_that_came_round_again_is_left_out(self, stock):
        alter_original(stock)
        for row in list(duties.rows().find({"kind": integrity.KIND})):
            duty = duties.claim(row["_id"], now=clock.now(), lease=made.LEASE)
            late = ledger.seal_due(NEXT) + timedelta(days=3)
            integrity.check(duty, STORE, {signer().public_key}, 1, late)
        assert not Finding.objects


def counted(into: list[int]):
    def counting(*arguments):
        done = ledger_check.step(*arguments)
        into.append(done.hashed)
        return done

    return counting


def test_how_many_days_are_behind(stock):
    due = ledger.seal_due(NEXT + timedelta(days=1))
    behind = [integrity.days_behind(due + timedelta(hours=hours)) for hours in (-1, 1, 25, 49)]
    assert behind == [0, 1, 2, 3]
