"""The channels out of the app behind one small interface: WeChat's subscribe messages, and SMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from redis import Redis

from app.foundation.db import Row
from app.foundation.district import local, pack
from app.gateways import wechat_fields
from app.gateways.outcome import Outcome, Result
from app.gateways.sms import Sms
from app.gateways.wechat_messages import NO_SUCH_OPENID, REFUSED, Subscribed, WeChatMessages
from app.notices import credits
from app.notices.reach import SMS, WECHAT
from app.notices.words import words
from config.pack import Template
from config.settings import Settings

NOBODY = frozenset({NO_SUCH_OPENID})
"""Codes that say: this person has no such channel at all."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with all that it needs: its id, the person it is for and the notice it carries."""

    id: str
    person: Row
    notice: Row


class Channel(Protocol):
    """One way out. Shared by the threads of a process."""

    def hindrance(self, letter: Letter) -> str | None:
        """Why there is no point in trying, in a word for operators; None when there is."""
        ...

    def send(self, letter: Letter) -> Outcome:
        """Hand the letter over. Never raises for what the other side does."""
        ...

    def settle(self, letter: Letter, outcome: Outcome) -> None:
        """Keep books; in the transaction that records the outcome."""
        ...


Channels = Mapping[str, Channel]


class WeChatChannel:
    """A subscribe message, where the person agreed to one more."""

    def __init__(self, gateway: WeChatMessages) -> None:
        self._gateway = gateway

    def hindrance(self, letter: Letter) -> str | None:
        """Without an identity, a template or a credit nothing can be sent."""
        template = pack().notices.template_for(letter.notice["event"])
        if template is None:
            return "no template"
        if not letter.person.get("wechat_openid"):
            return "no openid"
        left = credits.having([letter.person["_id"]], template.id)
        return None if left else "no credit"

    def send(self, letter: Letter) -> Outcome:
        """By the event's template, each field cut to what WeChat lets it hold."""
        template = _template(letter)
        page = template.page.replace("{issue}", str(letter.notice.get("issue") or ""))
        data = _filled(template, letter.notice)
        openid = letter.person["wechat_openid"]
        return self._gateway.send(Subscribed(openid, template.id, page, data))

    def settle(self, letter: Letter, outcome: Outcome) -> None:
        """One message uses one credit; a person who refused has none."""
        if outcome.result is Result.SENT:
            credits.use(letter.person["_id"], _template(letter).id)
        elif outcome.code == REFUSED:
            credits.none_left(letter.person["_id"], _template(letter).id)


class SmsChannel:
    """An SMS in Chinese: title and text. Our own id tells the gateway whether it had it before."""

    def __init__(self, gateway: Sms) -> None:
        self._gateway = gateway

    def hindrance(self, letter: Letter) -> str | None:
        """Without a phone number nothing can be sent."""
        return None if letter.person.get("phone") else "no phone"

    def send(self, letter: Letter) -> Outcome:
        """Title and text in one."""
        title, text = words(letter.notice)
        return self._gateway.send(letter.id, letter.person["phone"], f"{title}：{text}")

    def settle(self, letter: Letter, outcome: Outcome) -> None:
        """Nothing to keep."""


def running(settings: Settings) -> frozenset[str]:
    """The names of the channels that these settings open."""
    wechat = bool(settings.wechat_app_id and settings.wechat_app_secret)
    return frozenset(name for name, on in ((WECHAT, wechat), (SMS, bool(settings.sms_url))) if on)


@lru_cache(maxsize=4)
def channels_of(settings: Settings) -> Channels:
    """The open channels; made once in each process, after its fork."""
    made: dict[str, Channel] = {}
    if WECHAT in running(settings):
        redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)
        made[WECHAT] = WeChatChannel(
            WeChatMessages(
                settings.wechat_base_url,
                settings.wechat_app_id,
                settings.wechat_app_secret,
                settings.wechat_timeout_seconds,
                redis,
            )
        )
    if SMS in running(settings):
        gateway = Sms(settings.sms_url, settings.sms_key, settings.sms_timeout_seconds)
        made[SMS] = SmsChannel(gateway)
    return made


def _template(letter: Letter) -> Template:
    found = pack().notices.template_for(letter.notice["event"])
    if found is None:
        raise LookupError(letter.notice["event"])
    return found


def _filled(template: Template, notice: Row) -> dict[str, str]:
    title, body = words(notice)
    at = f"{local(notice['created_at']):%Y-%m-%d %H:%M}"
    known = {**notice["params"], "title": title, "body": body, "at": at}
    return {
        field.name: next(
            filter(
                None, (wechat_fields.fit(field.kind, str(known.get(v, ""))) for v in field.values)
            ),
            wechat_fields.EMPTY,
        )
        for field in template.fields
    }
