"""A rulebook from what the district says: its pack, a version's content, departments, areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.projects.documents import STAGES
from app.routing.facts import Known
from app.routing.rulebook import CategoryRule, Rulebook
from app.routing.rules import compile_rules
from config.pack import FALLBACK, RESTRICTED, Pack
from config.routing_terms import RoutingTerms


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rules may name besides the pack: active departments (code, name) and areas (codes)."""

    departments: Mapping[str, str] = field(hash=False)
    areas: frozenset[str] = frozenset()


def rulebook(district: Pack, terms: RoutingTerms, around: Surroundings, version: str) -> Rulebook:
    """The rules compiled; those that cannot be evaluated are listed in it as broken."""
    restrictions = {each.code: each for each in terms.restrictions}
    return Rulebook(
        version=version,
        categories=tuple(
            CategoryRule(entry.code, entry.name, entry.owner, entry.assisting, entry.keywords)
            for entry in district.categories
        ),
        fallback=FALLBACK,
        unit_departments={
            each.unit: each.code
            for each in district.departments
            if each.unit and each.branch_of is None
        },
        branches={
            (each.branch_of, each.unit): each.code
            for each in district.departments
            if each.branch_of and each.unit
        },
        urgent_words=terms.urgent_words,
        negations=terms.negations,
        negation_reach=terms.negation_reach,
        thresholds=terms.thresholds,
        department_names=around.departments,
        unit_names={each.code: each.name for each in district.units},
        rules=compile_rules(terms.rules, known(district, around, terms.lists), restrictions),
        restrictions=restrictions,
        restricted_desk=RESTRICTED,
        called=_called(district, around),
    )


def known(
    district: Pack, around: Surroundings, lists: Mapping[str, tuple[str, ...]] | None = None
) -> Known:
    """What conditions and outcomes may name; `lists` are the rulebook's own words by name."""
    called = _called(district, around)
    named = {
        "@department": tuple(name for names in called.values() for name in names),
        "@unit": tuple(each.name for each in district.units),
    }
    for name, words in (lists or {}).items():
        # Names of the district and of lists that stand before it: nothing can go round in a circle.
        own = (named.get(word, (word,)) for word in words)
        named[f"@{name}"] = tuple(dict.fromkeys(word for some in own for word in some))
    return Known(
        categories=frozenset(each.code for each in district.categories),
        departments=frozenset(around.departments),
        units=frozenset(each.code for each in district.units),
        areas=around.areas,
        stages=frozenset(STAGES),
        named=named,
    )


def _called(district: Pack, around: Surroundings) -> dict[str, tuple[str, ...]]:
    """How people call a department: by its name now and in the pack, and by its aliases."""
    return {
        each.code: tuple(
            dict.fromkeys((around.departments.get(each.code, each.name), each.name, *each.aliases))
        )
        for each in district.departments
    }
