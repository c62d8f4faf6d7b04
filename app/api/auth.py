"""Tokens at the edge. A token names a session; what its person may do is read anew each time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bson import ObjectId
from flask import current_app, g
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    decode_token,
    get_jwt,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

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
    try:
        verify_jwt_in_request()
        session = ObjectId(get_jwt()["sid"])
    except (JWTExtendedException, PyJWTError, KeyError) as error:
        raise Unauthenticated("auth.token_invalid") from error
    g.who = login.who(session, clock.now())
    return g.who  # type: ignore[no-any-return]


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
    try:
        claims = decode_token(token)
        if claims["type"] != "refresh":
            raise Unauthenticated("auth.token_invalid")
        session = ObjectId(claims["sid"])
    except (JWTExtendedException, PyJWTError, KeyError) as error:
        raise Unauthenticated("auth.token_invalid") from error
    login.who(session, clock.now())
    return access(claims["sub"], {"sid": claims["sid"]})
