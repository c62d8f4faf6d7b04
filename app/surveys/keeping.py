"""Drafting surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry as departments
from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Forbidden, Invalid, Stale
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once, made_before
from app.people.access import actor, allowed
from app.people.who import Who
from app.surveys import choosing
from app.surveys.access import WRITE, see, ties
from app.surveys.documents import SURVEY, Survey
from app.surveys.states import DRAFT
from app.surveys.steps import ahead, form_of, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A survey as somebody states it: of a department or a unit, or of the district where neither is named.

    `chosen` {tags, sectors, units, growth_classes, enterprise_ids}; `questions` as the schema gives them.
    """

    title: str
    text: str
    until: str
    chosen: Mapping[str, Any]
    questions: Sequence[Mapping[str, Any]]
    department_id: str | None = None
    unit: str | None = None


def create(who: Who, said: Said, client_id: str, now: datetime) -> tuple[ObjectId, bool]:
    """Draft a survey: (it, whether it is new).

    Raises Forbidden; Invalid for a form or choice that cannot be, a day that is over; Conflict for a
    client_id used otherwise.
    """
    print_ = fingerprint(asdict(said))

    def make() -> Survey:
        content = _checked(said, now)
        by = actor(who, WRITE, ties(content))
        form = form_of(said.questions, 1, by, now)
        made = Survey(
            **content,
            forms=[form],
            by=by.id,
            by_name=by.name,
            role=by.role,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
        ).insert()
        history.append(SURVEY, made.id, "create", by=by, now=now, after=DRAFT, version=1)
        return made

    def find() -> Survey | None:
        return Survey.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    # A replay gives it though its day be over by now.
    if (earlier := made_before(find, print_)) is not None:
        return earlier.id, False
    made, new = create_once(make, find, print_)
    return made.id, new


def change(who: Who, key: str, said: Said, version: int, now: datetime) -> None:
    """Change a draft as a whole, if it still is this `version`.

    Raises like `create`, NotFound; Conflict once it was opened, Stale when somebody was faster.
    """

    def work() -> None:
        row = see(who, key)
        by = actor(who, WRITE, ties(row))
        content = _checked(said, now)
        if not allowed(who, WRITE, ties(content)):
            raise Forbidden("forbidden")
        if row["version"] != version:
            raise Stale("changed_meanwhile")
        values = {**content, "forms": [form_of(said.questions, 1, by, now)]}
        step(row, "change", DRAFT, DRAFT, by, now, values)

    transaction(work)


def _checked(said: Said, now: datetime) -> Row:
    ahead(said.until, now)
    if said.department_id and said.unit:
        raise Invalid("survey.one_home", fields={"unit": [said.unit]})
    home = departments.active(ObjectId(said.department_id)).id if said.department_id else None
    if said.unit and said.unit not in {each.code for each in pack().units}:
        raise Invalid("reference.unknown", fields={"unit": [said.unit]})
    return {
        "title": said.title,
        "text": said.text,
        "until": said.until,
        "department": home,
        "unit": said.unit,
        "chosen": choosing.checked(said.chosen, days.today(now).isoformat()),
    }
