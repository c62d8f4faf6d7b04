"""The whole way by the real tasks, with a gateway that the settings name."""

from __future__ import annotations

from dataclasses import replace

import pytest

import tasks.notices
from app.foundation import clock, duties
from app.notices import digest
from app.notices.documents import Call
from tasks.notices import begin
from tests.notices.scene import happens, outbox, scene, told
from tests.support.duties import run_due


@pytest.fixture
def with_sms(sms, monkeypatch):
    """Workers whose settings name the stand-in."""
    named = replace(tasks.notices.current, sms_url=sms.url, sms_key=sms.key)
    monkeypatch.setattr(tasks.notices, "current", named)
    return sms


def test_from_the_event_to_the_phone(given, with_sms):
    made = scene(given, contact={"phone": "13800000000"}, urgent=True)
    happens(made.issue, "issue.answered", clock.now(), text="已发放")
    run_due()
    assert made.contact.id in told("issue.answered")
    assert [(row["channel"], row["state"]) for row in outbox()] == [("sms", "sent")]
    assert [each["phone"] for each in with_sms.sent] == ["13800000000"]
    assert Call.rows().count_documents({}) == 1


def test_without_a_gateway_there_is_the_inbox_and_a_call(given):
    made = scene(given, contact={"phone": "13800000000"}, urgent=True)
    happens(made.issue, "issue.answered", clock.now())
    run_due()
    assert made.contact.id in told("issue.answered")
    assert outbox() == []
    assert Call.rows().count_documents({}) == 1


def test_workers_and_beats_begin_the_digest_once(clean):
    for _ in range(3):
        begin.run()
    assert duties.rows().count_documents({"kind": digest.KIND}) == 1
