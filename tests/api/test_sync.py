"""What changed for a phone: page by page, as it is now, nothing lost whenever it commits."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from bson import ObjectId

from app.foundation import changes, db
from app.issues.documents import Issue
from app.people.documents import Person
from app.sync import feed
from tests.api.shape import refused
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, client_id, who
from tests.support.outbox import issue, send, visit
from tests.support.phone import Phone

PICTURE = PHOTOS[0].read_bytes()
KINDS = ("issues", "visits", "notices", "photos")


class Follower:
    """A phone that syncs and keeps what it is told, each thing as it was last told."""

    def __init__(self, phone: Phone, limit: int = 100) -> None:
        self.phone, self.limit, self.cursor = phone, limit, None
        self.has: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}

    def sync(self) -> list[str]:
        """Everything there is; the ids that were told, in order of kinds."""
        told: list[str] = []
        while True:
            query = {"limit": self.limit, **({"cursor": self.cursor} if self.cursor else {})}
            page = self.phone.see("/sync", **query)
            if page["reset"]:
                self.has = {kind: {} for kind in KINDS}
            for kind in KINDS:
                self.has[kind] |= {each["id"]: each for each in page[kind]}
                told += [each["id"] for each in page[kind]]
            assert sum(len(page[kind]) for kind in KINDS) <= self.limit
            self.cursor = page["cursor"]
            if not page["has_more"]:
                return told


class TestFollowing:
    def test_all_at_first_then_only_what_changed(self, given):
        enterprise = given.enterprise()
        phone = given.commissioner()
        follower = Follower(phone)
        walk = phone.do("/visits", {"client_id": client_id(), **visit(enterprise)["body"]})["id"]
        photo = phone.take_photo(PICTURE).json["id"]
        case = phone.open_issue(enterprise_id=str(enterprise.id))["id"]
        assert sorted(follower.sync()) == sorted([walk, photo, case])
        assert follower.has["photos"][photo]["state"] == "stored"
        assert follower.sync() == []
        run_due()
        assert set(follower.sync()) == {photo, case}
        assert follower.has["photos"][photo]["state"] == "ready"
        assert follower.has["issues"][case]["state"] == "dispatched"
        assert follower.sync() == []

    def test_each_is_told_what_a_look_would_show(self, given):
        story = stories.answered(given)
        run_due()
        for phone in (story.contact, story.clerk, story.head, given.inspector()):
            follower = Follower(phone)
            follower.sync()
            seen = phone.see("/issues")["items"]
            assert follower.has["issues"] == {each["id"]: each for each in seen}
            notices = phone.see("/notices")["items"]
            assert follower.has["notices"] == {each["id"]: each for each in notices}

    def test_notices_come_and_are_read(self, given):
        story = stories.answered(given)
        run_due()
        follower = Follower(story.contact)
        follower.sync()
        notice = next(iter(follower.has["notices"]))
        story.contact.do(f"/notices/{notice}/read")
        assert follower.sync() == [notice]
        assert follower.has["notices"][notice]["read_at"]

    def test_nobody_is_told_of_what_is_not_theirs(self, given):
        phone, other = given.commissioner(), given.commissioner()
        phone.do("/visits", {"client_id": client_id(), **visit(given.enterprise())["body"]})
        phone.take_photo(PICTURE)
        phone.open_issue()
        run_due()
        assert Follower(other).sync() == []

    def test_pages_are_whole_whatever_their_size(self, given):
        phone = given.commissioner()
        cases = [phone.open_issue()["id"] for _ in range(7)]
        run_due()
        for limit in (1, 2, 3, 7, 8):
            follower = Follower(phone, limit)
            told = follower.sync()
            assert [each for each in told if each in cases] == cases
            assert follower.sync() == []

    def test_what_changes_between_pages_is_told_as_it_is(self, given):
        phone = given.commissioner()
        cases = [phone.open_issue()["id"] for _ in range(3)]
        first = phone.see("/sync", limit=1)
        assert first["has_more"]
        phone.do(f"/issues/{cases[0]}/withdraw", {"reason": "x"})
        follower = Follower(phone)
        follower.cursor = first["cursor"]
        assert set(follower.sync()) == set(cases)
        assert follower.has["issues"][cases[0]]["state"] == "withdrawn"

    def test_new_roles_begin_anew(self, given):
        phone = given.commissioner()
        enterprise = given.enterprise()
        case = given.contact(enterprise).open_issue()["id"]
        follower = Follower(phone)
        assert follower.sync() == []
        grant = {"role": "contact", "enterprise": enterprise.id}
        Person.rows().update_one({"_id": phone.person.id}, {"$set": {"grants": [grant]}})
        page = phone.see("/sync", cursor=follower.cursor)
        assert page["reset"]
        assert [each["id"] for each in page["issues"]] == [case]
        assert not phone.see("/sync", cursor=page["cursor"])["reset"]

    def test_the_clock_comes_with_it_and_a_token_for_the_next_photos(self, given):
        page = given.commissioner().see("/sync")
        assert page["server_time"].endswith("+08:00")
        assert page["capture"]["server_time"] == page["server_time"]
        assert page["capture"]["token"]


class Held:
    """A change that is written, and commits when told to."""

    def __init__(self, write) -> None:
        self.written, self.commit = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=db.transaction, args=(self._work,))
        self.write = write
        self.thread.start()
        assert self.written.wait(10)

    def _work(self) -> None:
        self.write()
        self.written.set()
        self.commit.wait(10)

    def end(self) -> None:
        self.commit.set()
        self.thread.join(10)


class TestWhatCommitsLate:
    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_is_not_lost_and_nothing_is_told_twice(self, limit, given):
        phone = given.commissioner()
        late, *others = [phone.open_issue()["id"] for _ in range(4)]
        follower = Follower(phone, limit)
        follower.sync()

        def touch(key: str, text: str) -> None:
            Issue.rows().update_one({"_id": ObjectId(key)}, {"$set": {"text": text}})

        held = Held(lambda: touch(late, "晚"))
        for key in others:
            touch(key, "早")
        assert follower.sync() == others
        touch(others[0], "再")
        assert follower.sync() == [others[0]]
        held.end()
        assert follower.sync() == [late]
        assert follower.has["issues"][late]["text"] == "晚"
        assert follower.sync() == []

    def test_amid_the_pages_of_another_pass(self, given):
        phone = given.commissioner()
        late, *others = [phone.open_issue()["id"] for _ in range(6)]
        held = Held(
            lambda: Issue.rows().update_one({"_id": ObjectId(late)}, {"$set": {"text": "晚"}})
        )
        for key in others:
            Issue.rows().update_one({"_id": ObjectId(key)}, {"$set": {"text": "早"}})
        follower = Follower(phone, 2)
        page = phone.see("/sync", limit=2)
        held.end()
        follower.cursor = page["cursor"]
        told = {each["id"] for each in page["issues"]} | set(follower.sync()) | set(follower.sync())
        assert told == {late, *others}
        assert follower.has["issues"][late]["text"] == "晚"

    def test_more_than_is_remembered_is_told_again_at_worst(self, given, monkeypatch):
        monkeypatch.setattr(feed, "MOST_REMEMBERED", 3)
        phone = given.commissioner()
        cases = [phone.open_issue()["id"] for _ in range(8)]
        follower = Follower(phone, 2)
        assert follower.sync() == cases
        assert follower.sync() == cases[:5]  # the newest three are remembered
        monkeypatch.setattr(changes, "LATEST_COMMIT", -1)
        follower.sync()
        assert follower.sync() == []

    def test_what_has_settled_is_not_read_again(self, given, monkeypatch):
        monkeypatch.setattr(changes, "LATEST_COMMIT", -1)
        phone = given.commissioner()
        phone.open_issue()
        follower = Follower(phone)
        follower.sync()
        assert len(follower.cursor) < 200
        assert follower.sync() == []


class TestCursors:
    def test_a_long_one_still_fits(self, given):
        phone = given.commissioner()
        for _ in range(2):
            send(phone, *(issue() for _ in range(100)))
        follower = Follower(phone)
        assert len(follower.sync()) == 200
        assert len(follower.cursor) < 2000

    @pytest.mark.parametrize("cursor", ["x", "e30.x", "a.b.c", "长", "x" * 3999, "%00", "$gt"])
    def test_forged_ones_are_422(self, cursor, given):
        refused(given.commissioner().get("/sync", cursor=cursor), 422, "sync.cursor_invalid")

    def test_anothers_is_422(self, given):
        cursor = given.commissioner().see("/sync")["cursor"]
        refused(given.commissioner().get("/sync", cursor=cursor), 422, "sync.cursor_invalid")

    def test_changed_ones_are_422(self, given):
        phone = given.commissioner()
        cursor = phone.see("/sync")["cursor"]
        # The last letter holds bits that no byte is made of: another may stand for the same cursor.
        for at in (0, len(cursor) // 2, len(cursor) - 2):
            letter = "A" if cursor[at] != "A" else "B"
            changed = cursor[:at] + letter + cursor[at + 1 :]
            refused(phone.get("/sync", cursor=changed), 422, "sync.cursor_invalid")

    @pytest.mark.parametrize(
        ("name", "value"),
        [("cursor", ""), ("cursor", "x" * 4001), ("limit", 0), ("limit", 201), ("limit", "x")],
    )
    def test_bounds(self, name, value, given):
        error = refused(given.commissioner().get("/sync", **{name: value}), 422)
        assert name in error["errors"]


@pytest.mark.parametrize(
    "role", ["commissioner", "contact", "clerk", "dispatcher", "unit_admin", "service", "admin"]
)
def test_no_query_reads_more_than_it_tells(role, given):
    """Of many old changes none is looked at, whichever way one reaches an issue."""
    enterprise = given.enterprise()
    where = {
        "contact": {"enterprise": enterprise.id},
        "unit_admin": {"unit": enterprise.unit},
    }
    phone = given.clerk("HOUSING") if role == "clerk" else given.role(role, **where.get(role, {}))
    opener = given.contact(enterprise)
    for _ in range(30):
        opener.open_issue()
    run_due()
    now = changes.cluster_time()
    position = feed.Position(feed.number(now), feed.number(now))
    for kind, document in feed.KINDS.items():
        theirs = feed._theirs(who(phone), kind)
        query = {"$and": [theirs, {"changed": {"$gt": now}}]}
        found = document.rows().find(query).sort("changed", 1).limit(101).explain()
        plan = str(found["queryPlanner"]["winningPlan"])
        assert "COLLSCAN" not in plan, (kind, plan)
        assert found["executionStats"]["totalDocsExamined"] == 0, (kind, plan)
        assert "'SORT'" not in plan, (kind, plan)
    assert not feed.changed_since(who(phone), position, 100).changes
