"""What the story is played with: steps that are timed, checked and printed, and people with phones."""

from __future__ import annotations

import time
import unicodedata
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.05
NAME_COLUMNS = 40

Call = Callable[[], httpx.Response]
Check = Callable[[Any], bool]


class StoryError(Exception):
    """A step was not as it should be; the message says which and how."""


class Stage:
    """Counts, times, checks and prints the steps."""

    def __init__(self) -> None:
        self._number, self._begun = 0, time.monotonic()

    def step(self, name: str, call: Call, status: int, true: Check | None = None) -> Any:
        """One call that must answer with `status` and something that is `true`: its parsed body."""
        self._number += 1
        begun = time.monotonic()
        answer = self._ask(name, call)
        self._print(name, answer.status_code, begun)
        body = _parsed(answer)
        if answer.status_code != status:
            raise self._wrong(name, f"应答 {status}，实答 {answer.status_code}：{_said(answer)}")
        if true and not true(body):
            raise self._wrong(name, f"内容不符：{_said(answer)}")
        return body

    def wait(self, name: str, call: Call, true: Check) -> Any:
        """Ask again and again until the body is `true`; the time printed is that until then."""
        self._number += 1
        begun = time.monotonic()
        while True:
            answer = self._ask(name, call)
            body = _parsed(answer)
            if answer.status_code != 200:
                raise self._wrong(name, f"应答 200，实答 {answer.status_code}：{_said(answer)}")
            if true(body):
                self._print(name, answer.status_code, begun)
                return body
            if time.monotonic() - begun > PATIENCE_SECONDS:
                raise self._wrong(name, f"等了 {PATIENCE_SECONDS:.0f} 秒仍未发生：{_said(answer)}")
            time.sleep(PAUSE_SECONDS)

    def tell(self, text: str) -> None:
        """A line between the steps."""
        print(f"      {text}", flush=True)

    def end(self) -> None:
        """The last line."""
        seconds = time.monotonic() - self._begun
        print(f"\n全部 {self._number} 步符合预期，共 {seconds:.2f} 秒", flush=True)

    def _ask(self, name: str, call: Call) -> httpx.Response:
        try:
            return call()
        except httpx.HTTPError as error:
            raise self._wrong(name, f"服务没有应答（{error}）；先 make run") from error

    def _print(self, name: str, status: int, begun: float) -> None:
        wide = sum(unicodedata.east_asian_width(char) in "WF" for char in name)
        padded = name + " " * max(1, NAME_COLUMNS - len(name) - wide)
        milliseconds = (time.monotonic() - begun) * 1000
        print(f"{self._number:>3}   {padded}{status}  {milliseconds:7.0f} ms", flush=True)

    def _wrong(self, name: str, why: str) -> StoryError:
        return StoryError(f"第 {self._number} 步「{name}」{why}")


def _parsed(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _said(answer: httpx.Response) -> str:
    return answer.text[:300] if "json" in answer.headers.get("content-type", "") else "非 JSON"


class Person:
    """Somebody with a phone or a screen, logged in."""

    def __init__(self, stage: Stage, base_url: str, title: str, account: dict[str, str]) -> None:
        self._stage, self._title = stage, title
        # A proxy is not for the server next door.
        self._client = httpx.Client(
            base_url=f"{base_url}/api/v1", timeout=PATIENCE_SECONDS, trust_env=False
        )
        name = f"{title}登录（{account['account']}）"
        login = {key: account[key] for key in ("account", "password")}
        tokens = stage.step(name, lambda: self._client.post("/auth/password", json=login), 200)
        self._client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.roles: list[dict[str, Any]] = tokens["person"]["roles"]

    def sees(self, name: str, path: str, true: Check | None = None, **query: Any) -> Any:
        """A read that must succeed."""
        return self._stage.step(
            self._title + name, lambda: self._client.get(path, params=query), 200, true
        )

    def awaits(self, name: str, path: str, true: Check, **query: Any) -> Any:
        """A read that must become true."""
        return self._stage.wait(
            self._title + name, lambda: self._client.get(path, params=query), true
        )

    def does(
        self,
        name: str,
        path: str,
        body: Any = None,
        *,
        status: int = 200,
        true: Check | None = None,
    ) -> Any:
        """A write."""
        return self._stage.step(
            self._title + name, lambda: self._client.post(path, json=body or {}), status, true
        )

    def photographs(self, name: str, photo: Path, **fields: Any) -> str:
        """Upload a file; the photo's id."""
        data = photo.read_bytes()

        def upload() -> httpx.Response:
            form = {"client_id": str(uuid.uuid4()), **fields}
            return self._client.post(
                "/photos", data=form, files={"file": (photo.name, data, "image/jpeg")}
            )

        sent: Check = lambda body: body["size"] == len(data)  # noqa: E731 - read at a glance
        taken = self._stage.step(self._title + name, upload, 201, sent)
        return str(taken["id"])
