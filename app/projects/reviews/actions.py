"""What is done with the pre-review of a project: opened, scored, red lines answered, decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import Decimal128, ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Forbidden, Invalid, Stale
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once, made_before
from app.people.access import actor
from app.people.announcing import announce
from app.people.documents import Person
from app.people.policy import TABLE
from app.people.who import Who
from app.photos import actions as photos
from app.projects.queries import see_project
from app.projects.reviews import scoring
from app.projects.reviews.documents import Review
from app.projects.reviews.queries import see_review, ties
from app.projects.reviews.states import ANSWER, NONE, OPEN, PASSED, SCORE, after
from app.projects.ties import project_ties


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A round as somebody opens it: ids of the reviewers and of photos of one's own."""

    reviewers: Sequence[str]
    note: str = ""
    photo_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RedLine:
    """Whether a red line is hit, and what there is to say of it."""

    hit: bool
    note: str = ""


def open_round(
    who: Who, project_key: str, client_id: str, said: Opening, now: datetime
) -> tuple[Review, bool]:
    """Open the next round of a project's review: (it, whether it is new).

    Raises NotFound, Forbidden; Invalid for too few reviewers, somebody who cannot be one, or another's
    photos; Conflict while an earlier round runs, or when the client_id was used for something else.
    """
    project = see_project(who, project_key)
    by = actor(who, "review.open", project_ties(project))
    print_ = fingerprint({"project": project_key, **asdict(said)})

    def make() -> Review:
        last = Review.rows().find_one({"project": project.id}, sort=[("round", -1)])
        made = Review(
            project=project.id,
            round=last["round"] + 1 if last else 1,
            state=after(last["state"] if last else NONE, OPEN),
            by=who.id,
            by_name=by.name,
            client_id=client_id,
            fingerprint=print_,
            note=said.note,
            reviewers=_reviewers(said.reviewers),
            photos=photos.attachable(who, said.photo_ids),
            opened_at=now,
            updated_at=now,
        ).insert()
        data = {"round": made.round, "reviewers": made.reviewers, "photos": made.photos}
        data["people"] = [each["person"] for each in made.reviewers]
        row = history.append(
            "review", made.id, OPEN, by=by, now=now, after=made.state, text=said.note, data=data
        )
        photos.attach(made.photos, "project", project.id)
        announce("project.review_asked", project.id, row, now)
        return made

    def find() -> Review | None:
        return Review.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    return _made_once(make, find, print_)


def score(who: Who, key: str, marks: Mapping[str, int], comment: str, now: datetime) -> None:
    """Give one's marks, 0 to 100 for each criterion, or give them anew while nothing is decided.

    Who stands in for a reviewer scores for them, unless they are a reviewer themselves. Raises NotFound,
    Forbidden; Invalid when the marks are not those of the district's criteria; Conflict when decided.
    """
    _check_codes("marks", marks, [each.code for each in pack().reviews.criteria])

    def work() -> None:
        review, project = see_review(who, key)
        by = actor(who, "review.score", ties(review, project))
        reviewer = _seat(who, review)
        given = {**reviewer, "marks": dict(marks), "comment": comment, "by": by.id, "at": now}
        kept = [each for each in review["scores"] if each["person"] != reviewer["person"]]
        earlier = next((e for e in review["scores"] if e["person"] == reviewer["person"]), None)
        _step(review, SCORE, {"scores": [*kept, given]}, now)
        data = {"before": earlier, "after": given}
        history.append("review", review["_id"], SCORE, by=by, now=now, text=comment, data=data)

    transaction(work)


def answer(who: Who, key: str, answers: Mapping[str, RedLine], now: datetime) -> None:
    """Answer red lines, or answer them anew while nothing is decided; others stay as they are.

    Raises NotFound, Forbidden; Invalid for a red line that the district has not; Conflict when decided.
    """
    _check_codes("answers", answers, [each.code for each in pack().reviews.red_lines], every=False)

    def work() -> None:
        review, project = see_review(who, key)
        by = actor(who, "review.answer", ties(review, project))
        signed = {"by": by.id, "name": by.name, "at": now}
        given = {code: {**asdict(said), **signed} for code, said in answers.items()}
        before = {code: review["red_lines"].get(code) for code in given}
        _step(review, ANSWER, {"red_lines": {**review["red_lines"], **given}}, now)
        data = {"before": before, "after": given}
        history.append("review", review["_id"], ANSWER, by=by, now=now, data=data)

    transaction(work)


def decide(who: Who, key: str, decision: str, reason: str, now: datetime) -> None:
    """Pass, send back to be revised, or reject, with the reason. What is passed holds for some months.

    Raises NotFound, Forbidden; Conflict when it is decided, or is to be passed against what
    `scoring.obstacles` says.
    """

    def work() -> None:
        review, project = see_review(who, key)
        by = actor(who, "review.decide", ties(review, project))
        state = after(review["state"], decision)
        terms = pack().reviews
        if state == PASSED and (against := scoring.obstacles(review, terms)):
            raise Conflict("review.cannot_pass", fields={"decision": against})
        today = days.today(now)
        until = days.months_later(today, terms.holds_months).isoformat()
        reached = scoring.rounded(scoring.total(review["scores"], terms.criteria))
        change = {
            "total": None if reached is None else Decimal128(reached),
            "decision": {"reason": reason, "by": by.id, "name": by.name, "at": now},
            "decided_on": today.isoformat(),
            "valid_until": until if state == PASSED else None,
        }
        _step(review, decision, change, now)
        weights = {each.code: each.weight for each in terms.criteria}
        row = history.append(
            "review",
            review["_id"],
            decision,
            by=by,
            now=now,
            before=review["state"],
            after=state,
            text=reason,
            data={
                "total": change["total"],
                "weights": weights,
                "least": terms.least,
                "people": [review["by"]],
            },
        )
        announce(f"project.review_{state}", review["project"], row, now)

    transaction(work)


def _made_once(
    make: Callable[[], Review], find: Callable[[], Review | None], print_: str
) -> tuple[Review, bool]:
    try:
        return create_once(make, find, print_)
    except (DuplicateKeyError, Conflict) as error:
        # The round that runs may be the one that this very request opened before.
        if (earlier := made_before(find, print_)) is None:
            raise Conflict("review.open_already") from error
        return earlier, False


def _reviewers(keys: Sequence[str]) -> list[Row]:
    wanted = [ObjectId(key) for key in dict.fromkeys(keys)]
    least = pack().reviews.reviewers
    if len(wanted) < least:
        raise Invalid("review.too_few_reviewers", least=least, fields={"reviewer_ids": list(keys)})
    grant = {"$elemMatch": {"role": {"$in": list(TABLE["review.score"])}}}
    query = {"_id": {"$in": wanted}, "active": True, "grants": grant}
    names = {row["_id"]: row["name"] for row in Person.rows().find(query, {"name": 1})}
    if unfit := [str(key) for key in wanted if key not in names]:
        raise Invalid("review.no_reviewer", fields={"reviewer_ids": unfit})
    return [{"person": key, "name": names[key]} for key in wanted]


def _seat(who: Who, review: Row) -> Row:
    """Whose marks these are. Own ones come before those of somebody absent."""
    named = {each["person"]: each for each in review["reviewers"]}
    found = next((named[key] for key in who.ids if key in named), None)
    if found is None:
        raise Forbidden("forbidden")
    return dict(found)


def _check_codes(field: str, said: Mapping[str, Any], known: list[str], every: bool = True) -> None:
    unknown = [code for code in said if code not in known]
    missing = [code for code in known if code not in said] if every else []
    if unknown:
        raise Invalid("request.invalid", fields={field: unknown})
    if missing:
        raise Invalid("review.marks_missing", fields={field: missing})


def _step(review: Row, action: str, change: Row, now: datetime) -> None:
    """Raises Conflict when the state does not allow it, Stale when somebody was faster."""
    state = after(review["state"], action)
    same = {"_id": review["_id"], "version": review["version"]}
    update = {"$set": {**change, "state": state, "updated_at": now}, "$inc": {"version": 1}}
    if not Review.rows().update_one(same, update).modified_count:
        raise Stale("changed_meanwhile")
