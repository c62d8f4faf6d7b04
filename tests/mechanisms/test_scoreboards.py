"""Contests, the red flag, appraisal: each a number over HTTP that follows the records."""

from __future__ import annotations

import pytest

from app.foundation import clock
from app.foundation.district import pack
from app.scoreboards import versions
from tests.projects.rates.entered import figure, plan, restand
from tests.scoreboards.made import LUOTANG, SANSHUI, content, item, october, project, published
from tests.support.factories import client_id

QUARTER = "2026-Q3"


@pytest.fixture
def admin(given, the_time):
    the_time.is_("2026-11-04 10:00")
    versions.bring_in(pack(), clock.now())
    return given.role("admin")


def total(phone, board: str, period: str, unit: str):
    shown = phone.see(f"/scoreboards/{board}/periods/{period}")
    line = next(each for each in shown["items"] if each["subject"] == unit)
    return line["total"], line["rank"]


@pytest.mark.mechanism("contest_5")
def test_the_contest_whose_items_an_admin_fills(given, admin):
    version = "/scoreboards/contest_5/versions/1"
    assert admin.see(version)["content"]["items"] == []
    filled = content(
        item("words", source="entered", normalisation="target", target="10"),
        title="五比五突破",
        every="quarter",
    )
    match = {"If-Match": admin.get(version).headers["ETag"]}
    assert admin.call("PUT", version, json={"content": filled}, headers=match).status_code == 200
    admin.do(f"{version}/publish", {"reason": "区委办公室通知"})
    entered = {
        "score_item": "words",
        "score_period": QUARTER,
        "score_subject": SANSHUI,
        "basis": "竞赛办公室认定",
    }

    def state(number: str, **more: str) -> None:
        body = {"client_id": client_id(), "score_value": number, **entered, **more}
        admin.do("/scoreboards/contest_5/figures", body)

    state("5")
    assert total(admin, "contest_5", QUARTER, SANSHUI) == ("50", 1)
    state("8", reason="复核更正")
    assert total(admin, "contest_5", QUARTER, SANSHUI) == ("80", 1)


@pytest.mark.mechanism("contest_3_1")
def test_large_projects_started_and_completed(given, admin):
    october(given)
    found = {"period": "2026-Q4", "unit": LUOTANG}
    before = total(admin, "contest_3_1", *found.values())
    small = project(given, LUOTANG, started="2026-10-09", completed="2026-10-30")
    restand()
    assert before == ("50", 2)
    assert total(admin, "contest_3_1", *found.values()) == ("100", 1)
    one = admin.see(f"/scoreboards/contest_3_1/periods/2026-Q4/scores/{LUOTANG}")
    assert str(small) in one["items"][1]["numerator_ids"]


@pytest.mark.mechanism("red_flag")
def test_the_flag_goes_by_the_frozen_rates(given, admin):
    leader = given.role("leader")
    made = project(given, SANSHUI, signed="2026-02-01", filed="2026-03-01", started="2026-04-01")
    plan(made, 2026, 100)
    figure(made, "2026-08", actual_investment=30)
    restand()
    before = total(admin, "red_flag", QUARTER, SANSHUI)
    figure(made, "2026-09", actual_investment=30)
    restand()
    after = total(admin, "red_flag", QUARTER, SANSHUI)
    assert (before, after) == (("57.5", 1), ("65", 1))
    admin.do(f"/scoreboards/red_flag/periods/{QUARTER}/freeze")
    flag = {"client_id": client_id(), "kind": "red_flag", "subject": SANSHUI}
    award = admin.do(f"/scoreboards/red_flag/periods/{QUARTER}/awards", flag)
    leader.do(f"/awards/{award['id']}/grant", {"text": "同意"})
    town = given.role("unit_admin", unit=SANSHUI)
    [seen] = town.see("/awards", kind="red_flag", period=QUARTER)["items"]
    assert (seen["name"], seen["total"], seen["state"]) == ("三水街道", "65", "granted")


@pytest.mark.mechanism("appraisal")
def test_the_card_of_a_unit(given, admin):
    town = given.role("unit_admin", unit=SANSHUI)

    def filed() -> tuple[str, str]:
        [part] = town.see(f"/appraisals/units/{SANSHUI}", period="2026-10")["parts"]
        found = {each["metric"]: each for each in part["indicators"]}
        return found["rates.filed"]["value"], found["rates.filed"]["denominator"]

    project(given, SANSHUI, signed="2026-02-01", filed="2026-03-01")
    restand()
    assert filed() == ("100", "1")
    project(given, SANSHUI, signed="2026-02-01")
    restand()
    assert filed() == ("50", "2")


@pytest.mark.mechanism("contest_3_1")
def test_a_template_of_ones_own_counts_the_same_class(given, admin):
    large = item(
        "large", source="projects.started", normalisation="rank", options={"size_class": "gte_500m"}
    )
    published(admin, content(large, every="quarter"), "own")
    october(given)
    assert total(admin, "own", "2026-Q4", SANSHUI)[1] == 1
