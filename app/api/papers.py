"""Papers that people carry into meetings: asked for, made by workers, taken away."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from flask import Response, current_app, send_file, url_for
from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.messages import say
from app.gateways.store import Store
from app.gateways.store.keys import media_type
from app.papers import asking
from app.papers.asking import Wish
from app.papers.documents import FORMATS, READY, Paper
from schemas.base import page_of
from schemas.papers import PaperIn, PapersQuery, PaperView

blueprint = Blueprint("papers", __name__, url_prefix="/papers", description="报告材料")
_BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE = {
    "200": {
        "description": "The file",
        "content": {media_type(f"paper.{form}"): _BYTES for form in FORMATS},
    }
}


def _shown(found: Paper) -> dict[str, Any]:
    spoken = language()
    path = url_for("papers.File", key=str(found.id)) if found.state == READY else None
    return {
        **{name: found[name] for name in found},
        "kind_name": say(f"paper.kind.{found.kind}", spoken),
        "state_name": say(f"paper.state.{found.state}", spoken),
        "step": found.step.rpartition(".")[2],
        "step_text": say(found.step, spoken),
        "problem": views.reasons([found.problem])[0] if found.problem else None,
        "department_id": found.department,
        "by_id": found.by,
        "awaiting_photo_ids": found.awaiting,
        "by": found.by_name,
        "file": path,
        "file_name": _name(found) if path else None,
        "media_type": media_type(f"paper.{found.format}"),
    }


def _name(found: Paper) -> str:
    """What the file is called: its title without what file systems refuse, and its number."""
    title = "".join(" " if each in '\\/:*?"<>|' else each for each in found.title)
    return f"{' '.join(title.split())[:80]}-{found.number}.{found.format}"


@blueprint.route("")
class Papers(MethodView):
    @blueprint.operation(query=PapersQuery, shows=page_of(PaperView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One's own papers, the newest first; with mine=false those of others that one may read too."""
        found, total = asking.listed(auth.me(), **query)
        return views.page([_shown(each) for each in found], total, query)

    @blueprint.operation(body=PaperIn, shows=PaperView, status=202, also=(200, 404))
    def post(self, body: tuple[str, Wish]) -> tuple[dict[str, Any], int]:
        """Have a paper made. A worker does it; `GET /papers/{id}` tells how far it is."""
        client_id, wish = body
        found, new = asking.ask(auth.me(), client_id, wish, clock.now())
        return _shown(found), 202 if new else 200


@blueprint.route("/<oid:key>")
class OnePaper(MethodView):
    @blueprint.operation(shows=PaperView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A paper: how far it is, and what its file is."""
        return _shown(asking.see(auth.me(), key))


@blueprint.route("/<oid:key>/file")
class File(MethodView):
    @blueprint.doc(responses=FILE)
    @blueprint.operation(raw=True, also=(404, 409))
    def get(self, key: str) -> Response:
        """The file, for who asked for it as long as they may, and for whoever may see all that it says."""
        found = asking.take(auth.me(), key, clock.now())
        store = cast(Store, current_app.extensions["store"])
        with store.local(found.key or "") as path:
            response = send_file(path, mimetype=media_type(found.key or ""), conditional=False)
        plain = f"{found.number}.{found.format}"
        named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(_name(found), safe='')}"
        response.headers["Content-Disposition"] = f"attachment; {named}"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
