"""What lets others check our word: the server's public keys."""

from __future__ import annotations

import base64
from typing import Any

from flask.views import MethodView

from app.api import auth
from app.api.operation import Blueprint
from app.foundation.signing import ALGORITHM, Signer, key_id
from schemas.evidence import KeysView

blueprint = Blueprint("evidence", __name__, url_prefix="/evidence", description="存证与核验")


def signer() -> Signer:
    """Signs in the server's name."""
    return Signer(auth.settings().evidence_seed)


def _retired(key: bytes) -> dict[str, Any]:
    public = base64.b64encode(key).decode()
    return {"key_id": key_id(key), "public_key": public, "current": False}


@blueprint.route("/keys")
class Keys(MethodView):
    @blueprint.operation(shows=KeysView, public=True)
    def get(self) -> dict[str, Any]:
        """The keys that receipts and proofs are checked with, the one in use first."""
        ours = signer()
        current = {"key_id": ours.key_id, "public_key": ours.public_key, "current": True}
        keys = [current, *map(_retired, auth.settings().evidence_retired_keys)]
        return {"items": [{**key, "algorithm": ALGORITHM} for key in keys]}
