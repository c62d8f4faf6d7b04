"""SMS through an HTTP gateway: one POST of JSON a message.

`{"request_id", "phone", "text"}`, with the key as a bearer token where there is one. Any 2xx means
taken. The same request id always means the same message, so a gateway that keeps them sends it once.
"""

from __future__ import annotations

import httpx
import structlog

from app.gateways.outcome import SENT, Outcome, Result
from app.gateways.pooled import Pooled

log = structlog.get_logger(__name__)

LONGEST = 134
"""Characters: two parts of 67, as a long message in UCS-2 is cut (3GPP TS 23.040)."""
# Nothing was taken: the gateway is busy, broken, or does not know us.
_NOT_TAKEN = frozenset({401, 403, 404, 408, 425, 429})


class Sms(Pooled):
    """The gateway, over one kept connection pool; safe to share between threads.

    `timeout` (seconds) bounds connecting, and each read and write.
    """

    def __init__(self, url: str, key: str, timeout: float) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._url = url
        self._client = httpx.Client(timeout=timeout, headers=headers)

    def send(self, request_id: str, phone: str, text: str) -> Outcome:
        """Hand over one message, cut to `LONGEST` characters. Never raises for what the gateway does."""
        body = {"request_id": request_id, "phone": phone, "text": cut(text, LONGEST)}
        try:
            response = self._client.post(self._url, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Outcome(Result.LATER, type(error).__name__)
        except httpx.HTTPError as error:
            return Outcome(Result.UNSURE, type(error).__name__)
        return _told(response.status_code)


def cut(text: str, most: int) -> str:
    """The text, on one line, with … where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _told(status: int) -> Outcome:
    if 200 <= status < 300:
        return SENT
    log.warning("sms.refused", status=status)
    if status == httpx.codes.GATEWAY_TIMEOUT:
        return Outcome(Result.UNSURE, f"HTTP {status}", status)
    if status in _NOT_TAKEN or status >= 500:
        return Outcome(Result.LATER, f"HTTP {status}", status)
    return Outcome(Result.FAILED, f"HTTP {status}", status)
