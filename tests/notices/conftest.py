"""The outside world for notices: stand-ins on loopback, and the channels that speak to them.

Scenes are imported inside of fixtures: they bring up the app, which reads the environment, too early here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from redis import Redis

from app.gateways.sms import Sms
from app.gateways.wechat_messages import WeChatMessages
from app.notices import sending
from app.notices.channels import Channels, SmsChannel, WeChatChannel
from tests.standins.sms import SmsStandIn
from tests.standins.wechat import WeChatStandIn


@pytest.fixture
def wechat(monkeypatch) -> Iterator[WeChatStandIn]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with WeChatStandIn() as running:
        yield running


@pytest.fixture
def sms(monkeypatch) -> Iterator[SmsStandIn]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with SmsStandIn() as running:
        yield running


@pytest.fixture
def channels(servers, clean, wechat: WeChatStandIn, sms: SmsStandIn) -> Iterator[Channels]:
    with (
        Redis.from_url(servers.redis_url) as redis,
        WeChatMessages(wechat.base_url, wechat.app_id, wechat.secret, 2, redis) as messages,
        Sms(sms.url, sms.key, 2) as gateway,
    ):
        yield {"wechat": WeChatChannel(messages), "sms": SmsChannel(gateway)}


@pytest.fixture
def by_wechat(given, wechat):
    """A contact who has WeChat, no phone number, and agreed to two messages."""
    from tests.notices.scene import OPENID, agree, scene

    made = scene(given, contact={"wechat_openid": OPENID})
    template = agree(made.contact, "issue.answered", 2)
    wechat.messages.agree(OPENID, template, 2)
    return made


@pytest.fixture
def by_sms(given):
    """A contact with a phone number and no WeChat."""
    from tests.notices.scene import PHONE, scene

    return scene(given, contact={"phone": PHONE})


@pytest.fixture
def send(channels):
    """Do what is to be sent at this moment; how much was looked at."""
    from tests.notices.scene import NOON, work_off

    def run(now: datetime = NOON) -> int:
        return work_off("notices.send", now, lambda duty, at: sending.send(duty, at, channels))

    return run
