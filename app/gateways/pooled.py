"""What all gateways over HTTP share: one kept connection pool, given back on leaving."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx


class Pooled:
    """A gateway over one client; `with` closes it."""

    _client: httpx.Client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
