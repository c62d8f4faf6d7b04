"""A rulebook is tried on what was, before it is published."""

from __future__ import annotations

import pytest

from app.foundation import clock, duties
from app.issues.documents import Issue
from app.learning import replaying
from app.learning.replays import Replay, ReplaySlice, months_before
from tasks.queue import celery
from tests.issues import stories
from tests.issues.halfway import duty_done, fails_whole, post
from tests.learning.past import store
from tests.rulebooks.stories import CONTENT, content, draft, published, rule
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.time import local_time

REPLAYS = "/routing/replays"


def asked(rulebook, **fields):
    return {"client_id": client_id(), "rulebook": rulebook, **fields}


def replayed(admin, *rules, **fields):
    """The result of trying these rules."""
    started = admin.do_accepted(asked(content(*rules), **fields))
    run_due()
    seen = admin.see(f"{REPLAYS}/{started['id']}")
    assert (seen["state"], seen["done"]) == ("done", seen["total"])
    return seen["result"]


class Admin:
    """An admin's phone that starts replays."""

    def __init__(self, phone):
        self.phone, self.see, self.post = phone, phone.see, phone.post

    def do_accepted(self, body):
        answer = self.phone.post("/routing/replay", body)
        assert answer.status_code == 202, answer.get_data(as_text=True)
        return answer.json


@pytest.fixture
def admin(given):
    """With a rulebook without rules in use."""
    phone = given.role("admin")
    published(phone)
    return Admin(phone)


@pytest.fixture
def now(the_time):
    return the_time.is_("2026-11-24 10:00")


def counts(result):
    names = ("issues", "same", "changed", "better", "worse", "both_wrong", "unknown")
    return {name: result[name] for name in names if result[name]}


def test_what_would_change_and_in_which_direction(admin, now):
    """Today all of them go to 住建局 (the category's owner)."""
    store(now, "电梯坏了", "MARKET_REGULATION", times=3)  # it should have been 市场监管局
    store(now, "电梯和道路", "HOUSING", times=2)
    store(now, "电梯吵", "WATER_AFFAIRS")
    store(now, "电梯还没修", None)
    store(now, "道路积水", "HOUSING", times=4)
    result = replayed(admin, rule("电梯", "MARKET_REGULATION"))
    assert counts(result) == {
        "issues": 11, "same": 4, "changed": 7, "better": 3, "worse": 2, "both_wrong": 1, "unknown": 1
    }  # fmt: skip
    assert result["before"] == {"to_dispatcher": 0, "placed": 10, "right": 6, "rate": 0.6}
    assert result["after"] == {"to_dispatcher": 0, "placed": 10, "right": 7, "rate": 0.7}
    [pair] = result["by_pair"]
    assert (pair["before"], pair["after"], pair["n"]) == ("HOUSING", "MARKET_REGULATION", 7)
    assert (pair["better"], pair["worse"], pair["unknown"]) == (3, 2, 1)
    [category] = result["by_category"]
    assert (category["category"], category["n"], category["better"]) == ("PERMIT", 11, 3)
    assert result["rules"] == [{"rule": "电梯", "before": 0, "after": 7}]
    shown = [(each["verdict"], each["text"]) for each in result["examples"]]
    assert shown[:2] == [("worse", "电梯和道路")] * 2
    assert len(shown) == 7


def test_it_is_set_against_the_rulebook_in_use(admin, now):
    published(admin.phone, rule("电梯", "MARKET_REGULATION"))
    store(now, "电梯坏了", "MARKET_REGULATION", times=2)
    result = replayed(admin, rule("别的", "MARKET_REGULATION"))
    assert counts(result) == {"issues": 2, "changed": 2, "worse": 2}
    assert result["rules"] == [
        {"rule": "别的", "before": 0, "after": 0},
        {"rule": "电梯", "before": 2, "after": 0},
    ]


def test_a_draft_is_tried_as_it_was_when_it_was_asked(admin, now):
    number = draft(admin.phone, rule("电梯", "MARKET_REGULATION"))["number"]
    store(now, "电梯坏了", "MARKET_REGULATION")
    started = admin.do_accepted(asked(number))
    assert (started["rulebook"], started["against"], started["total"]) == (number, 1, None)
    whole = {"based_on": 0, "content": content(), "note": ""}
    path = f"/routing/rulebooks/{number}"
    admin.phone.call("PUT", path, json=whole, headers={"If-Match": "*"})
    run_due()
    assert admin.see(f"{REPLAYS}/{started['id']}")["result"]["better"] == 1


def test_an_issue_really_played_is_decided_as_it_was(admin, given):
    story = stories.resolved(given, text="施工许可证办了两个月没下来，电梯等着用")
    result = replayed(admin, rule("电梯", "MARKET_REGULATION"))
    assert counts(result) == {"issues": 1, "changed": 1, "worse": 1}
    [example] = result["examples"]
    assert (example["id"], example["number"]) == (story.issue, story.number)
    assert (example["before"], example["ended"]) == ("HOUSING", "HOUSING")
    assert Issue.get(story.issue).state == "resolved"


def test_a_closed_department_stands_for_its_successor(admin, now):
    from app.departments import registry
    from app.departments.documents import Department

    old = Department(code="OLD_MARKET", name="旧局", kind="bureau").insert()
    store(now, "电梯坏了", "OLD_MARKET")
    closed = {"active": False, "successor": registry.by_code("MARKET_REGULATION").id}
    Department.rows().update_one({"_id": old.id}, {"$set": closed})
    assert replayed(admin, rule("电梯", "MARKET_REGULATION"))["better"] == 1


def test_what_is_restricted_is_counted_and_not_shown(admin, now):
    kind = CONTENT["restrictions"][0]["code"]
    store(now, "电梯甲乙丙", "HOUSING")
    store(now, "电梯坏了", "HOUSING", restricted=kind)
    [later] = store(now, "电梯坏了又坏", "HOUSING")
    result = replayed(
        admin, {**rule("甲乙丙"), "then": {"restricted": kind}}, rule("电梯", "MARKET_REGULATION")
    )
    assert result["restricted"] == {"new": 1, "gone": 0}
    assert result["changed"] == 3
    assert [each["id"] for each in result["examples"]] == [later]
    Issue.rows().update_one(
        {"number": result["examples"][0]["number"]}, {"$set": {"restricted": kind}}
    )
    [line] = admin.see(REPLAYS)["items"]
    assert admin.see(f"{REPLAYS}/{line['id']}")["result"]["examples"] == []


def test_urgency_times_and_broken_rules(admin, now):
    store(now, "电梯停产", "HOUSING")
    store(now, "电梯坏了", "HOUSING")
    result = replayed(
        admin,
        rule("坏了", urgent=True),
        rule("停产", urgent=False, promise={"reply_wd": 1}),
        rule("电梯", "NOBODY"),
    )
    assert result["urgent"] == {"new": 1, "gone": 1}
    assert (result["terms"], result["same"]) == (1, 2)
    [broken] = result["broken"]
    assert broken["rule"] == "电梯"
    assert "NOBODY" in broken["why"]["text"]


def test_the_newest_of_the_period_up_to_the_limit(admin, now):
    for moment, text in (("2026-05-24 09:59", "电梯一"), ("2026-05-24 10:01", "电梯二")):
        store(local_time(moment), text, "MARKET_REGULATION")
    store(now.replace(hour=1), "电梯三", "MARKET_REGULATION")

    def texts(**fields):
        result = replayed(admin, rule("电梯", "MARKET_REGULATION"), **fields)
        return sorted(each["text"] for each in result["examples"])

    assert texts() == ["电梯三", "电梯二"]
    assert texts(months=7) == ["电梯一", "电梯三", "电梯二"]
    assert texts(months=1) == ["电梯三"]
    assert texts(limit=2, months=24) == ["电梯三", "电梯二"]


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ("2026-11-24 10:00", 6, "2026-05-24 10:00"),
        ("2026-08-31 10:00", 6, "2026-02-28 10:00"),
        ("2026-01-15 00:30", 1, "2025-12-15 00:30"),
        ("2026-11-24 10:00", 24, "2024-11-24 10:00"),
    ],
)
@pytest.mark.usefixtures("app")
def test_months_are_those_of_the_calendar(now, months, then):
    assert months_before(local_time(now), months) == local_time(then)


def test_nothing_to_try_it_on_is_done_at_once(admin):
    result = replayed(admin, rule("电梯", "MARKET_REGULATION"))
    assert counts(result) == {}
    assert result["before"]["rate"] is None
    assert result["examples"] == []


def test_asked_twice_is_one(admin, now):
    body = asked(0)
    first, again = (admin.post("/routing/replay", body) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json["id"] == again.json["id"]
    assert admin.see(REPLAYS)["total"] == 1
    other = admin.post("/routing/replay", {**body, "months": 3})
    assert (other.status_code, other.json["code"]) == (409, "client_id.conflict")


BAD = [
    (asked(7), "reference.unknown"),
    (asked(0, model=7), "reference.unknown"),
    (asked({"rules": []}), "rulebook.unfit"),
    (asked(True), "request.invalid"),
    (asked("1"), "request.invalid"),
    (asked(-1), "request.invalid"),
    (asked(10**30), "request.invalid"),
    (asked(0, months=25), "request.invalid"),
    (asked(0, limit=100_001), "request.invalid"),
]


@pytest.mark.parametrize(("body", "code"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_tried_is_refused(body, code, admin):
    answer = admin.post("/routing/replay", body)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_two_at_a_time(admin, now):
    for _ in range(2):
        admin.do_accepted(asked(0))
    answer = admin.post("/routing/replay", asked(0))
    assert (answer.status_code, answer.json["code"]) == (409, "replay.too_many")
    run_due()
    admin.do_accepted(asked(0))


@pytest.fixture
def _small_slices(monkeypatch):
    monkeypatch.setattr(replaying, "SLICE", 3)
    monkeypatch.setattr(replaying, "LANES", 2)


def due():
    return [
        row["payload"]["n"] for row in duties.rows().find({"kind": replaying.PART, "state": "due"})
    ]


def work(kind):
    row = duties.rows().find_one({"kind": kind, "state": "due", "next_at": {"$lte": clock.now()}})
    celery.tasks[kind].run(str(row["_id"]))


@pytest.mark.usefixtures("_small_slices")
def test_it_goes_on_in_slices_few_of_them_owed_at_a_time(admin, now):
    store(now, "电梯坏了", "MARKET_REGULATION", times=8)
    store(now, "道路积水", "HOUSING", times=6)
    key = admin.do_accepted(asked(content(rule("电梯", "MARKET_REGULATION"))))["id"]
    work("routing.replay")
    shown = []
    while waiting := due():
        assert len(waiting) <= 2
        seen = admin.see(f"{REPLAYS}/{key}")
        shown.append((seen["state"], seen["done"], seen["total"], seen["result"]))
        work(replaying.PART)
    assert shown == [("running", done, 14, None) for done in (0, 3, 6, 9, 12)]
    assert counts(admin.see(f"{REPLAYS}/{key}")["result"]) == {
        "issues": 14, "same": 6, "changed": 8, "better": 8
    }  # fmt: skip
    assert ReplaySlice.rows().count_documents({}) == 0


@pytest.mark.usefixtures("_small_slices")
def test_what_a_dead_worker_had_in_hand_is_done_by_another_and_counted_once(admin, now, the_time):
    store(now, "电梯坏了", "MARKET_REGULATION", times=9)
    key = admin.do_accepted(asked(content(rule("电梯", "MARKET_REGULATION"))))["id"]
    work("routing.replay")
    row = duties.rows().find_one({"kind": replaying.PART, "state": "due"})
    dead = duties.claim(row["_id"], now=now, lease=now - now.replace(minute=59, hour=1))
    the_time.passes(hours=2)
    run_due()
    with pytest.raises(duties.LostClaim):
        replaying.replay_slice(dead, clock.now())
    seen = admin.see(f"{REPLAYS}/{key}")
    assert (seen["state"], seen["done"], seen["result"]["issues"]) == ("done", 9, 9)


@pytest.mark.usefixtures("_small_slices")
def test_a_cancelled_one_is_left(admin, now):
    store(now, "电梯坏了", "MARKET_REGULATION", times=9)
    key = admin.do_accepted(asked(0))["id"]
    work("routing.replay")
    work(replaying.PART)
    path = f"{REPLAYS}/{key}/cancel"
    assert admin.post(path).json["state"] == "cancelled"
    run_due()
    seen = admin.see(f"{REPLAYS}/{key}")
    assert (seen["state"], seen["done"], seen["result"]) == ("cancelled", 3, None)
    again = admin.post(path)
    assert (again.status_code, again.json["code"]) == (409, "replay.ended")


def test_one_that_fails_again_and_again_is_shown_as_failed(admin, now):
    key = admin.do_accepted(asked(0))["id"]
    row = duties.rows().find_one({"kind": "routing.replay"})
    duty = duties.claim(row["_id"], now=now, lease=now - now.replace(hour=0))
    replaying.give_up(duty, now)
    seen = admin.see(f"{REPLAYS}/{key}")
    assert (seen["state"], seen["ended_at"] is None) == ("failed", False)


@pytest.mark.parametrize("role", ["dispatcher", "inspector", "leader", "commissioner"])
def test_replays_are_for_admins(role, given):
    key = Admin(given.role("admin")).do_accepted(asked(0))["id"]
    phone = given.role(role)
    assert phone.post("/routing/replay", asked(0)).status_code == 403
    assert phone.get(REPLAYS).status_code == 403
    assert phone.get(f"{REPLAYS}/{key}").status_code == 403
    assert phone.post(f"{REPLAYS}/{key}/cancel").status_code == 403


def starting(given):
    admin, body = given.role("admin"), asked(0)
    return lambda: admin.post("/routing/replay", body).status_code == 202


def planning(given):
    store(clock.now(), "电梯坏了", "MARKET_REGULATION")
    Admin(given.role("admin")).do_accepted(asked(0))
    return duty_done("routing.replay", lambda duty: replaying.plan(duty, clock.now()))


def the_last_slice(given):
    store(clock.now(), "电梯坏了", "MARKET_REGULATION")
    Admin(given.role("admin")).do_accepted(asked(0))
    work("routing.replay")
    return duty_done(replaying.PART, lambda duty: replaying.replay_slice(duty, clock.now()))


def cancelling(given):
    key = Admin(given.role("admin")).do_accepted(asked(0))["id"]
    return post(given.role("admin"), f"{REPLAYS}/{key}/cancel", Idempotency_Key="k")


# How many writes each makes at least, its commit among them.
ACTIONS = {starting: 3, planning: 5, the_last_slice: 6, cancelling: 4}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
    assert Replay.rows().count_documents({}) == 1
