"""Subscribe messages over the real protocol: the token, its sharing, and each answer of WeChat's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog
from redis import Redis

from app.gateways.outcome import SENT, Result
from app.gateways.wechat_messages import Subscribed, WeChatMessages
from tests.standins.loopback import HANG_UP
from tests.standins.wechat import SEND, TOKEN, WeChatStandIn

TEMPLATE = "template-1"
DATA = {"character_string1": "JY20261124-0007", "thing2": "已答复", "time3": "2026年11月24日 17:30"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def redis(servers) -> Iterator[Redis]:
    with Redis.from_url(servers.redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def server() -> Iterator[WeChatStandIn]:
    with WeChatStandIn() as running:
        running.messages.templates[TEMPLATE] = set(DATA)
        running.messages.agree("openid-1", TEMPLATE, 100)
        yield running


@pytest.fixture
def wechat(server: WeChatStandIn, redis: Redis) -> Iterator[WeChatMessages]:
    with client(server, redis) as made:
        yield made


def client(server: WeChatStandIn, redis: Redis, timeout: float = 2) -> WeChatMessages:
    return WeChatMessages(server.base_url, server.app_id, server.secret, timeout, redis)


def message(**over: object) -> Subscribed:
    values = {"openid": "openid-1", "template": TEMPLATE, "page": "pages/a?id=1", "data": DATA}
    return Subscribed(**{**values, **over})  # type: ignore[arg-type]


def test_a_message_goes_out_as_documented(server: WeChatStandIn, wechat: WeChatMessages) -> None:
    assert wechat.send(message()) == SENT
    (sent,) = server.messages.sent
    assert sent == {
        "touser": "openid-1",
        "template_id": TEMPLATE,
        "page": "pages/a?id=1",
        "data": {name: {"value": value} for name, value in DATA.items()},
        "lang": "zh_CN",
    }


def test_one_token_serves_all_processes(
    server: WeChatStandIn, wechat: WeChatMessages, redis: Redis
) -> None:
    with client(server, redis) as other:
        for gateway in (wechat, other, wechat):
            assert gateway.send(message()) == SENT
    assert server.messages.tokens_given == 1
    kept = redis.ttl(f"wechat:token:{server.app_id}")
    assert 0 < kept <= 7200 - 300


def test_many_at_once_fetch_one_token(
    server: WeChatStandIn, wechat: WeChatMessages, redis: Redis
) -> None:
    server.delay = 0.05
    together = threading.Barrier(8)

    def send(_: int) -> object:
        together.wait()
        return wechat.send(message())

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(8))) == {SENT}
    assert server.messages.tokens_given == 1


@pytest.mark.parametrize("errcode", [40001, 42001])
def test_a_refused_token_is_fetched_anew_once(
    server: WeChatStandIn, wechat: WeChatMessages, errcode: int
) -> None:
    wechat.send(message())
    server.messages.expire()
    server.fail_next(errcode, at=SEND)
    assert wechat.send(message()) == SENT
    assert server.messages.tokens_given == 2
    server.fail_next(errcode, times=2, at=SEND)
    assert wechat.send(message()).result is Result.LATER
    assert server.messages.tokens_given == 3


def test_without_redis_it_fetches_a_token_of_its_own(server: WeChatStandIn) -> None:
    with (
        Redis(port=1, socket_connect_timeout=0.2) as away,
        client(server, away) as wechat,
        structlog.testing.capture_logs() as logs,
    ):
        assert wechat.send(message()) == SENT
    assert "wechat.token_not_shared" in {row["event"] for row in logs}


@pytest.mark.parametrize(
    ("errcode", "result"),
    [
        (40003, Result.SKIPPED),
        (43101, Result.SKIPPED),
        (40037, Result.FAILED),
        (41030, Result.FAILED),
        (47003, Result.FAILED),
        (-1, Result.LATER),
        (45009, Result.LATER),
        (48001, Result.LATER),
        (99999, Result.LATER),
    ],
)
def test_each_errcode_means_something(
    server: WeChatStandIn, wechat: WeChatMessages, errcode: int, result: Result
) -> None:
    server.fail_next(errcode, at=SEND)
    outcome = wechat.send(message())
    assert (outcome.result, outcome.code) == (result, errcode)
    assert outcome.error
    assert str(errcode) in outcome.error


def test_a_field_that_does_not_fit_is_named(server: WeChatStandIn, wechat: WeChatMessages) -> None:
    outcome = wechat.send(message(data={**DATA, "thing2": "长" * 21}))
    assert (outcome.result, outcome.error) == (Result.FAILED, "47003 thing2")
    missing = {name: value for name, value in DATA.items() if name != "time3"}
    assert wechat.send(message(data=missing)).error == "47003 time3"


def test_strangers_and_people_who_agreed_to_nothing_are_skipped(
    server: WeChatStandIn, wechat: WeChatMessages
) -> None:
    server.messages.agree("openid-2", "other-template")
    assert wechat.send(message(openid="nobody")).code == 40003
    assert wechat.send(message(openid="openid-2")).code == 43101


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (500, b"", Result.LATER),
        (502, b"<html>", Result.LATER),
        (504, b"", Result.UNSURE),
        (200, b"<html>", Result.UNSURE),
        (200, b"[]", Result.UNSURE),
        (200, b"[" * 100_000, Result.UNSURE),
        (HANG_UP, b"", Result.UNSURE),
    ],
)
def test_nonsense_in_place_of_an_answer(
    server: WeChatStandIn, wechat: WeChatMessages, status: int, body: bytes, result: Result
) -> None:
    server.break_next(status, body, at=SEND)
    assert wechat.send(message()).result is result
    assert wechat.send(message()) == SENT


@pytest.mark.parametrize("break_", [(500, b""), (200, b"{}"), (HANG_UP, b"")])
def test_without_a_token_nothing_was_sent(
    server: WeChatStandIn, wechat: WeChatMessages, break_: tuple[int, bytes]
) -> None:
    server.break_next(*break_, at=TOKEN)
    outcome = wechat.send(message())
    assert outcome.result is Result.LATER
    assert server.messages.sent == []


def test_slow_is_unsure_and_away_is_not(server: WeChatStandIn, redis: Redis) -> None:
    with client(server, redis, timeout=0.2) as hasty:
        hasty.send(message())
        server.delay = 0.6
        assert hasty.send(message()).result is Result.UNSURE
    with WeChatMessages("http://127.0.0.1:1", "id", "secret", 1, redis) as nowhere:
        assert nowhere.send(message()).result is Result.LATER


def test_a_wrong_secret_is_the_channels_fault(server: WeChatStandIn, redis: Redis) -> None:
    with WeChatMessages(server.base_url, server.app_id, "other", 2, redis) as wechat:
        outcome = wechat.send(message())
    assert (outcome.result, outcome.error) == (Result.LATER, "token: 40125")


def test_neither_token_nor_secret_nor_openid_is_told(
    server: WeChatStandIn, wechat: WeChatMessages, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with structlog.testing.capture_logs() as logs:
        wechat.send(message())
        server.fail_next(43101, at=SEND)
        outcome = wechat.send(message())
    token = redis.get(f"wechat:token:{server.app_id}")
    assert isinstance(token, bytes)
    told = f"{logs} {caplog.text} {outcome!r} {message()!r}"
    for hidden in (token.decode(), server.secret, "openid-1"):
        assert hidden not in told
