"""What people do with cases until one is decided: proposed, served, replied to, approved or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.foundation.errors import Conflict
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once
from app.oversight.cases_documents import THING, Case
from app.oversight.cases_evidence import Exhibit, gathered
from app.oversight.cases_states import PROPOSED, SERVED
from app.oversight.cases_steps import signed, step
from app.oversight.cases_subjects import people_of, refuse_firms, subject_of
from app.people.access import Ties, actor
from app.people.announcing import announce, telling
from app.people.finding import once, with_role
from app.people.who import Who
from app.photos import actions as photos

MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A department, unit or official (by `subject_id`, of a unit its code) as an example, and why."""

    kind: str
    subject_kind: str
    subject_id: str
    title: str
    text: str
    evidence: Sequence[Exhibit]


def propose(who: Who, client_id: str, given: Proposal, now: datetime) -> tuple[ObjectId, bool]:
    """Propose a case: (its id, whether it is new).

    Raises Forbidden; NotFound for evidence that they may not know of; Invalid for an enterprise or who
    speaks for one, for words that name one of the evidence, and for evidence that is not settled; Conflict
    when the client_id was used for something else.
    """
    by = actor(who, "case.propose", Ties())
    print_ = fingerprint(asdict(given))

    def make() -> Case:
        subject = subject_of(given.subject_kind, given.subject_id)
        evidence = _evidence(who, given)
        made = Case(
            kind=given.kind,
            subject_kind=subject.kind,
            subject=subject.key,
            subject_name=subject.name,
            department=subject.department,
            unit=subject.unit,
            title=given.title,
            text=given.text,
            evidence=evidence,
            by=by.id,
            by_name=by.name,
            role=by.role,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
        ).insert()
        _tell_proposed(made, by, now)
        return made

    def find() -> Case | None:
        return Case.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = create_once(make, find, print_)
    return made.id, new


def _evidence(who: Who, given: Proposal) -> list[Row]:
    found = gathered(who, given.evidence)
    said = " ".join(each["text"] for each in found)
    texts = {"title": given.title, "text": given.text, "evidence": said}
    refuse_firms(texts, found)
    return found


def serve(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Serve the case on whom it is about: they see it, and may reply within the district's days.

    Raises NotFound, Forbidden, Conflict by the table, or where there is nobody to serve it on.
    """

    def change(case: Row, by: Actor) -> Row:
        people = people_of(case["subject_kind"], case["subject"])
        until = calendars.current().deadline(now, pack().checks.reply_wd)
        key = f"cases.reply_over:{case['_id']}:{case['version']}"
        duties.add("cases.reply_over", case["_id"], now=now, due_at=until, key=key)
        return {
            "served": signed(by, text, now),
            "served_to": people,
            "known_to": people,
            "reply_by": until,
        }

    step(who, key, "serve", change, text, now, tells=lambda case: case["served_to"])


def reply(who: Who, key: str, *, text: str, photo_ids: Sequence[str], now: datetime) -> None:
    """Reply to it, with photos of one's own: whom it was served on. Until it is decided, as often as needed.

    Raises NotFound, Forbidden, Conflict; Invalid for another's photos.
    """

    def change(case: Row, by: Actor) -> Row:
        said = {**signed(by, text, now), "photos": photos.attachable(who, photo_ids)}
        return {"replies": [*case["replies"], said]}

    step(who, key, "reply", change, text, now, tells=deciders)


def approve(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Decide that it is an example, once whom it is about was heard or had their time.

    Raises NotFound; Forbidden for who proposed it, or whom it is about; Conflict while they have time.
    """

    def change(case: Row, by: Actor) -> Row:
        until = case["reply_by"]
        if not case["replies"] and now <= until:
            raise Conflict("case.reply_first", until=f"{local(until):{MOMENT}}")
        appeal_by = calendars.current().deadline(now, pack().checks.appeal_wd)
        return {"decision": signed(by, text, now), "appeal_by": appeal_by}

    step(who, key, "approve", change, text, now, tells=_concerned)


def drop(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Decide that it is none. Raises NotFound, Forbidden for who proposed it, Conflict by the table."""

    def change(case: Row, by: Actor) -> Row:
        return {"decision": signed(by, text, now)}

    step(who, key, "drop", change, text, now, tells=_concerned)


def reply_over(duty: Duty, now: datetime) -> None:
    """The time to reply is over: who proposed and who decides hear of it, if nobody replied."""

    def work() -> None:
        case = Case.rows().find_one({"_id": duty.subject})
        if case is not None and case["state"] == SERVED and not case["replies"]:
            data = telling(deciders(case), case["title"])
            row = history.append(
                THING, case["_id"], "reply_over", by=history.SYSTEM, now=now, data=data
            )
            announce("case.reply_over", case["_id"], row, now)
        duties.finish(duty, now)

    transaction(work)


def deciders(case: Row) -> list[ObjectId]:
    """Who proposed it and who may decide on it: the leaders, but none whom it is about."""
    about = {*case["served_to"], case["subject"]}
    found = once([case["by"]], with_role("leader"))
    return [each for each in found if each not in about and str(each) not in about]


def _concerned(case: Row) -> list[ObjectId]:
    return once([case["by"]], case["served_to"])


def _tell_proposed(made: Case, by: Actor, now: datetime) -> None:
    case = made.to_mongo().to_dict()
    row = history.append(
        THING,
        made.id,
        "propose",
        by=by,
        now=now,
        after=PROPOSED,
        text=made.text,
        data=telling(deciders({**case, "served_to": []}), made.title),
        version=1,
    )
    announce("case.proposed", made.id, row, now)
