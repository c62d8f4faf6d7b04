"""A reason that people will read: a code of the message catalogue with what fills its gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` names a text in `config/messages/`; `params` hold plain values (str, int, float, bool, list)."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The stored form; `Reason(**row)` reads it back."""
        return {"code": self.code, "params": dict(self.params)}
