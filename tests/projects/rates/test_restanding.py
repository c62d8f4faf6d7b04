"""Standings and cells through the real duty, on a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

from bson import ObjectId
from hypothesis import given as example
from hypothesis import settings
from hypothesis import strategies as st

from app.foundation import clock, db, duties
from app.foundation.db import transaction
from app.people.who import Held, Who
from app.projects.asking import TRUE
from app.projects.documents import Project
from app.projects.figures.documents import FigureEntry, PlanEntry
from app.projects.rates import queries, reading, rebuilding, restanding
from app.projects.rates.documents import Cell, PastParticulars, StoredStanding
from app.projects.rates.queries import Asked
from app.projects.rates.rollups import Rates
from app.projects.stages.documents import StageEntry
from app.projects.ties import owe_standing
from tests.projects.rates.entered import LEASE, figure, money, plan, restand, stage, work_off
from tests.projects.rates.made import DAYS
from tests.projects.rates.test_formulas import rates_of
from tests.registers.meanwhile import meanwhile
from tests.support.time import local_time

PAST = date(2026, 3, 31)
OURS = (Project, StageEntry, PlanEntry, FigureEntry, StoredStanding, PastParticulars, Cell)


def test_a_standing_comes_of_what_was_entered(given, the_time):
    now = the_time.is_("2026-11-24 10:00")
    project = given.project(investment=money("30000.00"), industry="equipment")
    stage(project.id, "signed", "2026-01-05")
    plan(project.id, 2026, "100.00")
    figure(project.id, "2026-02", actual_investment="12.50")
    restand(project.id)
    row = StoredStanding.rows().find_one({"_id": project.id})
    assert (row["dates"], row["version"], row["made_at"]) == ({"signed": "2026-01-05"}, 1, now)
    assert row["years"]["2026"]["actual"][1].to_decimal() == Decimal("12.50")
    assert rebuilding.stored() == rebuilding.computed()
    judged = duties.rows().find_one({"kind": "projects.judge"})
    assert judged["payload"] == {"projects": [project.id], "cause": "change"}


def test_what_did_not_change_is_not_written_again(given):
    project = given.project()
    restand(project.id)
    restand(project.id)
    assert StoredStanding.rows().find_one({"_id": project.id})["version"] == 1
    assert PastParticulars.rows().count_documents({}) == 1
    assert duties.rows().count_documents({"kind": "projects.judge"}) == 2


def test_what_the_project_was_is_kept(given):
    project = given.project(unit="321204001")
    restand(project.id)
    Project.rows().update_one({"_id": project.id}, {"$set": {"unit": "321204002"}})
    restand(project.id)
    rows = list(PastParticulars.rows().find({"project": project.id}).sort("known_at", 1))
    assert [row["unit"] for row in rows] == ["321204001", "321204002"]
    assert rows[0]["superseded_at"] == rows[1]["known_at"]


def test_what_takes_long_is_kept_from_when_it_is_written(given, the_time, monkeypatch):
    the_time.is_("2026-11-24 10:00")
    project = given.project(unit="321204001")
    meanwhile(monkeypatch, restanding, "transaction", lambda: the_time.passes(minutes=3))
    restand(project.id)
    [row] = PastParticulars.rows().find({})
    assert row["known_at"] == the_time.now
    Project.rows().update_one({"_id": project.id}, {"$set": {"unit": "321204002"}})
    # The clock of this worker is behind that of the one before.
    the_time.is_("2026-11-24 10:00")
    restand(project.id)
    first, second = PastParticulars.rows().find({}).sort("_id", 1)
    assert first["known_at"] < first["superseded_at"] == second["known_at"]


def test_workers_at_the_same_projects_lose_nothing_and_double_nothing(given):
    projects = [given.project(code=f"R{n}").id for n in range(6)]
    for n, key in enumerate(projects):
        stage(key, "signed", f"2026-0{n + 1}-05")
        transaction(lambda: owe_standing(projects, clock.now()))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(_work_some, range(3)))
    while work_off():
        pass
    assert StoredStanding.rows().count_documents({}) == len(projects)
    assert rebuilding.stored() == rebuilding.computed()
    assert sum(cell.get("filed_all", 0) for cell in rebuilding.stored().values()) == 4 * 6


def _work_some(_: int) -> None:
    for row in list(duties.rows().find({"kind": "projects.restand", "state": "due"})):
        duty = duties.claim(row["_id"], now=clock.now(), lease=LEASE)
        if duty is not None:
            try:
                restanding.restand(duty, clock.now())
            except Exception as error:
                duties.put_back(duty, clock.now(), repr(error))
                duties.hasten(row["key"], clock.now())


def test_the_end_of_a_month_owes_all(given, the_time):
    the_time.is_("2026-11-24 10:00")
    projects = [given.project().id for _ in range(2)]
    restanding.begin(clock.now())
    restanding.begin(clock.now())
    [row] = duties.rows().find({"kind": "projects.turn_month"})
    assert row["due_at"] == local_time("2026-11-30 00:05")
    the_time.is_("2026-11-30 00:06")
    work_off("projects.turn_month")
    owed = duties.rows().find_one({"kind": "projects.restand"})
    assert set(owed["payload"]["projects"]) == set(projects)


WHOLE, PHASES = st.just(0), st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("stage"), st.sampled_from(("signed", "filed", "production")), DAYS, WHOLE),
    st.tuples(st.just("stage"), st.sampled_from(("started", "completed")), DAYS, PHASES),
    st.tuples(st.just("exited"), DAYS),
    st.tuples(st.just("void"), st.sampled_from(("signed", "filed", "started")), DAYS),
    st.tuples(st.just("plan"), st.integers(2025, 2026), st.integers(0, 1000)),
    st.tuples(st.just("figure"), st.integers(1, 12), st.integers(0, 500)),
    st.tuples(st.just("unit"), st.sampled_from(("321204001", "321204002"))),
    st.tuples(st.just("worth"), st.none() | st.integers(0, 9000)),
)


@settings(max_examples=12, deadline=None)
@example(steps=st.lists(st.tuples(st.integers(0, 2), STEPS, st.booleans()), min_size=1, max_size=7))
def test_cells_equal_a_rebuild_after_any_changes(app, steps):
    _forget()
    keys = [_project(n) for n in range(3)]
    restand(*keys)
    for at, step, now in steps:
        _do(keys[at], *step)
        if now:
            restand(keys[at])
    restand(*keys)
    assert rebuilding.stored() == rebuilding.computed()
    before = rebuilding.stored()
    rebuilding.rebuild()
    assert rebuilding.stored() == before
    assert _reckoned() == _by_the_rules()


def _reckoned() -> Rates:
    """The rates of a past day, by MongoDB."""
    leader = Who(ObjectId(), "领导", (Held("leader"),))
    return queries.rates(leader, Asked(first="2023-01", as_of=PAST), clock.now()).total


def _by_the_rules() -> Rates:
    """The same by the pure rules, from all entries."""
    return rates_of(list(reading.exact(reading.at(PAST, TRUE, clock.now()), {})), PAST)


def _do(project, what, *how):
    match what:
        case "stage":
            stage(project, how[0], how[1].isoformat(), phase=how[2])
        case "void":
            stage(project, how[0], how[1].isoformat(), void=True)
        case "exited":
            stage(project, "exited", how[0].isoformat(), turn=1)
        case "plan":
            plan(project, *how)
        case "figure":
            figure(project, f"2026-{how[0]:02}", actual_investment=how[1])
        case "unit":
            Project.rows().update_one({"_id": project}, {"$set": {"unit": how[0]}})
        case "worth":
            Project.rows().update_one({"_id": project}, {"$set": {"investment": money(how[0])}})


def _project(number: int):
    now = clock.now()
    made = Project(
        code=f"P{number}", name="扩建", unit="321204001", stage="reserve", created_at=now
    )
    return made.insert().id


def _forget() -> None:
    for kind in OURS:
        kind.rows().delete_many({})
    db.collection("duties").delete_many({})
