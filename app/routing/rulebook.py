"""What routing knows: categories, owners, words, rules. A value, compiled when it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.routing.facts import UNIT
from app.routing.rules import Rules
from app.routing.words import Vocabulary, fold
from config.routing_terms import Restriction, Thresholds

DENIALS = ("不是", "并非", "不属于", "不涉及", "不关", "不归", "无关")
"""What says that a category is not meant. "没有" does not: "没有宿舍" is about dormitories."""


NO_RULES = Rules()


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
    before it; `denials` do the same for keywords, which then count against their category, and for the
    words of `rules`, which then count for nothing. `department_names` and `unit_names` are for reasons only;
    a code without a name is shown as it is. `called` are the names by which a text may call a department,
    by code. What a restriction holds back goes to `restricted_desk`. `branches` maps a department and a
    unit to the department that does its work there.
    Raises ValueError for a category that stands twice, or an empty word.
    """

    version: str
    categories: tuple[CategoryRule, ...]
    fallback: str
    unit_departments: Mapping[str, str] = field(hash=False)
    urgent_words: tuple[str, ...]
    negations: tuple[str, ...]
    negation_reach: int
    thresholds: Thresholds
    department_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    unit_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    denials: tuple[str, ...] = DENIALS
    rules: Rules = NO_RULES
    restrictions: Mapping[str, Restriction] = field(default_factory=dict, hash=False)
    restricted_desk: str | None = None
    called: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    branches: Mapping[tuple[str, str], str] = field(default_factory=dict, hash=False)
    keywords: Vocabulary = field(init=False, repr=False, compare=False)
    searched: Vocabulary = field(init=False, repr=False, compare=False)
    names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    hazards: Vocabulary = field(init=False, repr=False, compare=False)
    weights: Mapping[str, Mapping[str, float]] = field(init=False, repr=False, compare=False)
    by_code: Mapping[str, CategoryRule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {rule.code: rule for rule in self.categories}
        if len(by_code) != len(self.categories):
            raise ValueError("a category stands twice")
        weights = _weights(rule for rule in self.categories if rule.code != self.fallback)
        names = {fold(name): code for code, called in self.called.items() for name in called}
        searched = tuple(dict.fromkeys([*self.rules.words, *names]))
        made = {
            "by_code": by_code,
            "weights": weights,
            "names": names,
            "searched": Vocabulary(searched, self.denials, self.negation_reach),
            "keywords": Vocabulary(tuple(weights), self.denials, self.negation_reach),
            "hazards": Vocabulary(self.urgent_words, self.negations, self.negation_reach),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def department_of(self, owner: str, unit: str | None) -> str | None:
        """The department code that `owner` means for an issue in `unit`; None when unknown."""
        if unit is None:
            return None if owner == UNIT else owner
        if owner == UNIT:
            return self.unit_departments.get(unit)
        return self.branches.get((owner, unit), owner)

    def with_branches(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The departments, each followed by its branches."""
        found: dict[str, None] = {}
        for code in codes:
            found[code] = None
            found |= {branch: None for (owner, _), branch in self.branches.items() if owner == code}
        return tuple(found)

    def category_name(self, code: str) -> str:
        """The name of a category, or its code where it has no rule."""
        rule = self.by_code.get(code)
        return rule.name if rule else code

    def department_name(self, code: str) -> str:
        """The name of a department, or its code where none is known."""
        return self.department_names.get(code, code)

    def unit_name(self, code: str) -> str:
        """The name of a unit, or its code where none is known."""
        return self.unit_names.get(code, code)


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
