"""A project with somebody who serves it, and its milestones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.projects.documents import Project
from tests.support.factories import PHOTOS, Given, client_id
from tests.support.phone import Phone

UNIT = "321204002"
WHY = "设备到货推迟"


@dataclass
class Story:
    project: Project
    commissioner: Phone
    admin: Phone

    @property
    def path(self) -> str:
        return f"/projects/{self.project.id}/milestones"

    def add(self, code: str, **said: Any) -> Any:
        return self.commissioner.do(self.path, self.body(code, **said))

    def body(self, code: str, **said: Any) -> dict[str, Any]:
        mine = {
            "client_id": client_id(),
            "code": code,
            "name": f"节点{code}",
            "due_on": "2026-12-03",
            "responsible_id": str(self.commissioner.person.id),
        }
        return {**mine, **said}


def begun(given: Given, **fields: Any) -> Story:
    commissioner = given.commissioner()
    enterprise = given.enterprise(unit=UNIT)
    project = given.project(enterprise, commissioner=commissioner.person.id, **fields)
    return Story(project, commissioner, given.role("unit_admin", unit=UNIT))


def picture(phone: Phone) -> str:
    return str(phone.take_photo(PHOTOS[0].read_bytes()).json["id"])


def finished(phone: Phone, **said: Any) -> dict[str, Any]:
    return {"photo_ids": [picture(phone)], "on": "2026-11-24", **said}
