"""Boards: what each role looks at first, and the records behind each figure."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView

from app.api import auth, board_views
from app.api.errors import language
from app.api.operation import Blueprint
from app.boards import opening, reading, subjects, words
from app.boards.opening import Asked
from schemas.boards import (
    BoardDefinitionsView,
    BoardFigureQuery,
    BoardQuery,
    BoardRecordsView,
    BoardView,
)

blueprint = Blueprint("boards", __name__, description="各角色的工作看板")

_WHOSE = ("unit", "department_id", "person_id")


def _prefix() -> str:
    """What stands before the paths of this API."""
    return request.path.partition("/boards/")[0]


def _board(board: str, query: dict[str, Any]) -> dict[str, Any]:
    found = reading.board(subjects.subject(auth.me(), board, **query))
    return board_views.board(found, _prefix())


@blueprint.route("/boards/district")
class DistrictBoard(MethodView):
    @blueprint.operation(shows=BoardView)
    def get(self) -> dict[str, Any]:
        """The district's."""
        return _board("district", {})


@blueprint.route("/boards/unit")
class UnitBoard(MethodView):
    @blueprint.operation(query=BoardQuery, shows=BoardView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """A unit's."""
        return _board("unit", query)


@blueprint.route("/boards/department")
class DepartmentBoard(MethodView):
    @blueprint.operation(query=BoardQuery, shows=BoardView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """A department's: its tickets."""
        return _board("department", query)


@blueprint.route("/boards/leader")
class LeaderBoard(MethodView):
    @blueprint.operation(query=BoardQuery, shows=BoardView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """A leader's: the projects linked to them, and the orders that they gave."""
        return _board("leader", query)


@blueprint.route("/boards/commissioner")
class CommissionerBoard(MethodView):
    @blueprint.operation(query=BoardQuery, shows=BoardView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """A commissioner's: whom they serve, what they owe."""
        return _board("commissioner", query)


@blueprint.route("/boards/definitions")
class BoardDefinitions(MethodView):
    @blueprint.operation(shows=BoardDefinitionsView)
    def get(self) -> dict[str, Any]:
        """What each figure counts."""
        return {"items": words.definitions(language()), "notes": words.notes(language())}


@blueprint.route("/boards/figures/<string:code>")
class BoardFigure(MethodView):
    @blueprint.operation(query=BoardFigureQuery, shows=BoardRecordsView, also=(404,))
    def get(self, query: dict[str, Any], code: str) -> dict[str, Any]:
        """Exactly the records that a figure of a board counted."""
        who = auth.me()
        whose = {name: query[name] for name in _WHOSE if name in query}
        subject = subjects.subject(who, query["board"], **whose)
        names = ("first", "last", "as_of", "page", "page_size")
        given = {name: query[name] for name in names if name in query}
        found = opening.opened(who, code, subject, Asked(by=query.get("value"), **given))
        return board_views.records(code, found, query)
