"""Putting the API together."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint as FlaskBlueprint
from flask import Flask
from flask_jwt_extended import JWTManager
from flask_smorest import Api
from redis import Redis
from werkzeug.routing import BaseConverter

from app.api import (
    approvals,
    areas,
    awards,
    boards,
    calendars,
    cases,
    checks,
    claims,
    closures,
    clusters,
    conduct,
    departments,
    desk,
    dictionaries,
    errors,
    events,
    evidence,
    exchange,
    exits,
    expansion,
    exports,
    figures,
    filters,
    finance_tools,
    growth,
    health,
    issue_steps,
    land,
    leader_links,
    leads,
    learning,
    leave,
    maps,
    milestones,
    notices,
    opportunities,
    orders,
    papers,
    people,
    photos,
    platforms,
    policies,
    pools,
    portraits,
    pressing,
    proofs,
    proposals,
    public,
    rates,
    redactions,
    registers,
    replays,
    reports,
    reviews,
    rounds,
    rulebooks,
    score_files,
    scoreboards,
    serving,
    sites,
    stages,
    supervisions,
    survey_replies,
    surveys,
    sync,
    ticket_steps,
    uploads,
    visits,
    warnings,
)
from app.api.receiving import ReceivingRequest
from app.api.throttle import PUBLIC_RATE, LoginThrottle
from app.foundation import db, district
from app.gateways.store import store_of
from app.gateways.wechat import WeChat
from app.rulebooks import models
from config.settings import Settings

PREFIX = "/api/v1"
ROOMS = (
    people,
    photos,
    uploads,
    visits,
    issue_steps,
    ticket_steps,
    supervisions,
    clusters,
    notices,
    sync,
    departments,
    leave,
    registers,
    areas,
    sites,
    calendars,
    evidence,
    proofs,
    filters,
    exports,
    exchange,
    platforms,
    dictionaries,
    reports,
    stages,
    figures,
    rates,
    rulebooks,
    replays,
    learning,
    serving,
    expansion,
    rounds,
    reviews,
    growth,
    land,
    milestones,
    approvals,
    warnings,
    exits,
    leader_links,
    orders,
    portraits,
    boards,
    maps,
    public,
    policies,
    claims,
    proposals,
    papers,
    redactions,
    scoreboards,
    awards,
    checks,
    closures,
    cases,
    surveys,
    finance_tools,
    opportunities,
    leads,
    pools,
    events,
)
PATHS = (pressing, desk, score_files, survey_replies)
"""Modules that add paths to the blueprint of one of ROOMS: to import them is enough."""


class ObjectIdConverter(BaseConverter):
    """An id in a path; anything else is no such path."""

    regex = "[0-9a-f]{24}"


class App(Flask):
    """Flask, receiving uploads our way."""

    request_class = ReceivingRequest


class StewardApi(Api):
    """No catch-all response: every status an operation can answer is declared."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        errors.register(self._app)


def create_app(settings: Settings) -> Flask:
    """The API, connected to what the settings name. Call it once in each serving process."""
    app = App("steward")
    app.config.update(
        API_TITLE="项目管家 Steward",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        OPENAPI_SWAGGER_UI_PATH="/docs",
        OPENAPI_SWAGGER_UI_URL="/api/docs-assets/",
        API_SPEC_OPTIONS={"components": {"securitySchemes": {"bearer": BEARER}}},
        JWT_SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.body_max_bytes,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.converters["oid"] = ObjectIdConverter
    JWTManager(app)
    _connect(app, settings)
    conduct.register(app)
    app.before_request(photos.prepare_upload)
    app.before_request(exchange.prepare_upload)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(_docs_assets())
    app.register_blueprint(public.page)
    api = StewardApi(app)
    api.register_converter(ObjectIdConverter, _id_parameter)
    for room in ROOMS:
        at = PREFIX + (room.blueprint.url_prefix or "")
        api.register_blueprint(room.blueprint, url_prefix=at)
    return app


BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def _connect(app: Flask, settings: Settings) -> None:
    district.use(settings.district_dir)
    db.connect(settings.mongodb_uri)
    app.extensions["steward"] = settings
    app.extensions["store"] = store = store_of(settings)
    models.use(settings.district_dir / models.PACKS_FILE, store)
    app.extensions["redis"] = Redis.from_url(
        settings.redis_url, socket_timeout=2, socket_connect_timeout=1
    )
    app.extensions["throttle"] = LoginThrottle(settings.redis_url, settings.login_attempts)
    app.extensions["public_throttle"] = LoginThrottle(settings.redis_url, PUBLIC_RATE)
    app.extensions["wechat"] = WeChat(
        settings.wechat_base_url,
        settings.wechat_app_id,
        settings.wechat_app_secret,
        settings.wechat_timeout_seconds,
    )


def _docs_assets() -> FlaskBlueprint:
    """The docs page's scripts, served by ourselves: no page of ours asks a foreign server."""
    folder = Path(flask_swagger_ui.__file__).parent / "dist"
    return FlaskBlueprint(
        "docs_assets", __name__, static_folder=str(folder), static_url_path="/api/docs-assets"
    )


def _id_parameter(_: BaseConverter) -> dict[str, str]:
    return {"type": "string", "pattern": "^[0-9a-f]{24}$"}
