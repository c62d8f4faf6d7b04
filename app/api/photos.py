"""Photos: taking them in, showing them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask import Response, current_app, redirect, request, send_file, url_for
from flask.views import MethodView
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.api import auth, views
from app.api.operation import Blueprint
from app.api.receiving import ReceivingRequest
from app.foundation import clock
from app.foundation.errors import Forbidden, NotFound
from app.gateways.store import Incoming, Store
from app.issues.access import see_photo
from app.people.access import require
from app.photos import actions, evidence
from app.photos.documents import Photo
from schemas.photos import LinkQuery, PhotoReceipt, PhotoUpload, PhotoView

blueprint = Blueprint("photos", __name__, url_prefix="/photos", description="照片")


def _store() -> Store:
    return current_app.extensions["store"]  # type: ignore[no-any-return]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(auth.settings().secret_key, salt="rendition")


def prepare_upload() -> None:
    """Before anything of an upload is read: is this somebody who may, and where do the bytes go."""
    if request.method == "POST" and request.endpoint == "photos.Photos":
        require(auth.authenticate(), "photo.take")
        receiving = cast(ReceivingRequest, request)
        receiving.receive_into(_store(), auth.settings().photo_max_bytes)


@blueprint.route("")
class Photos(MethodView):
    @blueprint.operation(form=PhotoUpload, shows=PhotoReceipt, status=201, also=(200,))
    def post(self, form: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Take a photo in. 201 means it is on the disk under its hash; 200 that it already was."""
        received = cast(Incoming, form.pop("file").stream)
        shot = actions.Shot(**form)
        photo, new = actions.take(auth.me(), shot, received, _store(), clock.now())
        return _receipt(photo), 201 if new else 200


@blueprint.route("/<oid:key>")
class OnePhoto(MethodView):
    @blueprint.operation(shows=PhotoView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A photo whole: state, evidence, positions and times side by side, links to look at."""
        photo = see_photo(auth.me(), key)
        facts = _facts(photo)
        graded = evidence.grade(facts)
        exif = photo.exif or {}
        return {
            **_receipt(photo),
            "width": photo.width,
            "height": photo.height,
            "problem": photo.problem,
            "evidence": {"grade": graded.grade, "reasons": views.reasons(graded.reasons)},
            "position": {
                "device": photo.device,
                "exif": _place(exif),
                "distance_to_site_m": evidence.distance_to_site_m(facts),
            },
            "taken_at": {
                "device": photo.device_taken_at,
                "exif": exif.get("taken_at"),
                "received": photo.received_at,
            },
            "renditions": {name: _link(photo, name) for name in ("thumb", "view")},
            "warnings": views.reasons(exif.get("warnings", [])),
        }


@blueprint.route("/<oid:key>/original")
class Original(MethodView):
    @blueprint.operation(also=(302, 404), raw=True, content_type="image/*")
    def get(self, key: str) -> Response:
        """The original file, for its owner and for inspectors; or a link to it in the object store."""
        photo = see_photo(auth.me(), key, original=True)
        return _send(photo.key, photo.media_type, auth.settings().rendition_link_seconds)


@blueprint.route("/<oid:key>/renditions/<any(thumb,view):name>")
class Rendition(MethodView):
    @blueprint.operation(
        query=LinkQuery, public=True, also=(302, 403, 404), raw=True, content_type="image/jpeg"
    )
    def get(self, query: dict[str, str], key: str, name: str) -> Response:
        """A rendition, by a signed link from the photo; or a link to it in the object store."""
        lasts = auth.settings().rendition_link_seconds
        try:
            signed = _signer().loads(query["token"], max_age=lasts)
        except BadSignature as error:
            raise Forbidden("photo.link_expired") from error
        if signed != [key, name]:
            raise Forbidden("photo.link_expired")
        photo = Photo.get(key)
        if name not in photo.renditions:
            raise NotFound("not_found")
        return _send(photo.renditions[name], "image/jpeg", lasts, max_age=lasts)


def _send(key: str, media_type: str, lasts: int, max_age: int = 0) -> Response:
    """The object, cacheable for `max_age` seconds; or a way to it that works for `lasts` seconds."""
    link = _store().url(key, lasts)
    if link is not None:
        response = cast(Response, redirect(link, 302))
        max_age = min(max_age, lasts // 2)  # one from the cache must still work for a while
    else:
        with _store().local(key) as path:
            response = send_file(path, mimetype=media_type)
    if max_age:
        response.headers["Cache-Control"] = f"private, max-age={max_age}"
    return response


def _receipt(photo: Photo) -> dict[str, Any]:
    fields = ("id", "client_id", "state", "sha256", "size", "media_type")
    return {name: getattr(photo, name) for name in fields}


def _link(photo: Photo, name: str) -> str | None:
    if name not in photo.renditions:
        return None
    token = _signer().dumps([str(photo.id), name])
    return url_for("photos.Rendition", key=str(photo.id), name=name, token=token)


def _fix(point: dict[str, Any] | None) -> evidence.Fix | None:
    if not point:
        return None
    longitude, latitude = point["coordinates"]
    return latitude, longitude


def _place(exif: dict[str, Any]) -> dict[str, Any] | None:
    if exif.get("latitude") is None:
        return None
    return {"latitude": exif["latitude"], "longitude": exif["longitude"]}


def _facts(photo: Photo) -> evidence.Facts:
    device, exif, site = photo.device or {}, photo.exif or {}, photo.site or {}
    exif_taken: datetime | None = exif.get("taken_at")
    found = _place(exif)
    return evidence.Facts(
        device=_fix(device.get("point")),
        device_accuracy_m=(device.get("raw") or {}).get("accuracy_m"),
        exif=(found["latitude"], found["longitude"]) if found else None,
        site=_fix(site.get("point")),
        site_radius_m=float(site.get("radius_m", 0)),
        device_taken_at=photo.device_taken_at,
        exif_taken_at=exif_taken,
        received_at=photo.received_at,
    )
