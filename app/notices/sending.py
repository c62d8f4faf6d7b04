"""Sending what is due, one message a duty: once, not at night, and patiently while a channel is away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.gateways.outcome import Outcome, Result
from app.notices import backoff, outbox
from app.notices.channels import NOBODY, Channel, Channels, Letter
from app.notices.documents import DUE, FAILED, SENT, SKIPPED, Message, Notice
from app.people.documents import Person

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""Longer than all calls of one try can take."""
MOST_LOST = 1
"""Tries whose end nobody knows, after which one more is made, and then none: each may have been sent."""


@dataclass(frozen=True, slots=True)
class _Try:
    """A message in hand: its duty and row, what it needs, and the way out, where there is one."""

    duty: Duty
    row: Row
    letter: Letter | None
    channels: Channels
    now: datetime

    @property
    def channel(self) -> Channel | None:
        """The message's channel, if it is open."""
        return self.channels.get(self.row["channel"])


def send(duty: Duty, now: datetime, channels: Channels) -> None:
    """Send the message that the duty is of, if it is still to be sent and its time has come.

    A try that no worker lived to record is made once more, with the same id, and then no more.
    """
    row = Message.rows().find_one({"_id": duty.subject})
    if row is None or row["state"] != DUE:
        transaction(lambda: duties.finish(duty, now))
        return
    this = _Try(duty, row, _letter(row), channels, now)
    if night := outbox.held_until(now, urgent=row["urgent"]):
        _wait(this, night, "night")
    elif why := _pointless(this):
        _record(this, Outcome(Result.SKIPPED, why))
    elif isinstance(turn := backoff.turn(row["channel"], now), datetime):
        _wait(this, turn, "channel away")
    else:
        _try(_begun(this), turn)


def give_up(duty: Duty, now: datetime, channels: Channels) -> None:
    """Workers died or stumbled over it too often: failed, and told by another way if there is one."""
    row = Message.rows().find_one({"_id": duty.subject, "state": DUE})
    if row is None:
        duties.fail(duty, now, "gave up")
        return
    this = _Try(duty, row, _letter(row), channels, now)
    _record(this, Outcome(Result.FAILED, "gave up"), lambda: duties.fail(duty, now, "gave up"))


def _letter(row: Row) -> Letter | None:
    person = Person.rows().find_one({"_id": row["person"], "active": True})
    notice = Notice.rows().find_one({"_id": row["notice"]})
    return Letter(str(row["_id"]), person, notice) if person and notice else None


def _pointless(this: _Try) -> str | None:
    """Why the message need not, or cannot, be sent any more."""
    if this.letter is None:
        return "nobody there"
    if this.channel is None:
        return "channel closed"
    # What was read in the app meanwhile need not wake anybody; of what is urgent all is sent.
    if this.letter.notice.get("read_at") and not this.row["urgent"]:
        return "read"
    return this.channel.hindrance(this.letter)


def _begun(this: _Try) -> _Try:
    """The try, written down before anything leaves the house. Raises LostClaim."""
    row = this.row
    change = {
        "begun_at": this.now,
        "attempts": row["attempts"] + 1,
        "lost": row["lost"] + bool(row.get("begun_at")),
    }

    def work() -> None:
        duties.renew(this.duty, now=this.now, lease=LEASE)
        Message.rows().update_one({"_id": row["_id"], "state": DUE}, {"$set": change})

    transaction(work)
    return replace(this, row={**row, **change})


def _try(this: _Try, turn: backoff.Turn) -> None:
    if this.row["lost"] > MOST_LOST:
        _record(this, Outcome(Result.FAILED, "outcome unknown"))
        return
    assert this.channel is not None and this.letter is not None  # noqa: S101, PT018  # not pointless
    outcome = this.channel.send(this.letter)
    if outcome.result in (Result.LATER, Result.UNSURE):
        _later(this, outcome, turn)
        return
    backoff.works(this.row["channel"], turn)
    _record(this, outcome)


def _later(this: _Try, outcome: Outcome, turn: backoff.Turn) -> None:
    """The channel did not take it: it rests, and so does the message, unless it was tried enough."""
    row, unsure = this.row, outcome.result is Result.UNSURE
    retry_at = backoff.fails(row["channel"], turn, outcome.error, this.now)
    log.warning("channel_fails", channel=row["channel"], error=outcome.error)
    if row["attempts"] >= pack().notices.attempts or (unsure and row["lost"] >= MOST_LOST):
        _record(this, Outcome(Result.FAILED, outcome.error, outcome.code))
        return
    # A try whose end is not known stays begun: the next one finds it so.
    change = {"begun_at": row["begun_at"] if unsure else None, "error": outcome.error}
    Message.rows().update_one({"_id": row["_id"], "state": DUE}, {"$set": change})
    _wait(this, retry_at, outcome.error or "channel away")


def _wait(this: _Try, until: datetime, why: str) -> None:
    """As if the duty had not been tried: neither the night nor a channel's fault burns its attempts."""
    waiting = {"_id": this.row["_id"], "state": DUE}
    Message.rows().update_one(waiting, {"$set": {"not_before": until}})
    duties.postpone(this.duty, this.now, until - this.now, why)


def _record(this: _Try, outcome: Outcome, end: Callable[[], None] | None = None) -> None:
    """The end of a message, its books, its duty and what comes instead, in one."""
    state = {Result.SENT: SENT, Result.SKIPPED: SKIPPED}.get(outcome.result, FAILED)
    change = {"state": state, "error": outcome.error, "ended_at": this.now, "begun_at": None}
    unreached = state == FAILED or outcome.code in NOBODY
    letter, channel = this.letter, this.channel

    def work() -> None:
        (end or (lambda: duties.finish(this.duty, this.now)))()
        Message.rows().update_one({"_id": this.row["_id"], "state": DUE}, {"$set": change})
        if letter is None:
            return
        if channel is not None:
            channel.settle(letter, outcome)
        if state != SENT and not letter.notice.get("read_at"):
            outbox.instead(
                this.row,
                letter.notice,
                unreached=unreached,
                running=this.channels,
                now=this.now,
            )

    transaction(work)
