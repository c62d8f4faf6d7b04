"""The one font for Chinese that comes with pip, whatever the machine has."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

FONT_PACKAGE = "cvttf_NotoSansCJK_Regular"


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The package holds a font and no more; its folder is found without importing it.

    Raises FileNotFoundError when it is not installed.
    """
    found = importlib.util.find_spec(FONT_PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(FONT_PACKAGE)
    return next(Path(found.origin).parent.glob("*.[ot]tf"))
