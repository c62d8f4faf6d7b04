"""Every step of a contest is done whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.issues.halfway import Act, fails_whole, post
from tests.scoreboards.made import BOARD, SANSHUI, content, drafted, item, published
from tests.support.factories import Given, client_id
from tests.support.phone import Phone

PERIOD = f"/scoreboards/{BOARD}/periods/2026-10"
WORDS = content(
    item("words", source="entered", normalisation="rank"), missing="zero", eligible_weight=0
)


@pytest.fixture(autouse=True)
def early_in_november(clean, the_time):
    the_time.is_("2026-11-04 10:00")


def in_use(given: Given) -> Phone:
    admin = given.role("admin")
    published(admin, WORDS)
    return admin


def figure() -> dict[str, Any]:
    return {
        "client_id": client_id(),
        "score_item": "words",
        "score_period": "2026-10",
        "score_subject": SANSHUI,
        "score_value": "90",
        "basis": "竞赛办公室",
    }


def frozen(given: Given) -> Phone:
    admin = in_use(given)
    admin.do(f"/scoreboards/{BOARD}/figures", figure())
    admin.do(f"{PERIOD}/freeze")
    return admin


def of_sanshui(**more: Any) -> dict[str, Any]:
    return {"client_id": client_id(), "subject": SANSHUI, **more}


def draft_one(given: Given) -> Act:
    body = {"client_id": client_id(), "board": BOARD, "content": WORDS}
    return post(given.role("admin"), "/scoreboards", body)


def publish_it(given: Given) -> Act:
    admin = given.role("admin")
    drafted(admin, WORDS)
    return post(admin, f"/scoreboards/{BOARD}/versions/1/publish", {"reason": "发布"})


def enter_a_figure(given: Given) -> Act:
    return post(in_use(given), f"/scoreboards/{BOARD}/figures", figure())


def exclude(given: Given) -> Act:
    return post(in_use(given), f"{PERIOD}/exclusions", of_sanshui(reason="待核"))


def lift(given: Given) -> Act:
    admin = in_use(given)
    key = admin.do(f"{PERIOD}/exclusions", of_sanshui(reason="待核"))["id"]
    return post(admin, f"/score-exclusions/{key}/lift", {"text": "已核"})


def freeze_by_hand(given: Given) -> Act:
    return post(in_use(given), f"{PERIOD}/freeze", {})


def appeal(given: Given) -> Act:
    frozen(given)
    town = given.role("unit_admin", unit=SANSHUI)
    return post(town, f"{PERIOD}/appeals", of_sanshui(item="words", text="请复核"))


def uphold(given: Given) -> Act:
    admin, town = frozen(given), given.role("unit_admin", unit=SANSHUI)
    key = town.do(f"{PERIOD}/appeals", of_sanshui(item="words", text="请复核"))["id"]
    answer = {"decision": "upheld", "text": "属实", "value": "95"}
    return post(admin, f"/score-appeals/{key}/answer", answer)


def propose_award(given: Given) -> Act:
    return post(frozen(given), f"{PERIOD}/awards", of_sanshui(kind="red_flag"))


def grant_award(given: Given) -> Act:
    key = frozen(given).do(f"{PERIOD}/awards", of_sanshui(kind="red_flag"))["id"]
    return post(given.role("leader"), f"/awards/{key}/grant", {"text": "同意"})


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {
    draft_one: 3,
    publish_it: 5,
    enter_a_figure: 3,
    exclude: 5,
    lift: 5,
    freeze_by_hand: 5,
    appeal: 4,
    uphold: 5,
    propose_award: 4,
    grant_award: 4,
}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
