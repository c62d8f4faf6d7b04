"""A contest over HTTP: drafted, tried, published, ranked, frozen, appealed against, corrected, awarded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.foundation import clock, db
from app.foundation.district import pack
from app.scoreboards import versions as boards
from app.scoreboards.documents import FrozenScore
from tests.api.shape import refused
from tests.projects.rates.entered import restand
from tests.scoreboards.made import (
    BOARD,
    LUOTANG,
    SANSHUI,
    content,
    counting,
    drafted,
    item,
    october,
    project,
    published,
)
from tests.support.duties import run_due
from tests.support.factories import client_id

PERIOD = f"/scoreboards/{BOARD}/periods/2026-10"
CONTENT = content(counting("started", 70), counting("completed", 30))


@pytest.fixture
def admin(given, the_time):
    the_time.is_("2026-11-04 10:00")
    return given.role("admin")


@pytest.fixture
def contest(given, admin):
    """In use, with some projects of October."""
    projects = october(given)
    published(admin, CONTENT)
    return projects


def ranks(shown) -> dict[str, tuple[int | None, str | None]]:
    return {each["subject"]: (each["rank"], each["total"]) for each in shown["items"]}


def line_of(shown, subject):
    return next(each for each in shown["items"] if each["subject"] == subject)


def frozen(admin) -> None:
    admin.do(f"{PERIOD}/freeze")


def test_what_the_pack_brings(given, admin):
    boards.bring_in(pack(), clock.now())
    boards.bring_in(pack(), clock.now())
    seen = {each["board"]: each for each in admin.see("/scoreboards")["items"]}
    states = {board: each["state"] for board, each in seen.items()}
    assert states["contest_5"] == "draft"
    assert {states[each] for each in ("contest_3_1", "red_flag", "units_monthly")} == {"published"}
    assert {each["board"] for each in given.head("HOUSING").see("/scoreboards")["items"]} == {
        *states
    } - {"contest_5"}
    empty = admin.post("/scoreboards/contest_5/versions/1/publish", {"reason": "发布"})
    refused(empty, 422, "scoreboard.no_items")


def test_a_version_is_drafted_changed_published_and_then_stays(admin):
    drafted(admin, content(item(weight=40)))
    path = f"/scoreboards/{BOARD}/versions/1"
    refused(admin.post(f"{path}/publish", {"reason": "发布"}), 422, "scoreboard.weights")
    body = {"client_id": client_id(), "board": BOARD, "content": CONTENT}
    refused(admin.post("/scoreboards", body), 409, "scoreboard.draft_there")
    seen = admin.get(path)
    whole = {"If-Match": seen.headers["ETag"]}
    changed = admin.call("PUT", path, json={"content": CONTENT}, headers=whole)
    assert changed.status_code == 200, changed.json
    stale = admin.call("PUT", path, json={"content": CONTENT}, headers=whole)
    refused(stale, 412, "request.stale")
    admin.do(f"{path}/publish", {"reason": "发布"})
    whole = {"If-Match": admin.get(path).headers["ETag"]}
    late = admin.call("PUT", path, json={"content": CONTENT}, headers=whole)
    refused(late, 409, "scoreboard.published_before")
    assert drafted(admin, CONTENT)["number"] == 2
    assert [each["action"] for each in admin.see(path)["history"]] == ["draft", "change", "publish"]


def test_a_draft_that_is_sent_twice_is_one(admin):
    body = {"client_id": client_id(), "board": BOARD, "content": CONTENT}
    answers = [admin.post("/scoreboards", body) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json["number"] == answers[1].json["number"]
    other = {**body, "content": content(item())}
    refused(admin.post("/scoreboards", other), 409, "client_id.conflict")


def test_an_open_period_is_reckoned_now_and_explained_down_to_the_records(given, admin, contest):
    shown = admin.see(PERIOD)
    assert (shown["state"], shown["number"], shown["as_of"]) == ("open", 1, "2026-10-31")
    assert ranks(shown)[SANSHUI] == (1, "100")
    assert ranks(shown)[LUOTANG] == (2, "35")
    one = admin.see(f"{PERIOD}/scores/{LUOTANG}")
    started, completed = one["items"]
    assert (started["value"], started["normalised"], started["points"]) == ("1", "50", "35")
    assert started["numerator_ids"] == [str(contest[2])]
    assert started["steps"][0]["text"] == "（1 − 0）÷（2 − 0）× 100 = 50"
    assert (completed["value"], completed["points"]) == ("0", "0")
    project(given, LUOTANG, started="2026-10-20")
    restand()
    assert ranks(admin.see(PERIOD))[LUOTANG] == (2, "70")


def test_a_simulation_is_what_publishing_then_gives_and_writes_nothing(admin, contest):
    other = content(counting("started", 20), counting("completed", 80))
    before = {name: db.database()[name].count_documents({}) for name in ("scoreboards", "history")}
    tried = admin.do(f"/scoreboards/{BOARD}/simulate", {"period": "2026-10", "content": other})
    after = {name: db.database()[name].count_documents({}) for name in before}
    assert before == after
    told = {each["subject"]: each for each in tried["items"]}
    assert (told[LUOTANG]["total_before"], told[LUOTANG]["total"]) == ("35", "10")
    published(admin, other)
    assert ranks(admin.see(PERIOD)) == {
        each["subject"]: (each["rank"], each["total"]) for each in tried["items"]
    }


def test_who_is_excluded_is_shown_with_the_reason(given, admin, contest):
    body = {"client_id": client_id(), "subject": SANSHUI, "reason": "数据正在核查"}
    answers = [admin.post(f"{PERIOD}/exclusions", body) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    again = {**body, "client_id": client_id()}
    refused(admin.post(f"{PERIOD}/exclusions", again), 409, "score.excluded_already")
    shown = admin.see(PERIOD)
    assert ranks(shown)[SANSHUI] == (None, None)
    assert ranks(shown)[LUOTANG] == (1, "100")
    assert line_of(shown, SANSHUI)["why"][0]["text"] == "不参与本期排名：数据正在核查"
    [out] = shown["exclusions"]
    assert (out["by"], out["lifted"]) == (admin.person.name, None)
    key = answers[0].json["id"]
    admin.do(f"/score-exclusions/{key}/lift", {"text": "核查完毕"})
    refused(
        admin.post(f"/score-exclusions/{key}/lift", {"text": "再来"}), 409, "score.lifted_already"
    )
    shown = admin.see(PERIOD)
    assert ranks(shown)[SANSHUI][0] == 1
    assert shown["exclusions"][0]["lifted"]["text"] == "核查完毕"


def test_what_is_frozen_stays_and_an_appeal_corrects_beside_it(given, admin, contest, the_time):
    town, inspector = given.role("unit_admin", unit=LUOTANG), given.inspector()
    appeal = {
        "client_id": client_id(),
        "subject": LUOTANG,
        "item": "started",
        "text": "10月29日开工的项目未计入",
    }
    refused(town.post(f"{PERIOD}/appeals", appeal), 409, "score.not_frozen")
    frozen(admin)
    refused(admin.post(f"{PERIOD}/freeze"), 409, "score.frozen")
    project(given, LUOTANG, started="2026-10-29")
    restand()
    assert ranks(town.see(PERIOD))[LUOTANG] == (2, "35")
    filed = [town.post(f"{PERIOD}/appeals", appeal) for _ in range(2)]
    assert [each.status_code for each in filed] == [201, 200]
    key = filed[0].json["id"]
    path = f"/score-appeals/{key}/answer"
    said = {"decision": "upheld", "text": "情况属实"}
    refused(town.post(path, {**said, "value": "9"}), 403, "forbidden")
    refused(inspector.post(path, said), 422, "appeal.value_of_item")
    answered = inspector.do(path, {**said, "value": "2"})
    assert answered["corrections"][0]["value"] == "2"
    refused(inspector.post(path, {**said, "value": "3"}), 409, "appeal.answered_already")
    line = line_of(town.see(PERIOD), LUOTANG)
    assert (line["total"], line["rank"]) == ("35", 2)
    assert line["corrected"] == {"total": "70", "rank": 2}
    row = FrozenScore.rows().find_one({"subject": LUOTANG})
    assert row["total"].to_decimal() == Decimal(35)
    run_due()
    events = {each["event"] for each in town.see("/notices")["items"]}
    assert {"scoreboard.frozen", "score_appeal.answered"} <= events
    the_time.is_("2026-11-20 10:00")
    late = {**appeal, "client_id": client_id()}
    refused(town.post(f"{PERIOD}/appeals", late), 409, "appeal.too_late")


def test_a_rejected_appeal_corrects_nothing(given, admin, contest):
    frozen(admin)
    town = given.role("unit_admin", unit=LUOTANG)
    body = {"client_id": client_id(), "subject": LUOTANG, "item": "started", "text": "不服"}
    key = town.do(f"{PERIOD}/appeals", body)["id"]
    said = {"decision": "rejected", "text": "项目11月才开工"}
    refused(
        admin.post(f"/score-appeals/{key}/answer", {**said, "value": "2"}), 422, "appeal.no_value"
    )
    admin.do(f"/score-appeals/{key}/answer", said)
    assert town.see(f"/score-appeals/{key}")["state"] == "rejected"
    assert line_of(town.see(PERIOD), LUOTANG)["corrected"] is None


def test_an_exclusion_that_was_wrong_is_undone_beside_it(given, admin, contest):
    body = {"client_id": client_id(), "subject": LUOTANG, "reason": "数据待核"}
    admin.do(f"{PERIOD}/exclusions", body)
    frozen(admin)
    refused(
        admin.post(f"{PERIOD}/exclusions", {**body, "client_id": client_id(), "subject": SANSHUI}),
        409,
        "score.frozen",
    )
    town = given.role("unit_admin", unit=LUOTANG)
    appeal = {"client_id": client_id(), "subject": LUOTANG, "text": "数据无误"}
    key = town.do(f"{PERIOD}/appeals", appeal)["id"]
    admin.do(f"/score-appeals/{key}/answer", {"decision": "upheld", "text": "核查无误"})
    line = line_of(town.see(PERIOD), LUOTANG)
    assert (line["rank"], line["corrected"]) == (None, {"total": "35", "rank": 2})


def test_an_award_is_proposed_decided_and_withdrawn_with_a_trace(given, admin, contest):
    leader, town = given.role("leader"), given.role("unit_admin", unit=SANSHUI)
    body = {"client_id": client_id(), "kind": "red_flag", "subject": SANSHUI, "text": "第一名"}
    refused(admin.post(f"{PERIOD}/awards", body), 409, "score.not_frozen")
    frozen(admin)
    refused(admin.post(f"{PERIOD}/awards", {**body, "kind": "gold"}), 422, "award.unknown_kind")
    made = [admin.post(f"{PERIOD}/awards", body) for _ in range(2)]
    assert [each.status_code for each in made] == [201, 200]
    twice = {**body, "client_id": client_id()}
    refused(admin.post(f"{PERIOD}/awards", twice), 409, "award.there_already")
    award = made[0].json
    assert (award["rank"], award["kind_name"]) == (1, "流动红旗")
    path = f"/awards/{award['id']}"
    refused(town.get(path), 404, "not_found")
    refused(admin.post(f"{path}/grant", {"text": "同意"}), 403, "forbidden")
    leader.do(f"{path}/grant", {"text": "同意"})
    assert [each["id"] for each in town.see("/awards")["items"]] == [award["id"]]
    run_due()
    assert "award.granted" in {each["event"] for each in town.see("/notices")["items"]}
    leader.do(f"{path}/withdraw", {"text": "数据有误"})
    refused(leader.post(f"{path}/refuse", {"text": "晚了"}), 409, "award.transition_not_allowed")
    seen = town.see(path)
    assert (seen["state"], seen["withdrawal"]["text"]) == ("withdrawn", "数据有误")
    assert [each["action"] for each in seen["history"]] == ["propose", "grant", "withdraw"]
    admin.do(f"{PERIOD}/awards", {**body, "client_id": client_id()})


def test_without_a_rank_there_is_no_award(admin, contest):
    body = {"client_id": client_id(), "subject": SANSHUI, "reason": "数据待核"}
    admin.do(f"{PERIOD}/exclusions", body)
    frozen(admin)
    award = {"client_id": client_id(), "kind": "red_flag", "subject": SANSHUI}
    refused(admin.post(f"{PERIOD}/awards", award), 409, "award.no_rank")


def test_figures_that_nobody_can_compute_are_entered_with_their_source(given, admin):
    tax = item("tax", source="entered", weight=50, normalisation="minmax", aggregate=True)
    word = item("word", source="entered", weight=50, normalisation="rank")
    published(admin, content(tax, word, missing="zero", eligible_weight=0))
    path = f"/scoreboards/{BOARD}/figures"
    figure = {
        "client_id": client_id(),
        "score_item": "tax",
        "score_period": "2026-10",
        "score_subject": "三水街道",
        "score_value": "1200.50",
        "basis": "税务局月报",
    }
    few = admin.post(path, {**figure, "score_firms": 4})
    refused(few, 422, "request.invalid")
    assert "score_firms" in few.json["errors"]
    entered = admin.do(path, {**figure, "score_firms": 12})
    assert (entered["score_subject"], entered["subject_name"]) == (SANSHUI, "三水街道")
    assert (entered["by"], entered["basis"]) == (admin.person.name, "税务局月报")
    one = admin.see(f"{PERIOD}/scores/{SANSHUI}")
    assert one["items"][0]["value"] == "1200.5"
    assert one["items"][0]["entry_id"] == entered["id"]
    town = given.role("unit_admin", unit=SANSHUI)
    refused(town.post(path, {**figure, "client_id": client_id()}), 403, "forbidden")
    refused(town.get(path), 403, "forbidden")
    frozen(admin)
    late = admin.post(path, {**figure, "client_id": client_id(), "score_firms": 12})
    assert late.status_code == 422
    assert late.json["errors"]["score_period"] == ["这一期已封存，不能更改"]
