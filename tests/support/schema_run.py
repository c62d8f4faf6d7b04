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
from app.departments.documents import Department
from app.foundation import clock
from app.foundation.district import pack
from app.notices.documents import Call, Notice
from app.people.documents import Grant, Person
from app.people.standing import LENT
from app.people.who import ROLES
from app.photos.documents import Photo
from config.pack import RESTRICTED
from tests.standins.wechat import WeChatStandIn
from tests.support.duties import run_due
from tests.support.factories import PASSWORD, Given
from tests.support.phone import Phone
from tests.support.schema_approvals import ApprovalThings
from tests.support.schema_boards import BoardThings
from tests.support.schema_checks import CheckThings
from tests.support.schema_clusters import ClusterThings
from tests.support.schema_exchange import ExchangeThings
from tests.support.schema_gates import GateThings
from tests.support.schema_ledger import LedgerThings
from tests.support.schema_maps import MapThings
from tests.support.schema_models import ModelThings
from tests.support.schema_offers import OfferThings
from tests.support.schema_orders import OrderThings
from tests.support.schema_papers import PaperThings
from tests.support.schema_places import PlaceThings
from tests.support.schema_policies import PolicyThings
from tests.support.schema_rates import RateThings
from tests.support.schema_redactions import RedactionThings
from tests.support.schema_rulebooks import RulebookThings
from tests.support.schema_scoreboards import ScoreboardThings
from tests.support.schema_serving import ServingThings
from tests.support.schema_stages import StageThings
from tests.support.schema_surveys import SurveyThings
from tests.support.schema_warnings import WarningThings
from tests.support.schema_work import CATEGORY, STAFF, Prepare, WorkThings

UNIT = "321204002"
DEPARTMENT = "HOUSING"
OPENERS = ("commissioner", "contact", "dispatcher", "unit_admin", "service")
PHOTOGRAPHERS = (*OPENERS, *STAFF, "inspector")

CLOSING = ("successor_id", "effective_on", "reason")
SAFETY = {
    "template": "safety",
    "version": 1,
    "answers": {"exits": "yes", "extinguishers": "yes"},
}
PARAMS = dict.fromkeys(("number", "excerpt", "department", "person", "text", "due"), "")

WHOLE = (
    "/visits/{key}",
    "/me/notice-preferences",
    "/me/filters/{key}",
    "/{year}",
    "/answer-templates/{key}",
    "/areas/{code}",
    "/rulebooks/{number}",
    "/sites/{key}",
    "/parcels/{key}",
    "/dictionaries/{dictionary}/{code}",
    "/enterprises/{key}",
    "/projects/{key}",
    "/policies/{key}",
    "/surveys/{key}",
    "/survey-replies/{key}",
    "/finance-tools/{key}",
    "/leads/{key}",
    "/versions/{number}",
)
"""What a PUT changes as a whole."""


def _put(place: dict[str, Any], name: str, value: Any) -> None:
    """None leaves the field out."""
    if value is None:
        del place[name]
    else:
        place[name] = value


class District(
    WorkThings,
    PlaceThings,
    PaperThings,
    RedactionThings,
    ApprovalThings,
    BoardThings,
    MapThings,
    RulebookThings,
    ClusterThings,
    CheckThings,
    ModelThings,
    RateThings,
    StageThings,
    GateThings,
    ServingThings,
    ExchangeThings,
    WarningThings,
    LedgerThings,
    OrderThings,
    PolicyThings,
    OfferThings,
    ScoreboardThings,
    SurveyThings,
):
    """People of every role with what each may see and do; things used up are made anew when asked for."""

    def __init__(self, given: Given, picture: bytes, wechat: WeChatStandIn) -> None:
        self.given, self.picture, self.wechat = given, picture, wechat
        self.department = registry.by_code(DEPARTMENT).id
        self.enterprise = given.enterprise(unit=UNIT)
        self.project = given.project(self.enterprise)
        self.phones = {role: given.phone(self._known(role)) for role in ROLES}
        self.photos = {role: self._photo(role) for role in PHOTOGRAPHERS}
        self.visit = self._begun()
        run_due()
        self._unused: dict[tuple[Prepare, str], str] = {}
        self._prepare: dict[str, Prepare] = {
            **self.work_things(),
            **self.place_things(),
            **self.paper_things(),
            **self.redaction_things(),
            **self.rulebook_things(),
            **self.cluster_things(),
            **self.stage_things(),
            **self.gate_things(),
            **self.serving_things(),
            **self.exchange_things(),
            **self.approval_things(),
            **self.warning_things(),
            **self.ledger_things(),
            **self.order_things(),
            **self.check_things(),
            **self.policy_things(),
            **self.offer_things(),
            **self.scoreboard_things(),
            **self.survey_things(),
            "/api/v1/notices/{key}/read": self._notice,
            "/api/v1/calls/{key}/done": self._call,
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
            "/api/v1/people/{key}/leave": self._colleague,
            "/api/v1/leave/{key}/end": self._leave,
            "/api/v1/departments/{key}": lambda role: str(self.department),
            "/api/v1/departments/{key}/review": lambda role: self._spare(),
            "/api/v1/departments/{key}/rename": lambda role: self._spare(),
            "/api/v1/departments/{key}/close": lambda role: self._spare(),
            "/api/v1/departments/{key}/recall": lambda role: self._spare(closing=True),
            "/api/v1/me/filters/{key}": self._filter,
            "/api/v1/me/filters/{key}/delete": self._filter,
            "/api/v1/answer-templates/{key}": lambda role: self._template(),
            "/api/v1/answer-templates/{key}/retire": lambda role: self._template(),
        }

    def fit(self, case: schemathesis.Case, role: str) -> None:
        """Put what exists into a request of generated data: ids, codes, credentials."""
        self._address(case, role)
        if case.path.endswith(("/visits", "/visits/{key}")) and isinstance(case.body, dict):
            case.body["enterprise_id"] = None  # given below; a visit is to one at least
        if case.method.upper() == "PUT" and case.path.endswith(WHOLE):
            case.headers["If-Match"] = "*"
        if case.path.endswith("/meetings") and isinstance(case.body, dict):
            case.body.pop("ruling", None)  # by few roles, and of what they must not be
        for name, value in self._values(role, case.path).items():
            for place in (case.query, case.body):
                if isinstance(place, dict) and name in place:
                    _put(place, name, value())
        if isinstance(case.body, dict):
            case.body |= self._picture(case.path)
        self.fit_place(case)
        self.fit_paper(case)
        self.fit_redaction(case)
        self.fit_rulebook(case)
        self.fit_cluster(case, role)
        self.fit_stage(case)
        self.fit_rates(case)
        self.fit_warning(case)
        self.fit_model(case)
        self.fit_ledger(case)
        self.fit_policy(case)
        self.fit_offer(case)
        self.fit_gate(case)
        self.fit_serving(case)
        self.fit_exchange(case)
        self.fit_approval(case, role)
        self.fit_order(case)
        self.fit_check(case)
        self.fit_board(case, role)
        self.fit_map(case)
        self.fit_scoreboard(case, role)
        self.fit_survey(case)

    def _address(self, case: schemathesis.Case, role: str) -> None:
        if "key" in case.path_parameters:
            case.path_parameters["key"] = self._thing(case.path, role)
        if "year" in case.path_parameters:
            case.path_parameters["year"] = 2027
        if "n" in case.path_parameters:
            case.path_parameters["n"] = 1
        if "code" in case.path_parameters:
            case.path_parameters["code"] = Photo.get(self._photo_of(role)).short_code
        if "token" in case.query:
            case.query["token"] = self._link_token(case, role)
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = uuid.uuid4().hex

    def answered(self, case: schemathesis.Case, role: str, status: int) -> None:
        """What an action has used up is not given again."""
        if status < 300 and case.method.upper() == "POST":
            self._unused.pop((self._prepare.get(case.path), role), None)

    def token(self, case: schemathesis.Case, role: str) -> str:
        """An access token; logging out ends a session of its own."""
        if case.path.endswith("/auth/logout"):
            return str(self._tokens(role)["access_token"])
        return self.phones[role].token

    def _values(self, role: str, path: str = "") -> dict[str, Callable[[], Any]]:
        """By the names of fields, wherever they occur."""
        own = [self.photos[role]] if role in self.photos else []
        return {
            "client_id": lambda: str(uuid.uuid4()),
            "enterprise_id": lambda: str(self.enterprise.id),
            "project_id": lambda: str(self.project.id),
            "visit_id": lambda: self.visit if role == "commissioner" else None,
            "department_id": lambda: self._department(path),
            "category": lambda: CATEGORY,
            "photo_ids": lambda: own,
            "photo_client_ids": list,
            "file": lambda: self.picture,
            "sha256": lambda: None,
            "result": lambda: "solved",
            "reason_code": lambda: "not_ours",
            "restriction": lambda: "report",
            "department_ids": list,
            "ruling": lambda: "yours",
            "ticket_id": lambda: None,
            "mentions": list,
            "days": lambda: 2,
            "solved": lambda: "yes",
            "text": lambda: "桩机已经进场，请协调",
            "reason": lambda: "不属于本部门职责",
            "since": lambda: "2099-01-01T00:00:00+08:00",
            "until": lambda: "2099-02-01T00:00:00+08:00",
            "deputy_id": lambda: self._colleague(role),
            "effective_on": lambda: "2099-01-01",
            "successor_id": lambda: str(self.department),
            "due_at": lambda: None,
            "held_at": lambda: "2026-01-05T15:00:00+08:00",
            "duties": lambda: [self._agreed()],
            "account": lambda: self.phones[role].person.account,
            "password": lambda: PASSWORD,
            "code": lambda: self.wechat.issue_code(f"openid-{role}"),
            "refresh_token": lambda: self._tokens(role)["refresh_token"],
            "started_at": lambda: "2026-11-24T09:00:00+08:00",
            "ended_at": lambda: "2026-11-24T10:00:00+08:00",
            "track": list,
            "template": lambda: pack().notices.templates[0].id,
            "muted": lambda: ["ticket.noted"],
            "checklist": lambda: SAFETY,
            "enterprise_name": lambda: None,
            "enterprise_unit": lambda: None,
            "visit_client_id": lambda: None,
            "pairs": list,
            "offset": lambda: 0,
            "days_off": lambda: ["2027-10-08"],
            "working_days": lambda: ["2027-10-09"],
            "cursor": lambda: None,
            "month": lambda: "2026-10",
            "from": lambda: None,
            "to": lambda: None,
            "ticket_ids": lambda: [self._ticket()],
            "list": lambda: "issues",
            "query": lambda: {"q": "施工许可"},
            "parts": lambda: [{"text": "施工许可证"}, {"text": "门前道路"}],
            "into_id": lambda: self._issue(self.phones["commissioner"]),
            "person_id": lambda: str(self.phones["clerk"].person.id),
            "site_id": lambda: None,
            "master_id": lambda: self._issue(self.phones["commissioner"]),
            "remove_photo_ids": list,
            "restore_photo_ids": list,
        }

    def _department(self, path: str) -> str:
        """Another one where something is handed on."""
        handed_on = path.endswith(("/transfer", "/invite"))
        return str(registry.by_code("ECOLOGY").id if handed_on else self.department)

    def _colleague(self, role: str) -> str:
        """Somebody new with the same role, in the same place."""
        return str(self._person(role if role in LENT else "clerk").id)

    def _leave(self, role: str) -> str:
        person = self._colleague(role)
        absence = {name: self._values(role)[name]() for name in ("since", "until", "deputy_id")}
        return str(self.phones["admin"].do(f"/people/{person}/leave", absence)["id"])

    def _spare(self, *, closing: bool = False) -> str:
        """A new department that nobody needs."""
        code = f"SPARE_{uuid.uuid4().hex.upper()}"
        key = str(Department(code=code, name=code, kind="bureau").insert().id)
        if closing:
            end = {name: self._values("admin")[name]() for name in CLOSING}
            self.phones["admin"].do(f"/departments/{key}/close", end)
        return key

    def _filter(self, role: str) -> str:
        body = {"client_id": str(uuid.uuid4()), "name": "许可", "list": "issues", "query": {}}
        return str(self.phones[role].do("/me/filters", body)["id"])

    def _template(self) -> str:
        body = {"title": "已办结", "text": "{number} 已办结", "result": "solved"}
        mine = {"client_id": str(uuid.uuid4()), "department_id": str(self.department)}
        return str(self.phones["clerk"].do("/answer-templates", {**body, **mine})["id"])

    def _known(self, role: str) -> Person:
        return self._person(role, wechat_openid=f"openid-{role}")

    def _person(self, role: str, **known: str) -> Person:
        where: dict[str, Any] = {}
        if role in STAFF:
            where = {"department": self.department}
        elif role == "contact":
            where = {"enterprise": self.enterprise.id}
        elif role == "unit_admin":
            where = {"unit": UNIT}
        grants = [Grant(role=role, **where)]
        if role in STAFF:
            grants.append(Grant(role=role, department=registry.by_code(RESTRICTED).id))
        return self.given.person(*grants, **known)

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
        prepare = self._prepare[path]
        if (prepare, role) not in self._unused:
            self._unused[prepare, role] = prepare(role)
        return self._unused[prepare, role]

    def _opener(self, role: str) -> Phone:
        return self.phones[role if role in OPENERS else "commissioner"]

    def _issue(self, opener: Phone) -> str:
        issue = opener.open_issue(category=CATEGORY, enterprise_id=str(self.enterprise.id))
        run_due()
        return str(issue["id"])

    def _notice(self, role: str) -> str:
        issue = ObjectId(self._thing("/api/v1/issues/{key}", role))
        person = self.phones[role].person.id
        told = {"event": "issue.answered", "row": ObjectId(), "issue": issue, "params": PARAMS}
        return str(Notice(person=person, **told, created_at=clock.now()).insert().id)

    def _call(self, role: str) -> str:
        issue = ObjectId(self._thing("/api/v1/issues/{key}", role))
        about = {"issue": issue, "number": "JY20261124-0001", "row": ObjectId(), "params": PARAMS}
        whom = {"contact": {"person": None, "name": "李某", "phone": None}}
        when = {"due_at": clock.now(), "created_at": clock.now()}
        mine = self.phones[role].person.id
        call = Call(commissioner=mine, event="issue.answered", **about, **whom, **when)
        return str(call.insert().id)

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
