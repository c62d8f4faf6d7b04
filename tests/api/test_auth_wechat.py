"""Logging in with WeChat, against a stand-in that speaks its protocol over real HTTP."""

from __future__ import annotations

import pytest

import wsgi
from app.gateways.wechat import WeChat
from app.people.documents import Session
from tests.api.shape import refused
from tests.standins.wechat import WeChatStandIn
from tests.support.phone import API


@pytest.fixture
def client():
    return wsgi.app.test_client()


def me(client, token: str):
    return client.get(f"{API}/me", headers={"Authorization": f"Bearer {token}"})


class TestByWeChat:
    @pytest.fixture
    def wechat(self, monkeypatch, clean):
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with (
            WeChatStandIn() as server,
            WeChat(server.base_url, server.app_id, server.secret, timeout=0.5) as gateway,
        ):
            monkeypatch.setitem(wsgi.app.extensions, "wechat", gateway)
            yield server

    def log_in(self, client, code: str):
        return client.post(f"{API}/auth/wechat", json={"code": code})

    def test_who_is_bound_comes_in(self, given, client, wechat):
        person = given.person(wechat_openid="o-bound")
        answer = self.log_in(client, wechat.issue_code("o-bound"))
        assert answer.status_code == 200
        assert answer.json["person"]["id"] == str(person.id)
        assert me(client, answer.json["access_token"]).json["id"] == str(person.id)
        assert "o-bound" not in answer.get_data(as_text=True)
        assert Session.objects.first().channel == "wechat"

    def test_who_is_not_bound_or_was_disabled_does_not(self, given, client, wechat):
        given.person(wechat_openid="o-disabled", active=False)
        for openid in ("o-stranger", "o-disabled"):
            refused(self.log_in(client, wechat.issue_code(openid)), 403, "auth.not_bound")

    def test_a_code_works_once(self, given, client, wechat):
        given.person(wechat_openid="o-bound")
        code = wechat.issue_code("o-bound")
        assert self.log_in(client, code).status_code == 200
        refused(self.log_in(client, code), 401, "wechat.code_used")

    @pytest.mark.parametrize(
        ("errcode", "status", "code", "retry"),
        [
            (40029, 401, "wechat.code_invalid", None),
            (40163, 401, "wechat.code_used", None),
            (40226, 403, "wechat.blocked", None),
            (45011, 429, "wechat.too_often", "60"),
            (-1, 503, "wechat.unavailable", "10"),
            (40013, 503, "wechat.unavailable", "10"),
            (99999, 503, "wechat.unavailable", "10"),
        ],
    )
    def test_each_refusal_has_its_status(self, errcode, status, code, retry, client, wechat):
        wechat.fail_next(errcode)
        answer = self.log_in(client, wechat.issue_code("o-bound"))
        refused(answer, status, code)
        assert answer.headers.get("Retry-After") == retry

    @pytest.mark.parametrize("broken", [(500, b""), (200, b"<html>"), (200, b"[]"), (0, b"")])
    def test_what_is_no_answer_is_503(self, broken, client, wechat):
        wechat.break_next(*broken)
        answer = self.log_in(client, wechat.issue_code("o-bound"))
        refused(answer, 503, "wechat.unavailable")
        assert int(answer.headers["Retry-After"]) > 0

    def test_slowness_is_503_and_not_a_hanging_phone(self, client, wechat):
        wechat.delay = 1.5
        answer = self.log_in(client, wechat.issue_code("o-bound"))
        refused(answer, 503, "wechat.unavailable")
        assert answer.headers["Retry-After"] == "10"

    def test_a_code_that_cannot_be_one_never_leaves_the_house(self, client, wechat):
        for code in ("x" * 129, "a b\n", "码"):
            refused(self.log_in(client, code), 401, "wechat.code_invalid")
        assert wechat.calls == []
