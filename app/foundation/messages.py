"""The one message catalogue: what users read, by code and language.

`config/messages/<language>/<room>.yaml` map codes to `str.format` texts. Chinese is complete; a text
missing in another language falls back to Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.foundation.quantities import Words

CATALOGUE = Path(__file__).resolve().parents[2] / "config" / "messages"
DEFAULT = "zh"
LANGUAGES = ("zh", "en")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of one language, by code.

    Raises ValueError for a code that two files define, since one of them would silently win.
    """
    texts: dict[str, str] = {}
    for path in sorted((CATALOGUE / language).glob("*.yaml")):
        for code, text in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if code in texts:
                raise ValueError(f"{path.name} defines {code} again")
            texts[code] = text
    return texts


def say(code: str, language: str = DEFAULT, /, **params: Any) -> str:
    """The text of `code` with its gaps filled.

    Raises KeyError for a code no language has: a text that nobody wrote is a bug, not a blank.
    """
    text = catalogue(language).get(code) or catalogue(DEFAULT)[code]
    return Words(language).vformat(text, (), params)
