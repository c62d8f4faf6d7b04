"""The object store: originals by their SHA-256, renditions beside them.

One interface, two kinds: a local folder (`file://`) and a bucket of an S3-compatible service (`s3://`).
What is received is always written to a local volume first, hashed on the way and synced; an object is
seen whole or not at all. Whatever goes wrong with a store is Unavailable.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse

from app.gateways.store.address import Address
from app.gateways.store.keys import OCTETS
from app.gateways.store.local import LocalStore
from app.gateways.store.parts import Part, Whole
from app.gateways.store.s3 import S3Store
from app.gateways.store.spool import Incoming, Received
from config.settings import Settings

__all__ = [
    "Incoming",
    "LocalStore",
    "Part",
    "Received",
    "S3Store",
    "Store",
    "Whole",
    "open_store",
    "store_of",
]


class Store(Protocol):
    """Keys are made from hashes and ids, never from names; one that is not raises ValueError.

    Every method may raise Unavailable when the store is away or slow, and those that read an object
    raise Missing when it is not there. Safe to use from many threads.
    """

    def incoming(self, max_bytes: int) -> Incoming:
        """Begin to receive a file of at most `max_bytes`, on a local volume."""
        ...

    def part(self, key: str) -> Part:
        """The file that arrives in pieces under this id (hex digits), on a local volume."""
        ...

    def keep(self, received: Received, media_type: str = OCTETS) -> str:
        """Keep what was received under its hash and give its key; the same content is kept once.

        `media_type` is what a link to it will say it is.
        """
        ...

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing what was there. The key's suffix tells the media type."""
        ...

    def read(self, key: str) -> bytes:
        """The whole object."""
        ...

    def local(self, key: str) -> AbstractContextManager[Path]:
        """The object as a file, for reading only, until the block ends."""
        ...

    def drop(self, key: str) -> None:
        """Remove what was only kept for a time; one that is not there is gone already.

        Raises ValueError for a key of anything else: originals stay.
        """
        ...

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        ...

    def size(self, key: str) -> int:
        """The object's size in bytes."""
        ...

    def url(self, key: str, seconds: int) -> str | None:
        """A link that anybody can GET the object with for so many seconds.

        None when the store has no such links: then the bytes go through us.
        """
        ...

    def check(self) -> None:
        """Return if the store answers and there is room to receive into."""
        ...

    def tidy(self) -> int:
        """Drop what processes that died left half received on this machine; how many files."""
        ...


def store_of(settings: Settings) -> Store:
    """The store that the settings name. Raises ValueError for a STORE_URL that cannot be used."""
    return open_store(
        settings.store_url,
        spool=settings.var / "incoming",
        keys=(settings.s3_access_key, settings.s3_secret_key),
    )


def open_store(url: str, *, spool: Path | None = None, keys: tuple[str, str] = ("", "")) -> Store:
    """The store at `url`: `file:///folder`, or `s3://` as `Address.parse` describes.

    `spool` is where a bucket's uploads are received; a folder receives on its own volume, so that the
    rename is atomic. `keys` (access, secret) serve where the URL has none. Raises ValueError, which
    never quotes the URL, for one that cannot be used.
    """
    scheme, colon, _ = url.partition(":")
    if scheme == "file":
        return LocalStore(Path(unquote(urlparse(url).path)))
    if scheme == "s3":
        if spool is None:
            raise ValueError("STORE_URL: s3:// needs a local folder to receive into")
        return S3Store(Address.parse(url, keys), spool)
    raise ValueError(f"STORE_URL: {scheme if colon else 'no scheme'} is not a known kind of store")
