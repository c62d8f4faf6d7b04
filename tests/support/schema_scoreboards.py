"""Contests, appeals and awards in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import schemathesis

from app.foundation import clock, days
from app.people.documents import Person
from app.reports import months
from app.scoreboards.appraisal import CLERKS, COMMISSIONERS, DEPARTMENTS, KINDS, UNITS
from app.scoreboards.documents import Appeal, Award, Exclusion, Scoreboard, ScorePeriod
from tests.support.phone import Phone

UNIT = "321204002"
OPEN_ONES = ("/exclusions", "/simulate")
ITEMS = [
    {
        "code": "words",
        "name": "现场评分",
        "weight": 100,
        "source": "entered",
        "normalisation": "rank",
    }
]
CONTENT = {
    "title": "试评",
    "of": UNITS,
    "every": "month",
    "missing": "zero",
    "eligible_weight": 0,
    "items": ITEMS,
}


class ScoreboardThings:
    """What `District` needs of contests; it gives `phones`."""

    phones: dict[str, Phone]
    department: Any

    @cached_property
    def boards(self) -> dict[str, str]:
        """Contests at hand, by the state they are in."""
        return {}

    def scoreboard_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        appeal, award = (lambda role: self._score_appeal()), (lambda role: self._score_award())
        return {
            "/api/v1/score-exclusions/{key}/lift": lambda role: self._score_exclusion(),
            **{f"/api/v1/score-appeals/{{key}}{verb}": appeal for verb in ("", "/answer")},
            **{
                f"/api/v1/awards/{{key}}{verb}": award
                for verb in ("", "/grant", "/refuse", "/withdraw")
            },
        }

    def fit_scoreboard(self, case: schemathesis.Case, role: str) -> None:
        """A contest in the state that is needed, a period of it, who is scored, and a fitting body."""
        path = case.path.removeprefix("/api/v1")
        if "appraised" in case.path_parameters:
            case.path_parameters |= self._score_card(role)
        if "board" in case.path_parameters:
            _nothing_awarded()
            self._score_address(case, path)
        fitting = self._score_bodies().get(path)
        if isinstance(case.body, dict) and fitting is not None:
            own = ("client_id", "reason", "text")
            known = {name: case.body[name] for name in own if name in case.body}
            case.body = {**({} if "score_item" in fitting else case.body), **known, **fitting}
        if path.startswith(("/awards", "/appraisals", "/scoreboards")) and case.query:
            case.query.pop("period", None)

    def _at_hand(self, path: str) -> str:
        """A contest that the operation can be done to, made anew once it is used up."""
        drafted = "{number}" in path
        frozen = path.endswith(("/appeals", "/awards"))
        kind = "drafted" if drafted else "frozen" if frozen else "open"
        board = self.boards.get(kind)
        if board is None or not _is_still(kind, board):
            board = self.boards[kind] = self._scoreboard(drafted=drafted, frozen=frozen)
        return board

    def _score_address(self, case: schemathesis.Case, path: str) -> None:
        case.path_parameters["board"] = self._at_hand(path)
        if "number" in case.path_parameters:
            case.path_parameters["number"] = 1
        if "period" in case.path_parameters:
            case.path_parameters["period"] = _this_month() if path.endswith(OPEN_ONES) else _last()
        if "subject" in case.path_parameters:
            case.path_parameters["subject"] = UNIT

    def _score_bodies(self) -> Mapping[str, dict[str, Any]]:
        period = "/scoreboards/{board}/periods/{period}"
        figure = {
            "score_item": "words",
            "score_period": _last(),
            "score_subject": UNIT,
            "score_value": "90",
            "score_firms": None,
            "basis": "竞赛办公室",
        }
        return {
            "/scoreboards": {"board": f"b{uuid.uuid4().hex[:20]}", "content": CONTENT},
            "/scoreboards/{board}/versions/{number}": {"content": CONTENT},
            "/scoreboards/{board}/simulate": {"period": _this_month(), "content": CONTENT},
            "/scoreboards/{board}/figures": figure,
            f"{period}/exclusions": {"subject": UNIT},
            f"{period}/appeals": {"subject": UNIT, "item": "words"},
            f"{period}/awards": {"subject": UNIT, "kind": "red_flag"},
            "/score-appeals/{key}/answer": {"decision": "rejected", "value": None},
        }

    def _score_card(self, role: str) -> dict[str, str]:
        """A card that this role may look at, or some other one."""
        mine = {"unit_admin": UNITS, "clerk": CLERKS, "commissioner": COMMISSIONERS}
        kind = mine.get(role, DEPARTMENTS if role == "head" else KINDS[0])
        own: Person = self.phones[role].person
        subjects = {UNITS: UNIT, DEPARTMENTS: str(self.department)}
        return {"appraised": kind, "subject": subjects.get(kind, str(own.id))}

    def _scoreboard(self, *, drafted: bool = False, frozen: bool = False) -> str:
        admin, board = self.phones["admin"], f"b{uuid.uuid4().hex[:20]}"
        body = {"client_id": str(uuid.uuid4()), "board": board, "content": CONTENT}
        admin.do("/scoreboards", body)
        if drafted:
            return board
        admin.do(f"/scoreboards/{board}/versions/1/publish", {"reason": "试"})
        if frozen:
            admin.do(f"/scoreboards/{board}/figures", self._score_figure())
            admin.do(f"/scoreboards/{board}/periods/{_last()}/freeze")
        return board

    def _score_figure(self) -> dict[str, Any]:
        return {
            "client_id": str(uuid.uuid4()),
            "score_item": "words",
            "score_period": _last(),
            "score_subject": UNIT,
            "score_value": "90",
            "basis": "竞赛办公室",
        }

    def _score_exclusion(self) -> str:
        if standing := Exclusion.rows().find_one({"lifted": None}):
            return str(standing["_id"])
        path = f"/scoreboards/{self._scoreboard()}/periods/{_this_month()}/exclusions"
        body = {"client_id": str(uuid.uuid4()), "subject": UNIT, "reason": "待核"}
        return str(self.phones["admin"].do(path, body)["id"])

    def _score_appeal(self) -> str:
        if waiting := Appeal.rows().find_one({"state": "open"}):
            return str(waiting["_id"])
        path = f"/scoreboards/{self._scoreboard(frozen=True)}/periods/{_last()}/appeals"
        body = {"client_id": str(uuid.uuid4()), "subject": UNIT, "item": "words", "text": "请复核"}
        return str(self.phones["unit_admin"].do(path, body)["id"])

    def _score_award(self) -> str:
        if proposed := Award.rows().find_one({"state": "proposed", "live": True}):
            return str(proposed["_id"])
        path = f"/scoreboards/{self._scoreboard(frozen=True)}/periods/{_last()}/awards"
        body = {"client_id": str(uuid.uuid4()), "subject": UNIT, "kind": "red_flag", "text": ""}
        _nothing_awarded()
        return str(self.phones["admin"].do(path, body)["id"])


def _is_still(kind: str, board: str) -> bool:
    if kind == "drafted":
        return Scoreboard.rows().find_one({"board": board, "state": "draft"}) is not None
    if kind == "frozen":
        return True
    key = {"board": board, "period": {"$in": [_last(), _this_month()]}}
    return ScorePeriod.rows().find_one(key) is None


def _nothing_awarded() -> None:
    """What stands awarded is in the way of another."""
    Award.rows().update_many({"live": True}, {"$set": {"live": False}})


def _this_month() -> str:
    return days.month_of(days.today(clock.now()))


def _last() -> str:
    return months.before(_this_month())
