"""Many enterprises, one cause: proposed each working day, and accepted or refused by the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.foundation import clock, duties, history
from app.foundation.district import pack
from app.foundation.errors import Conflict
from app.issues.desk import clusters, proposing
from app.issues.desk.clusters import Cluster
from app.issues.documents import Issue
from app.people.documents import Grant
from tests.issues.halfway import duty_done, fails_whole, post
from tests.issues.test_clusters_found import CAUSES
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, Given
from tests.support.phone import Phone
from tests.support.time import StandingClock

FLOOD, BUS = CAUSES[0]["texts"], CAUSES[3]["texts"]
HERE = {"latitude": 32.51, "longitude": 120.15}
UNIT = "321204002"


def voices(given: Given, texts=FLOOD[:3], **fields) -> list[dict]:
    """Each filed by the contact of another enterprise of the unit; routed."""
    made = [
        given.contact(given.enterprise(UNIT)).open_issue(text=text, category="ROAD", **fields)
        for text in texts
    ]
    run_due()
    return made


def ids(issues: list[dict]) -> list[str]:
    return [each["id"] for each in issues]


def look() -> None:
    """The next working day's look, now; and whatever follows from it."""
    duties.rows().delete_many({"kind": proposing.KIND})
    proposing.begin(clock.now())
    past = clock.now() - timedelta(seconds=1)
    duties.rows().update_many(
        {"kind": proposing.KIND, "state": "due"}, {"$set": {"next_at": past, "due_at": past}}
    )
    run_due()


def shown(phone: Phone, **query) -> list[dict]:
    return phone.see("/clusters", **query)["items"]


@pytest.fixture
def desk(given) -> Phone:
    return given.dispatcher()


@pytest.fixture
def proposal(given, desk) -> dict:
    """Three enterprises tell of one flooded road; another of something else."""
    voices(given)
    voices(given, BUS[:1])
    look()
    [found] = shown(desk)
    return found


class TestProposing:
    def test_what_three_enterprises_say_is_proposed_in_their_words(self, given, desk, proposal):
        assert proposal["title"] == "3 家企业反映南环西路、积水"
        assert (proposal["enterprises"], proposal["category"]) == (3, "ROAD")
        assert (proposal["unit"], proposal["state"]) == (UNIT, "proposed")
        assert proposal["actions"] == ["accept", "refuse"]
        whole = desk.see(f"/clusters/{proposal['id']}")
        assert [each["excerpt"] for each in whole["issues"]] == FLOOD[:3]
        assert whole["issues"][0]["id"] == proposal["master_id"]
        assert all(each["enterprise"] for each in whole["issues"])

    def test_dispatchers_are_told_once(self, desk, proposal):
        look()
        notices = [
            each for each in desk.see("/notices")["items"] if each["event"] == proposing.EVENT
        ]
        assert len(notices) == 1
        assert "3 家企业反映南环西路、积水" in notices[0]["text"]
        assert notices[0]["issue_id"] == proposal["master_id"]

    def test_two_enterprises_however_often_are_no_proposal(self, given, desk):
        voices(given, FLOOD[:2])
        enterprise = given.enterprise(UNIT)
        for text in FLOOD[2:]:
            given.contact(enterprise).open_issue(text=text, category="ROAD")
        Issue.rows().update_many({}, {"$set": {"enterprise": enterprise.id}})
        look()
        assert shown(desk) == []

    def test_restricted_old_and_ended_ones_have_no_voice(self, given, desk):
        issues = voices(given, FLOOD[:5])
        long_ago = clock.now() - timedelta(days=pack().work.cluster_days, minutes=1)
        for n, change in enumerate(
            [{"restricted": "petition"}, {"created_at": long_ago}, {"state": "withdrawn"}]
        ):
            Issue.rows().update_one({"_id": ObjectId(issues[n]["id"])}, {"$set": change})
        look()
        assert shown(desk) == []

    def test_the_one_with_most_photos_could_be_the_master(self, given, desk):
        voices(given, FLOOD[:2])
        contact = given.contact(given.enterprise(UNIT))
        photo = contact.take_photo(PHOTOS[0].read_bytes()).json["id"]
        seen = contact.open_issue(text=FLOOD[2], category="ROAD", photo_ids=[photo])
        look()
        assert shown(desk)[0]["master_id"] == seen["id"]

    def test_where_they_are_is_told(self, given, desk):
        voices(given, position=HERE)
        look()
        assert shown(desk)[0]["position"] == HERE

    def test_a_proposal_grows_and_goes(self, given, desk, proposal):
        voices(given, FLOOD[3:4])
        look()
        [grown] = shown(desk)
        assert (grown["id"], grown["enterprises"]) == (proposal["id"], 4)
        Issue.rows().update_many({}, {"$set": {"state": "resolved"}})
        look()
        assert shown(desk, state="proposed") == []
        [gone] = shown(desk, state="outdated")
        assert (gone["id"], gone["actions"]) == (proposal["id"], [])

    def test_each_look_owes_the_next_on_a_working_day(self, given, monkeypatch):
        time = StandingClock(monkeypatch)
        time.is_("2026-11-27 05:00")
        proposing.begin(clock.now())
        proposing.begin(clock.now())
        for day in ("2026-11-27", "2026-11-30"):
            [waiting] = duties.rows().find({"kind": proposing.KIND, "state": "due"})
            assert waiting["key"] == f"{proposing.KIND}:{day}"
            time.is_(f"{day} 06:31")
            run_due()

    def test_the_first_look_may_be_at_once(self, given, desk):
        voices(given)
        proposing.soon(clock.now())
        proposing.soon(clock.now())
        run_due()
        assert len(shown(desk)) == 1
        assert duties.rows().count_documents({"kind": proposing.KIND, "state": "due"}) == 1


class TestAccepting:
    def accept(self, desk: Phone, proposal: dict, **fields) -> dict:
        body = {"master_id": proposal["master_id"], "issue_ids": proposal["issue_ids"], **fields}
        return desk.do(f"/clusters/{proposal['id']}/accept", body)

    def test_the_members_are_linked_to_the_master_and_answered_with_it(self, desk, proposal):
        told = self.accept(desk, proposal)
        others = [each for each in proposal["issue_ids"] if each != proposal["master_id"]]
        assert (told["state"], told["wanted_ids"], told["linked_ids"]) == ("accepted", others, [])
        run_due()
        seen = desk.see(f"/clusters/{proposal['id']}")
        assert (seen["linked_ids"], seen["left_out"]) == (others, [])
        for key in others:
            issue = desk.see(f"/issues/{key}")
            assert issue["master_id"] == proposal["master_id"]
            row = issue["history"][-1]
            assert (row["action"], row["by"]) == ("link", desk.person.name)
            assert "3 家企业反映" in row["reasons"][1]["text"]

    def test_only_those_chosen(self, desk, proposal):
        master, one, other = proposal["issue_ids"]
        self.accept(desk, proposal, master_id=one, issue_ids=[master])
        run_due()
        assert str(Issue.get(master).master) == one
        assert Issue.get(other).master is None

    def test_one_that_ended_meanwhile_is_left_out(self, given, desk, proposal):
        gone = next(each for each in proposal["issue_ids"] if each != proposal["master_id"])
        self.accept(desk, proposal)
        Issue.rows().update_one({"_id": ObjectId(gone)}, {"$set": {"state": "withdrawn"}})
        run_due()
        seen = desk.see(f"/clusters/{proposal['id']}")
        assert [each["issue_id"] for each in seen["left_out"]] == [gone]
        assert len(seen["linked_ids"]) == 1

    def test_a_worker_that_dies_leaves_the_rest_to_the_next(self, desk, proposal, monkeypatch):
        """Nothing is linked twice, and nothing is left out."""
        self.accept(desk, proposal)
        real, calls = clusters.tie, []

        def dies_second(*args, **kwargs):
            calls.append(args)
            if len(calls) == 2:
                raise Conflict("changed_meanwhile")
            return real(*args, **kwargs)

        monkeypatch.setattr(clusters, "tie", dies_second)
        [duty] = duties.rows().find({"kind": clusters.LINK, "state": "due"})
        taken = duties.claim(duty["_id"], now=clock.now(), lease=timedelta(seconds=60))
        with pytest.raises(Conflict):
            clusters.link_members(taken, clock.now())
        duties.put_back(taken, clock.now() - timedelta(minutes=1), "died")
        run_due()
        seen = desk.see(f"/clusters/{proposal['id']}")
        assert (len(seen["linked_ids"]), seen["left_out"]) == (2, [])
        rows = history.of("issue", ObjectId(proposal["master_id"]), internal=True)
        assert [row["action"] for row in rows].count("gather") == 2

    def test_a_further_voice_is_proposed_with_the_same_master(self, given, desk, proposal):
        self.accept(desk, proposal)
        run_due()
        look()
        assert shown(desk, state="proposed") == []
        voices(given, FLOOD[3:4])
        look()
        [again] = shown(desk, state="proposed")
        assert (again["enterprises"], again["master_id"]) == (4, proposal["master_id"])

    def test_not_twice_not_strangers_and_not_to_what_is_over(self, given, desk, proposal):
        path = f"/clusters/{proposal['id']}/accept"
        stranger = voices(given, BUS[1:2])[0]["id"]
        for master, chosen, status, code in [
            (stranger, proposal["issue_ids"], 422, "cluster.not_its_issues"),
            (proposal["master_id"], [stranger], 422, "cluster.not_its_issues"),
            (proposal["master_id"], [proposal["master_id"]], 422, "cluster.not_its_issues"),
        ]:
            answer = desk.post(path, {"master_id": master, "issue_ids": chosen})
            assert (answer.status_code, answer.json["code"]) == (status, code)
        key = ObjectId(proposal["master_id"])
        Issue.rows().update_one({"_id": key}, {"$set": {"state": "resolved"}})
        body = {"master_id": proposal["master_id"], "issue_ids": proposal["issue_ids"]}
        assert desk.post(path, body).json["code"] == "issue.other_not_open"
        Issue.rows().update_one({"_id": key}, {"$set": {"state": "dispatched"}})
        self.accept(desk, proposal)
        assert desk.post(path, body).json["code"] == "cluster.settled_already"


class TestRefusing:
    def test_it_is_not_proposed_again_until_it_has_grown(self, given, desk, proposal):
        path = f"/clusters/{proposal['id']}/refuse"
        told = desk.do(path, {"reason": "一处是管网，一处是施工"})
        assert (told["state"], told["actions"]) == ("refused", [])
        assert told["settled"]["reason"] == "一处是管网，一处是施工"
        assert desk.post(path, {"reason": "再次"}).json["code"] == "cluster.settled_already"
        voices(given, FLOOD[3:4])
        look()
        assert shown(desk, state="proposed") == []
        voices(given, FLOOD[4:5])
        look()
        [again] = shown(desk, state="proposed")
        assert again["enterprises"] == 5


class TestWho:
    def test_the_desk_settles_leaders_look_others_do_not_know(self, given, proposal):
        path, refusal = f"/clusters/{proposal['id']}", {"reason": "不是一件事"}
        leader = given.role("leader")
        assert shown(leader)[0]["actions"] == []
        assert leader.see(path)["id"] == proposal["id"]
        assert leader.post(f"{path}/refuse", refusal).status_code == 403
        for phone in (given.clerk("HOUSING"), given.phone(given.person(Grant(role="admin")))):
            assert phone.get("/clusters").status_code == 403
            assert phone.get(path).status_code == 403
        assert given.inspector().post(f"{path}/refuse", refusal).status_code == 200

    def test_a_member_that_was_restricted_since_is_not_shown(self, given, desk, proposal):
        key = ObjectId(proposal["issue_ids"][1])
        Issue.rows().update_one({"_id": key}, {"$set": {"restricted": "petition"}})
        seen = given.role("leader").see(f"/clusters/{proposal['id']}")
        assert str(key) not in [each["id"] for each in seen["issues"]]


class TestAllOrNothing:
    def test_accepting(self, desk, proposal, hinted):
        body = {"master_id": proposal["master_id"], "issue_ids": proposal["issue_ids"]}
        act = post(desk, f"/clusters/{proposal['id']}/accept", body)
        fails_whole(act, 3, hinted)

    def test_linking_one(self, desk, proposal, hinted):
        body = {"master_id": proposal["master_id"], "issue_ids": proposal["issue_ids"][:2]}
        desk.do(f"/clusters/{proposal['id']}/accept", body)
        act = duty_done(clusters.LINK, lambda duty: _first_only(duty))
        fails_whole(act, 8, hinted)


def _first_only(duty) -> None:
    """The transaction of the first member; those of the others are like it."""
    cluster = Cluster.get(duty.subject)
    clusters._link(duty, cluster, cluster.wanted[0], clock.now())
