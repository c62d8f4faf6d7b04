"""Making what is missing of the demo district, in an order in which everything finds what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import yaml

from app.foundation import clock
from app.gateways.store import store_of
from app.issues import clocks
from app.issues.desk import proposing
from app.issues.documents import Issue
from app.notices.documents import Notice
from app.visits.documents import Visit
from config.pack import Pack
from config.settings import Settings
from deploy import seed
from deploy.demo import comparing, ledger, offers, people, places, policies, survey, watching
from deploy.demo.cast import Cast
from deploy.demo.issues import Stage
from deploy.demo.later import catch_up
from deploy.demo.rounds import make_rounds
from deploy.demo.tale import Teller
from deploy.demo.times import chance, opening_moment
from deploy.demo.visits import Camera
from deploy.greeting import say
from migrations.run import migrate

REGISTERED_BEFORE = timedelta(days=150)
LEDGER_DAYS_AGO = (95, 2)
"""When the ledger was begun, and last kept: before the end of the last quarter, and lately."""
UNREAD_DAYS = timedelta(days=3)
READ_AFTER = timedelta(hours=2)
# Playing is mostly waiting for the database.
PLAYERS = 4

Row = Mapping[str, Any]


def complete(current: Settings, pack: Pack, accounts: Path) -> None:
    """Make what is missing, and new passwords for all, written to the file `accounts`."""
    migrate(pack)
    folder = current.district_dir / "demo"
    rows = _read(folder, "people")
    # The demo's "now" is when it was begun, also for a run that completes it later.
    if not seed.read_mark()["started_at"]:
        names = [row["account"] for row in rows]
        seed.change_mark(started_at=clock.now(), people=names)
    mark = seed.read_mark()
    passwords = people.Passwords(rows)
    try:
        if not mark["done_at"]:
            _fill(current, folder, rows, mark["started_at"])
        passwords.set_and_write(accounts, pack)
    finally:
        passwords.drop()
    seed.change_mark(done_at=mark["done_at"] or clock.now(), accounts=seed.digest(accounts))
    say(f"演示账号 {len(rows)} 个，密码在 {accounts}")


def _read(folder: Path, name: str) -> Any:
    """A file of the demo's folder: rows, or rows by what they are of."""
    rows = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    return rows


def _fill(current: Settings, folder: Path, rows: list[Row], now: datetime) -> None:
    before = now - REGISTERED_BEFORE
    enterprises, projects = _read(folder, "enterprises"), _read(folder, "projects")
    # An enterprise names its commissioner, a contact the enterprise.
    people.keep([row for row in rows if not _is_contact(row)], before)
    places.keep_enterprises(enterprises, before)
    people.keep(rows, before)
    places.keep_projects(projects, before)
    cast, calendar, camera = (
        Cast(),
        clocks.calendar(),
        Camera(store_of(current), current.secret_key),
    )
    entered = [opening_moment(calendar, now, ago, chance("ledger")) for ago in LEDGER_DAYS_AGO]
    ledger.keep(cast.admin(), projects, *entered)
    make_rounds(cast, calendar, camera, projects, now)
    _play(Stage(cast, calendar, camera, now), _read(folder, "issues"))
    proposing.soon(now)
    _tell(Teller(cast, calendar, camera, now), folder)
    _read_old_notices(now)
    say(
        f"演示数据：{len(enterprises)} 家企业、{len(projects)} 个项目、{len(rows)} 人、"
        f"{Visit.objects.count()} 次走访、{Issue.objects.count()} 件事项"
    )


def _tell(teller: Teller, folder: Path) -> None:
    """What firms are given, and who watches: these stories rest on what was played before."""
    given, watched = _read(folder, "giving"), _read(folder, "watching")
    policies.keep(teller, given)
    offers.keep(teller, given)
    survey.keep(teller, given["survey"])
    watching.keep(teller, watched)
    comparing.keep_contests(teller, watched["contests"])
    comparing.ask_papers(teller, watched["papers"])
    catch_up(teller.now)
    comparing.build_boards()


def _play(stage: Stage, entries: list[Row]) -> None:
    """Opened one after the other, so that their numbers rise with time; then each goes its own way.

    None is opened before a player is free for it: a worker that is up would take what lies about.
    """
    free = BoundedSemaphore(PLAYERS)
    with ThreadPoolExecutor(PLAYERS) as players:
        played = []
        for entry in sorted(entries, key=stage.starts):
            free.acquire()
            playing = players.submit(stage.play, stage.open(entry))
            playing.add_done_callback(lambda _: free.release())
            played.append(playing)
    for playing in played:
        playing.result()


def _is_contact(row: Row) -> bool:
    return any("enterprise" in held for held in row["roles"])


def _read_old_notices(now: datetime) -> None:
    """Inboxes start with what the last days brought."""
    unread = {"read_at": None, "created_at": {"$lt": now - UNREAD_DAYS}}
    for row in Notice.rows().find(unread, {"created_at": 1}):
        read_at = row["created_at"] + READ_AFTER
        Notice.rows().update_one({"_id": row["_id"]}, {"$set": {"read_at": read_at}})
