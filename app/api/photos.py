"""Photos: taking them in, showing them, trying again, reviewing, sharing."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, current_app, redirect, request, send_file
from flask.views import MethodView
from itsdangerous import BadSignature

from app.api import auth, photo_views, views
from app.api.operation import Blueprint
from app.api.receiving import ReceivingRequest
from app.foundation import clock
from app.foundation.errors import Forbidden, NotFound
from app.gateways.store import Incoming, Store
from app.people.access import require
from app.photos import actions, redactions, review, sharing
from app.photos.documents import Photo
from app.photos.redactions import REDACTED
from app.policies.claims.papers import see_photo
from schemas.photos import (
    LinkQuery,
    PhotoReceipt,
    PhotoUpload,
    PhotoView,
    ReviewIn,
    ShareIn,
    VerifyView,
)

blueprint = Blueprint("photos", __name__, url_prefix="/photos", description="照片")


def _store() -> Store:
    return current_app.extensions["store"]  # type: ignore[no-any-return]


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
        """Take a photo in. 201 means it is on the disk under its hash; 200 that it already was.

        `warnings` say in plain words what is odd about it: that it is the same file as an earlier one.
        """
        received = cast(Incoming, form.pop("file").stream)
        shot = actions.Shot(**form)
        photo, new = actions.take(auth.me(), shot, received, _store(), clock.now())
        return photo_views.receipt(photo), 201 if new else 200


@blueprint.route("/<oid:key>")
class OnePhoto(MethodView):
    @blueprint.operation(shows=PhotoView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A photo whole: state, evidence, positions and times side by side, links to look at."""
        return _whole(see_photo(auth.me(), key))


@blueprint.route("/<oid:key>/retry")
class Retry(MethodView):
    @blueprint.operation(action=True, shows=PhotoView, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Have a failed photo worked on once more."""
        photo = see_photo(auth.me(), key)
        views.perform(lambda: actions.retry(auth.me(), photo, clock.now()))
        return _whole(Photo.get(key))


@blueprint.route("/<oid:key>/share")
class Share(MethodView):
    @blueprint.operation(body=ShareIn, action=True, shows=PhotoView, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Have the picture made that may be shown around: what is known of it burned in, with a QR code.

        For `outside` faces and plates are hidden in it, which a person must have checked before (409).

        A worker makes it: see `share` and `renditions.share` of the photo. Asked for again, it is made
        anew with what is known by then, and so tried again when it failed.
        """
        photo = see_photo(auth.me(), key)
        views.perform(lambda: sharing.ask(auth.me(), photo, clock.now(), **body))
        return _whole(Photo.get(key))


@blueprint.route("/<oid:key>/review")
class Review(MethodView):
    @blueprint.operation(body=ReviewIn, action=True, shows=PhotoView, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """An inspector accepts or rejects a photo; a quarantined one that is accepted is let out."""
        photo = see_photo(auth.me(), key)
        views.perform(lambda: review.review(auth.me(), photo, **body, now=clock.now()))
        return _whole(Photo.get(key))


@blueprint.route("/verify/<string(minlength=10,maxlength=12):code>")
class Verify(MethodView):
    @blueprint.operation(shows=VerifyView, public=True, also=(404,))
    def get(self, code: str) -> dict[str, Any]:
        """What a shared picture's short code stands for. For anybody, so no names and no places."""
        photo = sharing.found(code)
        if photo is None:
            raise NotFound("not_found")
        return photo_views.verified(photo)


@blueprint.route("/<oid:key>/original")
class Original(MethodView):
    @blueprint.operation(also=(302, 404), raw=True, content_type="image/*")
    def get(self, key: str) -> Response:
        """The original file, for its owner and for inspectors; or a link to it in the object store.

        One that is quarantined is for inspectors alone.
        """
        photo = see_photo(auth.me(), key, original=True)
        if photo.state == "quarantined":
            require(auth.me(), "photo.see_quarantined")
        return _send(photo.key, photo.media_type, auth.settings().rendition_link_seconds)


@blueprint.route("/<oid:key>/renditions/<any(thumb,view,share,redacted):name>")
class Rendition(MethodView):
    @blueprint.operation(
        query=LinkQuery, public=True, also=(302, 403, 404), raw=True, content_type="image/jpeg"
    )
    def get(self, query: dict[str, str], key: str, name: str) -> Response:
        """A rendition, by a signed link from the photo; or a link to it in the object store."""
        lasts = auth.settings().rendition_link_seconds
        try:
            signed = photo_views.signer().loads(query["token"], max_age=lasts)
        except BadSignature as error:
            raise Forbidden("photo.link_expired") from error
        photo = Photo.get(key)
        # A link that was given away before the photo was hidden leads nowhere any more.
        if photo.hidden and signed[2:] != [photo_views.FOR_FEW]:
            raise Forbidden("photo.link_expired")
        made = redactions.key_of(photo.id) if name == REDACTED else photo.renditions.get(name)
        if made is None:
            raise NotFound("not_found")
        # Nor does one to a picture for outside lead to the one for staff that took its place.
        if signed[:2] != [key, made]:
            raise Forbidden("photo.link_expired")
        # These may be made anew under the same address.
        anew = name in ("share", REDACTED)
        return _send(made, "image/jpeg", lasts, max_age=0 if anew else lasts)


def _whole(photo: Photo) -> dict[str, Any]:
    return photo_views.whole(auth.me(), photo)


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
