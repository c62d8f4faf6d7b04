"""Looking at pre-reviews: whose they are, lists of them, and what of one a person is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.people.access import Columns, Ties, allowed, scope
from app.people.who import Who
from app.projects.documents import Project
from app.projects.queries import see_project
from app.projects.reviews import scoring
from app.projects.reviews.documents import Review
from app.projects.reviews.states import DECISIONS, SCORING, TABLE
from app.projects.ties import project_ties, within

_REVIEWERS = Columns(followers="reviewers.person")
_WHO_DOES = {"score": "review.score", "answer": "review.answer"}
_WHO_DOES |= dict.fromkeys(DECISIONS, "review.decide")


def ties(review: Mapping[str, Any], project: Mapping[str, Any]) -> Ties:
    """What binds a stored review to people: its project's, and its reviewers as followers."""
    reviewers = tuple(each["person"] for each in review["reviewers"])
    return replace(project_ties(project), followers=reviewers)


def see_review(who: Who, key: str) -> tuple[Row, Row]:
    """The stored review and its project, if `who` may know of it. Raises NotFound else."""
    review = Review.rows().find_one({"_id": object_id(key)})
    project = review and Project.rows().find_one({"_id": review["project"]})
    if not review or not project or not allowed(who, "review.see", ties(review, project)):
        raise NotFound("not_found")
    return review, project


def reviews(
    who: Who,
    *,
    page: int,
    page_size: int,
    state: str | None = None,
    mine: bool = False,
    project: ObjectId | None = None,
) -> tuple[list[tuple[Row, Row]], int]:
    """A page of the reviews `who` may know of with their projects, newest first, and how many there are.

    `mine` are those that `who`, or somebody they stand in for, is a reviewer of.
    """
    parts: list[Row] = [{"$or": [within(who, "review.see"), scope(who, "review.see", _REVIEWERS)]}]
    if state:
        parts.append({"state": state})
    if mine:
        parts.append({"reviewers.person": {"$in": list(who.ids)}})
    if project:
        parts.append({"project": project})
    query = {"$and": parts}
    found = Review.rows().find(query).sort([("opened_at", -1), ("_id", -1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    wanted = {"_id": {"$in": [row["project"] for row in rows]}}
    projects = {row["_id"]: row for row in Project.rows().find(wanted)}
    return [(row, projects[row["project"]]) for row in rows], Review.rows().count_documents(query)


def of_project(
    who: Who, key: str, *, page: int, page_size: int
) -> tuple[list[tuple[Row, Row]], int]:
    """The same of one project. Raises NotFound for one that `who` may not know of."""
    project = see_project(who, key).id
    return reviews(who, page=page, page_size=page_size, project=project)


def shown(who: Who, review: Row, project: Row) -> Row:
    """What `who` sees of a review: marks only as far as they may, and what they may do with it now.

    A reviewer who does not see all marks by another role sees their own until it is decided.
    """
    bound = ties(review, project)
    running = review["state"] == SCORING
    sees, sees_all = allowed(who, "review.see_scores", bound), _sees_all(who, review, bound)
    scores = [each for each in review["scores"] if sees_all or (sees and each["person"] in who.ids)]
    terms = pack().reviews
    told = (
        {} if sees or not running else {"red_lines": {}, "note": "", "reviewers": [], "photos": []}
    )
    return {
        **review,
        **told,
        "project_name": project["name"],
        "project_code": project["code"],
        "unit": project["unit"],
        "scores": [
            {**each, "total": scoring.rounded(scoring.total([each], terms.criteria))}
            for each in scores
        ],
        "total": review["total"] if sees else None,
        "obstacles": scoring.obstacles(review, terms) if running and sees_all else [],
        "actions": _legal(who, review, bound),
    }


def history_of(who: Who, review: Row, project: Row) -> list[Row]:
    """What was done with it, oldest first, with earlier marks; for those who see all marks by now."""
    if not _sees_all(who, review, ties(review, project)):
        return []
    return history.of("review", review["_id"], internal=False)


def _sees_all(who: Who, review: Row, bound: Ties) -> bool:
    """While a review runs, being one of its reviewers shows no other's marks."""
    if review["state"] == SCORING:
        bound = replace(bound, followers=())
    return allowed(who, "review.see_scores", bound)


def _legal(who: Who, review: Row, bound: Ties) -> list[str]:
    return [
        action
        for action, asked in _WHO_DOES.items()
        if (review["state"], action) in TABLE and allowed(who, asked, bound)
    ]
