"""Areas and sites that the operations of the map need."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import schemathesis

from app.enterprises.documents import Enterprise
from tests.support.phone import Phone
from tests.units.maps import area, collection

UNIT = "321204002"
SITE = {
    "name": "二厂区",
    "unit": UNIT,
    "position": {"latitude": 32.51, "longitude": 120.15},
}


class PlaceThings:
    """What `District` needs of places."""

    phones: dict[str, Phone]
    enterprise: Enterprise

    def place_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        firm, site = (lambda role: str(self.enterprise.id)), (lambda role: self._site())
        return {
            "/api/v1/enterprises/{key}/sites": firm,
            "/api/v1/sites/{key}": site,
            "/api/v1/sites/{key}/close": site,
        }

    def fit_place(self, case: schemathesis.Case) -> None:
        """Shapes that are sound, of no unit; sites in a unit, without a contact."""
        if case.path.startswith("/api/v1/areas/{code}"):
            case.path_parameters["code"] = self._area()
        if not isinstance(case.body, dict):
            return
        if case.path.endswith("/areas/{code}"):
            case.body |= {**area(), "unit": None}
        elif case.path.endswith("/areas/import"):
            features = collection({"code": f"A{uuid.uuid4().hex}", **area()})["features"]
            case.body |= {"features": features, "crs": None}
        elif case.path.endswith(("/sites", "/sites/{key}")):
            case.body |= {"unit": UNIT, "contact": None}

    def _area(self) -> str:
        code = f"A{uuid.uuid4().hex}"
        made = self.phones["admin"].call("PUT", f"/areas/{code}", json=area())
        assert made.status_code == 201
        return code

    def _site(self) -> str:
        body = {**SITE, "client_id": str(uuid.uuid4())}
        path = f"/enterprises/{self.enterprise.id}/sites"
        return str(self.phones["contact"].do(path, body)["id"])
