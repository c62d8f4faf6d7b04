"""The outbox: what of the notices leaves the app, and by which way instead when one is barred."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.documents import Issue
from app.notices import calls, credits, preferences
from app.notices.audience import FOR_ASKERS
from app.notices.documents import DUE, SENT, Message, Notice
from app.notices.preferences import NONE, Preferences
from app.notices.reach import CALL, SMS, WECHAT, Reach, channels_for
from app.people.documents import Person
from app.sla.ladder import quiet_until

SEND = "notices.send"


def owe(
    notices: Sequence[Row], issue: Issue | None, running: Collection[str], now: datetime
) -> None:
    """Owe each of these notices, all of one event, to the channels that reach its person.

    In the transaction that makes them.
    """
    if not notices:
        return
    event, urgent = notices[0]["event"], bool(issue and issue.urgent)
    people = _people([each["person"] for each in notices])
    reaches = _reaches(people, event)
    for notice in notices:
        person = people[notice["person"]]
        for channel in channels_for(
            reaches[notice["person"]], event, urgent=urgent, running=running, terms=pack().notices
        ):
            if channel == CALL:
                _owe_call(issue, notice, person, now)
            else:
                owe_message(notice, channel, urgent=urgent, now=now)


def owe_enterprise(issue: Issue, notice: Row, now: datetime) -> None:
    """Owe a call about the event to an enterprise that nobody is registered for; in a transaction."""
    event = notice["event"]
    if not issue.enterprise or event not in FOR_ASKERS or not pack().notices.is_important(event):
        return
    holds = {"$elemMatch": {"role": "contact", "enterprise": issue.enterprise}}
    if not Person.rows().find_one({"grants": holds, "active": True}, {"_id": 1}):
        calls.owe(issue, notice, None, issue.enterprise, now)


def owe_message(notice: Row, channel: str, *, urgent: bool, now: datetime) -> None:
    """A message, and the duty to send it; at night only what is urgent. In a transaction."""
    not_before = held_until(now, urgent=urgent) or now
    row = Message.insert_row(
        notice=notice["_id"],
        person=notice["person"],
        channel=channel,
        event=notice["event"],
        row=notice["row"],
        urgent=urgent,
        not_before=not_before,
        created_at=now,
    )
    duties.add(SEND, row["_id"], now=now, due_at=not_before, first=True)


def held_until(now: datetime, *, urgent: bool) -> datetime | None:
    """Until when the night holds back a message; None when it may go."""
    return None if urgent else quiet_until(now, pack().ladder.quiet_hours, pack().zone)


def instead(
    message: Row, notice: Row, *, unreached: bool, running: Collection[str], now: datetime
) -> None:
    """A message to a contact came to nothing: by SMS if it was WeChat, else by a call if `unreached`.

    Only for what an enterprise must hear of, and only where no other message of the notice reached it or
    still may. In the transaction that ends the message.
    """
    event, terms = message["event"], pack().notices
    person = Person.rows().find_one({"_id": message["person"], "active": True})
    if person is None or not notice.get("issue") or not terms.is_important(event):
        return
    reach = _reaches({person["_id"]: person}, event)[person["_id"]]
    if not reach.contact:
        return
    others = list(Message.rows().find({"notice": notice["_id"], "_id": {"$ne": message["_id"]}}))
    loud = message["urgent"] or not terms.may_mute(event)
    by_sms = SMS in running and reach.phone and (loud or SMS not in reach.off)
    if by_sms and message["channel"] == WECHAT and SMS not in {o["channel"] for o in others}:
        owe_message(notice, SMS, urgent=message["urgent"], now=now)
    elif unreached and not any(other["state"] in (DUE, SENT) for other in others):
        _owe_call(Issue.get(notice["issue"]), notice, person, now)


def unread(notice: ObjectId) -> bool:
    """Whether its person has not seen it in the app."""
    return bool(Notice.rows().find_one({"_id": notice, "read_at": None}, {"_id": 1}))


def _owe_call(issue: Issue | None, notice: Row, person: Row, now: datetime) -> None:
    if issue is not None:
        acts_for = _enterprises(person)
        own = issue.enterprise in acts_for
        calls.owe(issue, notice, person, issue.enterprise if own else acts_for[0], now)


def _people(ids: Collection[ObjectId]) -> Mapping[ObjectId, Row]:
    return {row["_id"]: row for row in Person.rows().find({"_id": {"$in": list(ids)}})}


def _reaches(people: Mapping[ObjectId, Row], event: str) -> Mapping[ObjectId, Reach]:
    template = pack().notices.template_for(event)
    rich = credits.having(people, template.id) if template else frozenset()
    wishes = preferences.of_all(people)
    return {
        key: _reach(person, key in rich, wishes.get(key, NONE)) for key, person in people.items()
    }


def _reach(person: Row, credit: bool, wishes: Preferences) -> Reach:
    wechat = bool(person.get("wechat_openid"))
    return Reach(
        wechat=wechat,
        credit=wechat and credit,
        phone=bool(person.get("phone")),
        contact=bool(_enterprises(person)),
        off=wishes.off,
        muted=wishes.muted,
    )


def _enterprises(person: Row) -> list[ObjectId]:
    """The enterprises that a contact acts for."""
    held = (g.get("enterprise") for g in person.get("grants", ()) if g["role"] == "contact")
    return [enterprise for enterprise in held if enterprise]
