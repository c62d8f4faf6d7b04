"""Logging in and out, and oneself."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask.views import MethodView

from app.api import auth
from app.api.operation import Blueprint
from app.api.throttle import throttle
from app.departments import registry
from app.foundation import clock
from app.gateways.wechat import WeChat
from app.issues.looking import lists
from app.notices import actions as notices
from app.people import login
from app.people.documents import Person
from app.people.who import Who
from app.photos import capture
from schemas.base import Empty
from schemas.people import AccessView, MeView, PasswordLogin, Refresh, TokensView, WeChatLogin

blueprint = Blueprint("people", __name__, description="登录与本人信息")


def _person(person: Person) -> dict[str, Any]:
    names = registry.names({g.department for g in person.grants if g.department})
    roles = [
        {
            "role": grant.role,
            "department_id": grant.department,
            "department": names.get(grant.department) if grant.department else None,
            "unit": grant.unit,
            "enterprise_id": grant.enterprise,
        }
        for grant in person.grants
    ]
    return {
        "id": person.id,
        "name": person.name,
        "account": person.account,
        "phone": person.phone,
        "roles": roles,
    }


def _unread(who: Who) -> dict[str, int]:
    return {
        "notices": notices.unread(who.id),
        "tickets": lists.todo(who, clock.now()).count,
        "dispatching": lists.waiting_for(who).count if who.has("dispatcher") else 0,
    }


def _capture(person: Person) -> dict[str, Any]:
    now = clock.now()
    token = capture.issue_token(person.id, now, auth.settings().secret_key)
    return {"token": token, "server_time": now}


def _logged_in(person: Person, channel: str) -> dict[str, Any]:
    tokens = auth.start_session(person, channel)
    return {**tokens, "person": _person(person), "capture": _capture(person)}


@blueprint.route("/auth/password")
class ByPassword(MethodView):
    @blueprint.operation(body=PasswordLogin, shows=TokensView, public=True, also=(401, 429))
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Log in with account and password."""
        throttle(body["account"])
        person = login.by_password(body["account"], body["password"])
        return _logged_in(person, "password")


@blueprint.route("/auth/wechat")
class ByWeChat(MethodView):
    @blueprint.operation(body=WeChatLogin, shows=TokensView, public=True, also=(401, 403, 429))
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Log in with the code that wx.login gave."""
        wechat: WeChat = current_app.extensions["wechat"]
        person = login.by_openid(wechat.code_to_openid(body["code"]).openid)
        return _logged_in(person, "wechat")


@blueprint.route("/auth/refresh")
class Renew(MethodView):
    @blueprint.operation(body=Refresh, shows=AccessView, public=True, also=(401,))
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """A new access token for a refresh token."""
        return auth.renew(body["refresh_token"])


@blueprint.route("/auth/logout")
class Leave(MethodView):
    @blueprint.operation(body=Empty, status=204)
    def post(self, body: dict[str, str]) -> None:
        """End this session: both its tokens are refused from now on."""
        session = auth.me().session
        if session:
            login.revoke(session, clock.now())


@blueprint.route("/me")
class Me(MethodView):
    @blueprint.operation(shows=MeView)
    def get(self) -> dict[str, Any]:
        """Oneself: roles, department, units, and what waits."""
        who = auth.me()
        person = Person.get(who.id)
        told = {"unread": _unread(who), "capture": _capture(person), "server_time": clock.now()}
        return {**_person(person), **told}
