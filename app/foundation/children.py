"""Programs of ours that run beside us, in processes of their own: where, and what they are told."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""Where such a program finds our packages."""
# STEWARD_RUN marks whose processes these are, for whoever must end them.
_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
    "STEWARD_RUN",
)


def harmless_environment() -> dict[str, str]:
    """Ours without what only the parent should know: addresses with passwords, keys."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
