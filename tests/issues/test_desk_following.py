"""Who follows an issue is told of every step, and of another firm's no more than how it goes."""

from __future__ import annotations

import pytest

from app.foundation import history
from app.issues.documents import Issue, Ticket
from tests.issues import stories
from tests.issues.desk_stories import REASON, SECRET, Two, merge
from tests.issues.stories import ANSWER
from tests.support.duties import run_due
from tests.support.factories import PHOTOS

UNIT = "321204101"
QUESTION, REPLY, NOTE = "请问涉及哪种配方", "是七号配方", "已到七号仓库"


@pytest.fixture
def two(given) -> Two:
    return Two(given)


class TestFollowers:
    def test_everybody_of_the_other_side_follows(self, given):
        target = stories.dispatched(given)
        serving, owner = given.commissioner(), given.commissioner()
        enterprise = given.enterprise(commissioner=serving.person.id)
        contacts = [given.contact(enterprise) for _ in range(2)]
        issue = contacts[0].open_issue()
        other = owner.open_issue(enterprise_id=str(enterprise.id))
        for each in (issue, other):
            body = {**REASON, "into_id": target.issue}
            given.dispatcher().do(f"/issues/{each['id']}/merge", body)
        people = {*(each.person.id for each in contacts), serving.person.id, owner.person.id}
        followers = Issue.get(target.issue).followers
        assert len(followers) == len(set(followers))
        assert set(followers) == people

    def test_they_go_on_with_it_when_it_is_merged_itself(self, two):
        third = stories.dispatched(two.given)
        two.merged()
        merge(two.dispatcher, two.goes_on, third)
        followers = Issue.get(third.issue).followers
        assert {two.ends.contact.person.id, two.goes_on.contact.person.id} <= set(followers)

    def test_they_are_told_of_the_answer(self, two):
        two.merged()
        two.goes_on.clerk.do(two.goes_on.on_ticket("answer"), ANSWER)
        run_due()
        told = {each["event"]: each for each in two.ends.contact.see("/notices")["items"]}
        assert ANSWER["text"] in told["issue.answered"]["text"]

    def test_they_may_look_and_nothing_more(self, two):
        two.merged()
        follower, issue = two.ends.contact, f"/issues/{two.goes_on.issue}"
        assert follower.see(issue)["actions"] == []
        steps = [
            ("confirm", {"solved": "yes"}),
            ("withdraw", {}),
            ("remind", {"text": "x"}),
            ("comment", {"text": "x"}),
            ("reply", {"text": "x"}),
            ("reopen", {"reason": "x"}),
            ("follow", {}),
        ]
        for verb, body in steps:
            assert follower.post(f"{issue}/{verb}", body).status_code == 403, verb
        assert follower.get(f"/tickets/{two.goes_on.ticket}").status_code == 404


class TestWhatAFollowerSees:
    """The other firm's issue went through much by now."""

    @pytest.fixture
    def full(self, given) -> tuple[Two, list[str]]:
        two = Two(given)
        told, clerk = two.goes_on, two.goes_on.clerk
        commissioner = given.commissioner()
        Issue.objects(id=told.issue).update(set__commissioner=commissioner.person.id)
        for kind, key in ((Issue, told.issue), (Ticket, told.ticket)):
            kind.objects(id=key).update(set__unit=UNIT)
        data = PHOTOS[0].read_bytes()
        photos = [phone.take_photo(data).json["id"] for phone in (told.contact, clerk, clerk)]
        told.contact.do(told.on_issue("comment"), {"text": SECRET, "photo_ids": photos[:1]})
        clerk.do(told.on_ticket("note"), {"text": NOTE, "photo_ids": photos[1:2]})
        clerk.do(told.on_ticket("ask"), {"text": QUESTION})
        two.merged()
        told.contact.do(told.on_issue("reply"), {"text": REPLY})
        body = {**ANSWER, "photo_ids": photos[2:]}
        clerk.do(told.on_ticket("answer"), body)
        told.contact.do(told.on_issue("confirm"), {"solved": "no", "comment": SECRET})
        run_due()
        return two, photos

    def secrets(self, two: Two) -> list[str]:
        told = two.goes_on
        firm, contact = told.enterprise, told.contact.person
        names = [firm.name, str(firm.id), UNIT, contact.name, str(contact.id)]
        return [*names, SECRET, QUESTION, REPLY, NOTE]

    def test_how_it_goes_and_what_is_answered(self, full):
        two, _ = full
        seen = two.ends.contact.see(f"/issues/{two.goes_on.issue}")
        assert seen["followed_only"] is True
        assert (seen["number"], seen["state"]) == (two.goes_on.number, "reopened")
        assert seen["category"] == "PERMIT"
        assert seen["promise"]["resolve_by"]
        assert seen["route"]["department"] == "住建局"
        assert [each["number"] for each in seen["merged"]] == [two.ends.number]
        [ticket] = seen["tickets"]
        assert ticket["answer"]["text"] == ANSWER["text"]
        answers = [each for each in seen["history"] if each["action"] == "answer"]
        assert [each["text"] for each in answers] == [ANSWER["text"]]
        assert two.goes_on.clerk.person.name == answers[0]["by"]

    def test_but_not_whose_it_is_nor_what_was_written_or_photographed(self, full):
        two, photos = full
        follower = two.ends.contact
        shown = [
            follower.see(f"/issues/{two.goes_on.issue}"),
            follower.see("/issues"),
            follower.see("/issues", following="true"),
            follower.see("/sync")["issues"],
        ]
        for each in shown:
            assert two.goes_on.number in str(each)
            assert not [secret for secret in self.secrets(two) if secret in str(each)]
            assert not [photo for photo in photos if photo in str(each)]
        for photo in photos:
            assert follower.get(f"/photos/{photo}").status_code == 404

    def test_nor_by_notices(self, full):
        two, _ = full
        notices = str(two.ends.contact.see("/notices", page_size=100))
        assert not [secret for secret in self.secrets(two) if secret in notices]
        assert ANSWER["text"] in notices

    def test_nor_by_asking(self, full):
        two, _ = full
        follower, firm = two.ends.contact, two.goes_on.enterprise
        for query in ({"q": "配方"}, {"enterprise_id": str(firm.id)}, {"unit": UNIT}):
            found = follower.see("/issues", **query)["items"]
            assert two.goes_on.number not in [each["number"] for each in found]
        assert two.goes_on.contact.see("/issues", q="配方")["total"] == 1

    def test_whoever_has_more_to_do_with_it_sees_it_whole(self, full):
        two, _ = full
        for phone in (two.goes_on.contact, two.dispatcher, two.goes_on.head):
            seen = phone.see(f"/issues/{two.goes_on.issue}")
            assert seen["followed_only"] is False
            assert seen["text"] == SECRET

    def test_a_commissioner_who_follows_sees_no_more(self, full):
        two, _ = full
        commissioner = two.given.commissioner()
        Issue.objects(id=two.goes_on.issue).update(push__followers=commissioner.person.id)
        seen = commissioner.see(f"/issues/{two.goes_on.issue}")
        assert seen["followed_only"] is True
        assert seen["text"] == ""

    def test_nobody_draws_them_in_by_a_mention(self, full):
        two, _ = full
        body = {"text": "请看", "mentions": [str(two.ends.contact.person.id)]}
        answer = two.goes_on.contact.post(two.goes_on.on_issue("comment"), body)
        assert (answer.status_code, answer.json["code"]) == (422, "work.cannot_see_it")

    def test_other_roles_see_nothing_by_following(self, full):
        two, _ = full
        for phone in (two.given.clerk("WATER_AFFAIRS"), two.given.role("service")):
            Issue.objects(id=two.goes_on.issue).update(push__followers=phone.person.id)
            assert phone.get(f"/issues/{two.goes_on.issue}").status_code == 404
            assert phone.see("/issues")["total"] == 0


class TestFollowing:
    def test_who_sees_it_follows_and_is_told(self, given):
        story = stories.accepted(given)
        colleague = given.head("WATER_AFFAIRS")
        assert colleague.post(story.on_issue("follow")).status_code == 404
        leader = given.role("leader")
        run_due()
        for _ in range(2):
            leader.do(story.on_issue("follow"))
        assert Issue.get(story.issue).followers == [leader.person.id]
        story.clerk.do(story.on_ticket("answer"), ANSWER)
        run_due()
        assert [each["event"] for each in leader.see("/notices")["items"]] == ["issue.answered"]
        assert leader.see("/issues", following="true")["total"] == 1

    def test_and_no_more_after_that(self, given):
        story = stories.accepted(given)
        leader = given.role("leader")
        run_due()
        leader.do(story.on_issue("follow"))
        for _ in range(2):
            assert leader.post(story.on_issue("unfollow")).status_code == 204
        story.clerk.do(story.on_ticket("answer"), ANSWER)
        run_due()
        assert leader.see("/notices")["total"] == 0
        rows = history.of("issue", Issue.get(story.issue).id, internal=True)
        ways = [row["action"] for row in rows if row["action"] in ("follow", "unfollow")]
        assert ways == ["follow", "unfollow"]
        assert "follow" not in str(story.contact.see(f"/issues/{story.issue}")["history"])

    def test_who_only_follows_may_leave_for_good(self, two):
        two.merged()
        follower = two.ends.contact
        assert follower.post(two.goes_on.on_issue("unfollow")).status_code == 204
        assert follower.get(f"/issues/{two.goes_on.issue}").status_code == 404
        assert follower.post(two.goes_on.on_issue("unfollow")).status_code == 404
