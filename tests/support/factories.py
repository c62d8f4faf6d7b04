"""People and places for stories, made through the real documents."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from bson import ObjectId
from stdnum.cn import uscc

import wsgi
from app.api import auth
from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.people import login
from app.people.documents import Grant, Person
from app.people.who import Who
from app.projects.documents import Project
from tests.support.phone import Phone

# These passwords guard nothing: hashes of the least cost, which every login would pay for.
login._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

_counter = itertools.count(1)
PASSWORD = "correct horse battery staple"
_HASH = login.hash_password(PASSWORD)

PHOTOS = sorted((Path(__file__).parents[1] / "data" / "photos").glob("*.jpg"))
SITE = {"type": "Point", "coordinates": [120.15, 32.51]}


def client_id() -> str:
    """What a phone makes with a draft."""
    return str(uuid.uuid4())


def credit_code(serial: int) -> str:
    """A synthetic code with both check characters right."""
    for organisation_check in "0123456789X":
        base = f"91321204MA{serial:06d}"[:16] + organisation_check
        code = base + uscc.calc_check_digit(base)
        if uscc.is_valid(code):
            return code
    raise AssertionError(serial)


class Given:
    """`given.clerk("HOUSING")` is a logged-in phone of somebody who just exists."""

    def enterprise(self, unit: str = "321204002", **fields: Any) -> Enterprise:
        serial = next(_counter)
        values = {
            "credit_code": credit_code(serial),
            "name": f"测试企业{serial}",
            "unit": unit,
            "site": SITE,
            "synthetic": True,
            "created_at": clock.now(),
        }
        return Enterprise(**(values | fields)).insert()

    def project(self, enterprise: Enterprise | None = None, **fields: Any) -> Project:
        owner = enterprise or self.enterprise()
        values = {
            "code": f"XM{next(_counter):05d}",
            "name": f"{owner.name}扩建项目",
            "enterprise": owner.id,
            "unit": owner.unit,
            "stage": "started",
            "site": SITE,
            "created_at": clock.now(),
        }
        return Project(**(values | fields)).insert()

    def person(self, *grants: Grant, **fields: Any) -> Person:
        serial = next(_counter)
        values = {
            "account": f"person{serial}",
            "password_hash": _HASH,
            "name": f"人员{serial}",
            "grants": list(grants),
            "created_at": clock.now(),
        }
        return Person(**(values | fields)).insert()

    def phone(self, person: Person) -> Phone:
        """A logged-in phone of this person."""
        with wsgi.app.app_context():
            tokens = auth.start_session(person, "password")
        return Phone(wsgi.app.test_client(), tokens["access_token"], person)

    def commissioner(self) -> Phone:
        return self.phone(self.person(Grant(role="commissioner")))

    def contact(self, enterprise: Enterprise) -> Phone:
        return self.phone(self.person(Grant(role="contact", enterprise=enterprise.id)))

    def clerk(self, department: str) -> Phone:
        return self._staff("clerk", department)

    def head(self, department: str) -> Phone:
        return self._staff("head", department)

    def dispatcher(self) -> Phone:
        return self.phone(self.person(Grant(role="dispatcher")))

    def inspector(self) -> Phone:
        return self.phone(self.person(Grant(role="inspector")))

    def role(self, role: str, **where: Any) -> Phone:
        return self.phone(self.person(Grant(role=role, **where)))

    def _staff(self, role: str, department: str) -> Phone:
        where: ObjectId = registry.by_code(department).id
        return self.phone(self.person(Grant(role=role, department=where)))


def who(phone: Phone) -> Who:
    """The person behind a phone as the domain sees them."""
    row = Person.rows().find_one({"_id": phone.person.id})
    return login.as_who(row["_id"], row["name"], row["grants"])


def at(text: str) -> datetime:
    """A moment from its ISO form, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
