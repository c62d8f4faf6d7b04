"""How the district's dictionaries begin: their names, and the terms that are known. `dictionaries.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from config.strict_yaml import Entry, coded, read_entries

FILE = "dictionaries.yaml"
DICTIONARY = "dictionary"
"""The dictionary of the dictionaries: its terms are their names."""


@dataclass(frozen=True, slots=True)
class DictionaryTerm:
    """An entry of a dictionary; `attributes` are texts."""

    dictionary: str
    code: str
    name: str
    attributes: Mapping[str, str] = field(hash=False)


def dictionary_terms(directory: Path) -> tuple[DictionaryTerm, ...]:
    """All terms, the names of the dictionaries first. Raises PackError."""
    entries = read_entries(directory / FILE, {"name", "terms"}, set())
    named = [_term(DICTIONARY, entry) for entry in entries]
    return (*named, *(term for entry in entries for term in _terms(entry)))


def _terms(entry: Entry) -> list[DictionaryTerm]:
    """What is known of a dictionary; nothing, where admins are to fill it."""
    raw = entry.items("terms")
    if not raw:
        return []
    found = coded(raw, f"{entry.where}, term", {"name"}, {"attributes"})
    return [_term(entry.text("code"), each) for each in found]


def _term(dictionary: str, entry: Entry) -> DictionaryTerm:
    raw = entry.raw.get("attributes", {})
    if not isinstance(raw, dict):
        raise entry.fail("attributes must be a mapping")
    within = Entry(raw, f"{entry.where}, attributes")
    attributes = {name: within.text(name) for name in raw}
    code, name = entry.text("code"), entry.text("name")
    return DictionaryTerm(dictionary, code, name, MappingProxyType(attributes))
