"""WeChat's side of subscribe messages: tokens, who agreed to what, what each kind of field may hold.

Limits as documented under 订阅消息参数值内容限制说明, written down here on their own.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_HANZI = r"[\u3400-\u9fff]"
_CLOCK, _DAY = r"\d{1,2}:\d{2}(:\d{2})?", r"\d{4}年\d{1,2}月\d{1,2}日"
RULES = {
    "thing": r"[^\x00-\x1f]{1,20}",
    "number": r"(?=.{1,32}$)\d+(\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": rf"({_DAY} )?{_CLOCK}",
    "date": rf"{_DAY}( {_CLOCK})?",
    "phone_number": r"[\d+\-]{1,17}",
    "name": rf"{_HANZI}{{1,10}}|[ -~]{{1,20}}",
    "phrase": rf"{_HANZI}{{1,5}}",
}


@dataclass
class Messages:
    """`agreed` counts what each (openid, template) may still be sent, `people` are the openids there are.

    `templates` maps ids to the names of their fields; while it is empty any id will do.
    """

    agreed: Counter[tuple[str, str]] = field(default_factory=Counter)
    people: set[str] = field(default_factory=set)
    templates: dict[str, set[str]] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    tokens_given: int = 0
    expires_in: int = 7200
    _token: str = ""

    def agree(self, openid: str, template: str, times: int = 1) -> None:
        """A person agreed to that many messages."""
        self.people.add(openid)
        self.agreed[openid, template] += times

    def token(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The one token, as long as it lives."""
        self.tokens_given += 1
        if not self._token or asked.get("force_refresh"):
            self._token = secrets.token_hex(32)
        return {"access_token": self._token, "expires_in": self.expires_in}

    def expire(self) -> None:
        """The token that was given is worth nothing from now on."""
        self._token = ""

    def take(self, token: str, message: dict[str, Any]) -> tuple[int, str | None]:
        """The errcode, 0 when it was sent, and words where they say more than the code."""
        openid, template = message.get("touser"), message.get("template_id")
        if not self._token or token != self._token:
            return 40001, None
        if openid not in self.people:
            return 40003, None
        if self.templates and template not in self.templates:
            return 40037, None
        wanted = self.templates.get(template or "", set())
        if missing := sorted(wanted - set(message["data"])):
            return 47003, f"argument invalid! data.{missing[0]}.value is empty"
        for name, entry in message["data"].items():
            rule = RULES[name.rstrip("0123456789")]
            if not re.fullmatch(rule, entry["value"]):
                return 47003, f"argument invalid! data.{name}.value invalid"
        if not self.agreed[openid, template]:
            return 43101, None
        self.agreed[openid, template] -= 1
        self.sent.append(message)
        return 0, None
