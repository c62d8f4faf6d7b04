"""Contests, awards and appraisal. Read from `scoreboards.yaml`.

The content of a template has the form that `app.scoreboards.template` reads; here it is only taken along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.pack_checks import matching
from config.strict_yaml import Entry, coded, read

NAME = "scoreboards.yaml"
BASES = ("public", "assumption")
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBERS = ("freeze_day", "least_firms", "small_sample", "medians_from", "appeal_wd", "answer_wd")


@dataclass(frozen=True, slots=True)
class AwardKind:
    """An honour of a period."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Contest:
    """A template that the district begins with. `basis` says whether its items are publicly known."""

    code: str
    basis: str
    content: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreboardTerms:
    """A period is frozen on `freeze_day` of the month after it.

    What is made of tax or statistics of firms needs `least_firms`; fewer than `small_sample` cases are
    marked; a median is of `medians_from` at least. Appeals are taken for `appeal_wd` working days from the
    freezing on, and are to be answered within `answer_wd`.
    """

    freeze_day: int
    least_firms: int
    small_sample: int
    medians_from: int
    appeal_wd: int
    answer_wd: int
    awards: tuple[AwardKind, ...]
    contests: tuple[Contest, ...]

    def award(self, code: str) -> AwardKind | None:
        """The kind of award with this code."""
        return next((each for each in self.awards if each.code == code), None)


def scoreboard_terms(directory: Path) -> ScoreboardTerms:
    """The terms. Raises PackError."""
    entry = Entry.of(read(directory / NAME), NAME, {*_NUMBERS, "awards", "contests"}, set())
    awards = coded(entry.raw["awards"], f"{NAME}, award", {"name", "name_en"}, set())
    contests = coded(entry.raw["contests"], f"{NAME}, contest", {"basis", "content"}, set())
    return ScoreboardTerms(
        freeze_day=entry.whole("freeze_day", 1, 28),
        least_firms=entry.whole("least_firms", 2, 1000),
        small_sample=entry.whole("small_sample", 1, 1000),
        medians_from=entry.whole("medians_from", 3, 1000),
        appeal_wd=entry.whole("appeal_wd", 1, 250),
        answer_wd=entry.whole("answer_wd", 1, 250),
        awards=tuple(
            AwardKind(matching(each, "code", CODE), each.text("name"), each.text("name_en"))
            for each in awards
        ),
        contests=tuple(_contest(each) for each in contests),
    )


def _contest(entry: Entry) -> Contest:
    content = entry.raw["content"]
    if not isinstance(content, dict):
        raise entry.fail("content must be a mapping")
    return Contest(matching(entry, "code", CODE), entry.choice("basis", BASES), content)
