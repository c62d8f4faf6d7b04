"""The register of entered figures: what a contest scores and nobody can compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments.documents import Department
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.entries import STANDING
from app.foundation.errors import NotFound
from app.people.access import Columns, Ties, require
from app.people.documents import Person
from app.people.who import Who
from app.registers.fields import Field, Money, Narrow, Shown, Unfit, Value, Whole, plain
from app.registers.register import Batch, Draft, Register
from app.registers.stating import batch_of, loaded, state_line
from app.scoreboards import openness, subjects, versions
from app.scoreboards.catalogue import ENTERED
from app.scoreboards.documents import FROZEN
from app.scoreboards.sources.entered import ScoreFigure
from app.scoreboards.template import Template, template_of

SEE, WRITE = "score_figure.see", "score_figure.write"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectField(Narrow):
    """A unit by code or name, a department by code, name or id, a commissioner by account or id."""

    def read(self, text: str) -> Value:
        """The key of the subject. Raises Unfit."""
        for unit in pack().units:
            if text in (unit.code, plain(unit.name)):
                return unit.code
        known: list[Row] = [{"code": text}, {"name": text}]
        theirs: list[Row] = [{"account": text}]
        if ObjectId.is_valid(text):
            known, theirs = [{"_id": ObjectId(text)}], [{"_id": ObjectId(text)}]
        row = Department.rows().find_one({"$or": known, "active": True}, {"_id": 1})
        row = row or Person.rows().find_one({"$or": theirs}, {"_id": 1})
        if row is None:
            raise Unfit("register.unknown_reference", value=text)
        return str(row["_id"])

    def cell(self, value: Value, language: str) -> Shown:
        """The name of a unit or department, the account of a commissioner."""
        key = str(value)
        unit = next((each.name for each in pack().units if each.code == key), None)
        if unit is not None or not ObjectId.is_valid(key):
            return unit
        wanted = {"_id": ObjectId(key)}
        row = Department.rows().find_one(wanted, {"name": 1})
        row = row or Person.rows().find_one(wanted, {"account": 1}) or {}
        return row.get("name") or row.get("account")


def _about(row: Mapping[str, Any]) -> str:
    names = ("board", "score_item", "score_period", "score_subject")
    return ":".join(str(row[name]) for name in names)


def _everybodys(row: Row) -> Ties:
    """They are nobody's own."""
    return Ties()


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    boards: dict[str, Template | None] = {}
    scored: dict[str, set[str]] = {}
    for draft in drafts:
        board = str(draft.will("board"))
        if board not in boards:
            newest = versions.newest(board)
            boards[board] = template_of(newest["content"]) if newest else None
        template = boards[board]
        if template is None:
            draft.line.blame("board", "register.unknown_reference", value=board)
            continue
        if template.of not in scored:
            scored[template.of] = {each.key for each in subjects.listed(template.of)}
        _check_one(draft, board, template, scored[template.of])


def _check_one(draft: Draft, board: str, template: Template, scored: set[str]) -> None:
    line, period = draft.line, str(draft.will("score_period"))
    item = template.item(str(draft.will("score_item")))
    if item is None or item.source != ENTERED:
        line.blame("score_item", "score_figure.not_entered")
    elif item.aggregate:
        firms, least = draft.will("score_firms"), pack().scoreboards.least_firms
        if not isinstance(firms, int) or firms < least:
            line.blame("score_firms", "score_figure.too_few_firms", least=least)
    if draft.will("score_subject") not in scored:
        line.blame("score_subject", "score_figure.not_scored")
    try:
        openness.period_of(period, template.every)
    except NotFound:
        line.blame("score_period", "score_figure.no_such_period")
        return
    row = openness.read(board, period)
    if row is not None and row["state"] == FROZEN:
        line.blame("score_period", "score.frozen")


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Whoever is freezing the period at this moment has to look again."""
    for board, period in {(d.after["board"], d.after["score_period"]) for d in drafts}:
        openness.touch(board, period)


REGISTER = Register(
    name="score_figures",
    document=ScoreFigure,
    fields=(
        Field(name="board", required=True, most=40, code=True),
        Field(name="score_item", required=True, most=40, code=True),
        Field(name="score_period", required=True, most=10, code=True),
        SubjectField(name="score_subject", required=True, most=100),
        Money(name="score_value", required=True, negative=True),
        Whole(name="score_firms", greatest=1_000_000),
        Field(name="basis", required=True, most=200),
    ),
    key=("board", "score_item", "score_period", "score_subject"),
    see=SEE,
    write=WRITE,
    ties=_everybodys,
    columns=Columns(),
    about=_about,
    check=_check,
    after=_after,
)


def state(
    who: Who, board: str, client_id: str, raw: Mapping[str, Any], reason: str, now: datetime
) -> tuple[Draft, bool]:
    """State a figure, or correct it with a reason: (the draft, whether it is a new one).

    Raises Forbidden; Invalid by field, for a frozen period too; Conflict for a client_id that was used for
    something else.
    """
    require(who, WRITE)
    batch = batch_of(who, now, reason=reason)
    line = loaded(REGISTER, {**raw, "board": board})
    return state_line(REGISTER, batch, line, client_id=client_id)


def listed(who: Who, board: str, period: str | None) -> list[Row]:
    """What stands entered of a contest, of one period where it is named. Raises Forbidden."""
    require(who, SEE)
    query: Row = {"board": board, **STANDING}
    if period is not None:
        query["score_period"] = period
    order = [("score_period", -1), ("score_item", 1), ("score_subject", 1)]
    return list(ScoreFigure.rows().find(query).sort(order))
