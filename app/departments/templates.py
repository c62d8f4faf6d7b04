"""Answer templates: words a department says again and again, with gaps for what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import AnswerTemplate
from app.foundation import history
from app.foundation.db import transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.ids import fingerprint, object_id
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.people.access import Columns, Ties, actor, allowed, require, scope
from app.people.who import Who

GAPS = ("number", "enterprise", "department", "date")
_GAP = re.compile(r"\{([^{}]*)\}")
_COLUMNS = Columns(departments="department")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a template says. `result` and `category` are codes of the district's; `text` may have gaps."""

    title: str
    text: str
    result: str
    basis: str = ""
    category: str | None = None


def create(
    who: Who, client_id: str, department_id: str, content: Content, now: datetime
) -> tuple[AnswerTemplate, bool]:
    """Make a template of a department: (it, whether it is new).

    Raises Forbidden outside of one's own departments; Invalid for a gap, a result or a category that is
    not known; Conflict when the client_id was used for another template.
    """
    department = object_id(department_id)
    ties = Ties(departments=(department,))
    by = actor(who, "template.write", ties)
    registry.active(department)
    _check(content)
    draft = _draft(content)
    print_ = fingerprint({"department": department_id, "content": draft})

    def make() -> AnswerTemplate:
        made = AnswerTemplate(
            client_id=client_id,
            fingerprint=print_,
            department=department,
            by=who.id,
            by_name=by.name,
            created_at=now,
            updated_at=now,
            draft=draft,
            **asdict(content),
        ).insert()
        history.append("answer_template", made.id, "create", by=by, now=now, data=asdict(content))
        return made

    def find() -> AnswerTemplate | None:
        return AnswerTemplate.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    return create_once(make, find, print_)


def see(who: Who, key: str) -> AnswerTemplate:
    """The template, if it is of one's own departments. Raises NotFound else."""
    template = AnswerTemplate.get(key)
    if not allowed(who, "template.see", _ties(template)):
        raise NotFound("not_found")
    return template


def is_replay(template: AnswerTemplate, content: Content) -> bool:
    """Whether the template says just that already."""
    return template.draft == _draft(content)


def change(who: Who, key: str, content: Content, version: int, now: datetime) -> AnswerTemplate:
    """Change the template as a whole, if it still is the `version` that the change was made from.

    Raises NotFound and Forbidden as for looking, Invalid like `create`, Conflict when it was changed
    meanwhile or is retired.
    """
    _check(content)

    def work() -> None:
        template = _writable(who, key)
        before = {name: template[name] for name in asdict(content)}
        said = {**asdict(content), "draft": _draft(content), "updated_at": now}
        _write(template, version, said)
        _note(who, template, "change", now, {"before": before, **asdict(content)})

    transaction(work)
    return see(who, key)


def retire(who: Who, key: str, now: datetime) -> None:
    """Take the template out of use for good. Raises Conflict when it is retired already."""

    def work() -> None:
        template = _writable(who, key)
        _write(template, template.version, {"active": False, "updated_at": now})
        _note(who, template, "retire", now, {})

    transaction(work)


def listed(
    who: Who, category: str | None, page: int, page_size: int
) -> tuple[list[AnswerTemplate], int]:
    """A page of the templates of one's departments in use, and how many there are.

    Those of the category come first, then those of none, then the others, each by title.
    """
    require(who, "template.see")
    query = {"active": True, **scope(who, "template.see", _COLUMNS)}
    of_none = {"$cond": [{"$eq": [{"$ifNull": ["$category", None]}, None]}, 1, 2]}
    fit = {"$cond": [{"$eq": ["$category", {"$literal": category}]}, 0, of_none]}
    stages: list[dict[str, Any]] = [
        {"$match": query},
        {"$set": {"fit": fit}},
        {"$sort": {"fit": 1, "title": 1, "_id": 1}},
        {"$skip": (page - 1) * page_size},
        {"$limit": page_size},
        {"$unset": "fit"},
    ]
    rows = AnswerTemplate.rows().aggregate(stages)
    found = [AnswerTemplate._from_son(row) for row in rows]
    return found, AnswerTemplate.rows().count_documents(query)


def filled(template: AnswerTemplate, values: Mapping[str, str]) -> str:
    """The text with its gaps filled from `values`, by name.

    A gap without a value stays, for a person to see. A value that looks like a gap is text.
    """
    return _GAP.sub(lambda gap: values.get(gap[1], gap[0]), template.text)


def _check(content: Content) -> None:
    if unknown := [name for name in _GAP.findall(content.text) if name not in GAPS]:
        _refuse("text", "template.unknown_gap", gap=unknown[0])
    if set("{}") & set(_GAP.sub("", content.text)):
        _refuse("text", "template.lone_brace")
    if content.result not in {each.code for each in pack().results}:
        _refuse("result", "template.unknown_result", result=content.result)
    categories = {each.code for each in pack().categories}
    if content.category is not None and content.category not in categories:
        _refuse("category", "template.unknown_category", category=content.category)


def _refuse(field: str, code: str, **params: Any) -> None:
    raise Invalid(code, fields={field: [Reason(code, params)]}, **params)


def _draft(content: Content) -> str:
    return fingerprint(asdict(content))


def _ties(template: AnswerTemplate) -> Ties:
    return Ties(departments=(template.department,))


def _writable(who: Who, key: str) -> AnswerTemplate:
    template = see(who, key)
    require(who, "template.write", _ties(template))
    if not template.active:
        raise Conflict("template.retired")
    return template


def _write(template: AnswerTemplate, version: int, said: Mapping[str, Any]) -> None:
    same = {"_id": template.id, "version": version}
    update = {"$set": dict(said), "$inc": {"version": 1}}
    if not AnswerTemplate.rows().update_one(same, update).modified_count:
        raise Conflict("changed_meanwhile")


def _note(
    who: Who, template: AnswerTemplate, action: str, now: datetime, data: Mapping[str, Any]
) -> ObjectId:
    by = actor(who, "template.write", _ties(template))
    return history.append("answer_template", template.id, action, by=by, now=now, data=data)
