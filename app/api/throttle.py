"""Slowing down whoever guesses passwords, without locking an office behind one address out."""

from __future__ import annotations

import structlog
from flask import current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from app.foundation.errors import TooMany

log = structlog.get_logger(__name__)


class LoginThrottle:
    """A moving window for each account and address, shared by all processes through Redis."""

    def __init__(self, redis_url: str, rate: str) -> None:
        storage = storage_from_string(redis_url, socket_timeout=1, socket_connect_timeout=1)
        self._limiter = MovingWindowRateLimiter(storage)
        self._rate: RateLimitItem = parse(rate)

    def hit(self, account: str, address: str) -> None:
        """Count one try. Raises TooMany past the rate; lets everybody in while Redis is away."""
        try:
            allowed = self._limiter.hit(self._rate, "login", account.lower(), address)
        except RedisError as error:
            log.warning("throttle_away", error=repr(error))
            return
        if not allowed:
            raise TooMany("auth.too_often", retry_after=self._rate.get_expiry())


PUBLIC_RATE = "120/minute"
"""What everybody may see can be asked for so often from one address."""
_ANYBODY = "public"


def throttle_public() -> None:
    """Count one call of somebody unknown from the caller's address. Raises TooMany past the rate."""
    limiter: LoginThrottle = current_app.extensions["public_throttle"]
    limiter.hit(_ANYBODY, request.remote_addr or "")


def throttle(account: str) -> None:
    """Count one try of this account from the caller's address."""
    limiter: LoginThrottle = current_app.extensions["throttle"]
    limiter.hit(account, request.remote_addr or "")
