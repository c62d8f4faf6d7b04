"""A department is closed: what it had goes on with its successor."""

from __future__ import annotations

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import clock, history
from app.people import grants
from app.policies import following
from tests.policies.stories import HOME, OTHER, begun, home


def test_what_is_under_way_goes_on_with_the_successor(given, the_time):
    now = the_time.is_("2026-11-24 10:00")
    story = begun(given)
    story.submitted()
    gone, successor = ObjectId(home(HOME)), ObjectId(home(OTHER))
    ended = {"active": False, "ended_at": now, "successor": successor}
    Department.rows().update_one({"_id": gone}, {"$set": ended})
    grants.move(gone, successor, history.SYSTEM, now, {})
    assert story.clerk.get(f"/claims/{story.claim}").status_code == 200
    assert story.clerk.see("/claims")["total"] == 0
    following.follow(clock.now())
    assert story.clerk.see("/claims")["items"][0]["department_id"] == str(successor)
    assert story.head.see(f"/policies/{story.policy}")["department"] == OTHER
    assert story.step(story.clerk, "review")["state"] == "reviewed"
    assert "reorganise" in [
        each["action"] for each in story.head.see(f"/claims/{story.claim}")["history"]
    ]
