"""A stand-in for api.weixin.qq.com that speaks its protocol over real HTTP on loopback.

Fields and error codes as documented for auth.code2Session; JSON comes as text/plain.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

MESSAGES = {
    -1: "system error",
    40002: "invalid grant_type",
    40013: "invalid appid",
    40029: "invalid code",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    45011: "api minute-quota reach limit, mustslower retry next minute",
}
CODE_SECONDS = 300


@dataclass
class _Code:
    openid: str
    unionid: str | None
    until: float
    used: bool = False


@dataclass
class WeChatStandIn:
    """Use as a context manager; everything may be changed while it runs.

    `delay` seconds pass before each answer. `fail_next` makes coming calls answer an errcode,
    `break_next` an HTTP status with any bytes, or a hang-up (status 0). `calls` holds each query.
    """

    app_id: str = "wx00000000stewardtest"
    secret: str = "stand-in-secret"
    delay: float = 0.0
    port: int = 0
    calls: list[dict[str, str]] = field(default_factory=list)
    base_url: str = ""
    _codes: dict[str, _Code] = field(default_factory=dict)
    _failures: list[int | tuple[int, bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

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

    def fail_next(self, errcode: int, times: int = 1) -> None:
        with self._lock:
            self._failures += [errcode] * times

    def break_next(self, status: int, body: bytes = b"", times: int = 1) -> None:
        with self._lock:
            self._failures += [(status, body)] * times

    def answer(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and bytes for one call of jscode2session."""
        with self._lock:
            self.calls.append(dict(query))
            failure = self._failures.pop(0) if self._failures else None
            if isinstance(failure, tuple):
                return failure
            body = _error(failure) if failure is not None else self._session(query)
        return 200, json.dumps(body).encode()

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

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server
        assert self._thread
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _error(errcode: int) -> dict[str, Any]:
    rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return {"errcode": errcode, "errmsg": f"{MESSAGES.get(errcode, 'unknown')}, rid: {rid}"}


def _handler(stand_in: WeChatStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            if stand_in.delay:
                time.sleep(stand_in.delay)
            if url.path == "/sns/jscode2session":
                status, body = stand_in.answer(query)
            else:
                status, body = 404, b"404 page not found"
            if status == 0:
                self.close_connection = True
                return
            try:
                self._send(status, body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
