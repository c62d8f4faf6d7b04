"""A stand-in for api.weixin.qq.com that speaks its protocol over real HTTP on loopback.

Fields and error codes as documented for auth.code2Session; JSON comes as text/plain. Subscribe messages
are in `wechat_messages`.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standins.loopback import Loopback, Request
from tests.standins.wechat_messages import Messages

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    42001: "access_token expired",
    43101: "user refuse to accept the msg",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, mustslower retry next minute",
}
CODE_SECONDS = 300
LOGIN, TOKEN, SEND = (
    "/sns/jscode2session",
    "/cgi-bin/stable_token",
    "/cgi-bin/message/subscribe/send",
)


@dataclass
class _Code:
    openid: str
    unionid: str | None
    until: float
    used: bool = False


@dataclass
class WeChatStandIn(Loopback):
    """`fail_next` makes coming calls answer an errcode, `break_next` an HTTP status with any bytes, or a
    hang-up (status 0); of logins unless another path is named. `calls` holds each query of a login.
    `messages` is what is known of subscribe messages.
    """

    app_id: str = "wx00000000stewardtest"
    secret: str = "stand-in-secret"
    calls: list[dict[str, str]] = field(default_factory=list)
    messages: Messages = field(default_factory=Messages)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _failures: dict[str, list[int | tuple[int, bytes]]] = field(default_factory=dict)

    content_type = "text/plain"

    def issue_code(
        self, openid: str, unionid: str | None = None, *, seconds: float = CODE_SECONDS
    ) -> str:
        """What `wx.login` would give the phone of `openid`."""
        return self.add_code(secrets.token_hex(16), openid, unionid, seconds=seconds)

    def add_code(
        self, code: str, openid: str, unionid: str | None = None, *, seconds: float = CODE_SECONDS
    ) -> str:
        with self._lock:
            self._codes[code] = _Code(openid, unionid, time.monotonic() + seconds)
        return code

    def fail_next(self, errcode: int, times: int = 1, at: str = LOGIN) -> None:
        with self._lock:
            self._failures.setdefault(at, []).extend([errcode] * times)

    def break_next(self, status: int, body: bytes = b"", times: int = 1, at: str = LOGIN) -> None:
        with self._lock:
            self._failures.setdefault(at, []).extend([(status, body)] * times)

    def answer(self, request: Request) -> tuple[int, bytes]:
        known = {LOGIN: "GET", TOKEN: "POST", SEND: "POST"}
        if known.get(request.path) != request.method:
            return 404, b"404 page not found"
        with self._lock:
            if request.path == LOGIN:
                self.calls.append(dict(request.query))
            waiting = self._failures.get(request.path)
            failure = waiting.pop(0) if waiting else None
            if isinstance(failure, tuple):
                return failure
            body = _error(failure) if failure is not None else self._done(request)
        return 200, json.dumps(body).encode()

    def _done(self, request: Request) -> dict[str, Any]:
        if request.path == LOGIN:
            return self._session(request.query)
        asked = json.loads(request.body)
        if request.path == TOKEN:
            return self._credentials(asked) or self.messages.token(asked)
        code, why = self.messages.take(request.query.get("access_token", ""), asked)
        return _error(code, why) if code else {"errcode": 0, "errmsg": "ok", "msgid": 1}

    def _credentials(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given.get("grant_type") != "client_credential":
            return _error(40002)
        if given.get("appid") != self.app_id:
            return _error(40013)
        return {} if given.get("secret") == self.secret else _error(40125)

    def _session(self, query: Mapping[str, str]) -> dict[str, Any]:
        for name, errcode in (("appid", 41002), ("secret", 41004), ("js_code", 41008)):
            if not query.get(name):
                return _error(errcode)
        if query["appid"] != self.app_id:
            return _error(40013)
        if query["secret"] != self.secret:
            return _error(40125)
        if query.get("grant_type") != "authorization_code":
            return _error(40002)
        code = self._codes.get(query["js_code"])
        if code is None or code.until < time.monotonic():
            return _error(40029)
        if code.used:
            return _error(40163)
        code.used = True
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        union = {"unionid": code.unionid} if code.unionid else {}
        return {"session_key": key, "openid": code.openid, **union}


def _error(errcode: int, why: str | None = None) -> dict[str, Any]:
    rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return {"errcode": errcode, "errmsg": f"{why or MESSAGES.get(errcode, 'unknown')}, rid: {rid}"}
