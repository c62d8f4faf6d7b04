"""Surveys and replies as their schemas dump them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.api.errors import language
from app.departments import registry
from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.messages import say
from app.people.access import allowed, may
from app.people.who import Who
from app.registers import terms
from app.registers.documents import INDUSTRY
from app.surveys import answering, choosing, queries, reading, states
from app.surveys.access import (
    ANSWER,
    MARK,
    SEE,
    WRITE,
    inside,
    reply_ties,
    ties,
)
from app.surveys.documents import REPLY, SURVEY, Reply, Survey
from app.surveys.forms import YES_OR_NO, Question, questions
from app.surveys.queries import NONE, Narrowed, Reach
from app.surveys.results import BY_CLASS, BY_INDUSTRY, BY_UNIT, Figures, OfQuestion, Results

_COLUMNS = ("enterprise", "unit", "industry", "state", "form", "submitted_at", "by")
MOMENT = "%Y-%m-%d %H:%M"


def lines(rows: Iterable[Row]) -> list[Row]:
    """Surveys in a list."""
    found = list(rows)
    homes = registry.names({row["department"] for row in found if row["department"]})
    return [
        {
            **row,
            "id": row["_id"],
            "state_name": say(f"survey.state.{row['state']}", language()),
            "department_id": row["department"],
            "department_name": homes.get(row["department"]),
            "form_version": row["forms"][-1]["version"],
        }
        for row in found
    ]


def whole(who: Who, row: Row) -> Row:
    """A survey, as far as it is for these eyes."""
    staff = inside(who, row) or may(who, SEE)
    chosen = row["chosen"]
    return {
        **lines([row])[0],
        "forms": [
            {**form, "by": form["by_name"], "questions": _questions(questions(form["questions"]))}
            for form in row["forms"]
        ],
        "chosen": {**chosen, "enterprise_ids": chosen["enterprises"]} if staff else None,
        "firms": _firms(row) if staff else None,
        "additions": [
            {**each, "by": each["by_name"], "count": len(each["enterprises"])}
            for each in (row["additions"] if staff else ())
        ],
        "history": _steps(SURVEY, row) if staff else [],
        "may_write": allowed(who, WRITE, ties(row)),
    }


def _firms(row: Row) -> int:
    if row["state"] == states.DRAFT:
        return choosing.count(row)
    return Reply.rows().count_documents({"survey": row["_id"]})


def _steps(thing: str, row: Row) -> list[Row]:
    return [
        {
            **each,
            "title": say(f"history.{thing}.{each['action']}", language()),
            "by": each["by_name"],
        }
        for each in queries.history_of(thing, row)
    ]


def _questions(form: Iterable[Question]) -> list[Row]:
    return [
        {**each.stored(), "type_name": say(f"survey.kind.{each.type}", language())} for each in form
    ]


def reach(line: Reach, by: str | None) -> Row:
    """A line of how far a survey has reached; `by` None is all of it."""
    return {
        **line.counts,
        "group": line.group,
        "group_name": line.name or _group_name(line.group, by),
        "firms": line.firms,
        "reached": line.reached,
        "opens": {by: line.group} if by else {},
    }


def _group_name(group: str, by: str | None) -> str:
    if by is None:
        return ""
    if group == NONE:
        return say("survey.group.none", language())
    names: Mapping[str, Any] = {}
    if by == BY_UNIT:
        names = {each.code: (each.name,) for each in pack().units}
    elif by == BY_INDUSTRY:
        names = terms.names(INDUSTRY)()
    elif by == BY_CLASS:
        return say(f"growth.{group}", language())
    return str(names.get(group, (group,))[0])


def results(found: Results, by: str | None) -> Row:
    """What all answers come to."""
    return {
        "firms": found.firms,
        "submitted": found.submitted,
        "guarded": found.guarded,
        "least": pack().surveys.least_firms if found.guarded else 1,
        "questions": [_result(each, by) for each in found.questions],
    }


def _result(found: OfQuestion, by: str | None) -> Row:
    each = found.question
    opens = {"state": states.SUBMITTED, "question": each.key}
    groups = [
        {
            **_figures(each, figures, {**opens, by or "": name or NONE}),
            "group": name or NONE,
            "group_name": _group_name(name or NONE, by),
        }
        for name, figures in found.groups.items()
    ]
    named = {"key": each.key, "text": each.text, "type": each.type, "unit": each.unit}
    return {
        **named,
        **_figures(each, found.figures, opens),
        "forms": found.forms,
        "groups": groups,
    }


def _figures(each: Question, found: Figures, opens: Row) -> Row:
    counts = found.counts or {}
    return {
        "answered": found.answered,
        "sum": _text(found.total),
        "median": _text(found.middle),
        "counts": [
            {"answer": answer, "answer_name": _said(each, answer), "count": count}
            for answer, count in counts.items()
        ],
        "untold": found.untold,
        "opens": opens,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _said(each: Question, answer: str) -> str:
    return say(f"survey.said.{answer}", language()) if each.type == YES_OR_NO else answer


def reply_line(row: Row) -> Row:
    """A described reply in a list."""
    return {
        **row,
        "id": row["_id"],
        "survey_id": row["survey"],
        "enterprise_id": row["enterprise"],
        "enterprise": row["enterprise_name"],
        "industry": row["sector"] or None,
        "commissioner_id": row["commissioner"],
        "commissioner": row["commissioner_name"],
        "state_name": say(f"survey.reply.{row['state']}", language()),
        "by": row.get("by_name"),
    }


def reply(who: Who, row: Row, firm: Row) -> Row:
    """A reply whole. What was tried in vain is not for the firm."""
    survey = Survey.rows().find_one({"_id": row["survey"]}) or {"forms": [{"version": 1}]}
    form = answering.form_of(survey, row["form"] or survey["forms"][-1]["version"])
    bound = reply_ties(row, firm)
    tried = inside(who, survey) or allowed(who, MARK, bound)
    answers = row["answers"]
    steps = [each for each in _steps(REPLY, row) if tried or each["by_name"] == row.get("by_name")]
    return {
        **reply_line(queries.described([row])[0]),
        "answers": reading.shown(answers),
        "questions": _questions(form),
        "visit_id": row["visit"],
        "photo_ids": row["photos"],
        "tries": [{**each, "by": each["by_name"]} for each in row["tries"]] if tried else [],
        "suggestions": [
            {"question": each.key, "category": category, "text": f"{survey['title']}：{each.text}"}
            for each, category in reading.suggested(form, answers)
        ],
        "intent": reading.fed(form, answers),
        "intent_ids": row["intents"],
        "actions": _legal(who, row, bound),
        "history": steps,
    }


def _legal(who: Who, row: Row, bound: Any) -> list[str]:
    marks = (states.REFUSE, states.MISS)
    return [
        action
        for action in states.legal(row["state"])
        if allowed(who, MARK if action in marks else ANSWER, bound)
    ]


def table(who: Who, survey: Row, which: Narrowed) -> tuple[list[str], list[list[Cell]]]:
    """The replies that `who` may see as a table: a heading, and a line for each."""
    spoken = language()
    asked = {each.key: each for form in survey["forms"] for each in questions(form["questions"])}
    rows = queries.described(Reply.rows().find(queries.query_of(who, survey, which)))
    words = [say(f"survey.column.{name}", spoken) for name in _COLUMNS]
    heading = [*words, *(_heading(each) for each in asked.values())]
    lines = []
    for row in rows:
        plain = reading.shown(row["answers"])
        said = [_cell(each, plain.get(key)) for key, each in asked.items()]
        lines.append([*_known(row), *said])
    return heading, lines


def _heading(each: Question) -> str:
    return f"{each.text}（{each.unit}）" if each.unit else each.text


def _known(row: Row) -> list[Cell]:
    at = row["submitted_at"]
    return [
        row["enterprise_name"],
        _group_name(row["unit"] or NONE, BY_UNIT),
        _group_name(row["sector"] or NONE, BY_INDUSTRY),
        say(f"survey.reply.{row['state']}", language()),
        row["form"],
        f"{local(at):{MOMENT}}" if at else None,
        row.get("by_name"),
    ]


def _cell(each: Question, said: Any) -> Cell:
    if said is None or said == "":
        return None
    if isinstance(said, list):
        return "；".join(said)
    if isinstance(said, int | float) or each.type == "money":
        return Decimal(str(said))
    return _said(each, said) if each.type == YES_OR_NO else str(said)
