"""Tokens at the edge. A token names a session; what its person may do is read anew each time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
from bson import ObjectId
from flask import current_app, g, request
from flask_jwt_extended import create_access_token, create_refresh_token

from app.foundation import clock
from app.foundation.errors import Unauthenticated
from app.people import login
from app.people.documents import Person
from app.people.who import Who
from config.settings import Settings


def settings() -> Settings:
    """The settings of the running app."""
    return current_app.extensions["steward"]  # type: ignore[no-any-return]


def authenticate() -> Who:
    """Who sent this request. Raises Unauthenticated for a missing, broken or ended token."""
    if "who" in g:
        return g.who  # type: ignore[no-any-return]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("auth.token_invalid")
    g.who = login.who(ObjectId(_claims(token, "access")["sid"]), clock.now())
    return g.who  # type: ignore[no-any-return]


def _claims(token: str, kind: str) -> dict[str, Any]:
    """What a token of ours of this kind says. flask-jwt-extended would decode it four times over."""
    try:
        claims = jwt.decode(token, settings().secret_key, [current_app.config["JWT_ALGORITHM"]])
    except jwt.PyJWTError as error:
        raise Unauthenticated("auth.token_invalid") from error
    if claims.get("type") != kind or "sid" not in claims:
        raise Unauthenticated("auth.token_invalid")
    return claims


def me() -> Who:
    """Who sent this request, once `authenticate` has run."""
    return g.who  # type: ignore[no-any-return]


def start_session(person: Person, channel: str) -> dict[str, Any]:
    """Both tokens of a new session."""
    lasts = timedelta(seconds=settings().refresh_token_seconds)
    session = login.open_session(person, channel, now=clock.now(), lasts=lasts)
    claims = {"sid": str(session.id)}
    refresh = create_refresh_token(str(person.id), additional_claims=claims, expires_delta=lasts)
    return {**access(str(person.id), claims), "refresh_token": refresh}


def access(person: str, claims: dict[str, str]) -> dict[str, Any]:
    """A new access token for a session."""
    lasts = settings().access_token_seconds
    token = create_access_token(
        person, additional_claims=claims, expires_delta=timedelta(seconds=lasts)
    )
    return {"access_token": token, "expires_in": lasts}


def renew(token: str) -> dict[str, Any]:
    """A new access token for a refresh token. Raises Unauthenticated when its session has ended."""
    claims = _claims(token, "refresh")
    login.who(ObjectId(claims["sid"]), clock.now())
    return access(claims["sub"], {"sid": claims["sid"]})
