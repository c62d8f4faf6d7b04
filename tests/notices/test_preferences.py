"""What a person wants to hear of outside of the inbox, and what they agreed to in WeChat."""

from __future__ import annotations

import pytest

from app.foundation.district import pack
from app.notices import credits
from tests.notices.scene import agree, outbox, scene, tell, told

PATH = "/me/notice-preferences"
ALL_ON = {"muted": [], "channels": {"wechat": True, "sms": True}, "digest": True}


@pytest.fixture
def phone(given):
    return given.commissioner()


def put(phone, body: dict, **headers: str):
    return phone.call("PUT", PATH, json=body, headers={"If-Match": "*", **headers})


def wishes(phone) -> dict:
    return {name: value for name, value in phone.see(PATH).items() if name in ALL_ON}


def test_at_first_all_is_on(phone):
    assert wishes(phone) == ALL_ON
    assert phone.see(PATH)["unmutable"] == list(pack().notices.unmutable)


def test_they_are_set_as_a_whole_from_what_was_seen(phone):
    changed = {
        "muted": ["ticket.noted"],
        "channels": {"wechat": True, "sms": False},
        "digest": False,
    }
    tag = phone.get(PATH).headers["ETag"]
    assert put(phone, changed, **{"If-Match": tag}).status_code == 200
    assert wishes(phone) == changed
    # The same again is a replay; another change from the old state is stale.
    assert put(phone, changed, **{"If-Match": tag}).status_code == 200
    assert put(phone, ALL_ON, **{"If-Match": tag}).status_code == 412
    assert phone.call("PUT", PATH, json=ALL_ON).status_code == 428
    assert put(phone, ALL_ON).status_code == 200
    assert wishes(phone) == ALL_ON


@pytest.mark.parametrize(
    "event", ["rung.red", "issue.supervised", "issue.supervision_overdue", "evidence.differs"]
)
def test_some_things_may_not_be_silenced(phone, event):
    answer = put(phone, {**ALL_ON, "muted": ["ticket.noted", event]})
    assert (answer.status_code, answer.json["code"]) == (422, "notice.may_not_be_muted")
    assert event in answer.json["errors"]["muted"][0]
    assert wishes(phone) == ALL_ON


def test_an_event_that_is_none_is_refused(phone):
    answer = put(phone, {**ALL_ON, "muted": ["issue.sneezed"]})
    assert (answer.status_code, answer.json["code"]) == (422, "notice.unknown_event")


@pytest.mark.parametrize(
    "body",
    [{}, {**ALL_ON, "channels": {"fax": True}}, {**ALL_ON, "digest": "daily"}, {**ALL_ON, "x": 1}],
)
def test_a_body_that_is_not_whole_is_refused(phone, body):
    assert put(phone, body).status_code == 422


def test_a_channel_that_is_off_is_not_used(given):
    made = scene(given, contact={"wechat_openid": "openid-1", "phone": "13800000000"})
    agree(made.contact, "issue.answered")
    contact = given.phone(made.contact)
    for channels, used in (
        ({"wechat": False, "sms": True}, ["sms"]),
        ({"wechat": False, "sms": False}, []),
        ({"wechat": True, "sms": False}, ["wechat"]),
    ):
        assert put(contact, {**ALL_ON, "channels": channels}).status_code == 200
        row = tell(made.issue, "issue.answered")
        assert [message["channel"] for message in outbox(row=row)] == used
    assert made.contact.id in told()


class TestSubscriptions:
    def test_what_was_agreed_to_is_counted(self, phone):
        template = pack().notices.templates[0]
        assert phone.see("/me/subscriptions")["items"][0] == {
            "template": template.id,
            "events": list(template.events),
            "count": 0,
        }
        body = {"template": template.id, "accepted": 2}
        for _ in range(2):
            phone.do("/me/subscriptions", body, Idempotency_Key="one tap")
        items = phone.do("/me/subscriptions", {**body, "accepted": 1})["items"]
        assert [each["count"] for each in items] == [3, *[0] * (len(items) - 1)]
        assert phone.do("/me/subscriptions", {**body, "accepted": 100})

    def test_there_is_an_end_to_it(self, phone):
        template = pack().notices.templates[0].id
        for _ in range(12):
            items = phone.do("/me/subscriptions", {"template": template, "accepted": 100})["items"]
        assert items[0]["count"] == credits.MOST

    @pytest.mark.parametrize(
        "body",
        [
            {"template": "of somebody else", "accepted": 1},
            {"template": "x", "accepted": 0},
            {"template": "x", "accepted": -1},
            {"template": "x"},
        ],
    )
    def test_nonsense_is_refused(self, phone, body):
        assert phone.post("/me/subscriptions", body).status_code == 422
