"""Spot checks, doubtful closures and cases. Read from `checks.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.pack_checks import known
from config.strict_yaml import Entry, read

NAME = "checks.yaml"
KINDS = ("request", "problem")
_DAYS = {"check_wd": 60, "reply_wd": 60, "appeal_wd": 120}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTerms:
    """How spot checks, closures and cases go; `checks.yaml` says what each is for.

    `photo_kinds` and `photo_categories`: an issue of such a kind or category is answered with a photo.
    """

    check_wd: int
    small_sample: int
    period_days: int
    low_score: int
    photo_kinds: tuple[str, ...]
    photo_categories: tuple[str, ...]
    silence_least: int
    silence_share: float
    silence_times: int
    reply_wd: int
    appeal_wd: int


def check_terms(directory: Path, categories: set[str]) -> CheckTerms:
    """The terms. Raises PackError."""
    rest = {"small_sample", "period_days", "low_score", "photo_required"}
    silence = {"silence_least", "silence_share", "silence_times"}
    entry = Entry.of(read(directory / NAME), NAME, {*_DAYS, *rest, *silence}, set())
    photo = entry.inner("photo_required", {"kinds", "categories"})
    kinds, named = photo.texts("kinds"), photo.texts("categories")
    known(photo, "kinds", kinds, set(KINDS), "a kind of issue")
    known(photo, "categories", named, categories, "in categories.yaml")
    return CheckTerms(
        **{name: entry.whole(name, 1, most) for name, most in _DAYS.items()},
        small_sample=entry.whole("small_sample", 1, 1000),
        period_days=entry.whole("period_days", 1, 366),
        low_score=entry.whole("low_score", 1, 4),
        photo_kinds=kinds,
        photo_categories=named,
        silence_least=entry.whole("silence_least", 1, 1000),
        silence_share=entry.share("silence_share"),
        silence_times=entry.whole("silence_times", 1, 100),
    )
