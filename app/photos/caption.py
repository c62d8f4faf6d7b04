"""What is burned in below a shared picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines of (label, text), top to bottom; `code` and `url` are what the QR code stands for."""

    lines: Sequence[tuple[str, str]]
    code: str
    url: str
