"""The dispatcher's desk: splitting, correcting, merging and linking issues; following them; duplicates."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, similar_views, views
from app.api.issues import blueprint, place_named, whole
from app.foundation import clock
from app.issues.desk import (
    correcting,
    following,
    linking,
    merging,
    replacing,
    restricting,
    splitting,
)
from app.issues.desk.similar import Draft, similar
from app.people.access import require
from schemas.desk import CorrectIn, LinkIn, MergeIn, RestrictIn, SplitIn
from schemas.issues import IssueView, PreviewIn
from schemas.similar import FollowInsteadIn, SimilarList
from schemas.tickets import ReasonIn


@blueprint.route("/issues/<oid:key>/split")
class Split(MethodView):
    @blueprint.operation(body=SplitIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Make several issues of one talk with several demands (dispatcher)."""
        views.perform(lambda: splitting.split(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/correct")
class Correct(MethodView):
    @blueprint.operation(body=CorrectIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: correcting.Correction, key: str) -> dict[str, Any]:
        """Put firm, project or position right, and hide wrongly attached photos; inspectors restore them."""
        views.perform(lambda: correcting.correct(auth.me(), key, body, clock.now()))
        return whole(key)


@blueprint.route("/issues/<oid:key>/merge")
class Merge(MethodView):
    @blueprint.operation(body=MergeIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """End it as a duplicate of another; its people follow that one (dispatcher)."""
        views.perform(lambda: merging.merge(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/restrict")
class Restrict(MethodView):
    @blueprint.operation(body=RestrictIn, status=204, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> None:
        """Give it to the restricted desk, where the rules missed it. Few see it from now on."""
        views.perform(lambda: restricting.restrict(auth.me(), key, now=clock.now(), **body))


@blueprint.route("/issues/<oid:key>/link")
class Link(MethodView):
    @blueprint.operation(body=LinkIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Link it to the issue that is answered for all of the same cause (dispatcher, inspector)."""
        views.perform(lambda: linking.link(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/unlink")
class Unlink(MethodView):
    @blueprint.operation(body=ReasonIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let it go its own way again (dispatcher, inspector)."""
        views.perform(lambda: linking.unlink(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/follow")
class Follow(MethodView):
    @blueprint.operation(shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Be told of every step."""
        views.perform(lambda: following.follow(auth.me(), key, clock.now()))
        return whole(key)


@blueprint.route("/issues/<oid:key>/follow_instead")
class FollowInstead(MethodView):
    @blueprint.operation(body=FollowInsteadIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Withdraw one's own, which no department has taken yet, and follow another; shows that one."""
        views.perform(lambda: replacing.follow_instead(auth.me(), key, now=clock.now(), **body))
        return whole(body["issue_id"])


@blueprint.route("/issues/<oid:key>/unfollow")
class Unfollow(MethodView):
    @blueprint.operation(status=204, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> None:
        """Be told no more. Who only followed it does not see it from now on, so nothing is shown."""
        views.perform(lambda: following.unfollow(auth.me(), key, clock.now()))


@blueprint.route("/issues/similar")
class Similar(MethodView):
    @blueprint.operation(body=PreviewIn, shows=SimilarList)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Open issues that may be about the same as what a person is about to file."""
        who = auth.me()
        require(who, "routing.preview")
        where = place_named(body["enterprise_id"], body["project_id"])
        draft = Draft(body["text"], where.enterprise, body["position"])
        found, others = similar(who, draft, clock.now())
        return {"items": similar_views.similar(found), "nearby": others}
