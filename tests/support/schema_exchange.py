"""Files, pushes, masters and terms that the operations of the exchange need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import schemathesis

from app.enterprises.documents import Enterprise
from tests.exchange.files import bring, csv
from tests.support.phone import Phone

ROW = {"code": "XM1", "name": "一号项目", "unit": "321204002"}
FILE = csv([*ROW], [*ROW.values()])
IMPORTERS = ("commissioner", "unit_admin", "admin", "service")


class ExchangeThings:
    """What `District` needs of registers as files."""

    phones: dict[str, Phone]
    enterprise: Enterprise

    def exchange_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        return {
            "/api/v1/imports/{key}": self._brought,
            "/api/v1/masters/{key}/release": lambda role: self._master(),
        }

    def fit_exchange(self, case: schemathesis.Case) -> None:
        """A register that there is, a file and rows that fit it, a term that is new."""
        if case.path.startswith("/api/v1/registers/{name}"):
            case.path_parameters["name"] = "projects"
        if case.path.endswith("/dictionaries/{dictionary}/{code}"):
            case.path_parameters |= {"dictionary": "pool", "code": self._term()}
        if case.path.endswith("/changes"):
            case.query.pop("registers", None)
        if isinstance(case.body, dict):
            case.body |= self._body(case)

    def _body(self, case: schemathesis.Case) -> dict[str, Any]:
        match case.path.rpartition("/")[2]:
            case "imports":
                return {"file": FILE}
            case "push":
                return {"rows": [ROW]}
            case "masters":
                return self._named(str(uuid.uuid4()))
            case "{code}" if "/dictionaries/" in case.path:
                return {"name": "储备库", "since": None, "until": None, "attributes": {}}
        return {}

    def _brought(self, role: str) -> str:
        phone = self.phones[role if role in IMPORTERS else "admin"]
        return str(bring(phone, "projects", FILE, "a.csv", dry_run="true").json["id"])

    def _term(self) -> str:
        code = f"Q{uuid.uuid4().hex[:8]}"
        made = self.phones["admin"].call("PUT", f"/dictionaries/pool/{code}", json={"name": code})
        assert made.status_code == 201
        return code

    def _named(self, client_id: str) -> dict[str, Any]:
        """A platform as master of a field that has none."""
        self._release()
        platform = str(self.phones["service"].person.id)
        said = {"register": "projects", "field": "platform_id", "name": "项目管家"}
        return {"client_id": client_id, "platform_id": platform, **said}

    def _master(self) -> str:
        return str(self.phones["admin"].do("/masters", self._named(str(uuid.uuid4())))["id"])

    def _release(self) -> None:
        for each in self.phones["admin"].see("/masters", page_size=100)["items"]:
            self.phones["admin"].post(f"/masters/{each['id']}/release")
