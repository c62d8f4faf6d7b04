"""What can go wrong in the domain, without a word of HTTP.

Each error has a `code` for programs (a message of the catalogue has the same name) and `params` that fill
the message. The edge turns the class into a status; see `app.api.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.foundation.reasons import Reason


class DomainError(Exception):
    """Base of all. `fields` maps the inputs to blame to reasons, or to the values that were refused."""

    def __init__(
        self,
        code: str,
        *,
        fields: Mapping[str, Sequence[str | Reason]] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class Unauthenticated(DomainError):
    """Nobody we know: log in again."""


class Forbidden(DomainError):
    """Known, but this is not theirs to do."""


class NotFound(DomainError):
    """Not there, or not for these eyes to know of."""


class Conflict(DomainError):
    """The state of things does not allow it, or somebody was faster."""


class Stale(DomainError):
    """The change was made from a state of things that is no more: look again first."""


class Unguarded(DomainError):
    """A whole change that does not say from which state of things it was made."""


class Invalid(DomainError):
    """What was given cannot be used."""


class TooLarge(DomainError):
    """More bytes than allowed."""


class UnsupportedMedia(DomainError):
    """Bytes of a kind that is not taken."""


class TooMany(DomainError):
    """Asked too often; try again after `retry_after` seconds."""

    def __init__(self, code: str, *, retry_after: int, **params: Any) -> None:
        super().__init__(code, retry_after=retry_after, **params)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something we depend on is away; try again after `retry_after` seconds."""

    def __init__(self, code: str, *, retry_after: int, **params: Any) -> None:
        super().__init__(code, retry_after=retry_after, **params)
        self.retry_after = retry_after


class Missing(Unavailable):
    """What we depend on answers, yet lacks what it should hold: waiting alone may not help."""
