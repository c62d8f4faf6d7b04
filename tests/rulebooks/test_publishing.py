"""A draft is published and taken back: once, with a reason, told to whom it concerns."""

from __future__ import annotations

import pytest

from app.foundation import history
from app.foundation.district import pack
from app.foundation.messages import say
from app.issues.documents import Issue
from app.notices.documents import Notice
from app.rulebooks import registry
from tests.issues.halfway import fails_whole, post
from tests.issues.test_races import at_once, pressing
from tests.rulebooks.stories import BOOKS, draft, publish, published, rule
from tests.support.duties import run_due

PACK = f"pack:{pack().code}"
WHY = {"reason": "经会议商定"}


def routed(given, text="施工许可证办了两个月还没有下来，电梯等着用"):
    """Department and rulebook of an issue that is placed now."""
    issue = given.commissioner().open_issue(text=text, enterprise_id=str(given.enterprise().id))
    run_due()
    route = Issue.get(issue["id"]).route
    return route["department_name"], route["rulebook"]


def code_of(answer):
    return answer.status_code, answer.json["code"]


def test_the_next_decision_is_by_what_was_published(given):
    admin = given.role("admin")
    assert routed(given) == ("住建局", PACK)
    number = draft(admin, rule("电梯", "ECOLOGY"))["number"]
    assert routed(given)[1] == PACK, "a draft decides nothing"
    seen = publish(admin, number)
    assert (seen["state"], seen["in_use"], seen["differs"]["rules"]["added"]) == (
        "published",
        True,
        [],
    )
    assert routed(given) == ("生态环境局", "v1")
    admin.do(f"{BOOKS}/0/revert", WHY)
    assert routed(given) == ("住建局", PACK)
    admin.do(f"{BOOKS}/1/revert", WHY)
    assert routed(given)[1] == "v1"


def test_each_use_is_on_record_with_who_and_why(given):
    admin = given.role("admin")
    published(admin, rule("电梯", "ECOLOGY"))
    admin.do(f"{BOOKS}/0/revert", {"reason": "弄错了"})
    rows = history.of("routing", registry.THING, internal=True)
    assert [(row["action"], row["from"], row["to"], row["text"]) for row in rows] == [
        ("publish", PACK, "v1", "经会议商定"),
        ("revert", "v1", PACK, "弄错了"),
    ]
    assert {row["by"] for row in rows} == {admin.person.id}
    [use] = admin.see(f"{BOOKS}/1")["uses"]
    assert (use["action"], use["by"], use["before"]) == ("publish", admin.person.name, PACK)


def test_the_other_admins_and_the_dispatchers_are_told(given):
    admin, other, desk = given.role("admin"), given.role("admin"), given.dispatcher()
    given.inspector()
    published(admin, rule("电梯", "ECOLOGY"))
    run_due()
    told = list(Notice.rows().find({"event": "routing.published"}))
    assert sorted(row["person"] for row in told) == [other.person.id, desk.person.id]
    [shown] = desk.see("/notices")["items"]
    assert f"由 {PACK} 换为 v1：经会议商定" in shown["text"]


def test_a_broken_one_is_not_published(given):
    admin = given.role("admin")
    number = draft(admin, rule("电梯", "NOBODY"))["number"]
    answer = admin.post(f"{BOOKS}/{number}/publish", WHY)
    assert code_of(answer) == (409, "rulebook.broken")
    assert "NOBODY" in answer.json["errors"]["rules"][0]
    assert registry.state()["rulebook"] == 0


def test_what_came_into_use_meanwhile_is_not_run_over_unseen(given):
    admin = given.role("admin")
    first, second = (draft(admin, rule(word, "ECOLOGY"))["number"] for word in ("电梯", "塔吊"))
    publish(admin, first)
    answer = admin.post(f"{BOOKS}/{second}/publish", WHY)
    assert code_of(answer) == (409, "rulebook.changed_meanwhile")
    assert say("rulebook.changed_meanwhile", in_use="v1", based_on=PACK) == answer.json["message"]
    assert publish(admin, second, over=True)["in_use"]


def test_twice_under_one_key_is_once(given):
    admin = given.role("admin")
    number = draft(admin, rule("电梯", "ECOLOGY"))["number"]
    path = f"{BOOKS}/{number}/publish"
    first, again = (admin.post(path, WHY, Idempotency_Key="k") for _ in range(2))
    assert first.json == again.json
    assert code_of(admin.post(path, WHY)) == (409, "rulebook.published_before")
    assert len(history.of("routing", registry.THING, internal=True)) == 1


def test_only_what_was_published_is_used_again(given):
    admin = given.role("admin")
    number = draft(admin)["number"]
    assert code_of(admin.post(f"{BOOKS}/{number}/revert", WHY)) == (409, "rulebook.never_published")
    assert code_of(admin.post(f"{BOOKS}/0/revert", WHY)) == (409, "rulebook.in_use_already")


@pytest.mark.parametrize("over", [False, True])
def test_of_two_who_publish_at_once_one_wins(over, given):
    admin, other = given.role("admin"), given.role("admin")
    body = {**WHY, "over": over}
    for _ in range(4):
        numbers = [draft(admin, rule(word, "ECOLOGY"))["number"] for word in ("电梯", "塔吊")]
        paths = [f"{BOOKS}/{number}/publish" for number in numbers]
        found = at_once(pressing(admin, paths[0], body), pressing(other, paths[1], body))
        in_use = registry.state()["rulebook"]
        states = [admin.see(f"{BOOKS}/{number}")["state"] for number in numbers]
        if found == [200, 200]:  # one came in after the other was through, and said "over"
            assert over
            assert in_use in numbers
        else:
            assert sorted(found) == [200, 409]
            assert in_use == numbers[found.index(200)]
            assert sorted(states) == ["draft", "published"]
    versions = [row["to"] for row in history.of("routing", registry.THING, internal=True)]
    assert len(versions) == registry.state()["version"]


def publishing(given):
    admin = given.role("admin")
    number = draft(admin, rule("电梯", "ECOLOGY"))["number"]
    return post(admin, f"{BOOKS}/{number}/publish", WHY, Idempotency_Key="k")


def reverting(given):
    admin = given.role("admin")
    published(admin, rule("电梯", "ECOLOGY"))
    return post(admin, f"{BOOKS}/0/revert", WHY)


# How many writes each makes at least, its commit among them.
ACTIONS = {publishing: 6, reverting: 4}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
