from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog

from app.foundation.errors import (
    DomainError,
    Forbidden,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from app.foundation.messages import catalogue, say
from app.gateways import wechat as wechat_room
from app.gateways.wechat import WeChat, WeChatSession
from tests.standins.wechat import WeChatStandIn


@pytest.fixture(autouse=True)
def _own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger that was used before is bound to where it wrote then."""
    monkeypatch.setattr(wechat_room, "log", structlog.get_logger())


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[WeChatStandIn]:
    with WeChatStandIn() as running:
        yield running


@pytest.fixture
def wechat(server: WeChatStandIn) -> Iterator[WeChat]:
    with WeChat(server.base_url, server.app_id, server.secret, timeout=2) as client:
        yield client


def refused(wechat: WeChat, code: str = "a-code") -> DomainError:
    with pytest.raises(DomainError) as caught:
        wechat.code_to_openid(code)
    return caught.value


def test_a_code_gives_the_openid_and_asks_with_the_documented_fields(
    server: WeChatStandIn, wechat: WeChat
) -> None:
    code = server.issue_code("openid-1", "union-1")
    assert wechat.code_to_openid(code) == WeChatSession("openid-1", "union-1")
    assert server.calls == [
        {
            "appid": server.app_id,
            "secret": server.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
    ]


def test_without_an_open_platform_account_there_is_no_unionid(
    server: WeChatStandIn, wechat: WeChat
) -> None:
    assert wechat.code_to_openid(server.issue_code("openid-1")).unionid is None


def test_a_code_works_once(server: WeChatStandIn, wechat: WeChat) -> None:
    code = server.issue_code("openid-1")
    wechat.code_to_openid(code)
    error = refused(wechat, code)
    assert (type(error), error.code) == (Unauthenticated, "wechat.code_used")


def test_an_old_code_is_invalid(server: WeChatStandIn, wechat: WeChat) -> None:
    assert refused(wechat, server.issue_code("openid-1", seconds=-1)).code == "wechat.code_invalid"


@pytest.mark.parametrize("code", ["", "x" * 129, "a\x00b", "码", "\ud800", "a\nb"])
def test_what_cannot_be_a_code_is_not_even_asked(
    server: WeChatStandIn, wechat: WeChat, code: str
) -> None:
    error = refused(wechat, code)
    assert (type(error), error.code) == (Unauthenticated, "wechat.code_invalid")
    assert server.calls == []


@pytest.mark.parametrize("code", ["a&appid=other", "a b", "a%00b", "a#b", "../x"])
def test_a_code_cannot_change_the_query(server: WeChatStandIn, wechat: WeChat, code: str) -> None:
    assert refused(wechat, code).code == "wechat.code_invalid"
    assert server.calls[0]["js_code"] == code
    assert server.calls[0]["appid"] == server.app_id


@pytest.mark.parametrize(
    ("errcode", "kind", "ours"),
    [
        (40029, Unauthenticated, "wechat.code_invalid"),
        (40163, Unauthenticated, "wechat.code_used"),
        (40226, Forbidden, "wechat.blocked"),
        (45011, TooMany, "wechat.too_often"),
        (-1, Unavailable, "wechat.unavailable"),
        (40013, Unavailable, "wechat.unavailable"),
        (40125, Unavailable, "wechat.unavailable"),
        (99999, Unavailable, "wechat.unavailable"),
    ],
)
def test_each_error_of_wechat_has_a_clear_one_of_ours(
    server: WeChatStandIn, wechat: WeChat, errcode: int, kind: type[DomainError], ours: str
) -> None:
    server.fail_next(errcode)
    with structlog.testing.capture_logs() as logs:
        error = refused(wechat)
    assert (type(error), error.code) == (kind, ours)
    assert [(row["event"], row["errcode"]) for row in logs] == [("wechat.refused", errcode)]
    assert logs[0]["rid"]
    if isinstance(error, (TooMany, Unavailable)):
        assert error.retry_after > 0
    for language in ("zh", "en"):
        assert ours in catalogue(language)
        assert "{" not in say(ours, language, **error.params)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (502, b"<html>bad gateway</html>"),
        (302, b""),
        (429, b"slow down"),
        (0, b""),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'"text"'),
        (200, b"\xff\xfe\x00"),
        (200, b"[" * 100_000),
        (200, b"{}"),
        (200, b'{"openid": 7}'),
        (200, b'{"openid": ""}'),
        (200, b'{"errcode": "x"}'),
        (200, b'{"errcode": {}}'),
        (200, b'{"errcode": Infinity}'),
    ],
)
def test_nonsense_is_unavailable(
    server: WeChatStandIn, wechat: WeChat, status: int, body: bytes
) -> None:
    server.break_next(status, body)
    error = refused(wechat)
    assert (type(error), error.code) == (Unavailable, "wechat.unavailable")
    assert wechat.code_to_openid(server.issue_code("after")).openid == "after"


def test_an_errcode_of_zero_is_success(server: WeChatStandIn, wechat: WeChat) -> None:
    server.break_next(200, b'{"errcode": 0, "errmsg": "ok", "openid": "o", "session_key": "k"}')
    assert wechat.code_to_openid("a-code").openid == "o"


def test_slow_is_unavailable_after_the_timeout(server: WeChatStandIn) -> None:
    server.delay = 0.5
    with WeChat(server.base_url, server.app_id, server.secret, timeout=0.1) as wechat:
        assert isinstance(refused(wechat), Unavailable)


def test_nobody_there_is_unavailable(server: WeChatStandIn) -> None:
    with WeChat("http://127.0.0.1:1", "id", "secret", timeout=1) as wechat:
        assert isinstance(refused(wechat), Unavailable)


@pytest.mark.parametrize(("app_id", "secret"), [("", "s"), ("i", ""), ("", "")])
def test_not_configured_is_unavailable_and_asks_nobody(
    server: WeChatStandIn, app_id: str, secret: str
) -> None:
    with WeChat(server.base_url, app_id, secret, timeout=1) as wechat:
        assert isinstance(refused(wechat), Unavailable)
    assert server.calls == []


def test_wrong_credentials_are_told_apart_by_the_log(server: WeChatStandIn) -> None:
    for app_id, secret, errcode in (("x", server.secret, 40013), (server.app_id, "x", 40125)):
        with (
            WeChat(server.base_url, app_id, secret, timeout=1) as wechat,
            structlog.testing.capture_logs() as logs,
        ):
            assert isinstance(refused(wechat), Unavailable)
        assert logs[0]["errcode"] == errcode


def test_neither_secret_nor_session_key_nor_openid_is_told(
    server: WeChatStandIn, wechat: WeChat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = b'{"session_key": "tiihtNczf5v6AKRyjwEUhQ==", "openid": "openid-1"}'
    server.break_next(200, body)
    with structlog.testing.capture_logs() as logs:
        session = wechat.code_to_openid("a-code")
        server.fail_next(-1)
        failure = refused(wechat)
        server.break_next(0)
        cut = refused(wechat)
    told = f"{session!r} {logs} {caplog.text} {failure!r} {cut!r} {cut.__context__!r} {wechat!r}"
    assert cut.__suppress_context__
    for hidden in (server.secret, "tiihtNczf5v6AKRyjwEUhQ", "openid-1"):
        assert hidden not in told


def test_many_threads_share_one_client(server: WeChatStandIn, wechat: WeChat) -> None:
    codes = {server.issue_code(f"openid-{n}"): f"openid-{n}" for n in range(40)}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(wechat.code_to_openid, codes))
    assert [answer.openid for answer in answers] == list(codes.values())
