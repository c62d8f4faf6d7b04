"""Rulebooks and replays in the states that their operations need."""

from __future__ import annotations

import uuid
from typing import Any

import schemathesis

from app.foundation import clock
from app.foundation.district import pack
from app.learning.replays import CANCELLED, UNDER_WAY, Replay
from app.rulebooks import registry
from tests.support.phone import Phone
from tests.support.schema_work import Prepare

BOOKS, REPLAY = "/routing/rulebooks", "/routing/replay"


class RulebookThings:
    """What `District` needs of them; it gives `phones`."""

    phones: dict[str, Phone]

    def rulebook_things(self) -> dict[str, Prepare]:
        """By path, what the operation can be done to."""
        return {
            "/api/v1/routing/replays/{key}": lambda role: self._replay(),
            "/api/v1/routing/replays/{key}/cancel": lambda role: self._replay(),
        }

    def fit_rulebook(self, case: schemathesis.Case) -> None:
        """Number and body of a rulebook; and no replay in the way of another."""
        path = case.path.removeprefix("/api/v1")
        if path == REPLAY and isinstance(case.body, dict):
            self._nothing_under_way()
            case.body |= {"rulebook": 0, "model": None}
        if not path.startswith(BOOKS):
            return
        if "number" in case.path_parameters:
            case.path_parameters["number"] = self._number(path)
        if isinstance(case.body, dict) and case.method.upper() in ("POST", "PUT"):
            fit: dict[str, Any] = {"based_on": 0, "content": dict(pack().routing.content)}
            case.body |= {name: fit[name] for name in fit if name in case.body}
            if path.endswith("/publish"):
                case.body["over"] = True

    def _number(self, path: str) -> int:
        """A draft; where an earlier version is to be used again, the pack's own, which is not in use."""
        admin = self.phones["admin"]
        number = int(admin.do(BOOKS, {"client_id": str(uuid.uuid4()), "based_on": 0})["number"])
        if not path.endswith("/revert"):
            return number
        if registry.state()["rulebook"] == 0:
            admin.do(f"{BOOKS}/{number}/publish", {"reason": "试", "over": True})
        return 0

    def _replay(self) -> str:
        self._nothing_under_way()
        body = {"client_id": str(uuid.uuid4()), "rulebook": 0}
        answer = self.phones["admin"].post(REPLAY, body)
        return str(answer.json["id"])

    @staticmethod
    def _nothing_under_way() -> None:
        ended = {"state": CANCELLED, "ended_at": clock.now()}
        Replay.rows().update_many({"state": {"$in": list(UNDER_WAY)}}, {"$set": ended})
