"""The workers' side of evidence: begun by the clock, every missed day sealed, every day's slice checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.foundation import clock, duties
from app.foundation.errors import Unavailable
from app.gateways.store import LocalStore
from app.photos import ledger
from app.photos.ledger import Leaf, Root
from app.photos.ledger_check import Finding
from tasks import evidence
from tests.support.duties import run_due
from tests.support.ledger import STORE, shoot


def test_from_the_first_photo_to_yesterday(given):
    photo = shoot(given.commissioner(), 1, clock.now() - timedelta(days=3))
    evidence.begin.run()
    run_due()
    days = Root.objects.order_by("day").distinct("day")
    assert days[0] == ledger.day_of(photo.received_at).isoformat()
    assert len(days) in (2, 3)
    assert Leaf.objects(id=photo.id).get().day == days[0]
    assert duties.rows().count_documents({"kind": "evidence.check", "state": "done"}) == len(days)
    assert not Finding.objects


def test_the_settings_key_signs_and_is_trusted(given):
    shoot(given.commissioner(), 1, clock.now() - timedelta(days=3))
    evidence.begin.run()
    run_due()
    assert (
        Root.objects.first().public_key
        == given.inspector().see("/evidence/keys")["items"][0]["public_key"]
    )


def test_a_store_that_is_away_lets_the_check_wait(given, monkeypatch):
    shoot(given.commissioner(), 1, clock.now() - timedelta(days=3))
    evidence.begin.run()
    run_due_kind("evidence.seal_day")

    def away(*_):
        raise Unavailable("store.away", retry_after=10)

    assert isinstance(STORE, LocalStore)
    monkeypatch.setattr(evidence, "current", replace(evidence.current, evidence_check_days=1))
    monkeypatch.setattr(LocalStore, "local", away)
    run_due_kind("evidence.check")
    waiting = list(duties.rows().find({"kind": "evidence.check", "state": "due"}))
    assert waiting
    assert {row["attempts"] for row in waiting} == {0}
    assert not Finding.objects


def run_due_kind(kind: str) -> None:
    for _ in range(5):
        for each, duty in duties.due(clock.now()):
            if each == kind:
                evidence.celery.tasks[kind].run(str(duty))
