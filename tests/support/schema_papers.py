"""Papers that the operations on them need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import schemathesis

from tests.support.duties import run_due
from tests.support.phone import Phone

WISH: dict[str, Any] = {
    "kind": "table",
    "params": {"table": "rates"},
    "format": "xlsx",
    "audience": "inside",
}
ASKERS = ("commissioner", "head", "unit_admin", "dispatcher", "inspector", "leader")


class PaperThings:
    """What `District` needs of papers."""

    phones: dict[str, Phone]

    def paper_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        return {
            "/api/v1/papers/{key}": self._paper,
            "/api/v1/papers/{key}/file": self._paper,
        }

    def fit_paper(self, case: schemathesis.Case) -> None:
        """A wish that fits together; once it was made no other waits."""
        if case.path.endswith("/papers") and isinstance(case.body, dict):
            run_due()
            case.body |= WISH

    def _paper(self, role: str) -> str:
        phone = self.phones[role if role in ASKERS else "admin"]
        asked = phone.post("/papers", {"client_id": str(uuid.uuid4()), **WISH})
        run_due()
        return str(asked.json["id"])
