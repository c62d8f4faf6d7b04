"""Who acts in the demo's stories, and where they happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.people.who import Who
from app.projects.documents import Project
from deploy.demo import people
from deploy.demo.visits import Place

Row = Mapping[str, Any]


class Cast:
    """Everybody and every place of the demo, once they are kept."""

    def __init__(self) -> None:
        self._by_account = people.everybody()
        everybody = self._by_account.values()
        self._by_id = {who.id: who for who in everybody}
        self._clerks, self._heads, self._contacts = (
            {
                getattr(held, tie): who
                for who in everybody
                for held in who.having(role)
                if getattr(held, tie)
            }
            for role, tie in (
                ("clerk", "department"),
                ("head", "department"),
                ("contact", "enterprise"),
            )
        )
        self._enterprises = {each.credit_code: each for each in Enterprise.objects}
        self._projects = {each.code: each for each in Project.objects}

    def by_id(self, person: ObjectId) -> Who:
        """The person with this id."""
        return self._by_id[person]

    def who(self, account: str) -> Who:
        """The person with this account."""
        return self._by_account[account]

    def firm(self, code: str) -> ObjectId:
        """The enterprise with this credit code."""
        return self._enterprises[code].id  # type: ignore[no-any-return]

    def code_of(self, enterprise: ObjectId) -> str:
        """The credit code of the enterprise with this id."""
        return str(next(code for code, each in self._enterprises.items() if each.id == enterprise))

    def project(self, code: str) -> ObjectId:
        """The project with this code."""
        return self._projects[code].id  # type: ignore[no-any-return]

    def department(self, code: str) -> ObjectId:
        """The department with this code."""
        return registry.by_code(code).id

    def place(self, entry: Row) -> Place:
        """Where an entry with an `enterprise` or a `project` happens."""
        enterprise, project = self._of(entry)
        longitude, latitude = (project or enterprise).site["coordinates"]
        return Place(
            None if project else str(enterprise.id),
            str(project.id) if project else None,
            latitude,
            longitude,
        )

    def commissioner(self, entry: Row) -> Who:
        """Who serves the place."""
        enterprise, project = self._of(entry)
        return self._by_id[(project or enterprise).commissioner]

    def contact(self, entry: Row) -> Who | None:
        """Who speaks for the enterprise, if anybody has an account."""
        return self._contacts.get(self._of(entry)[0].id)

    def clerk(self, department: ObjectId) -> Who | None:
        """Who works on the department's tickets."""
        return self._clerks.get(department) or self.head(department)

    def head(self, department: ObjectId) -> Who | None:
        """Who leads the department."""
        return self._heads.get(department)

    def dispatcher(self) -> Who | None:
        """Who sits at the dispatch desk."""
        return next((who for who in self._by_id.values() if who.has("dispatcher")), None)

    def admin(self) -> Who:
        """Who keeps the registers."""
        return next(who for who in self._by_id.values() if who.has("admin"))

    def _of(self, entry: Row) -> tuple[Any, Any]:
        project = self._projects[entry["project"]] if "project" in entry else None
        if project is None:
            return self._enterprises[entry["enterprise"]], None
        return next(e for e in self._enterprises.values() if e.id == project.enterprise), project
