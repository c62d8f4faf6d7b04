"""Hiding faces and plates of photos that are to leave staff."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, photo_views, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.messages import say
from app.photos import redacting, redactions
from app.photos.documents import Photo
from app.photos.redactions import NONE, REDACTED, Redaction
from app.policies.claims.papers import see_photo
from schemas.redactions import RedactionCheckIn, RedactionIn, RedactionView

blueprint = Blueprint("redactions", __name__, url_prefix="/photos", description="照片脱敏")


@blueprint.route("/<oid:key>/redaction")
class OneRedaction(MethodView):
    @blueprint.operation(shows=RedactionView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """What is hidden of the photo in what leaves staff, how far that is, and how it looks."""
        return _shown(_seen(key))

    @blueprint.operation(body=RedactionIn, shows=RedactionView, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """State all boxes anew. The picture is made anew, and wants to be checked anew."""
        photo = _seen(key)
        client_id, drawn, version = body["client_id"], body["boxes"], body["version"]
        redacting.state(auth.me(), photo, client_id, drawn, version, clock.now())
        return _shown(photo)


@blueprint.route("/<oid:key>/redaction/detect")
class Detection(MethodView):
    @blueprint.operation(action=True, shows=RedactionView, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Have the machine look for faces and plates, unless it has. A worker does it."""
        photo = _seen(key)
        views.perform(lambda: redacting.ask(auth.me(), photo, clock.now()))
        return _shown(photo)


@blueprint.route("/<oid:key>/redaction/check")
class Check(MethodView):
    @blueprint.operation(body=RedactionCheckIn, action=True, shows=RedactionView, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that the picture hides all it should: from now on it may leave staff."""
        photo = _seen(key)
        views.perform(lambda: redacting.check(auth.me(), photo, **body, now=clock.now()))
        return _shown(photo)


def _seen(key: str) -> Photo:
    photo = see_photo(auth.me(), key)
    redacting.may(auth.me(), photo)
    return photo


def _shown(photo: Photo) -> dict[str, Any]:
    spoken = language()
    found = redactions.of(photo.id)
    state = found.state if found else NONE
    problem = found.problem if found else None
    row = {"_id": photo.id, "renditions": photo.renditions, "hidden": photo.hidden}
    return {
        **{name: found[name] if found else None for name in ("width", "height", "detector")},
        "photo_id": photo.id,
        "state": state,
        "state_name": say(f"redaction.state.{state}", spoken),
        "releasable": photo.id in redactions.releasable([photo.id]),
        "version": found.version if found else 0,
        "boxes": [
            {**each, "kind_name": say(f"redaction.kind.{each['kind']}", spoken)}
            for each in (found.boxes if found else ())
        ],
        "problem": problem,
        "problem_text": say(problem, spoken) if problem else None,
        "view": photo_views.link_of_row(row, "view"),
        "preview": _preview(found, photo) if found and redactions.is_made(found) else None,
        "checked": {**found.checked, "by": found.checked["by_name"]}
        if found and found.checked
        else None,
    }


def _preview(found: Redaction, photo: Photo) -> str | None:
    row = {"_id": photo.id, "renditions": {REDACTED: found.key}, "hidden": photo.hidden}
    return photo_views.link_of_row(row, REDACTED)
