"""The demo's contests: frozen periods, an award, an appeal; papers that are owed; boards that stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.boards import building, folding
from app.foundation import clock, days, duties
from app.papers import asking
from app.scoreboards import (
    appeals,
    awards,
    exclusions,
    freezing,
    openness,
    periods,
    ranking,
    versions,
)
from app.scoreboards.documents import FROZEN, Appeal, Award, Exclusion
from app.scoreboards.periods import Period
from deploy.demo.due import LEASE, client_id
from deploy.demo.tale import Teller, step
from deploy.demo.times import Diary

Row = Mapping[str, Any]


def keep_contests(teller: Teller, entry: Row) -> None:
    """Freeze the last period of some contests; an award, an appeal and an exclusion follow."""
    who, diary = teller.cast.who(entry["freezer"]), teller.diary("freezing", entry["days_ago"])
    for board in entry["frozen"]:
        code = _last(board, days.today(teller.now)).code
        row = openness.read(board, code)
        if row is None or row["state"] != FROZEN:
            freezing.freeze_now(who, board, code, diary.at)
    _award(teller, entry)
    _appeal(teller, entry)
    _exclude(teller, entry["exclusion"])


def _last(board: str, today: date) -> Period:
    """The last period of a contest that is over."""
    every = versions.in_use(board)["content"]["every"]
    first = days.month(periods.holding(today, every).first)
    return periods.holding(first - timedelta(days=1), every)


def _award(teller: Teller, contests: Row) -> None:
    """The first of the ranking is proposed, and the leader grants it."""
    entry, cast = contests["award"], teller.cast
    code = _last(entry["board"], days.today(teller.now)).code

    def play(diary: Diary) -> None:
        at = step(diary)
        found = ranking.ranking(entry["board"], code, at)
        best = next((line for line in found.lines if line.score.rank == 1), None)
        if best is None:
            return
        made, _ = awards.propose(
            cast.who(entry["by"]),
            entry["board"],
            code,
            client_id=client_id("award"),
            kind=entry["kind"],
            subject=best.score.subject,
            text=entry["text"],
            now=at,
        )
        leader, text = cast.who(entry["granted_by"]), entry["granted"]
        awards.step(leader, str(made["_id"]), "grant", text=text, now=step(diary))

    teller.once(Award, "award", contests["days_ago"], play)


def _appeal(teller: Teller, contests: Row) -> None:
    entry = contests["appeal"]
    code = _last(entry["board"], days.today(teller.now)).code

    def play(diary: Diary) -> None:
        appeals.file(
            teller.cast.who(entry["by"]),
            entry["board"],
            code,
            client_id=client_id("appeal"),
            subject=entry["subject"],
            text=entry["text"],
            item=None,
            now=step(diary),
        )

    teller.once(Appeal, "appeal", contests["days_ago"], play)


def _exclude(teller: Teller, entry: Row) -> None:
    """From the period that runs."""
    every = versions.in_use(entry["board"])["content"]["every"]

    def play(diary: Diary) -> None:
        exclusions.exclude(
            teller.cast.who(entry["by"]),
            entry["board"],
            periods.holding(days.today(teller.now), every).code,
            client_id=client_id("exclusion"),
            subject=entry["subject"],
            reason=entry["reason"],
            now=diary.at,
        )

    teller.once(Exclusion, "exclusion", 0, play)


def ask_papers(teller: Teller, entries: list[Row]) -> None:
    """Owe the papers; the workers that come up make them."""
    for entry in entries:
        wish = asking.Wish(
            kind=entry["kind"],
            params=entry["params"],
            format=entry["format"],
            audience=entry["audience"],
        )
        who, key = teller.cast.who(entry["by"]), f"paper:{entry['key']}"
        asking.ask(who, client_id(key), wish, teller.diary(key, 0).at)


def build_boards() -> None:
    """Build the boards, unless that is done: they need not wait for the workers."""
    if building.is_built():
        return
    folding.begin(clock.now())
    for row in list(duties.rows().find({"key": folding.FOLD, "state": "due"}, {"_id": 1})):
        if duty := duties.claim(row["_id"], now=clock.now(), lease=LEASE):
            folding.fold(duty, clock.now())
