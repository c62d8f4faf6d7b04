"""What is done with the place of a firm in a survey: answered in parts, submitted, corrected, or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, DomainError, Invalid, Stale
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once, made_before
from app.people.access import actor
from app.people.who import Who
from app.photos import actions as photos
from app.surveys import reading, states
from app.surveys.access import ANSWER, MARK, reply_ties, see, see_reply
from app.surveys.documents import REPLY, Reply, Survey
from app.surveys.forms import Question, questions
from app.surveys.steps import signed
from app.visits.access import see_visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a firm says, by the keys of the questions, in a visit or not; to which version of the form.

    Without a version it is the one that it was begun with, or the newest.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    form: int | None = None
    visit_id: str | None = None
    photo_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A reply that was begun: `create_once` knows it by its fingerprint."""

    id: ObjectId
    fingerprint: str


def begin(
    who: Who, key: str, *, enterprise_id: str, content: Content, client_id: str, now: datetime
) -> tuple[ObjectId, bool]:
    """Begin to answer for a firm of the set: its contact, or who serves it: (the reply, whether it is new).

    Raises NotFound, Forbidden; Conflict unless the survey is open, when somebody else began, or for a
    client_id used otherwise; Invalid for answers that cannot be.
    """
    see(who, key)
    print_ = fingerprint({"survey": key, "enterprise": enterprise_id, **asdict(content)})

    def make() -> Begun:
        query = {"survey": ObjectId(key), "enterprise": ObjectId(enterprise_id)}
        found = Reply.rows().find_one(query, {"_id": 1})
        row, firm = see_reply(who, found["_id"] if found else "")
        by = actor(who, ANSWER, reply_ties(row, firm))
        newest = _open_survey(row, now)["forms"][-1]["version"]
        values = _stored(who, row, content, content.form or newest, by=by, now=now)
        own = {**_author(by), "client_id": client_id, "fingerprint": print_}
        own |= {"draft": fingerprint(asdict(content))}
        step(row, states.BEGIN, by, now, {**values, **own})
        return Begun(row["_id"], print_)

    def find() -> Begun | None:
        row = Reply.rows().find_one({"by": who.id, "client_id": client_id})
        return Begun(row["_id"], row["fingerprint"]) if row else None

    if (earlier := made_before(find, print_)) is not None:
        return earlier.id, False
    try:
        made, new = create_once(make, find, print_)
    except DomainError:
        # The same, sent twice at once, may have won while this one was looking.
        if (earlier := made_before(find, print_)) is None:
            raise
        return earlier.id, False
    return made.id, new


def said_already(row: Mapping[str, Any], content: Content) -> bool:
    """Whether this is what the stored reply was changed to last: sent again, it is a replay."""
    return bool(row.get("draft") == fingerprint(asdict(content)))


def save(who: Who, key: str, content: Content, version: int, now: datetime) -> None:
    """Change what was begun as a whole, if it still is this `version`; what is sent again changes nothing.

    Raises NotFound, Forbidden; Stale when it was changed meanwhile, Conflict unless it was begun and the
    survey is open, Invalid for answers that cannot be.
    """
    print_ = fingerprint(asdict(content))

    def work() -> None:
        row, by = _mine(who, key)
        if said_already(row, content):
            return
        if row["version"] != version:
            raise Stale("changed_meanwhile")
        _open_survey(row, now)
        form = content.form or row["form"]
        values = _stored(who, row, content, form, by=by, now=now) if form else {}
        step(row, states.SAVE, by, now, {**values, "draft": print_}, quiet=True)

    transaction(work)


def submit(who: Who, key: str, *, now: datetime) -> None:
    """Hand the answers in. Raises like `save`; Invalid where a required one is missing."""

    def work() -> None:
        row, by = _mine(who, key)
        states.after(states.SUBMIT, row["state"])
        survey = _open_survey(row, now)
        reading.read(form_of(survey, row["form"]), reading.shown(row["answers"]), whole=True)
        step(row, states.SUBMIT, by, now, {"submitted_at": now}, data={"form": row["form"]})

    transaction(work)


def correct(who: Who, key: str, *, answers: Mapping[str, Any], reason: str, now: datetime) -> None:
    """Answer otherwise after all, for a reason; history keeps what was said before.

    Raises like `submit`, Conflict unless it was submitted.
    """

    def work() -> None:
        row, by = _mine(who, key)
        states.after(states.CORRECT, row["state"])
        survey = _open_survey(row, now)
        said = reading.read(form_of(survey, row["form"]), answers, whole=True)
        values = {"answers": said, "corrected_at": now}
        data = {"was": row["answers"], "now": said}
        step(row, states.CORRECT, by, now, values, text=reason, data=data)

    transaction(work)


def mark(who: Who, key: str, *, outcome: str, text: str, now: datetime) -> None:
    """Nothing was answered: the firm `refused`, or was `unreachable`. It may be asked again.

    Raises NotFound, Forbidden; Conflict once it was submitted, or where the survey is not open.
    """

    def work() -> None:
        row, firm = see_reply(who, key)
        by = actor(who, MARK, reply_ties(row, firm))
        _open_survey(row, now)
        action = states.REFUSE if outcome == states.REFUSED else states.MISS
        push = {"tries": {"outcome": outcome, "text": text, **signed(by, now)}}
        step(row, action, by, now, {}, push=push, text=text)

    transaction(work)


def form_of(survey: Mapping[str, Any], version: int) -> tuple[Question, ...]:
    """The questions of a version of a stored survey's form. Raises Invalid for one that there is not."""
    for form in survey["forms"]:
        if form["version"] == version:
            return questions(form["questions"])
    raise Invalid("request.invalid", fields={"form": [str(version)]})


def _mine(who: Who, key: str) -> tuple[Row, Actor]:
    row, firm = see_reply(who, key)
    return row, actor(who, ANSWER, reply_ties(row, firm))


def _open_survey(reply: Mapping[str, Any], now: datetime) -> Row:
    survey = Survey.rows().find_one({"_id": reply["survey"]}) or {}
    today = days.today(now).isoformat()
    if survey.get("state") != states.OPEN or survey["until"] < today:
        raise Conflict("survey.not_open", fields={"state": [str(survey.get("state"))]})
    return survey


def _stored(who: Who, row: Row, content: Content, form: int, *, by: Actor, now: datetime) -> Row:
    """What is kept of it: answers held against their form, a visit to the firm, photos of one's own."""
    survey = Survey.rows().find_one({"_id": row["survey"]}) or {"forms": []}
    answers = reading.read(form_of(survey, form), content.answers, whole=False)
    visit = see_visit(who, content.visit_id) if content.visit_id else None
    if visit is not None and visit.enterprise != row["enterprise"]:
        raise Invalid("survey.visit_elsewhere", fields={"visit_id": [str(content.visit_id)]})
    kept = {str(each) for each in row["photos"]}
    fresh = photos.attachable(who, [each for each in content.photo_ids if each not in kept])
    photos.attach(fresh, "enterprise", row["enterprise"])
    pictures = list(dict.fromkeys(map(ObjectId, content.photo_ids)))
    return {
        "form": form,
        "answers": answers,
        "visit": visit.id if visit else None,
        "photos": pictures,
    }


def _author(by: Actor) -> Row:
    return {"by": by.id, "by_name": by.name, "role": by.role}


def step(
    row: Row,
    action: str,
    by: Actor,
    now: datetime,
    values: Row,
    *,
    push: Row | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    quiet: bool = False,
) -> None:
    """One step of a stored reply; joins the surrounding transaction. A `quiet` one leaves no row of history.

    Raises Conflict when the state forbids it, or somebody was faster.
    """
    then = states.after(action, row["state"])
    update: Row = {
        "$set": {**values, "state": then, "updated_at": now},
        "$inc": {"version": 1},
        **({"$push": push} if push else {}),
    }
    same = {"_id": row["_id"], "version": row["version"], "state": row["state"]}
    if not Reply.rows().update_one(same, update).modified_count:
        raise Conflict("changed_meanwhile")
    if not quiet:
        history.append(
            REPLY,
            row["_id"],
            action,
            by=by,
            now=now,
            before=row["state"],
            after=then,
            text=text,
            data=data,
            version=row["version"] + 1,
        )
