"""What routing knows: categories, owners, words. A value, compiled when it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.routing.words import Vocabulary

UNIT = "unit"
"""Stands for the department of the issue's own unit where a department code is asked for."""

DENIALS = ("不是", "并非", "不属于", "不涉及", "不关", "不归", "无关")
"""What says that a category is not meant. "没有" does not: "没有宿舍" is about dormitories."""


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """A category, who leads it and who assists (department codes or UNIT), and the words for it."""

    code: str
    name: str
    owner: str
    assisting: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One version of the rules. Made once and kept: making it compiles its words.

    `fallback` is the category of what no rule places; nothing in it is placed without a person, and
    its keywords are not looked for. `unit_departments` maps unit codes to department codes. An
    urgent word does not count when one of `negations` stands at most `negation_reach` characters
    before it; `denials` do the same for keywords, which then count against their category. Below
    `threshold` (0 to 1) of confidence a person decides. `department_names` is for reasons only; a
    code without a name is shown as it is.
    Raises ValueError for a category that stands twice, an empty word, a threshold out of range.
    """

    version: str
    categories: tuple[CategoryRule, ...]
    fallback: str
    unit_departments: Mapping[str, str] = field(hash=False)
    urgent_words: tuple[str, ...]
    negations: tuple[str, ...]
    negation_reach: int
    threshold: float
    department_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    denials: tuple[str, ...] = DENIALS
    keywords: Vocabulary = field(init=False, repr=False, compare=False)
    hazards: Vocabulary = field(init=False, repr=False, compare=False)
    weights: Mapping[str, Mapping[str, float]] = field(init=False, repr=False, compare=False)
    rules: Mapping[str, CategoryRule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules = {rule.code: rule for rule in self.categories}
        if len(rules) != len(self.categories):
            raise ValueError("a category stands twice")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold {self.threshold} is not between 0 and 1")
        weights = _weights(rule for rule in self.categories if rule.code != self.fallback)
        made = {
            "rules": rules,
            "weights": weights,
            "keywords": Vocabulary(tuple(weights), self.denials, self.negation_reach),
            "hazards": Vocabulary(self.urgent_words, self.negations, self.negation_reach),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def department_of(self, owner: str, unit: str | None) -> str | None:
        """The department code that `owner` means for an issue in `unit`; None when unknown."""
        if owner != UNIT:
            return owner
        return None if unit is None else self.unit_departments.get(unit)

    def category_name(self, code: str) -> str:
        """The name of a category, or its code where it has no rule."""
        rule = self.rules.get(code)
        return rule.name if rule else code

    def department_name(self, code: str) -> str:
        """The name of a department, or its code where none is known."""
        return self.department_names.get(code, code)


def _weights(rules: Iterable[CategoryRule]) -> dict[str, dict[str, float]]:
    """For each keyword, what it weighs for each of its categories.

    Half a point a character, for a longer word says more; shared out where several have it.
    """
    holders: dict[str, list[str]] = {}
    for rule in rules:
        for word in dict.fromkeys(rule.keywords):
            holders.setdefault(word, []).append(rule.code)
    return {
        word: dict.fromkeys(codes, len(word) / 2 / len(codes)) for word, codes in holders.items()
    }
