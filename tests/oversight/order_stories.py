"""A leader linked to a project that somebody serves, and a line of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.departments import registry
from app.projects.documents import Project
from tests.support.factories import PHOTOS, Given, client_id
from tests.support.phone import Phone

UNIT = "321204002"
LINE = "请镇里盯紧桩基进度，月底前报我"
REPLY = {"text": "桩基已完成八成，月底前收尾"}
BACK = {"text": "没有说明滞后原因", "due_on": "2026-12-11"}


@dataclass
class Story:
    given: Given
    project: Project
    leader: Phone
    commissioner: Phone
    admin: Phone
    contact: Phone

    def line(self, **said: Any) -> dict[str, Any]:
        about = {"project_id": str(self.project.id)}
        if {"issue_id", "report", "enterprise_id", "about_unit"} & {*said}:
            about = {}
        return {"client_id": client_id(), "text": LINE, **about, **said}

    def instruct(self, **said: Any) -> Any:
        return self.leader.do("/instructions", self.line(**said))

    def replied(self) -> str:
        key = str(self.instruct()["id"])
        self.commissioner.do(f"/orders/{key}/reply", REPLY)
        return key


def begun(given: Given) -> Story:
    leader, commissioner = given.role("leader"), given.commissioner()
    firm = given.enterprise(unit=UNIT)
    project = given.project(firm, commissioner=commissioner.person.id, leader=leader.person.id)
    admin = given.role("unit_admin", unit=UNIT)
    return Story(given, project, leader, commissioner, admin, given.contact(firm))


def picture(phone: Phone) -> str:
    return str(phone.take_photo(PHOTOS[0].read_bytes()).json["id"])


def department(code: str) -> str:
    return str(registry.by_code(code).id)


def again(given: Given, *phones: Phone) -> list[Phone]:
    """The same people, logged in anew: sessions end while a story goes on for weeks."""
    return [given.phone(phone.person) for phone in phones]
