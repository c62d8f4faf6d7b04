"""Coming in, staying in, being out at once."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

import wsgi
from app.api import auth
from app.api.throttle import LoginThrottle
from app.foundation import clock
from app.people.documents import Grant, Person, Session
from tests.api.shape import refused
from tests.support.factories import PASSWORD, client_id
from tests.support.phone import API

SETTINGS = wsgi.app.extensions["steward"]


@pytest.fixture
def client():
    return wsgi.app.test_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(client, person, password=PASSWORD):
    return client.post(
        f"{API}/auth/password", json={"account": person.account, "password": password}
    )


def me(client, token: str):
    return client.get(f"{API}/me", headers=bearer(token))


def renew(client, token: str):
    return client.post(f"{API}/auth/refresh", json={"refresh_token": token})


class TestByPassword:
    def test_a_login_gives_both_tokens_and_the_person(self, given, client):
        enterprise = given.enterprise()
        person = given.person(Grant(role="contact", enterprise=enterprise.id), phone="13800000000")
        answer = log_in(client, person)
        assert answer.status_code == 200
        body = answer.json
        assert set(body) == {"access_token", "refresh_token", "expires_in", "person", "capture"}
        assert body["expires_in"] == SETTINGS.access_token_seconds
        assert body["person"] == {
            "id": str(person.id),
            "name": person.name,
            "account": person.account,
            "phone": "13800000000",
            "roles": [
                {
                    "role": "contact",
                    "department_id": None,
                    "department": None,
                    "unit": None,
                    "enterprise_id": str(enterprise.id),
                }
            ],
        }
        seen = me(client, body["access_token"]).json
        assert seen["id"] == str(person.id)
        assert seen["unread"] == {"notices": 0, "tickets": 0, "dispatching": 0}
        assert "password" not in answer.get_data(as_text=True)

    def test_nothing_tells_a_wrong_password_from_an_unknown_or_disabled_person(self, given, client):
        person = given.person()
        disabled = given.person(active=False)
        unset = given.person(password_hash=None)
        broken = given.person(password_hash="not a hash")
        answers = [
            log_in(client, person, "wrong"),
            log_in(client, person, PASSWORD + " "),
            log_in(client, disabled),
            log_in(client, unset),
            log_in(client, broken),
            client.post(f"{API}/auth/password", json={"account": "nobody", "password": PASSWORD}),
        ]
        errors = [refused(each, 401, "auth.wrong_password") for each in answers]
        assert len({(e["message"], str(e["errors"])) for e in errors}) == 1
        assert Session.rows().count_documents({}) == 0

    def test_who_guesses_is_slowed_down_and_the_neighbour_is_not(
        self, given, client, monkeypatch, servers
    ):
        throttle = LoginThrottle(servers.redis_url, "3/minute")
        monkeypatch.setitem(wsgi.app.extensions, "throttle", throttle)
        victim, neighbour = given.person(), given.person()
        for _ in range(3):
            refused(log_in(client, victim, "guess"), 401)
        for name in (victim.account, victim.account.upper()):
            victim.account = name
            answer = log_in(client, victim)
            error = refused(answer, 429, "auth.too_often")
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Retry-After"] in error["message"]
        assert log_in(client, neighbour).status_code == 200

    def test_without_redis_people_still_get_in(self, given, client, monkeypatch):
        away = LoginThrottle("redis://127.0.0.1:1/0", "1/minute")
        monkeypatch.setitem(wsgi.app.extensions, "throttle", away)
        person = given.person()
        assert [log_in(client, person).status_code for _ in range(2)] == [200, 200]


class TestAToken:
    def test_without_one_nobody_is_known(self, client, clean):
        for headers in (
            {},
            {"Authorization": ""},
            {"Authorization": "Bearer"},
            {"Authorization": "Bearer "},
            {"Authorization": "Basic YTpi"},
            bearer("x"),
            bearer("a.b.c"),
            bearer("é.é.é"),
            bearer(base64.urlsafe_b64encode(b"[" * 3000).decode().rstrip("=") + ".e30.x"),
        ):
            answer = client.get(f"{API}/me", headers=headers)
            refused(answer, 401, "auth.token_invalid")
            assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_is_asked_for_everywhere_but_at_the_door(self, client, clean):
        public = {
            "/auth/password",
            "/auth/wechat",
            "/auth/refresh",
            "/healthz/live",
            "/healthz/ready",
            "/metrics",
            "/evidence/keys",  # keys are for anybody to check receipts with
            "/public/figures",
            "/public/map",
        }
        asked = 0
        for rule in wsgi.app.url_map.iter_rules():
            path = rule.rule.removeprefix(API)
            if (
                not rule.rule.startswith(API)
                or path in public
                or "renditions" in path
                or "verify" in path
            ):
                continue
            path = re.sub("<int:[a-z]+>", "2026", path.replace("<oid:key>", "f" * 24))
            for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}:
                refused(client.open(API + path, method=method), 401, "auth.token_invalid")
                asked += 1
        assert asked >= 25

    def test_that_has_run_out_is_refused(self, given, client, monkeypatch):
        past = replace(SETTINGS, access_token_seconds=-1)
        monkeypatch.setitem(wsgi.app.extensions, "steward", past)
        phone = given.commissioner()
        refused(phone.get("/me"), 401, "auth.token_invalid")

    @pytest.mark.parametrize(
        ("key", "algorithm"),
        [
            ("another key for tests only, long enough for HS512, which wants 64 bytes", "HS256"),
            (SETTINGS.secret_key * 2, "HS256"),
            (SETTINGS.secret_key, "HS512"),
            (None, "none"),
        ],
    )
    @pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
    def test_that_we_did_not_sign_is_refused(self, key, algorithm, given, client):
        phone = given.commissioner()
        assert phone.get("/me").status_code == 200
        claims = jwt.decode(phone.token, options={"verify_signature": False})
        forged = jwt.encode(claims, key, algorithm=algorithm)
        refused(me(client, forged), 401, "auth.token_invalid")

    def test_whose_claims_were_changed_is_refused(self, given, client):
        one, other = given.commissioner(), given.role("admin")
        head, claims, signature = one.token.split(".")
        others = other.token.split(".")[1]
        refused(me(client, f"{head}.{others}.{signature}"), 401, "auth.token_invalid")
        fields = json.loads(base64.urlsafe_b64decode(claims + "=="))
        assert set(fields) >= {"sub", "sid", "exp", "type"}
        assert "role" not in str(fields)

    def test_is_for_its_use_only(self, given, client):
        tokens = log_in(client, given.person()).json
        refused(me(client, tokens["refresh_token"]), 401, "auth.token_invalid")
        refused(renew(client, tokens["access_token"]), 401, "auth.token_invalid")


class TestRenewing:
    def test_a_refresh_token_gives_a_new_access_token(self, given, client):
        person = given.person()
        tokens = log_in(client, person).json
        answer = renew(client, tokens["refresh_token"])
        assert answer.status_code == 200
        assert set(answer.json) == {"access_token", "expires_in"}
        assert me(client, answer.json["access_token"]).json["id"] == str(person.id)

    def test_it_ends_with_the_session(self, given, client):
        tokens = log_in(client, given.person()).json
        past = clock.now() - timedelta(seconds=1)
        Session.rows().update_many({}, {"$set": {"expires_at": past}})
        refused(renew(client, tokens["refresh_token"]), 401, "auth.session_ended")
        refused(me(client, tokens["access_token"]), 401, "auth.session_ended")

    def test_garbage_is_refused(self, client, clean):
        deep = base64.urlsafe_b64encode(b"[" * 1400).decode().rstrip("=")
        for token in ("x", "a.b.c", f"{deep}.e30.x"):
            refused(renew(client, token), 401, "auth.token_invalid")


class TestOutAtOnce:
    def test_who_is_disabled(self, given, client):
        person = given.person(Grant(role="commissioner"))
        tokens = log_in(client, person).json
        Person.rows().update_one({"_id": person.id}, {"$set": {"active": False}})
        refused(me(client, tokens["access_token"]), 401, "auth.session_ended")
        refused(renew(client, tokens["refresh_token"]), 401, "auth.session_ended")

    def test_who_is_deleted(self, given, client):
        person = given.person()
        tokens = log_in(client, person).json
        Person.rows().delete_one({"_id": person.id})
        refused(me(client, tokens["access_token"]), 401, "auth.session_ended")

    def test_whose_role_was_taken(self, given):
        phone, enterprise = given.commissioner(), given.enterprise()
        visit = {
            "client_id": client_id(),
            "enterprise_id": str(enterprise.id),
            "started_at": "2026-11-24T09:00:00+08:00",
        }
        made = phone.do("/visits", visit)["id"]
        Person.rows().update_one({"_id": phone.person.id}, {"$set": {"grants": []}})
        assert phone.see("/me")["roles"] == []
        refused(phone.get("/visits"), 403, "forbidden")
        refused(phone.get(f"/visits/{made}"), 404, "not_found")
        refused(phone.post("/visits", visit), 403, "forbidden")

    def test_whose_role_moved_elsewhere(self, given):
        phone = given.clerk("HOUSING")
        other = given.clerk("WATER_AFFAIRS").person.grants[0].department
        given.contact(given.enterprise()).open_issue()
        Person.rows().update_one({"_id": phone.person.id}, {"$set": {"grants.0.department": other}})
        assert phone.see("/tickets", box="department")["total"] == 0
        assert phone.see("/me")["roles"][0]["department"] == "水务局"

    def test_who_logs_out_with_both_tokens_and_only_on_this_phone(self, given, client):
        person = given.person()
        here, there = log_in(client, person).json, log_in(client, person).json
        answer = client.post(f"{API}/auth/logout", json={}, headers=bearer(here["access_token"]))
        assert (answer.status_code, answer.data) == (204, b"")
        refused(me(client, here["access_token"]), 401, "auth.session_ended")
        refused(renew(client, here["refresh_token"]), 401, "auth.session_ended")
        assert me(client, there["access_token"]).status_code == 200
        assert renew(client, there["refresh_token"]).status_code == 200


def test_tokens_name_a_session_and_no_rights(given):
    with wsgi.app.app_context():
        tokens = auth.start_session(given.person(Grant(role="admin")), "password")
    for name in ("access_token", "refresh_token"):
        claims = jwt.decode(tokens[name], options={"verify_signature": False})
        assert set(claims) == {"fresh", "iat", "jti", "type", "sub", "nbf", "csrf", "exp", "sid"}
