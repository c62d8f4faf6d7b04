"""WeChat: subscribe messages out. One is sent for each time that a person agreed to.

Source: sendMessage (subscribe message) and getStableAccessToken in the mini-program server API,
developers.weixin.qq.com
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from redis import Redis

from app.gateways.outcome import SENT, Outcome, Result
from app.gateways.pooled import Pooled
from app.gateways.wechat import rid_of
from app.gateways.wechat_token import TokenShelf

log = structlog.get_logger(__name__)

NO_SUCH_OPENID = 40003
REFUSED = 43101
BAD_ARGUMENT = 47003
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})
# The template or its page is not the mini-program's: no other try will help.
_NEVER = frozenset({40037, 41030, BAD_ARGUMENT})
_FIELD = re.compile(r"data\.(\w+?)(?:\.(?:value|DATA))?\b")


class NoToken(Exception):
    """WeChat gave no access token; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """One message: to whom, by which template, what fills its fields."""

    openid: str = field(repr=False)
    template: str
    page: str
    data: Mapping[str, str]


class WeChatMessages(Pooled):
    """Sends, with one access token that all processes share through Redis; safe between threads.

    `timeout` (seconds) bounds connecting, and each read and write.
    """

    def __init__(
        self, base_url: str, app_id: str, secret: str, timeout: float, redis: Redis
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self._client = httpx.Client(base_url=base_url, timeout=timeout)
        self._tokens = TokenShelf(redis, f"wechat:token:{app_id}", self._new_token)

    def send(self, message: Subscribed) -> Outcome:
        """Send one message. Never raises for what WeChat does; a token it refuses is fetched anew once."""
        token: str | None = None
        for _ in range(2):
            try:
                token = self._tokens.get(refused=token)
            except NoToken as error:
                return Outcome(Result.LATER, str(error))
            outcome = self._send(message, token)
            if outcome.code not in _TOKEN_REFUSED:
                break
        return outcome

    def _send(self, message: Subscribed, token: str) -> Outcome:
        body = {
            "touser": message.openid,
            "template_id": message.template,
            "page": message.page,
            "data": {name: {"value": value} for name, value in message.data.items()},
            "lang": "zh_CN",
        }
        path = "/cgi-bin/message/subscribe/send"
        try:
            response = self._client.post(path, params={"access_token": token}, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Outcome(Result.LATER, type(error).__name__)
        except httpx.HTTPError as error:
            return Outcome(Result.UNSURE, type(error).__name__)
        if response.status_code != httpx.codes.OK:
            unsure = response.status_code == httpx.codes.GATEWAY_TIMEOUT
            result = Result.UNSURE if unsure else Result.LATER
            return Outcome(result, f"HTTP {response.status_code}")
        return _outcome(_parsed(response.content))

    def _new_token(self) -> tuple[str, int]:
        """A token and how many seconds it lives. Raises NoToken."""
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": False,
        }
        try:
            response = self._client.post("/cgi-bin/stable_token", json=body)
        except httpx.HTTPError as error:
            raise NoToken(f"token: {type(error).__name__}") from None
        answer = _parsed(response.content) if response.status_code == httpx.codes.OK else {}
        token, lives = answer.get("access_token"), answer.get("expires_in")
        if not (isinstance(token, str) and token and isinstance(lives, int)):
            log.warning("wechat.no_token", errcode=answer.get("errcode"), rid=rid_of(answer))
            raise NoToken(f"token: {answer.get('errcode') or f'HTTP {response.status_code}'}")
        return token, lives


def _parsed(content: bytes) -> dict[str, Any]:
    """What came, or nothing when it is no JSON object."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    return answer if isinstance(answer, dict) else {}


def _outcome(answer: Mapping[str, Any]) -> Outcome:
    code = answer.get("errcode")
    if not isinstance(code, int):
        # It may have been WeChat, it may have been something on the way that ate the answer.
        return Outcome(Result.UNSURE, "unintelligible")
    if code == 0:
        return SENT
    said = str(answer.get("errmsg"))
    log.warning("wechat.message_refused", errcode=code, rid=rid_of(answer))
    if code in (NO_SUCH_OPENID, REFUSED):
        return Outcome(Result.SKIPPED, f"{code}", code)
    if code in _NEVER:
        named = _FIELD.search(said) if code == BAD_ARGUMENT else None
        return Outcome(Result.FAILED, f"{code} {named[1]}" if named else f"{code}", code)
    return Outcome(Result.LATER, f"{code}", code)
