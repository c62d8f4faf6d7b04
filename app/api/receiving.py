"""The request class that receives photos: file parts go straight to where the object store receives."""

from __future__ import annotations

from typing import IO, Any, cast

from flask import Request

from app.gateways.store import Incoming, Store

FORM_OVERHEAD = 64 * 1024


class ReceivingRequest(Request):
    """Werkzeug would spool uploads to its own temporary files before a view runs, and hash nothing.

    Here each file part is written once, to where the store receives, hashed on the way. What no view
    keeps is dropped with the request.
    """

    max_form_parts = 20
    store: Store | None = None
    photo_max_bytes = 0

    def receive_into(self, store: Store, max_bytes: int) -> None:
        """Take files in, up to `max_bytes` each; call it before the form is read."""
        self.store, self.photo_max_bytes = store, max_bytes
        self.max_content_length = max_bytes + FORM_OVERHEAD

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.store is None:
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        incoming = self.store.incoming(self.photo_max_bytes)
        received: list[Incoming] = self.environ.setdefault("steward.received", [])
        received.append(incoming)
        return cast(IO[bytes], incoming)


def drop_received(environ: dict[str, Any]) -> None:
    """Close and drop what this request received and nobody kept."""
    for incoming in environ.pop("steward.received", []):
        incoming.close()
