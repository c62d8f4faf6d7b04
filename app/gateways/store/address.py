"""Reading the STORE_URL of a bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_OPTIONS = frozenset({"region", "tls", "path_style", "timeout", "links", "public"})
_YES_NO = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bucket is and how to speak to it. `timeout` is seconds for one whole transfer.

    `public` is the scheme and host that links name; None when there are to be no links.
    """

    endpoint: str
    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    region: str
    path_style: bool
    timeout: float
    public: str | None

    @classmethod
    def parse(cls, url: str, keys: tuple[str, str] = ("", "")) -> Self:
        """Read `s3://KEY:SECRET@host:port/bucket?region=…&tls=1&path_style=1&timeout=20&links=1&public=…`.

        Every option may be left out; above are the defaults, `region` is us-east-1. `path_style=0` puts
        the bucket before the host, as COS wants it. `links=0` when phones cannot reach the service,
        `public=https://host` when they reach it under another name. Raises ValueError, which never
        quotes the URL.
        """
        parts, host = _split(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if unknown := options.keys() - _OPTIONS:
            raise ValueError(f"STORE_URL: unknown option {', '.join(sorted(unknown))}")
        bucket = parts.path.strip("/")
        if not _BUCKET.fullmatch(bucket):
            raise ValueError("STORE_URL: s3://host/bucket names no bucket")
        access, secret = unquote(parts.username or "") or keys[0], unquote(parts.password or "")
        if not access or not (secret or keys[1]):
            raise ValueError("STORE_URL: no keys in it, nor in S3_ACCESS_KEY and S3_SECRET_KEY")
        path_style = _flag(options, "path_style")
        prefix = "" if path_style else f"{bucket}."
        endpoint = f"{'https' if _flag(options, 'tls') else 'http'}://{prefix}{host}"
        return cls(
            endpoint=endpoint,
            bucket=bucket,
            access_key=access,
            secret_key=secret or keys[1],
            region=options.get("region") or "us-east-1",
            path_style=path_style,
            timeout=_seconds(options.get("timeout", "20")),
            public=_public(options, endpoint, prefix) if _flag(options, "links") else None,
        )


def _split(url: str) -> tuple[SplitResult, str]:
    """The URL's parts, and its host with its port. What is wrong is not quoted: it may be a secret."""
    try:
        parts = urlsplit(url)
        hostname, _ = parts.hostname, parts.port
    except ValueError:
        hostname = None
    if not hostname:
        raise ValueError(
            "STORE_URL: want s3://KEY:SECRET@host:port/bucket, with / : @ in keys percent-encoded"
        )
    return parts, parts.netloc.rpartition("@")[2]


def _flag(options: dict[str, str], name: str) -> bool:
    value = options.get(name, "1")
    if value not in _YES_NO:
        raise ValueError(f"STORE_URL: {name} must be 1 or 0")
    return _YES_NO[value]


def _seconds(text: str) -> float:
    seconds = float(text) if re.fullmatch(r"\d{1,4}(\.\d+)?", text) else 0.0
    if not 0 < seconds <= 600:
        raise ValueError("STORE_URL: timeout must be seconds, over 0 and at most 600")
    return seconds


def _public(options: dict[str, str], endpoint: str, prefix: str) -> str:
    if not (public := options.get("public")):
        return endpoint
    parts = urlsplit(public)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError("STORE_URL: public must be https://host")
    return f"{parts.scheme}://{prefix}{parts.netloc}"
