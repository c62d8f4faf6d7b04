"""A stand-in for an SMS gateway over real HTTP on loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.standins.loopback import HANG_UP, Loopback, Request


@dataclass
class SmsStandIn(Loopback):
    """`asked` holds each request, `sent` each message that went out to a phone.

    With `dedupes` a request id goes out once. `fail_next` makes coming calls answer a status and send
    nothing; `cut_next` sends, then hangs up before the answer.
    """

    key: str = "sms-key"
    dedupes: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    _failures: list[int] = field(default_factory=list)
    _cuts: int = 0

    @property
    def url(self) -> str:
        return f"{self.base_url}/messages"

    def fail_next(self, status: int, times: int = 1) -> None:
        with self._lock:
            self._failures += [status] * times

    def cut_next(self, times: int = 1) -> None:
        with self._lock:
            self._cuts += times

    def answer(self, request: Request) -> tuple[int, bytes]:
        if (request.method, request.path) != ("POST", "/messages"):
            return 404, b""
        with self._lock:
            if request.headers.get("Authorization") != f"Bearer {self.key}":
                return 401, b"{}"
            message = json.loads(request.body)
            self.asked.append(message)
            if self._failures:
                return self._failures.pop(0), b"{}"
            known = {each["request_id"] for each in self.sent}
            if not (self.dedupes and message["request_id"] in known):
                self.sent.append(message)
            if self._cuts:
                self._cuts -= 1
                return HANG_UP, b""
        return 200, b'{"ok": true}'
