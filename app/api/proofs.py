"""Proofs that anybody can check: of a photo, of a visit's photos, and the sealed days."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.evidence import signer
from app.api.operation import Blueprint
from app.foundation import clock
from app.people.access import require
from app.photos import ledger
from app.photos.hiding import hidden_from
from app.photos.ledger import Root
from app.policies.claims.papers import see_photo
from app.visits.access import see_visit
from app.visits.awaiting import stock
from schemas.base import page_of
from schemas.evidence import ProofView, RootQuery, RootView, VisitProof

blueprint = Blueprint("proofs", __name__, url_prefix="", description="存证与核验")


@blueprint.route("/photos/<oid:key>/proof")
class PhotoProof(MethodView):
    @blueprint.operation(shows=ProofView, also=(404, 409))
    def get(self, key: str) -> dict[str, Any]:
        """That the photo is what was received, checkable without us. 409 before its day is sealed."""
        proof = ledger.prove(see_photo(auth.me(), key), clock.now())
        return {
            **_root(proof.root),
            "photo_id": proof.leaf.id,
            "leaf": proof.leaf.hash,
            "leaf_json": proof.leaf.text,
            "late": proof.leaf.late,
            "index": proof.leaf.index,
            "path": proof.path,
        }


@blueprint.route("/visits/<oid:key>/proof")
class OneVisitProof(MethodView):
    @blueprint.operation(shows=VisitProof, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """The visit's photos as a hash chain in order of receipt, its head signed as of now."""
        who = auth.me()
        visit = see_visit(who, key)
        links = ledger.visit_chain([row["_id"] for row in stock(visit).originals])
        hidden = hidden_from(who, [each.photo for each in links])
        content = ledger.visit_statement(visit.id, links)
        ours = signer()
        return {
            "items": [
                {
                    "photo_id": each.photo,
                    "leaf": each.leaf,
                    "leaf_json": None if each.photo in hidden else each.text,
                    "link": each.link,
                    "day": each.day,
                }
                for each in links
            ],
            "links": [each.link for each in links],
            "head": content["head"],
            "statement": ledger.text_of(content),
            "signature": ours.sign(content),
            "key": ours.public_key,
        }


@blueprint.route("/evidence/roots")
class Roots(MethodView):
    @blueprint.operation(query=RootQuery, shows=page_of(RootView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The sealed days, oldest first: worth keeping where nobody here can change them."""
        require(auth.me(), "evidence.roots")
        found, total = ledger.roots(**query)
        return views.page([_root(each) for each in found], total, query)


def _root(root: Root) -> dict[str, Any]:
    names = ("day", "count", "late", "root", "previous", "hash", "made_at", "statement")
    said = {name: getattr(root, name) for name in names}
    return {**said, "signature": dict(root.signature), "key": root.public_key}
