"""The weekly training: from what people corrected to a model that waits for a decision."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from bson import ObjectId

import wsgi
from app.foundation import clock, duties, history
from app.foundation.db import Row
from app.foundation.district import local
from app.foundation.messages import say
from app.issues.documents import Issue, Ticket
from app.learning import child, training
from app.learning.child import Limits, TrainingFailed
from app.routing.model import load
from app.rulebooks.documents import TrainedModel
from app.rulebooks.models import PACKS_FILE
from deploy import train_by_hand
from tests.issues import stories
from tests.issues.halfway import done, fails_whole
from tests.support.duties import run_due
from tests.support.factories import Given

PROGRAM = "tests.learning.trainer"
LIMITS = Limits(memory=2_500_000_000, seconds=30)
LEAST = 5


def learn(district: Path):
    """The small district's training, by a real child process."""
    return training.learn_from(district, PROGRAM)


def answered(given: Given, count: int) -> None:
    """So many issues that were answered where they were put."""
    story = stories.answered(given)
    row = Issue.rows().find_one({"number": story.number})
    ticket = Ticket.rows().find_one({"issue": row["_id"]})
    steps = list(history.rows().find({"thing_id": row["_id"]}))
    for number in range(1, count):
        copy_of(number, row, ticket, steps)


def copy_of(number: int, row: Row, ticket: Row, steps: list[Row]) -> None:
    issue, part = ObjectId(), ObjectId()
    said = {"text": f"许可证等了{number}个月", "number": f"X{number}", "client_id": str(number)}
    Issue.rows().insert_one({**row, "_id": issue, **said})
    Ticket.rows().insert_one({**ticket, "_id": part, "issue": issue})
    for step in steps:
        of = part if step["part_id"] else None
        history.rows().insert_one({**step, "_id": ObjectId(), "thing_id": issue, "part_id": of})


def claimed():
    training.begin(clock.now())
    [row] = duties.rows().find({"kind": training.KIND, "state": "due"})
    past = clock.now() - timedelta(seconds=1)
    duties.rows().update_one({"_id": row["_id"]}, {"$set": {"next_at": past}})
    return duties.claim(row["_id"], now=clock.now(), lease=timedelta(minutes=1))


def trained(district: Path) -> None:
    store = wsgi.app.extensions["store"]
    training.train(claimed(), store, learn(district), LIMITS, clock.now())


def last_said() -> dict:
    rows = history.rows().find({"thing": "routing"}).sort("_id", -1)
    return rows[0]


def test_a_model_is_proposed_beside_the_one_in_use(given, small):
    answered(given, LEAST)
    admin, leader = given.role("admin"), given.role("leader")
    trained(small)
    [row] = TrainedModel.rows().find()
    assert (row["number"], row["state"]) == (1, "proposed")
    report = row["report"]
    assert (report["n_texts"], report["n_labels"]) == (3, LEAST - 1)
    assert report["sources"] == {"answer": LEAST - 1}
    assert report["old_model"] == "keywords"
    assert report["new"]["n"] == report["old"]["n"] == 1
    assert report["new"]["top1"] == 1.0
    assert report["by_voice"] == [{"voice": "granny", "n": 4, "top1": 0.5, "top3": 0.75}]
    store = wsgi.app.extensions["store"]
    with store.local(row["key"]) as path:
        assert load(path).judge("许可").ranked[0][0] == "PERMIT"
    run_due()
    [told] = [
        each for each in admin.see("/notices")["items"] if each["event"] == "routing.model_proposed"
    ]
    assert "m1" in told["text"]
    assert "100%" in told["text"]
    assert leader.see("/notices")["items"] == []


@pytest.mark.parametrize(
    ("woke", "following"),
    [("2026-11-29 03:00", "2026-12-06 03:00"), ("2026-12-20 12:00", "2026-12-27 03:00")],
)
def test_each_owes_the_next_however_long_the_workers_slept(woke, following, clean, small, the_time):
    the_time.is_("2026-11-24 10:00")
    training.begin(clock.now())
    the_time.is_(woke)
    training.begin(clock.now())
    [(kind, key)] = [each for each in duties.due(clock.now()) if each[0] == training.KIND]
    duty = duties.claim(key, now=clock.now(), lease=timedelta(minutes=1))
    training.train(duty, wsgi.app.extensions["store"], learn(small), LIMITS, clock.now())
    [row] = duties.rows().find({"kind": kind, "state": "due"})
    assert f"{local(row['due_at']):%Y-%m-%d %H:%M}" == following


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24 10:00", "2026-11-29 03:00"),
        ("2026-11-29 02:59", "2026-11-29 03:00"),
        ("2026-11-29 03:00", "2026-12-06 03:00"),
        ("2026-12-31 23:59", "2027-01-03 03:00"),
    ],
)
def test_when(now, due, clean, small, the_time):
    training.begin(the_time.is_(now))
    [row] = duties.rows().find({"kind": training.KIND})
    assert f"{local(row['due_at']):%Y-%m-%d %H:%M}" == due


def test_too_few_new_labels_train_nothing(given, small):
    answered(given, LEAST - 1)
    trained(small)
    assert TrainedModel.rows().count_documents({}) == 0
    said = last_said()
    assert said["action"] == "routing.not_trained"
    [why] = said["reasons"]
    assert (why["code"], why["params"]) == ("learning.too_few_labels", {"count": 4, "least": 5})
    assert (
        duties.rows().count_documents(
            {"kind": "notices.deliver", "payload.event": "routing.not_trained"}
        )
        == 0
    )
    assert duties.rows().count_documents({"kind": training.KIND, "state": "due"}) == 1


def test_what_was_learnt_last_week_is_not_new(given, small):
    answered(given, LEAST)
    trained(small)
    trained(small)
    assert TrainedModel.rows().count_documents({}) == 1
    assert last_said()["reasons"][0]["params"]["count"] == 0


def test_the_same_model_again_is_no_proposal(given, small):
    answered(given, LEAST)
    trained(small)
    long_ago = clock.now() - timedelta(days=100)
    TrainedModel.rows().update_one({}, {"$set": {"trained_at": long_ago}})
    trained(small)
    assert TrainedModel.rows().count_documents({}) == 1
    assert last_said()["reasons"][0]["code"] == "learning.nothing_new"


def test_a_training_that_fails_is_told_and_the_next_is_owed(given, small):
    answered(given, LEAST)
    admin = given.role("admin")
    failures = {
        "hungry": "MemoryError",
        "garbage": "no model",
        "nothing": "no file",
        "unknown": "no such text",
    }
    for how, why in failures.items():
        (small / "training" / "how").write_text(how, "utf-8")
        trained(small)
        [reason] = last_said()["reasons"]
        assert why in reason["params"]["error"], how
    assert TrainedModel.rows().count_documents({}) == 0
    assert duties.rows().count_documents({"kind": training.KIND, "state": "due"}) == 1
    run_due()
    told = admin.see("/notices")["items"]
    assert [each["event"] for each in told] == ["routing.not_trained"] * len(failures)
    assert say("learning.failed", "zh", **reason["params"]) in told[0]["text"]


def test_a_training_that_takes_too_long_is_ended_with_all_it_started(small, tmp_path):
    (small / "training" / "how").write_text("long", "utf-8")
    with pytest.raises(TrainingFailed, match="not done within 2 s"):
        child.train(small, None, tmp_path / "out.npz", Limits(seconds=2), PROGRAM)
    ours = psutil.Process().children(recursive=True)
    assert not [each for each in ours if "time.sleep(600)" in " ".join(each.cmdline())]


def test_the_child_knows_no_secret(small, tmp_path):
    (small / "training" / "how").write_text("tell", "utf-8")
    with pytest.raises(TrainingFailed, match="environment") as told:
        child.train(small, None, tmp_path / "out.npz", LIMITS, PROGRAM)
    assert "PATH" in str(told.value)
    assert not [
        name for name in ("MONGODB_URI", "SECRET_KEY", "REDIS_URL") if name in str(told.value)
    ]


def test_a_proposal_is_there_whole_or_not_at_all(given, small, hinted):
    answered(given, LEAST)
    duty = claimed()
    made = training.attempt(wsgi.app.extensions["store"], learn(small), LIMITS)
    fails_whole(done(lambda: training.end(duty, made, clock.now())), 6, hinted)


def by_hand(district: Path, monkeypatch, *arguments: str) -> int:
    monkeypatch.setenv("DISTRICT_DIR", str(district))
    return train_by_hand.main(arguments, PROGRAM)


def test_by_hand_with_a_database_it_is_proposed(given, small, monkeypatch, capfd):
    answered(given, 2)
    assert by_hand(small, monkeypatch) == 0
    assert "m1 waits for a decision" in capfd.readouterr().out
    assert TrainedModel.rows().find_one()["state"] == "proposed"
    assert not (small / PACKS_FILE).exists()
    assert by_hand(small, monkeypatch) == 1
    assert "0 new labels" in capfd.readouterr().out


def test_by_hand_for_the_pack(clean, small, monkeypatch, capfd):
    assert by_hand(small, monkeypatch, "--pack") == 0
    assert load(small / PACKS_FILE).judge("许可").ranked[0][0] == "PERMIT"
    before = (small / PACKS_FILE).read_bytes()
    (small / "training" / "how").write_text("garbage", "utf-8")
    assert by_hand(small, monkeypatch, "--pack") == 1
    assert "no model" in capfd.readouterr().err
    assert [each.name for each in (small / PACKS_FILE).parent.iterdir()] == [PACKS_FILE.name]
    assert (small / PACKS_FILE).read_bytes() == before
