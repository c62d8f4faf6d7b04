"""Photos whose faces and plates are to be hidden, for the operations on them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import schemathesis

from app.photos.documents import Photo
from app.photos.redactions import of
from tests.support.duties import run_due
from tests.support.phone import Phone


class RedactionThings:
    """What `District` needs of redactions."""

    phones: dict[str, Phone]
    photos: dict[str, str]

    def redaction_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        path = "/api/v1/photos/{key}/redaction"
        return {
            path: self._redacted,
            f"{path}/detect": self._redacted,
            f"{path}/check": self._redacted,
        }

    def fit_redaction(self, case: schemathesis.Case) -> None:
        """The version that there is, and boxes within the picture."""
        if "/redaction" not in case.path or not isinstance(case.body, dict):
            return
        found = of(Photo.get(case.path_parameters["key"]).id)
        if "version" in case.body:
            case.body["version"] = found.version if found else 0
        if "boxes" in case.body:
            case.body["boxes"] = [{"left": 1, "top": 1, "width": 9, "height": 9, "kind": "face"}]

    def _redacted(self, role: str) -> str:
        """A photo whose boxes are stated, and its picture made."""
        key = self.photos.get(role) or self.photos["commissioner"]
        phone = self.phones["admin" if role not in self.photos else role]
        if of(Photo.get(key).id) is None:
            body: dict[str, Any] = {"client_id": str(uuid.uuid4()), "version": 0, "boxes": []}
            phone.post(f"/photos/{key}/redaction", body)
            run_due()
        return key
