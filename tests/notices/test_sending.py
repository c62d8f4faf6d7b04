"""Sending by WeChat and SMS over real HTTP: once, never at night, and never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.foundation import duties
from app.foundation.district import pack
from app.notices import credits, sending
from app.notices.documents import Call, Notice
from app.people.documents import Person
from tests.notices.scene import (
    MORNING,
    NIGHT,
    NOON,
    OPENID,
    PHONE,
    agree,
    only,
    outbox,
    scene,
    tell,
    work_off,
)
from tests.standins.wechat import SEND


def left(person: Person) -> int:
    template = pack().notices.template_for("issue.answered")
    row = credits.rows().find_one({"person": person.id, "template": template.id})
    return row["count"]


class TestWeChat:
    def test_it_is_sent_and_uses_a_credit(self, by_wechat, wechat, send):
        tell(
            by_wechat.issue, "issue.answered", text="施工许可证已发放", part_id=by_wechat.ticket.id
        )
        assert send() == 1
        (sent,) = wechat.messages.sent
        assert (sent["touser"], sent["page"]) == (
            OPENID,
            f"pages/issue/issue?id={by_wechat.issue.id}",
        )
        assert {name: entry["value"] for name, entry in sent["data"].items()} == {
            "character_string1": by_wechat.issue.number,
            "thing2": "施工许可证已发放",
            "thing3": "住建局",
            "time4": "2026年11月24日 12:00",
        }
        row = only()
        assert (row["state"], row["attempts"], row["error"]) == ("sent", 1, None)
        assert row["ended_at"] == NOON
        assert left(by_wechat.contact) == 1
        assert send() == 0

    def test_long_words_are_cut_to_what_wechat_takes(self, by_wechat, wechat, send):
        tell(by_wechat.issue, "issue.answered", text="很长的答复" * 30)
        send()
        (sent,) = wechat.messages.sent
        assert sent["data"]["thing2"]["value"] == ("很长的答复" * 30)[:19] + "…"

    def test_when_the_credits_are_used_up_the_inbox_remains(self, by_wechat, wechat, send):
        for _ in range(3):
            tell(by_wechat.issue, "issue.answered", NIGHT)
        assert len(outbox()) == 3
        send(MORNING)
        assert sorted(row["state"] for row in outbox()) == ["sent", "sent", "skipped"]
        assert only(state="skipped")["error"] == "no credit"
        assert len(wechat.messages.sent) == 2
        assert left(by_wechat.contact) == 0
        assert Notice.rows().count_documents({"person": by_wechat.contact.id}) == 3
        # The next event makes no message at all, and nobody is called: WeChat there is.
        tell(by_wechat.issue, "issue.answered")
        assert len(outbox()) == 3
        assert Call.rows().count_documents({}) == 0

    def test_who_refused_in_wechat_has_no_credit_here(self, by_wechat, wechat, send):
        wechat.messages.agreed.clear()
        tell(by_wechat.issue, "issue.answered")
        send()
        assert (only()["state"], only()["error"]) == ("skipped", "43101")
        assert left(by_wechat.contact) == 0

    def test_who_is_no_longer_known_in_wechat_is_called(self, by_wechat, wechat, send):
        wechat.messages.people.clear()
        tell(by_wechat.issue, "issue.answered")
        send()
        assert (only()["state"], only()["error"]) == ("skipped", "40003")
        assert Call.rows().find_one()["contact"]["person"] == by_wechat.contact.id

    def test_a_field_that_wechat_refuses_is_named(self, by_wechat, wechat, send):
        template = pack().notices.template_for("issue.answered")
        names = {each.name for each in template.fields}
        wechat.messages.templates[template.id] = names | {"thing9"}
        tell(by_wechat.issue, "issue.answered")
        send()
        assert (only()["state"], only()["error"]) == ("failed", "47003 thing9")
        assert left(by_wechat.contact) == 2
        assert Call.rows().count_documents({}) == 1

    def test_a_refused_token_is_fetched_anew(self, by_wechat, wechat, send):
        for _ in range(2):
            wechat.messages.expire()
            tell(by_wechat.issue, "issue.answered")
            send()
        assert [row["state"] for row in outbox()] == ["sent", "sent"]

    def test_what_was_read_in_the_app_is_not_sent_on_top(self, by_wechat, wechat, send):
        tell(by_wechat.issue, "issue.answered", NIGHT)
        Notice.rows().update_many({}, {"$set": {"read_at": NIGHT}})
        send(MORNING)
        assert (only()["state"], only()["error"]) == ("skipped", "read")
        assert wechat.messages.sent == []
        assert left(by_wechat.contact) == 2


class TestSms:
    def test_it_is_sent_under_our_id(self, by_sms, sms, send):
        tell(by_sms.issue, "issue.answered", text="已发放", part_id=by_sms.ticket.id)
        send()
        (sent,) = sms.sent
        row = only()
        assert (row["channel"], row["state"]) == ("sms", "sent")
        assert (sent["phone"], sent["request_id"]) == (PHONE, str(row["_id"]))
        assert sent["text"].startswith("已答复，请确认是否解决：" + by_sms.issue.number)

    def test_it_takes_over_where_wechat_does_not_reach(self, given, wechat, sms, send):
        made = scene(given, contact={"wechat_openid": OPENID, "phone": PHONE})
        wechat.messages.agree("somebody", agree(made.contact, "issue.answered"))
        tell(made.issue, "issue.answered")
        assert [row["channel"] for row in outbox()] == ["wechat"]
        send()
        assert send() == 1
        assert [(row["channel"], row["state"]) for row in outbox()] == [
            ("wechat", "skipped"),
            ("sms", "sent"),
        ]
        assert len(sms.sent) == 1
        assert Call.rows().count_documents({}) == 0

    def test_a_number_that_is_refused_leaves_a_call(self, given, sms, send):
        made = scene(given, contact={"wechat_openid": OPENID, "phone": PHONE})
        tell(made.issue, "issue.answered")
        sms.fail_next(422)
        send()
        assert (only()["channel"], only()["state"], only()["error"]) == (
            "sms",
            "failed",
            "HTTP 422",
        )
        assert Call.rows().find_one()["contact"]["phone"] == PHONE


class TestNight:
    def test_what_comes_up_at_night_waits_and_burns_no_attempt(self, by_sms, sms, send):
        tell(by_sms.issue, "issue.answered")
        assert send(NIGHT) == 1
        assert sms.asked == []
        row = only()
        assert (row["state"], row["attempts"], row["not_before"]) == ("due", 0, MORNING)
        duty = duties.rows().find_one({"kind": "notices.send"})
        assert (duty["next_at"], duty["attempts"]) == (MORNING, 0)
        assert send(MORNING - timedelta(seconds=1)) == 0
        assert send(MORNING) == 1
        assert only()["state"] == "sent"

    def test_what_is_urgent_is_sent_at_night(self, given, sms, send):
        made = scene(given, contact={"phone": PHONE}, urgent=True)
        tell(made.issue, "issue.answered", NIGHT)
        send(NIGHT)
        assert only()["state"] == "sent"


class TestNobodyThere:
    @pytest.mark.parametrize(
        ("change", "why"),
        [({"active": False}, "nobody there"), ({"phone": None}, "no phone")],
    )
    def test_a_person_who_is_gone_is_skipped(self, by_sms, sms, send, change, why):
        tell(by_sms.issue, "issue.answered")
        Person.rows().update_one({"_id": by_sms.contact.id}, {"$set": change})
        send()
        assert (only()["state"], only()["error"]) == ("skipped", why)
        assert sms.asked == []

    def test_a_channel_that_was_closed_meanwhile_is_skipped(self, by_sms):
        tell(by_sms.issue, "issue.answered")
        work_off("notices.send", NOON, lambda duty, at: sending.send(duty, at, {}))
        assert (only()["state"], only()["error"]) == ("skipped", "channel closed")

    def test_what_no_worker_survives_is_failed_and_called(self, by_sms, channels):
        Person.rows().update_one({"_id": by_sms.contact.id}, {"$set": {"wechat_openid": OPENID}})
        tell(by_sms.issue, "issue.answered")
        work_off("notices.send", NOON, lambda duty, at: sending.give_up(duty, at, channels))
        assert (only()["state"], only()["error"]) == ("failed", "gave up")
        assert duties.rows().find_one({"kind": "notices.send"})["state"] == "failed"
        assert Call.rows().count_documents({}) == 1


def test_nothing_that_telling_does_is_told_of(by_sms, sms, send, given):
    """However a message ends, it is no event: there are no loops."""
    for status in (200, 422):
        tell(by_sms.issue, "issue.answered")
        sms.fail_next(status)
        send()
    phone = given.phone(by_sms.commissioner)
    call = phone.see("/calls")["items"][0]["id"]
    phone.do(f"/calls/{call}/done", {"outcome": "unreachable"})
    assert duties.rows().count_documents({"kind": "notices.deliver"}) == 2
    assert duties.rows().count_documents({"kind": "notices.deliver", "state": "due"}) == 0


def test_a_channel_that_is_busy_is_tried_later(by_wechat, wechat, send):
    """-1, 45009 and the like are not the message's fault."""
    for errcode in (-1, 45009):
        wechat.fail_next(errcode, at=SEND)
    tell(by_wechat.issue, "issue.answered")
    now = NOON
    for _ in range(3):
        send(now)
        now += timedelta(minutes=2)
    assert (only()["state"], only()["attempts"]) == ("sent", 3)
    assert left(by_wechat.contact) == 1
