"""The demo seed: killed half-way it is completed, run again it doubles nothing, strangers it leaves alone."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from pymongo import MongoClient
from stdnum.cn import uscc

from app.calendars import registry
from app.issues.states import machine
from app.people.who import ROLES
from config import pack as packs
from deploy import servers as deployed
from deploy.demo import times
from deploy.greeting import ACCOUNTS
from deploy.throwaway import Servers

DISTRICT = deployed.ROOT / "config" / "district"
PACK = packs.load(DISTRICT)
SOME_ISSUES = 12


@dataclass(frozen=True)
class Demo:
    """A database and a folder of its own for the seed."""

    uri: str
    var: Path
    db: Any
    district: Path

    def run(self, module: str = "deploy.seed") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module],
            env=self._env(),
            cwd=deployed.ROOT,
            capture_output=True,
            encoding="utf-8",
        )

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.seed"],
            env=self._env(),
            cwd=deployed.ROOT,
            stdout=subprocess.DEVNULL,
        )

    def counts(self) -> dict[str, int]:
        return {name: self.db[name].count_documents({}) for name in self.db.list_collection_names()}

    def accounts(self) -> list[dict[str, str]]:
        return json.loads((self.var / ACCOUNTS).read_text("utf-8"))

    def logs_in(self, line: dict[str, str]) -> bool:
        person = self.db.persons.find_one({"account": line["account"]})
        try:
            return PasswordHasher().verify(person["password_hash"], line["password"])
        except VerifyMismatchError:
            return False

    def _env(self) -> dict[str, str]:
        told = {"MONGODB_URI": self.uri, "VAR": self.var, "DISTRICT_DIR": self.district}
        return {**os.environ, **{name: str(each) for name, each in told.items()}}


def demo_of(servers: Servers, name: str, var: Path) -> Demo:
    uri = servers.mongodb_uri.replace("/steward_test?", f"/{name}?")
    assert uri != servers.mongodb_uri
    db = MongoClient(uri, tz_aware=True).get_default_database()
    return Demo(uri, var, db, shortened(var / "district"))


def shortened(folder: Path) -> Path:
    """The district with as few issues as go every way that those of its demo go."""
    for source in (DISTRICT, DISTRICT / "demo"):
        into = folder / source.relative_to(DISTRICT)
        into.mkdir(parents=True)
        for each in source.iterdir():
            if each.name not in ("demo", "issues.yaml"):
                (into / each.name).symlink_to(each)
    text = yaml.safe_dump(few_issues(), allow_unicode=True, sort_keys=False)
    (folder / "demo" / "issues.yaml").write_text(text, "utf-8")
    return folder


def answered(entry: dict[str, Any]) -> str | None:
    """The result that it is answered with."""
    return entry.get("answer", {}).get("result")


def few_issues() -> list[dict[str, Any]]:
    """One for each way, all of those whose end time may take away, and those that later stories rest on."""
    named = [each["issue"] for each in entries("giving")["introductions"]]
    ways, few = set(), []
    for entry in entries("issues"):
        way = (entry["kind"], entry["ends"], "project" in entry, answered(entry))
        told = entry["text"].startswith(tuple(named))
        rests = told or (entry["kind"], entry["ends"]) == ("problem", "resolved")
        if way not in ways or rests or entry["ends"] == "waiting_enterprise":
            few.append(entry)
        ways.add(way)
    return few


@pytest.fixture(scope="module")
def demo(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Seeded by a run that was killed in the middle and one that completed it."""
    seeded = demo_of(servers, "steward_seed", tmp_path_factory.mktemp("seed"))
    with seeded.start() as first:
        while seeded.db.issues.estimated_document_count() < SOME_ISSUES:
            assert first.poll() is None
            time.sleep(0.02)
        first.kill()
    assert seeded.db.issues.count_documents({}) < len(few_issues())
    assert not (seeded.var / ACCOUNTS).exists()
    second = seeded.run()
    assert second.returncode == 0, second.stderr
    yield seeded
    seeded.db.client.drop_database(seeded.db.name)
    seeded.db.client.close()


def entries(name: str) -> Any:
    return yaml.safe_load((DISTRICT / "demo" / f"{name}.yaml").read_text("utf-8"))


def test_a_killed_run_is_completed_without_doubles(demo: Demo):
    assert demo.db.issues.count_documents({}) == len(few_issues()) < len(entries("issues")) / 4
    assert demo.db.persons.count_documents({}) == len(entries("people"))
    assert demo.db.enterprises.count_documents({}) == len(entries("enterprises")) >= 20
    assert demo.db.projects.count_documents({}) == len(entries("projects")) >= 30
    assert demo.db.visits.count_documents({}) >= 25
    opened = Counter(row["thing_id"] for row in demo.db.history.find({"action": "open"}))
    assert set(opened.values()) == {1}
    assert demo.db.photos.distinct("state") == ["ready"]
    assert demo.db.photos.count_documents({}) >= 20
    assert demo.db.photos.count_documents({"links": []}) == 0


def test_a_second_run_sees_that_all_is_there(demo: Demo):
    before, accounts = demo.counts(), demo.accounts()
    again = demo.run()
    assert again.returncode == 0, again.stderr
    assert demo.counts() == before
    assert demo.accounts() == accounts


AT_WORK = ("accepted", "in_progress", "waiting_enterprise", "extension_requested", "transferred")


def test_issues_are_in_every_state_and_with_many_departments(demo: Demo):
    states = Counter(issue["state"] for issue in demo.db.issues.find())
    assert set(states) == set(machine("issue", PACK.workflow).states)
    assert set(demo.db.tickets.distinct("state")) == set(machine("ticket", PACK.workflow).states)
    assert len(demo.db.tickets.distinct("department")) >= 6
    played = Counter(
        {**dict.fromkeys(AT_WORK, "dispatched"), "returned": "dispatching"}.get(
            entry["ends"], entry["ends"]
        )
        for entry in few_issues()
    )
    assert states == played


def test_units_and_enterprises_are_those_of_the_district(demo: Demo):
    kinds = Counter(unit.kind for unit in PACK.units)
    assert kinds["street"] + kinds["town"] >= 13
    assert kinds["park"] >= 3
    held = set(demo.db.departments.distinct("unit")) - {None}
    assert held == {unit.code for unit in PACK.units}
    for enterprise in demo.db.enterprises.find():
        assert uscc.is_valid(enterprise["credit_code"])
        assert enterprise["synthetic"]
        assert demo.db.persons.find_one({"_id": enterprise["commissioner"]})


def test_everything_happened_in_office_hours_of_the_last_three_months(demo: Demo):
    calendar, now = registry.calendar_of(PACK), datetime.now(UTC)
    opens = PACK.office_hours[0][0]
    # An urgent issue's ladder knows no office hours.
    people = {
        "action": {"$nin": ["climb", "supervise", "supervision_late"]},
        "thing": {"$ne": "area"},
    }
    moments = [calendar.local(row["at"]) for row in demo.db.history.find(people)]
    for at in moments:
        assert calendar.is_working_day(at.date())
        assert at.time() >= opens
        # Machines may end a moment after people went home.
        assert at <= calendar.closing(at.date()) + timedelta(minutes=2)
    assert now - timedelta(days=100) < min(moments)
    assert now - timedelta(days=12) < max(moments) < now


@pytest.mark.parametrize(
    "now",
    [
        "2026-11-24T14:11:30+08:00",  # a Tuesday afternoon
        "2026-11-23T08:31:00+08:00",  # just opened, on a Monday
        "2026-11-23T03:00:00+08:00",  # before it opens
        "2026-11-22T12:00:00+08:00",  # a Sunday
        "2026-10-04T23:59:59+08:00",  # in the middle of the long holiday
    ],
)
def test_no_moment_of_the_demo_lies_ahead(now: str):
    calendar, moment = registry.calendar_of(PACK), datetime.fromisoformat(now)
    for days_ago in range(90):
        luck = times.chance(f"{now}{days_ago}")
        start = times.opening_moment(calendar, moment, days_ago, luck)
        diary = times.Diary(calendar, start, moment)
        moments = [
            start,
            diary.moments_later(3),
            diary.later(luck.randint(1, 2000)),
            diary.towards(start, start + timedelta(days=9), 0.7),
            diary.before_now(200),
            diary.later(500),
            moment,
        ]
        assert moments == sorted(moments)
        assert all(calendar.is_working_day(calendar.local(at).date()) for at in moments[:-1])


def test_what_is_stored_agrees_with_itself(demo: Demo):
    """But for what workers would do as soon as they came up."""
    checked = demo.run("deploy.check_data")
    *found, counted = checked.stdout.splitlines()
    assert [line for line in found if not line.startswith("check.duty_stuck ")] == []
    assert counted.startswith(f"{len(few_issues())} issues, "), checked.stderr


def test_old_notices_are_read_and_those_of_the_last_days_are_not(demo: Demo):
    cutoff = datetime.now(UTC) - timedelta(days=3, hours=1)
    assert demo.db.notices.count_documents({"read_at": None, "created_at": {"$lt": cutoff}}) == 0
    late = datetime.now(UTC) - timedelta(days=3) + timedelta(minutes=10)
    recent = {"read_at": {"$ne": None}, "created_at": {"$gte": late}}
    assert demo.db.notices.count_documents(recent) == 0
    waiting = {"state": "due", "due_at": {"$lte": datetime.now(UTC)}}
    # The rest is for the workers that come up next.
    assert demo.db.duties.distinct("kind", waiting) == [
        "boards.fold",
        "issues.cluster",
        "issues.route",
        "milestones.climb",
        "papers.render",
        "projects.judge",
        "projects.restand",
    ]


def test_firms_are_given_something_and_somebody_watches(demo: Demo):
    """Once each, though the first run was killed: in the states that their entries say."""
    given, watched = entries("giving"), entries("watching")
    states = {
        "policies": ["draft", "published"],
        "claims": sorted({each["ends"] for each in given["claims"]}),
        "introductions": ["granted", "introduced"],
        "opportunities": ["draft", "published"],
        "interests": ["following", "matched"],
        "survey_replies": ["begun", "refused", "submitted", "waiting"],
        "orders": ["acknowledged", "closed", "issued", "replied", "sent_back", "withdrawn"],
        "checks": ["open", "recorded"],
        "closure_findings": ["cleared", "confirmed"],
        "cases": ["circulated", "proposed"],
        "awards": ["granted"],
        "papers": ["waiting"],
    }
    assert {name: sorted(demo.db[name].distinct("state")) for name in states} == states
    counts = {
        **{name: len(given[name]) for name in ("policies", "claims", "opportunities")},
        **{name: len(watched[name]) for name in ("orders", "papers")},
        "leads": len(given["leads"]) + 1,
        "leader_digests": 1,
        "draws": 1,
        "surveys": 1,
        "cases": 2,
    }
    assert {name: demo.db[name].count_documents({}) for name in counts} == counts
    frozen = demo.db.score_periods.distinct("board", {"state": "frozen"})
    assert frozen == sorted(watched["contests"]["frozen"])
    assert demo.db.orders.count_documents({"climbed": "red"}) == 1
    assert demo.db.board_marker.count_documents({}) == 1


def test_every_account_of_the_file_logs_in(demo: Demo):
    path, lines = demo.var / ACCOUNTS, demo.accounts()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {line["role"] for line in lines} == set(ROLES)
    assert len({line["password"] for line in lines}) == len(lines) == len(entries("people"))
    assert all(line["department"] for line in lines if line["role"] in ("clerk", "head"))
    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(demo.logs_in, lines))


def test_a_lost_accounts_file_means_new_passwords(demo: Demo):
    before, old = demo.counts(), demo.accounts()
    (demo.var / ACCOUNTS).unlink()
    assert demo.run().returncode == 0
    assert demo.counts() == before
    assert demo.logs_in(demo.accounts()[0])
    assert not demo.logs_in(old[0])


def test_a_database_with_other_people_is_left_alone(servers: Servers, tmp_path: Path):
    real = demo_of(servers, "steward_real", tmp_path)
    real.db.persons.insert_one({"account": "admin1", "name": "王主任"})
    refused = real.run()
    assert refused.returncode == 1
    assert "SEED=0" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert real.counts() == {"persons": 1}
    assert not (tmp_path / ACCOUNTS).exists()
    real.db.client.drop_database(real.db.name)
    real.db.client.close()
