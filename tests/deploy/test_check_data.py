"""Every invariant is proved to fail: what is planted is found and named, and nothing else is."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator

import pytest
import yaml
from bson import ObjectId

from app.foundation import db
from app.foundation.messages import CATALOGUE
from app.issues.checking import dangling, reading, telling
from app.issues.checking.dangling import REFERENCES
from app.issues.moves import machine_of
from deploy import check_data
from migrations import m0001_collections, m0007_notices, m0009_work
from tests.deploy import planted_duties, planted_states
from tests.support.contradictions import UNINDEXED, Stock, change, double, one
from tests.support.emptying import empty

Check = Callable[[], tuple[int, list[str]]]
Plant = Callable[[Stock], list[str]]
STORED: list[Stock] = []


def plants(*modules: types.ModuleType) -> list[Plant]:
    """What the modules define."""
    return [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, types.FunctionType) and each.__module__ == module.__name__
    ]


PLANTED = plants(planted_states, planted_duties)


@pytest.fixture
def stock(given, the_time) -> Iterator[Stock]:
    """Played once, then stored anew for each test; the indexes that a test took away come back."""
    if not STORED:
        STORED.append(Stock.made(given, the_time))
    (found,) = STORED
    found.restore()
    the_time.now = found.now
    yield found
    if UNINDEXED:
        empty(keep=("departments", "migrations"))
        for step in (m0001_collections, m0007_notices, m0009_work):
            step.apply(db.database())
        UNINDEXED.clear()


@pytest.fixture
def check(capsys) -> Check:
    """Run it on the connected database: the exit code, and what contradicts: code and what it is of."""

    def run() -> tuple[int, list[str]]:
        capsys.readouterr()
        code = check_data.report()
        *lines, _ = capsys.readouterr().out.splitlines()
        return code, sorted(line.partition(":")[0].replace("  ", " ") for line in lines)

    return run


def test_what_was_played_agrees_with_itself(stock, check, capsys):
    assert check() == (0, [])
    assert check_data.main([]) == 0
    counts = {name: len(stock.rows[name]) for name in ("issues", "tickets")}
    said = f"{counts['issues']} issues, {counts['tickets']} tickets, "
    assert capsys.readouterr().out.startswith(said)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_was_planted_is_found_and_named(stock, plant, check):
    expected = plant(stock)
    assert check() == (1, sorted(expected))


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda each: f"{each.collection}.{each.name}")
def test_what_names_something_that_is_gone_is_found(stock, reference, check):
    row = {**reference.matches, "key": "planted"}
    row = {name: value for name, value in row.items() if not isinstance(value, dict)}
    room, _, name = reference.name.rpartition(".")
    planted = {room: {name: ObjectId()}} if room else {name: ObjectId()}
    later = {"due_at": stock.now, "next_at": stock.now}
    copy = double(reference.collection, {**later, **row, **planted})
    assert check() == (1, [f"check.dangling {reference.collection} {copy['_id']}"])


def test_every_kind_of_finding_is_planted():
    """A line of the catalogue that no corruption leads to would be a check that cannot fail."""
    sources = [inspect.getsource(each) for each in (planted_states, planted_duties)]
    sources.append(inspect.getsource(test_what_names_something_that_is_gone_is_found))
    said = yaml.safe_load((CATALOGUE / "en" / "checking.yaml").read_text(encoding="utf-8"))
    kinds = {code.removeprefix("check.") for code in said if code.startswith("check.")}
    assert len(kinds) > 40
    assert {kind for kind in kinds if not re.search(rf"\b{kind}\b", "".join(sources))} == set()


def test_every_action_tells_or_is_known_to_be_silent():
    actions = {*machine_of("issue").actions, *machine_of("ticket").actions, "dispatch"}
    assert {*telling.TOLD} | telling.SILENT == actions
    assert not {*telling.TOLD} & telling.SILENT


def test_small_slices_find_the_same(stock, check, monkeypatch):
    monkeypatch.setattr(reading, "SLICE", 2)
    monkeypatch.setattr(dangling, "BATCH", 2)
    expected = planted_states.a_lost_step_that_moved_a_state(stock)
    assert check() == (1, sorted(expected))


def test_times_are_not_compared_while_a_new_calendar_is_being_taken_up(stock, check):
    planted_duties.a_ticket_promised_for_another_time(stock)
    duty = one("duties", {"kind": "issues.route", "state": "done"})
    waiting = double("duties", duty, key="issues.recompute:2026:1", state="due", next_at=stock.now)
    assert check() == (0, [])
    change("duties", waiting, state="failed")
    assert check()[0] == 1


def test_a_database_that_is_away_is_not_called_a_contradiction(stock, monkeypatch, capsys):
    monkeypatch.setattr(check_data.db, "connect", lambda uri: None)
    monkeypatch.setattr(check_data, "slices", away)
    assert check_data.main([]) == 2
    assert "could not be checked" in capsys.readouterr().err


def away() -> Iterator[object]:
    from pymongo.errors import ServerSelectionTimeoutError

    raise ServerSelectionTimeoutError("no server")
