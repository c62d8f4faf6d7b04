"""What maps and public figures can be asked for with: a box, a moment that is kept, one's own."""

from __future__ import annotations

import schemathesis

from app.boards.documents import Marker
from app.boards.publishing import PublicFigures
from app.foundation import clock, duties
from tasks import boards
from tests.support.phone import API

BOX = "119.9,32.3,120.4,32.7"
TILE = "13210323"
"""The widest tile that maps count by in which the district lies."""
OPTIONAL = ("state", "category", "as_of", "unit", "department_id", "person_id", "enterprise_id")


class MapThings:
    """What `District` needs of maps."""

    def fit_map(self, case: schemathesis.Case) -> None:
        """A box of the district, of what is one's own; figures for everybody."""
        if case.path.startswith(f"{API}/public/") and not PublicFigures.rows().count_documents({}):
            self._fold()
        if not case.path.startswith(f"{API}/maps/"):
            return
        if not Marker.rows().count_documents({}):
            self._fold()
        query = {k: v for k, v in case.query.items() if k not in (*OPTIONAL, "restricted")}
        listed = case.path.endswith("/records")
        query |= {"tile": TILE} if listed else {"bbox": BOX}
        query.pop("nowhere", None)
        case.query = query

    def _fold(self) -> None:
        boards.begin()
        published = duties.rows().find_one({"kind": "boards.publish"})
        duties.rows().update_one({"_id": published["_id"]}, {"$set": {"next_at": clock.now()}})
        boards.publish(str(published["_id"]))
