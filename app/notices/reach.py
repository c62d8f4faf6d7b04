"""By which channels a person is told, beside the inbox; pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from config.pack import NoticeTerms

WECHAT, SMS, CALL = "wechat", "sms", "call"
PUSHED = (WECHAT, SMS)
"""Channels that hold a phone in the hand: these keep quiet at night."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person can be reached. `credit`: agreed to another message of the event's template.

    `contact`: acts for an enterprise. `off` are channels they switched off, `muted` events they silenced.
    """

    wechat: bool
    credit: bool
    phone: bool
    contact: bool
    off: Collection[str] = ()
    muted: Collection[str] = ()


def channels_for(
    person: Reach,
    event: str,
    *,
    urgent: bool,
    running: Collection[str],
    terms: NoticeTerms,
) -> tuple[str, ...]:
    """The channels to use, the best first; none when the inbox will do.

    WeChat where it reaches; else SMS, for contacts and what is important; and a call for a contact who
    has no WeChat. What is urgent goes out by all of them, to staff where it is an alert. What may be
    silenced or switched off is said by the district; nothing urgent may. `running` are the channels that
    this installation has.
    """
    important = terms.is_important(event)
    called = (CALL,) if person.contact and important and not person.wechat else ()
    by_wechat = WECHAT in running and person.credit and terms.template_for(event) is not None
    by_sms = SMS in running and person.phone and _texted(person, event, urgent, terms)
    if urgent or not terms.may_mute(event):
        pushed = _named(by_wechat, by_sms)
        return (*(pushed if urgent else pushed[:1]), *called)
    if event in person.muted:
        return ()
    pushed = _named(by_wechat and WECHAT not in person.off, by_sms and SMS not in person.off)
    return (*pushed[:1], *called)


def _texted(person: Reach, event: str, urgent: bool, terms: NoticeTerms) -> bool:
    if person.contact:
        return urgent or terms.is_important(event)
    return urgent and terms.is_alert(event)


def _named(by_wechat: bool, by_sms: bool) -> tuple[str, ...]:
    return tuple(name for name, on in ((WECHAT, by_wechat), (SMS, by_sms)) if on)
