"""How claims of policies go: terms of their steps, public notices, the chain. From `policies.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from config.pack_checks import known, matching
from config.strict_yaml import Entry, coded, read

STATES = ("found", "matched", "returned", "submitted", "reviewed", "publicised", "approved")
"""The states in which a claim waits for somebody."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain, and the states of a claim that are it."""

    code: str
    name: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason for which a claim may be refused."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PolicyTerms:
    """`terms_wd`: working days of each of STATES; `notice_wd` of a public notice.

    From `propose_at_least` alike refusals, objections or complaints on within `propose_months` a policy is
    proposed to be adjusted; `category` is that of issues that count as complaints.
    """

    terms_wd: Mapping[str, int] = field(hash=False)
    notice_wd: int
    propose_at_least: int
    propose_months: int
    category: str
    chain: tuple[Link, ...]
    refusals: tuple[Refusal, ...]

    def refusal(self, code: str) -> Refusal | None:
        """The reason with this code."""
        return next((each for each in self.refusals if each.code == code), None)


def policy_terms(directory: Path, categories: set[str]) -> PolicyTerms:
    """The terms; the category of complaints must be among these. Raises PackError."""
    name = "policies.yaml"
    keys = {"terms_wd", "notice_wd", "proposals", "category", "chain", "refusals"}
    entry = Entry.of(read(directory / name), name, keys, set())
    terms = entry.inner("terms_wd", set(STATES))
    proposals = entry.inner("proposals", {"at_least", "months"})
    category = entry.text("category")
    known(entry, "category", [category], categories, "in categories.yaml")
    return PolicyTerms(
        terms_wd=MappingProxyType({state: terms.whole(state, 1, 250) for state in STATES}),
        notice_wd=entry.whole("notice_wd", 1, 60),
        propose_at_least=proposals.whole("at_least", 1, 1000),
        propose_months=proposals.whole("months", 1, 60),
        category=category,
        chain=_chain(entry.raw["chain"], name),
        refusals=_refusals(entry.raw["refusals"], name),
    )


def _chain(raw: Any, name: str) -> tuple[Link, ...]:
    """Each state stands in one link at most."""
    entries = coded(raw, f"{name}, chain", {"name", "states"}, set())
    links, seen = [], set[str]()
    for entry in entries:
        states = entry.texts("states")
        known(entry, "states", states, set(STATES) - seen, "a state that stands in no other link")
        seen.update(states)
        links.append(Link(matching(entry, "code", _CODE), entry.text("name"), states))
    return tuple(links)


def _refusals(raw: Any, name: str) -> tuple[Refusal, ...]:
    entries = coded(raw, f"{name}, refusal", {"name"}, set())
    return tuple(Refusal(matching(each, "code", _CODE), each.text("name")) for each in entries)
