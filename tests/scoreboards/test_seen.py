"""Who sees what of a contest."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from app.foundation.district import pack
from tests.api.shape import refused
from tests.scoreboards.made import (
    BOARD,
    LUOTANG,
    SANSHUI,
    content,
    counting,
    item,
    october,
    published,
)
from tests.support.factories import client_id

PERIOD = f"/scoreboards/{BOARD}/periods/2026-10"


@pytest.fixture
def admin(given, the_time):
    the_time.is_("2026-11-04 10:00")
    return given.role("admin")


@pytest.fixture
def contest(given, admin):
    """In use, with some projects of October."""
    october(given)
    published(admin, content(counting("started", 70), counting("completed", 30)))


def frozen(admin) -> None:
    admin.do(f"{PERIOD}/freeze")


SEEN = [
    # who, whether they see the ranking while it is open, once it is frozen, and how one came about
    ("leader", {}, True, True, True),
    ("inspector", {}, True, True, True),
    ("unit_admin", {"unit": LUOTANG}, "own", True, "own"),
    ("commissioner", {}, None, True, None),
]


@pytest.mark.parametrize(("role", "where", "opened", "later", "explained"), SEEN)
def test_who_sees_what(given, admin, contest, role, where, opened, later, explained):
    someone = given.role(role, **where)
    subjects = {each["subject"] for each in someone.see(PERIOD)["items"]}
    everybody = {each.code for each in pack().units}
    assert subjects == {True: everybody, "own": {LUOTANG}, None: set()}[opened]
    frozen(admin)
    subjects = {each["subject"] for each in someone.see(PERIOD)["items"]}
    assert subjects == (everybody if later else set())
    seen = {
        unit
        for unit in (LUOTANG, SANSHUI)
        if someone.get(f"{PERIOD}/scores/{unit}").status_code == 200
    }
    assert seen == {True: {LUOTANG, SANSHUI}, "own": {LUOTANG}, None: set()}[explained]


def test_it_is_no_business_of_enterprises(given, admin, contest):
    contact = given.contact(given.enterprise())
    for path in ("/scoreboards", PERIOD, f"{PERIOD}/scores/{SANSHUI}", "/awards"):
        refused(contact.get(path), 403, "forbidden")


def test_another_units_appeal_is_not_known_of(given, admin, contest):
    frozen(admin)
    town, other = (given.role("unit_admin", unit=each) for each in (LUOTANG, SANSHUI))
    body = {"client_id": client_id(), "subject": LUOTANG, "text": "请复核", "item": "started"}
    refused(other.post(f"{PERIOD}/appeals", body), 404, "not_found")
    key = town.do(f"{PERIOD}/appeals", body)["id"]
    refused(other.get(f"/score-appeals/{key}"), 404, "not_found")
    assert other.see(f"{PERIOD}/appeals")["items"] == []
    assert len(town.see(f"{PERIOD}/appeals")["items"]) == 1


def test_of_persons_everybody_sees_their_own_line_alone(given, admin):
    first, other = given.commissioner(), given.commissioner()
    visits = item(source="visits.visits", normalisation="rank")
    published(admin, content(visits, of="commissioners", missing="zero", eligible_weight=0))
    given.enterprise(commissioner=first.person.id)
    for state in ("open", "frozen"):
        if state == "frozen":
            frozen(admin)
        seen = first.see(PERIOD)
        assert (seen["state"], len(seen["items"])) == (state, 1)
        assert seen["items"][0]["subject"] == str(first.person.id)
        refused(first.get(f"{PERIOD}/scores/{other.person.id}"), 404, "not_found")
    assert len(admin.see(PERIOD)["items"]) == 2
    head = given.head("HOUSING")
    assert head.see(PERIOD)["items"] == []


def sheet(phone) -> dict[str, list[object]]:
    """By the name of each line, what stands in it."""
    answer = phone.get(f"{PERIOD}/export")
    assert answer.status_code == 200
    rows = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    return {row[1]: list(row) for row in rows}


def test_as_a_file_it_shows_no_more(given, admin, contest):
    frozen(admin)
    town = given.role("unit_admin", unit=LUOTANG)
    whole, seen = sheet(admin), sheet(town)
    assert whole["名称"][:3] == ["名次", "名称", "得分"]
    assert whole["三水街道"][:3] == seen["三水街道"][:3] == [1, "三水街道", 100]
    assert (whole["三水街道"][6:], seen["三水街道"][6:]) == ([2, 1], [None, None])
    assert seen["罗塘街道"][6:] == whole["罗塘街道"][6:] == [1, 0]


def test_a_title_that_begins_like_a_formula_is_text(given, admin):
    october(given)
    evil = counting("started", 100, name="=1+1")
    published(admin, content(evil))
    text = admin.get(f"{PERIOD}/export", format="csv").data.decode("utf-8-sig")
    assert ",'=1+1（100%）" in text.splitlines()[0]
