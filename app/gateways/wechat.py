"""WeChat: the code of a mini-program login in, the person's openid out.

Source: auth.code2Session in the mini-program server API, developers.weixin.qq.com
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from app.foundation.errors import (
    DomainError,
    Forbidden,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from app.gateways.pooled import Pooled

log = structlog.get_logger(__name__)

LONGEST_CODE = 128
RETRY_SECONDS = 10
RATE_WINDOW_SECONDS = 60  # 45011: 100 calls per person and minute


class _NoQueries(logging.Filter):
    """httpx tells whole URLs at INFO, and WeChat wants the secret in the query."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "?" not in record.getMessage()


logging.getLogger("httpx").addFilter(_NoQueries())


@dataclass(frozen=True, slots=True)
class WeChatSession:
    """Who logged in. `unionid` only where the mini-program is bound to an open-platform account."""

    openid: str = field(repr=False)
    unionid: str | None = field(default=None, repr=False)


class WeChat(Pooled):
    """The endpoints we use, over one kept connection pool; safe to share between threads.

    `timeout` (seconds) bounds connecting, and each read and write. Unset credentials are no error
    here: every call then raises Unavailable, and the rest of the service goes on.
    """

    def __init__(self, base_url: str, app_id: str, secret: str, timeout: float) -> None:
        self._app_id = app_id
        self._secret = secret
        self._client = httpx.Client(base_url=base_url, timeout=timeout)

    def code_to_openid(self, code: str) -> WeChatSession:
        """Trade the code that `wx.login` gave the phone; each code works once, for 5 minutes.

        The session key that WeChat sends along is dropped here. Raises Unauthenticated for a code
        that is wrong, spent or too old, TooMany, Forbidden for an account that WeChat holds for
        risky, and Unavailable when WeChat is away, slow, unintelligible or not configured.
        """
        if not (self._app_id and self._secret):
            log.error("wechat.not_configured")
            raise _unavailable()
        if not (0 < len(code) <= LONGEST_CODE and code.isascii() and code.isprintable()):
            raise Unauthenticated("wechat.code_invalid")
        answer = self._get(
            "/sns/jscode2session",
            {
                "appid": self._app_id,
                "secret": self._secret,
                "js_code": code,
                "grant_type": "authorization_code",
            },
        )
        openid = answer.get("openid")
        if not (isinstance(openid, str) and openid):
            log.error("wechat.unintelligible", missing="openid")
            raise _unavailable()
        unionid = answer.get("unionid")
        return WeChatSession(openid, unionid if isinstance(unionid, str) and unionid else None)

    def _get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """One call. Raises `from None`: the text of a cause may hold the URL with the secret."""
        try:
            response = self._client.get(path, params=query)
        except httpx.HTTPError as error:
            log.warning("wechat.unreachable", path=path, error=type(error).__name__)
            raise _unavailable() from None
        if response.status_code != httpx.codes.OK:
            log.warning("wechat.unreachable", path=path, status=response.status_code)
            raise _unavailable()
        try:
            answer = json.loads(response.content)  # sent as text/plain, so the header says nothing
            errcode = int(answer.get("errcode") or 0)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            log.error("wechat.unintelligible", path=path, bytes=len(response.content))  # noqa: TRY400
            raise _unavailable() from None
        if errcode:
            log.warning("wechat.refused", path=path, errcode=errcode, rid=rid_of(answer))
            raise _refusal(errcode)
        return dict(answer)


def _unavailable() -> Unavailable:
    return Unavailable("wechat.unavailable", retry_after=RETRY_SECONDS)


def _refusal(errcode: int) -> DomainError:
    """Our word for WeChat's; what is our own fault (40013, 40125) or unknown is "not available"."""
    match errcode:
        case 40029:
            return Unauthenticated("wechat.code_invalid")
        case 40163:
            return Unauthenticated("wechat.code_used")
        case 40226:
            return Forbidden("wechat.blocked")
        case 45011:
            return TooMany("wechat.too_often", retry_after=RATE_WINDOW_SECONDS)
        case _:
            return _unavailable()


def rid_of(answer: Mapping[str, Any]) -> str | None:
    """WeChat's request id, which their support asks for."""
    found = re.search(r"rid: ?([0-9a-f-]{8,64})", str(answer.get("errmsg")))
    return found[1] if found else None
