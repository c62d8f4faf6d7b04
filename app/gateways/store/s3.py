"""The object store as a bucket of an S3-compatible service: Tencent COS, MinIO, SeaweedFS, AWS.

One signed PUT makes an object whole or not at all, and leaves no parts behind; the signature covers the
content's SHA-256, so the service refuses what was damaged on the way. Open it in each process: the
client's threads do not cross a fork, and a child would wait for them for ever.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from app.foundation.errors import Missing, Unavailable
from app.gateways.store import keys
from app.gateways.store.address import Address
from app.gateways.store.parts import Part, Parts
from app.gateways.store.spool import Incoming, Received, Spool

if TYPE_CHECKING:
    from obstore.store import RetryConfig, S3Credential

log = structlog.get_logger(__name__)

AWAY_RETRY_SECONDS = 10
CONNECT_TIMEOUT = timedelta(seconds=2)
ASK_TIMEOUT = timedelta(seconds=5)
LONGEST_LINK_SECONDS = 7 * 86400  # Signature Version 4 allows no more
CHUNK_BYTES = 1024 * 1024

# Tried thrice within moments, for a connection that was closed under us; a store that is away for
# longer is for the caller to wait for.
RETRY: RetryConfig = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=5),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=1),
        "base": 2,
    },
}


class S3Store:
    """A bucket; see `Store` for what the methods promise."""

    def __init__(self, address: Address, spool: Path) -> None:
        self._clients = _clients(address)
        self._spool = Spool(spool)
        self._parts = Parts(spool.parent / "parts")

    def incoming(self, max_bytes: int) -> Incoming:
        """Begin to receive, into the spool."""
        return self._spool.incoming(max_bytes)

    def part(self, key: str) -> Part:
        """Beside the spool."""
        return self._parts.part(key)

    def keep(self, received: Received, media_type: str = keys.OCTETS) -> str:
        """Send what was received unless it is there already; the spooled file stays until it is closed."""
        received.sync()
        key = keys.original(received.sha256)
        if self._size(key) != received.size:
            self._put(key, _mapped(received.path), received.size, media_type)
        return key

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing what was there."""
        self._put(keys.checked(key), data, len(data), keys.media_type(key))

    def read(self, key: str) -> bytes:
        """The whole object."""
        with _away(key):
            return bytes(obstore.get(self._clients.transfer, keys.checked(key)).bytes())

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A copy in the spool, gone when the block ends."""
        with _away(key):
            found = obstore.get(self._clients.transfer, keys.checked(key))
        with self._spool.incoming(found.meta["size"]) as copy:
            with _away(key):
                for chunk in found.stream(CHUNK_BYTES):
                    copy.write(chunk)
            copy.flush()
            yield copy.path

    def drop(self, key: str) -> None:
        """Delete the object."""
        with suppress(Missing), _away(key):
            obstore.delete(self._clients.ask, keys.droppable(key))

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        return self._size(keys.checked(key)) is not None

    def size(self, key: str) -> int:
        """The object's size in bytes."""
        size = self._size(keys.checked(key))
        if size is None:
            raise Missing("store.missing", retry_after=AWAY_RETRY_SECONDS)
        return size

    def url(self, key: str, seconds: int) -> str | None:
        """A presigned GET, made without asking the service; it says the object's media type."""
        keys.checked(key)
        if self._clients.links is None:
            return None
        lasts = timedelta(seconds=min(seconds, LONGEST_LINK_SECONDS))
        return obstore.sign(self._clients.links, "GET", key, lasts)

    def check(self) -> None:
        """Raise Unavailable unless the bucket is there for our keys and the spool has room."""
        self._spool.check()
        with _away("health"):
            obstore.list_with_delimiter(self._clients.ask, "health")

    def tidy(self) -> int:
        """Drop what was left in the spool and the parts by processes and phones that died; how many."""
        return self._spool.tidy() + self._parts.tidy()

    def _size(self, key: str) -> int | None:
        try:
            with _away(key):
                return obstore.head(self._clients.ask, key)["size"]
        except Missing:
            return None

    def _put(self, key: str, data: bytes | mmap.mmap, size: int, media_type: str) -> None:
        with _away(key):
            obstore.put(
                self._clients.transfer,
                key,
                data,
                attributes={"Content-Type": media_type},
                use_multipart=False,
            )
        if self._size(key) != size:
            log.error("store_lost_what_it_took", key=key)
            raise Unavailable("store.away", retry_after=AWAY_RETRY_SECONDS)


@dataclass(frozen=True, slots=True)
class _Clients:
    """To ask about objects, to move them, to sign links."""

    ask: Bucket
    transfer: Bucket
    links: Bucket | None


@lru_cache(maxsize=8)
def _clients(address: Address) -> _Clients:
    """One set a process, so that connections are kept whoever opens the store."""
    transfer = timedelta(seconds=address.timeout)
    return _Clients(
        ask=_client(address, address.endpoint, min(ASK_TIMEOUT, transfer)),
        transfer=_client(address, address.endpoint, transfer),
        links=_client(address, address.public, transfer) if address.public else None,
    )


_crossed: list[int] = []


def _forked() -> None:
    if _clients.cache_info().currsize:
        _crossed.append(os.getpid())


os.register_at_fork(after_in_child=_forked)


def _client(address: Address, endpoint: str, timeout: timedelta) -> Bucket:
    """All is said outright: the library would take what is left out from AWS_* variables."""

    def credential() -> S3Credential:
        return {
            "access_key_id": address.access_key,
            "secret_access_key": address.secret_key,
            "token": None,
            "expires_at": None,
        }

    return Bucket(
        address.bucket,
        config={
            "aws_endpoint_url_s3": endpoint,
            "region": address.region,
            "virtual_hosted_style_request": not address.path_style,
            "skip_signature": False,
            "unsigned_payload": False,
        },
        client_options={
            "allow_http": endpoint.startswith("http:"),
            "connect_timeout": CONNECT_TIMEOUT,
            "timeout": timeout,
        },
        retry_config=RETRY,
        credential_provider=credential,
    )


@contextmanager
def _away(key: str) -> Iterator[None]:
    """What the service or the way to it does wrong: Missing for no such object, else Unavailable."""
    if _crossed:
        raise RuntimeError("the store was opened before a fork: open it in each process")
    try:
        yield
    except FileNotFoundError as error:
        raise Missing("store.missing", retry_after=AWAY_RETRY_SECONDS) from error
    except BaseError as error:
        log.warning("store_away", key=key, error=str(error).partition("\n\nDebug source")[0][:500])
        raise Unavailable("store.away", retry_after=AWAY_RETRY_SECONDS) from error


def _mapped(path: Path) -> bytes | mmap.mmap:
    """The file's content without a copy of it in memory. Never closed by hand: the client may hold on."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
