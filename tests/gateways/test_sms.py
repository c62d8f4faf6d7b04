"""SMS over HTTP: what is sent, and what each way of failing means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.gateways.outcome import SENT, Result
from app.gateways.sms import LONGEST, Sms
from tests.standins.sms import SmsStandIn


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[SmsStandIn]:
    with SmsStandIn() as running:
        yield running


@pytest.fixture
def sms(server: SmsStandIn) -> Iterator[Sms]:
    with Sms(server.url, server.key, timeout=2) as client:
        yield client


def test_a_message_goes_out_with_its_id(server: SmsStandIn, sms: Sms) -> None:
    assert sms.send("id-1", "13800000000", "已答复") == SENT
    assert server.sent == [{"request_id": "id-1", "phone": "13800000000", "text": "已答复"}]


def test_the_same_id_goes_out_once(server: SmsStandIn, sms: Sms) -> None:
    for _ in range(2):
        assert sms.send("id-1", "13800000000", "已答复") == SENT
    assert (len(server.asked), len(server.sent)) == (2, 1)


@pytest.mark.parametrize("text", ["长" * 500, "字\n" * 300, "刚" * (LONGEST + 1)])
def test_a_long_text_is_cut_to_two_parts_on_one_line(
    server: SmsStandIn, sms: Sms, text: str
) -> None:
    sms.send("id-1", "13800000000", text)
    (sent,) = server.sent
    assert len(sent["text"]) == LONGEST
    assert sent["text"].endswith("…")
    assert "\n" not in sent["text"]


def test_a_text_that_fits_is_left_as_it_is(server: SmsStandIn, sms: Sms) -> None:
    sms.send("id-1", "13800000000", "刚" * LONGEST)
    assert server.sent[0]["text"] == "刚" * LONGEST


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (500, Result.LATER),
        (503, Result.LATER),
        (429, Result.LATER),
        (401, Result.LATER),
        (504, Result.UNSURE),
        (400, Result.FAILED),
        (422, Result.FAILED),
        (302, Result.FAILED),
    ],
)
def test_what_the_gateway_says_decides(
    server: SmsStandIn, sms: Sms, status: int, result: Result
) -> None:
    server.fail_next(status)
    outcome = sms.send("id-1", "13800000000", "已答复")
    assert (outcome.result, outcome.error) == (result, f"HTTP {status}")
    assert server.sent == []
    assert sms.send("id-1", "13800000000", "已答复") == SENT


def test_a_wrong_key_is_the_channels_fault_and_not_the_messages(server: SmsStandIn) -> None:
    with Sms(server.url, "other", timeout=2) as sms:
        assert sms.send("id-1", "13800000000", "已答复").result is Result.LATER


def test_nobody_there_sent_nothing(server: SmsStandIn) -> None:
    with Sms("http://127.0.0.1:1/", "", timeout=1) as sms:
        assert sms.send("id-1", "13800000000", "已答复").result is Result.LATER


def test_an_answer_that_never_came_leaves_it_open_whether_it_was_sent(
    server: SmsStandIn, sms: Sms
) -> None:
    server.cut_next()
    assert sms.send("id-1", "13800000000", "已答复").result is Result.UNSURE
    assert len(server.sent) == 1
    server.delay = 0.5
    with Sms(server.url, server.key, timeout=0.1) as hasty:
        assert hasty.send("id-2", "13800000000", "已答复").result is Result.UNSURE
