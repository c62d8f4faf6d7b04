"""One access token for all processes, kept in Redis. Without Redis each call fetches one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

EARLY_SECONDS = 300
"""WeChat gives the next token five minutes before this one ends."""
LOCK_SECONDS = 15
WAIT_SECONDS = 5


class TokenShelf:
    """`fetch` gives a token and the seconds it lives; it is asked by one process at a time."""

    def __init__(self, redis: Redis, key: str, fetch: Callable[[], tuple[str, int]]) -> None:
        self._redis, self._key, self._fetch = redis, key, fetch

    def get(self, *, refused: str | None = None) -> str:
        """The token that is kept, unless it is the `refused` one; else a fresh one.

        Raises what `fetch` raises.
        """
        try:
            kept = self._kept(refused)
            if kept:
                return kept
            with self._redis.lock(
                f"{self._key}:lock", timeout=LOCK_SECONDS, blocking_timeout=WAIT_SECONDS
            ):
                return self._kept(refused) or self._renewed()
        except RedisError as error:  # a lock not had in time is one too
            log.warning("wechat.token_not_shared", error=type(error).__name__)
            return self._fetch()[0]

    def _kept(self, refused: str | None) -> str | None:
        found = cast("bytes | None", self._redis.get(self._key))
        token = found.decode() if found else None
        return None if token == refused else token

    def _renewed(self) -> str:
        token, lives = self._fetch()
        self._redis.set(self._key, token, ex=max(lives - EARLY_SECONDS, lives // 2, 1))
        return token
