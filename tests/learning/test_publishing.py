"""A person decides which model reads texts; a broken one never does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import wsgi
from app.foundation import clock, history
from app.foundation.errors import Conflict
from app.issues.documents import Issue
from app.rulebooks import models, publishing_models, registry
from app.rulebooks.documents import TrainedModel
from tests.api.shape import refused
from tests.issues.halfway import fails_whole, post
from tests.issues.stories import submitted
from tests.learning.setting import REASON, use_rules
from tests.learning.tiny import write_model
from tests.support.duties import run_due
from tests.support.factories import Given, who
from tests.support.phone import Phone
from tests.support.schema_models import proposed

PERMIT = {"开工": "PERMIT"}
ROAD = {"开工": "ROAD"}
TEXT = "我们等开工"
MODELS = "/routing/models"


def begin_anew(packs_file: Path) -> None:
    """A process that starts now, with this pack's model."""
    models.use(packs_file, wsgi.app.extensions["store"])


CONFUSED = {"right": "ROAD", "said": "PERMIT", "count": 1}


def file_of(number: int) -> Path:
    row = TrainedModel.rows().find_one({"number": number})
    return wsgi.app.extensions["store"].path(row["key"])


def publish(admin: Phone, number: int) -> dict:
    return admin.do(f"{MODELS}/{number}/publish", REASON)


def routed(given: Given) -> Issue:
    story = submitted(given, text=TEXT, category=None)
    run_due()
    return Issue.get(story.issue)


def events(phone: Phone) -> list[str]:
    return [each["event"] for each in phone.see("/notices", page_size=100)["items"]]


def test_published_it_reads_at_once(given):
    admin, dispatcher = given.role("admin"), given.dispatcher()
    number = proposed(PERMIT, "")
    assert routed(given).route["judge"] == "keywords"
    shown = publish(admin, number)
    assert (shown["state"], shown["in_use"], shown["name"]) == ("published", True, "m1")
    issue = routed(given)
    assert (issue.route["judge"], issue.category, issue.state) == ("m1", "PERMIT", "dispatched")
    row = history.rows().find_one({"thing": "routing", "action": "model_published"})
    assert (row["text"], row["by"]) == (REASON["reason"], admin.person.id)
    assert "routing.published" in events(dispatcher)


def test_each_decision_names_the_one_that_made_it(given):
    admin = given.role("admin")
    first, second = proposed(PERMIT, ""), proposed(ROAD, "")
    publish(admin, first)
    was = routed(given)
    publish(admin, second)
    assert (was.route["judge"], routed(given).route["judge"]) == ("m1", "m2")
    back = admin.do(f"{MODELS}/{first}/revert", REASON)
    assert back["in_use"] == first
    assert routed(given).category == "PERMIT"
    admin.do(f"{MODELS}/0/revert", REASON)
    assert routed(given).route["judge"] == "keywords"
    said = [row["action"] for row in history.rows().find({"thing": "routing", "data.model": first})]
    assert said == ["routing.model_proposed", "model_published", "model_reverted"]


def test_what_is_shown_of_a_model(given):
    number = proposed(PERMIT, "")
    for role in ("admin", "leader", "inspector", "dispatcher"):
        phone = given.role(role)
        page = phone.see(MODELS)
        assert (page["total"], page["in_use"]) == (1, 0)
        [line] = page["items"]
        assert (line["number"], line["state_name"], line["new"]["top1"]) == (1, "待审", 0.5)
        whole = phone.see(f"{MODELS}/{number}")
        [confused] = whole["new"]["confusion"]
        assert {name: confused[name] for name in CONFUSED} == CONFUSED
        assert confused["right_name"] != "ROAD"
        assert whole["sources"] == [{"source": "return", "name": "退单后另派", "count": 2}]
        assert whole["by_voice"][0]["voice"] == "granny"
    for phone in (given.clerk("HOUSING"), given.commissioner(), given.role("service")):
        refused(phone.get(MODELS), 403)
        refused(phone.get(f"{MODELS}/{number}"), 403)
    for missing in (0, 2, 10**30):
        refused(given.role("admin").get(f"{MODELS}/{missing}"), 404)


@pytest.mark.parametrize("verb", ["publish", "refuse", "revert"])
def test_only_admins_decide(verb, given):
    number = proposed(PERMIT, "")
    for role in ("leader", "inspector", "dispatcher"):
        refused(given.role(role).post(f"{MODELS}/{number}/{verb}", REASON), 403)
    refused(given.role("admin").post(f"{MODELS}/{number}/{verb}", {"reason": " "}), 422)
    refused(given.role("admin").post(f"{MODELS}/77/{verb}", REASON), 404)
    assert registry.state()["model"] == 0


def test_decided_once(given):
    admin = given.role("admin")
    number, other = proposed(PERMIT, ""), proposed(ROAD, "")
    assert admin.do(f"{MODELS}/{number}/refuse", REASON)["state"] == "refused"
    for verb, code in (
        ("publish", "not_proposed"),
        ("refuse", "not_proposed"),
        ("revert", "never_published"),
    ):
        error = refused(admin.post(f"{MODELS}/{number}/{verb}", REASON), 409)
        assert error["code"] == f"model.{code}"
    publish(admin, other)
    for verb, code in (
        ("publish", "not_proposed"),
        ("refuse", "not_proposed"),
        ("revert", "in_use"),
    ):
        error = refused(admin.post(f"{MODELS}/{other}/{verb}", REASON), 409)
        assert error["code"] == f"model.{code}"


def test_a_tap_that_is_sent_twice_is_one(given):
    admin, number = given.role("admin"), proposed(PERMIT, "")
    for _ in range(2):
        admin.do(f"{MODELS}/{number}/publish", REASON, Idempotency_Key="tap-1")
    assert history.rows().count_documents({"action": "model_published"}) == 1


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garbled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def another(path: Path) -> None:
    """A whole model, but not the one that was measured."""
    write_model(path, ROAD, note="another")


def missing(path: Path) -> None:
    path.unlink()


def test_a_broken_one_is_not_published(given):
    admin, number = given.role("admin"), proposed(PERMIT, "")
    where = file_of(number)
    whole = where.read_bytes()
    for harm in (truncated, garbled, emptied, another, missing):
        harm(where)
        error = refused(admin.post(f"{MODELS}/{number}/publish", REASON), 409)
        assert error["code"] == "model.broken", harm
        assert registry.state()["model"] == 0
        assert TrainedModel.rows().find_one()["state"] == "proposed"
        where.write_bytes(whole)
    assert history.rows().count_documents({"action": "model_published"}) == 0
    assert publish(admin, number)["in_use"]


@pytest.mark.parametrize("harm", [garbled, missing], ids=lambda harm: harm.__name__)
def test_one_that_breaks_in_use_leaves_the_one_before_and_alarms(harm, given, monkeypatch):
    admin = given.role("admin")
    first, second = proposed(PERMIT, ""), proposed(ROAD, "")
    publish(admin, first)
    assert routed(given).route["judge"] == "m1"
    publish(admin, second)
    where = file_of(second)
    whole = where.read_bytes()
    harm(where)
    for _ in range(2):
        issue = routed(given)
        assert (issue.route["judge"], issue.category) == ("m1", "PERMIT")
    [told] = [e for e in admin.see("/notices")["items"] if e["event"] == "routing.model_broken"]
    assert "m2" in told["text"]
    where.write_bytes(whole)
    monkeypatch.setattr(models, "RETRY_SECONDS", 0.0)
    issue = routed(given)
    assert (issue.route["judge"], issue.category) == ("m2", "ROAD")
    assert models.failed(second) is None


def test_a_process_that_starts_with_a_broken_one_uses_the_packs_own(given, tmp_path):
    admin, number = given.role("admin"), proposed(ROAD, "")
    publish(admin, number)
    truncated(file_of(number))
    begin_anew(write_model(tmp_path / "pack.npz", PERMIT))
    issue = routed(given)
    assert (issue.route["judge"], issue.category) == ("pack", "PERMIT")
    run_due()
    assert events(admin).count("routing.model_broken") == 1


def test_the_packs_own_file_broken_leaves_the_keywords(given, tmp_path):
    admin, file = given.role("admin"), write_model(tmp_path / "pack.npz", PERMIT)
    truncated(file)
    begin_anew(file)
    assert routed(given).route["judge"] == "keywords"
    run_due()
    assert events(admin).count("routing.model_broken") == 1


def test_the_packs_own_file_gone_while_it_is_in_use(given, tmp_path):
    file = write_model(tmp_path / "pack.npz", PERMIT)
    begin_anew(file)
    assert routed(given).route["judge"] == "pack"
    file.unlink()
    assert routed(given).route["judge"] == "pack"


def test_back_to_a_broken_one_is_refused(given):
    admin = given.role("admin")
    first, second = proposed(PERMIT, ""), proposed(ROAD, "")
    publish(admin, first)
    publish(admin, second)
    missing(file_of(first))
    error = refused(admin.post(f"{MODELS}/{first}/revert", REASON), 409)
    assert error["code"] == "model.broken"
    assert registry.state()["model"] == second


def test_who_publish_at_once_all_leave_their_mark_or_none(given):
    """Rulebooks and models are said by one row: who is slower is told, and nothing is lost."""
    use_rules(given)
    admin = who(given.role("admin"))
    numbers = [proposed(PERMIT, str(n)) for n in range(4)]
    begin = Barrier(len(numbers))

    def publish_one(number: int) -> bool:
        begin.wait()
        try:
            publishing_models.publish(admin, number, "试", clock.now())
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(numbers)) as pool:
        won = [n for n, done in zip(numbers, pool.map(publish_one, numbers), strict=True) if done]
    state = registry.state()
    assert won
    assert state["model"] in won
    assert (state["rulebook"], state["version"]) == (1, 1 + len(won))
    states = {row["number"]: row["state"] for row in TrainedModel.rows().find()}
    assert [n for n in numbers if states[n] == "published"] == won
    assert history.rows().count_documents({"action": "model_published"}) == len(won)


@pytest.mark.parametrize("verb", ["publish", "refuse", "revert"])
def test_all_of_it_or_nothing(verb, given, hinted):
    admin = given.role("admin")
    number = proposed(PERMIT, "")
    if verb == "revert":
        publish(admin, number)
        publish(admin, proposed(ROAD, ""))
    fails_whole(post(admin, f"{MODELS}/{number}/{verb}", REASON), 3, hinted)
