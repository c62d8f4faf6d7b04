"""Whose board, and which figure of it, an operation can be played with."""

from __future__ import annotations

import schemathesis

from app.boards import folding
from app.boards.documents import Marker
from app.foundation import clock
from tasks import boards
from tests.support.phone import API, Phone

UNIT = "321204002"
BOARD = {
    "unit_admin": "unit",
    "clerk": "department",
    "head": "department",
    "commissioner": "commissioner",
}
"""Of others it is the district's."""
NARROWED = ("as_of", "value", "from", "to")
WHOSE = ("unit", "department_id", "person_id")


class BoardThings:
    """What `District` needs of boards."""

    phones: dict[str, Phone]

    def fit_board(self, case: schemathesis.Case, role: str) -> None:
        """A board that there is, of somebody who has one, and a figure that is on it."""
        if not case.path.startswith(f"{API}/boards/"):
            return
        if not Marker.rows().count_documents({}):
            folding.begin(clock.now())
            boards.fold(*folding.waiting(clock.now()))
        if case.query and "unit" in case.query:
            case.query["unit"] = UNIT
        if case.query and "person_id" in case.query:
            of = "commissioner" if case.path.endswith("commissioner") else "leader"
            case.query["person_id"] = str(self.phones[of].person.id)
        if "{code}" in case.path:
            board = BOARD.get(role, "district")
            of = "tickets.open" if board == "department" else "issues.open"
            case.path_parameters["code"] = of
            kept = {k: v for k, v in case.query.items() if k not in (*NARROWED, *WHOSE)}
            case.query = {**kept, "board": board}
