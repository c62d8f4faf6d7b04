"""Freezing a period: its scores are stored with all that explains them, and never change again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import days, duties, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.errors import Conflict
from app.foundation.history import SYSTEM, Actor
from app.people.access import require
from app.people.announcing import announce, telling
from app.people.who import Who
from app.scoreboards import freezing_due, openness, periods, ranking, stored, subjects, versions
from app.scoreboards.documents import BOARD, FROZEN, PUBLISHED, FrozenScore, Scoreboard
from app.scoreboards.periods import Period
from app.scoreboards.ranking import Ranking
from app.scoreboards.template import content_of, template_of

FREEZE = "scoreboard.freeze"
LEASE = timedelta(minutes=10)
_LOOK_ON = ("inspector", "leader", "admin")


def begin(now: datetime) -> None:
    """See to it that each contest's next freezing is owed. Does nothing where it is already."""
    for board in Scoreboard.rows().distinct("board", {"state": PUBLISHED}):
        due = {"kind": freezing_due.KIND, "state": "due", "payload.board": board}
        if not duties.rows().find_one(due, {"_id": 1}):
            every = versions.in_use(board)["content"]["every"]
            freezing_due.owe_first(board, every, now)


def freeze(duty: Duty, now: datetime) -> None:
    """Freeze the duty's period, unless that was done, and owe the next one's."""
    board, code = duty.payload["board"], duty.payload["period"]
    transaction(lambda: duties.renew(duty, now=now, lease=LEASE))
    used = versions.in_use(board)
    period = periods.of(code, used["content"]["every"])
    row = openness.read(board, code)
    done = row is not None and row["state"] == FROZEN
    found = None if done else _reckoned(used, period, now)

    def work() -> None:
        if found is not None:
            _store(found, openness.version_of(row), SYSTEM, now)
        freezing_due.owe(board, periods.following(period), now)
        duties.finish(duty, now)

    transaction(work)


def freeze_now(who: Who, board: str, code: str, now: datetime) -> None:
    """Freeze a period before its day, once it is over.

    Raises Forbidden, NotFound; Conflict while it runs, when it is frozen already, and when something of it
    changed in the same moment.
    """
    require(who, FREEZE)
    used = versions.in_use(board)
    period = openness.period_of(code, used["content"]["every"])
    if not period.over(days.today(now)):
        raise Conflict("score.not_over")
    row = openness.read(board, code)
    openness.check_open(row)
    found, by = _reckoned(used, period, now), who.acting("admin")
    transaction(lambda: _store(found, openness.version_of(row), by, now))


def _reckoned(used: Row, period: Period, now: datetime) -> Ranking:
    template = template_of(used["content"])
    return ranking.live(used["board"], used["number"], template, period, now)


def _store(found: Ranking, seen: int, by: Actor, now: datetime) -> None:
    """Write it down as a whole, if nothing of the period changed since it was at version `seen`.

    Raises Conflict for that, and when the template's next version was published meanwhile.
    """
    version = versions.in_use(found.board)
    if version["number"] != found.number:
        raise Conflict("changed_meanwhile")
    board, code, terms = found.board, found.period.code, pack().scoreboards
    last = calendars.current().add_working_days(days.today(now), terms.appeal_wd)
    until = calendars.current().closing(last).astimezone(UTC)
    openness.close(
        board,
        code,
        seen,
        {
            "number": found.number,
            "content": content_of(found.template),
            "least": terms.small_sample,
            "as_of": found.as_of,
            "frozen_at": now,
            "frozen_by": by.name,
            "appeals_until": until,
        },
    )
    key = {"board": board, "period": code}
    rows = [
        {"_id": ObjectId(), **key, "name": each.name, **stored.row_of(each.score)}
        for each in found.lines
    ]
    if rows:
        FrozenScore.rows().insert_many(rows)
    told = history.append(
        BOARD,
        version["_id"],
        "freeze",
        by=by,
        now=now,
        text=code,
        data={**_telling(found, until), "period": code, "number": found.number},
    )
    announce("scoreboard.frozen", version["_id"], told, now)


def _telling(found: Ranking, until: datetime) -> Row:
    of = found.template.of
    theirs = [each for line in found.lines for each in subjects.heads(of, line.score.subject)]
    people = dict.fromkeys([*theirs, *subjects.holders(_LOOK_ON)])
    return dict(telling(list(people), f"{found.template.title} {found.period.code}", due=until))
