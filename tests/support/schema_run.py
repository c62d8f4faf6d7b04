"""A district with one of everything, and requests made to fit it, so that operations can succeed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import schemathesis
from bson import ObjectId

import wsgi
from app.api import auth
from app.departments import registry
from app.foundation import clock
from app.notices.documents import Notice
from app.people.documents import Grant, Person
from app.people.who import ROLES
from app.photos.documents import Photo
from tests.standins.wechat import WeChatStandIn
from tests.support.duties import run_due
from tests.support.factories import PASSWORD, Given
from tests.support.phone import Phone

UNIT = "321204002"
CATEGORY, DEPARTMENT = "PERMIT", "HOUSING"
STAFF = ("clerk", "head")
OPENERS = ("commissioner", "contact", "dispatcher", "unit_admin", "service")
PHOTOGRAPHERS = (*OPENERS, *STAFF, "inspector")

SAFETY = {
    "template": "safety",
    "version": 1,
    "answers": {"exits": "yes", "extinguishers": "yes"},
}
PARAMS = dict.fromkeys(("number", "excerpt", "department", "person", "text", "due"), "")

Prepare = Callable[[str], str]


def _put(place: dict[str, Any], name: str, value: Any) -> None:
    """None leaves the field out."""
    if value is None:
        del place[name]
    else:
        place[name] = value


class District:
    """People of every role with what each may see and do; things used up are made anew when asked for."""

    def __init__(self, given: Given, picture: bytes, wechat: WeChatStandIn) -> None:
        self.given, self.picture, self.wechat = given, picture, wechat
        self.department = registry.by_code(DEPARTMENT).id
        self.enterprise = given.enterprise(unit=UNIT)
        self.project = given.project(self.enterprise)
        self.phones = {role: given.phone(self._person(role)) for role in ROLES}
        self.photos = {role: self._photo(role) for role in PHOTOGRAPHERS}
        self.visit = self._begun()
        run_due()
        self._unused: dict[tuple[str, str], str] = {}
        self._prepare: dict[str, Prepare] = {
            "/api/v1/issues/{key}": lambda role: self._issue(self._opener(role)),
            "/api/v1/issues/{key}/confirm": lambda role: self._answered(),
            "/api/v1/issues/{key}/withdraw": lambda role: self._issue(self._opener(role)),
            "/api/v1/issues/{key}/place": lambda role: self._returned(),
            "/api/v1/tickets/{key}": lambda role: self._ticket(),
            "/api/v1/tickets/{key}/accept": lambda role: self._ticket(),
            "/api/v1/tickets/{key}/note": lambda role: self._accepted(role),
            "/api/v1/tickets/{key}/answer": lambda role: self._accepted(role),
            "/api/v1/tickets/{key}/return": lambda role: self._ticket(),
            "/api/v1/notices/{key}/read": self._notice,
            "/api/v1/photos/{key}": self._photo_of,
            "/api/v1/photos/{key}/original": self._photo_of,
            "/api/v1/photos/{key}/proof": self._photo_of,
            "/api/v1/photos/{key}/retry": self._failed_photo,
            "/api/v1/photos/{key}/share": self._photo_of,
            "/api/v1/photos/{key}/review": self._photo_of,
            "/api/v1/photos/{key}/renditions/{name}": self._photo_of,
            "/api/v1/uploads/{key}": self._upload,
            "/api/v1/visits/{key}": lambda role: self.visit,
            "/api/v1/visits/{key}/proof": lambda role: self.visit,
            "/api/v1/visits/{key}/receipt": lambda role: self.visit,
            "/api/v1/visits/{key}/photos": lambda role: self.visit,
            "/api/v1/visits/{key}/end": lambda role: self._begun(),
            "/api/v1/enterprises/{key}": lambda role: str(self.enterprise.id),
            "/api/v1/enterprises/{key}/complete": lambda role: str(self.enterprise.id),
            "/api/v1/projects/{key}": lambda role: str(self.project.id),
        }

    def fit(self, case: schemathesis.Case, role: str) -> None:
        """Put what exists into a request of generated data: ids, codes, credentials."""
        self._address(case, role)
        if case.path.endswith(("/visits", "/visits/{key}")) and isinstance(case.body, dict):
            case.body["enterprise_id"] = None  # given below; a visit is to one at least
        if case.method.upper() == "PUT" and case.path.endswith("/visits/{key}"):
            case.headers["If-Match"] = "*"
        for name, value in self._values(role).items():
            for place in (case.query, case.body):
                if isinstance(place, dict) and name in place:
                    _put(place, name, value())
        if isinstance(case.body, dict):
            case.body |= self._picture(case.path)

    def _address(self, case: schemathesis.Case, role: str) -> None:
        if "key" in case.path_parameters:
            case.path_parameters["key"] = self._thing(case.path, role)
        if "code" in case.path_parameters:
            case.path_parameters["code"] = Photo.get(self._photo_of(role)).short_code
        if "token" in case.query:
            case.query["token"] = self._link_token(case, role)
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = uuid.uuid4().hex

    def answered(self, case: schemathesis.Case, role: str, status: int) -> None:
        """What an action has used up is not given again."""
        if status < 300 and case.method.upper() == "POST":
            self._unused.pop((case.path, role), None)

    def token(self, case: schemathesis.Case, role: str) -> str:
        """An access token; logging out ends a session of its own."""
        if case.path.endswith("/auth/logout"):
            return str(self._tokens(role)["access_token"])
        return self.phones[role].token

    def _values(self, role: str) -> dict[str, Callable[[], Any]]:
        """By the names of fields, wherever they occur."""
        own = [self.photos[role]] if role in self.photos else []
        return {
            "client_id": lambda: str(uuid.uuid4()),
            "enterprise_id": lambda: str(self.enterprise.id),
            "project_id": lambda: str(self.project.id),
            "visit_id": lambda: self.visit if role == "commissioner" else None,
            "department_id": lambda: str(self.department),
            "category": lambda: CATEGORY,
            "photo_ids": lambda: own,
            "photo_client_ids": list,
            "file": lambda: self.picture,
            "sha256": lambda: None,
            "result": lambda: "solved",
            "reason_code": lambda: "not_ours",
            "text": lambda: "桩机已经进场，请协调",
            "reason": lambda: "不属于本部门职责",
            "account": lambda: self.phones[role].person.account,
            "password": lambda: PASSWORD,
            "code": lambda: self.wechat.issue_code(f"openid-{role}"),
            "refresh_token": lambda: self._tokens(role)["refresh_token"],
            "started_at": lambda: "2026-11-24T09:00:00+08:00",
            "ended_at": lambda: "2026-11-24T10:00:00+08:00",
            "track": list,
            "checklist": lambda: SAFETY,
            "enterprise_name": lambda: None,
            "enterprise_unit": lambda: None,
            "visit_client_id": lambda: None,
            "pairs": list,
            "offset": lambda: 0,
            "cursor": lambda: None,
        }

    def _person(self, role: str) -> Person:
        where: dict[str, Any] = {}
        if role in STAFF:
            where = {"department": self.department}
        elif role == "contact":
            where = {"enterprise": self.enterprise.id}
        elif role == "unit_admin":
            where = {"unit": UNIT}
        grant = Grant(role=role, **where)
        return self.given.person(grant, wechat_openid=f"openid-{role}")

    def _tokens(self, role: str) -> dict[str, Any]:
        with wsgi.app.app_context():
            return auth.start_session(self.phones[role].person, "password")

    def _photo(self, role: str) -> str:
        return str(self.phones[role].take_photo(self.picture).json["id"])

    def _begun(self) -> str:
        return str(self.phones["commissioner"].do("/visits", self._visit())["id"])

    def _visit(self) -> dict[str, Any]:
        return {
            "client_id": str(uuid.uuid4()),
            "enterprise_id": str(self.enterprise.id),
            "started_at": "2026-11-24T09:00:00+08:00",
        }

    def _thing(self, path: str, role: str) -> str:
        """The id of a thing that the operation can be done to, by this role if by any."""
        if (path, role) not in self._unused:
            self._unused[path, role] = self._prepare[path](role)
        return self._unused[path, role]

    def _opener(self, role: str) -> Phone:
        return self.phones[role if role in OPENERS else "commissioner"]

    def _issue(self, opener: Phone) -> str:
        issue = opener.open_issue(category=CATEGORY, enterprise_id=str(self.enterprise.id))
        run_due()
        return str(issue["id"])

    def _ticket(self) -> str:
        issue = self._issue(self.phones["commissioner"])
        return str(self.phones["clerk"].see(f"/issues/{issue}")["tickets"][0]["id"])

    def _accepted(self, role: str) -> str:
        ticket = self._ticket()
        self.phones[role if role in STAFF else "clerk"].do(f"/tickets/{ticket}/accept")
        return ticket

    def _returned(self) -> str:
        ticket = self._ticket()
        why = {"reason_code": "not_ours", "reason": "不属于本部门职责"}
        return str(self.phones["clerk"].do(f"/tickets/{ticket}/return", why)["issue_id"])

    def _answered(self) -> str:
        ticket = self._accepted("clerk")
        answer = {"text": "已发放", "result": "solved"}
        return str(self.phones["clerk"].do(f"/tickets/{ticket}/answer", answer)["issue_id"])

    def _notice(self, role: str) -> str:
        issue = ObjectId(self._thing("/api/v1/issues/{key}", role))
        person = self.phones[role].person.id
        told = {"event": "issue.answered", "row": ObjectId(), "issue": issue, "params": PARAMS}
        return str(Notice(person=person, **told, created_at=clock.now()).insert().id)

    def _failed_photo(self, role: str) -> str:
        key = self._photo(role if role in PHOTOGRAPHERS else "commissioner")
        Photo.rows().update_one({"_id": ObjectId(key)}, {"$set": {"state": "failed"}})
        return key

    def _picture(self, path: str) -> dict[str, Any]:
        """The picture as it is announced or asked for."""
        digest = hashlib.sha256(self.picture).hexdigest()
        if path.endswith("/photos/check"):
            return {"sha256": [digest]}
        announced = {"sha256": digest, "size": len(self.picture), "media_type": "image/jpeg"}
        return announced if path.endswith("/uploads") else {}

    def _upload(self, role: str) -> str:
        other = {"client_id": str(uuid.uuid4()), "sha256": "0" * 64}
        phone = self.phones[role if role in PHOTOGRAPHERS else "commissioner"]
        return str(phone.do("/uploads", {**self._picture("/uploads"), **other})["id"])

    def _photo_of(self, role: str) -> str:
        return self.photos.get(role) or self.photos["commissioner"]

    def _link_token(self, case: schemathesis.Case, role: str) -> str:
        photo = self.phones[role].see(f"/photos/{case.path_parameters['key']}")
        case.path_parameters["name"] = "thumb"
        return str(photo["renditions"]["thumb"].partition("token=")[2])
