"""The checklists of a district: templates with versions, read from `checklists/*.yaml`."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.strict_yaml import Entry, PackError, read

TYPES = ("yes_no", "choice", "number", "text", "photo")
YES_NO = ("yes", "no")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class Opens:
    """These answers suggest an issue of this category."""

    category: str
    when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `choices` of a choice only; `opens_issue` of a yes_no or choice only."""

    key: str
    text: str
    type: str
    required: bool
    choices: tuple[str, ...]
    opens_issue: Opens | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """One version of a template. A version that was filled in stays as it is."""

    code: str
    version: int
    title: str
    items: tuple[Item, ...]


def checklists(directory: Path, categories: Set[str]) -> tuple[Checklist, ...]:
    """All versions of all templates, ordered by code and version. Raises PackError.

    A pack without the folder has none.
    """
    found: list[Checklist] = []
    for path in sorted((directory / "checklists").glob("*.yaml")):
        raw = read(path)
        for number, entry in enumerate(raw if isinstance(raw, list) else [raw], start=1):
            where = f"{path.name}, checklist {number}"
            found.append(_checklist(entry, where, categories))
    seen: set[tuple[str, int]] = set()
    for each in found:
        if (each.code, each.version) in seen:
            raise PackError(f"checklists: {each.code} version {each.version} stands twice")
        seen.add((each.code, each.version))
    return tuple(sorted(found, key=lambda each: (each.code, each.version)))


def _checklist(raw: Any, where: str, categories: Set[str]) -> Checklist:
    entry = Entry.of(raw, where, {"code", "version", "title", "items"}, set())
    items = tuple(
        _item(each, f"{where}, item {number}", categories)
        for number, each in enumerate(entry.items("items"), start=1)
    )
    if not items:
        raise entry.fail("items is empty")
    keys = [item.key for item in items]
    if doubled := sorted({key for key in keys if keys.count(key) > 1}):
        raise entry.fail(f"items: key {doubled[0]} stands twice")
    code, version = _code(entry, "code"), entry.whole("version", 1, 10_000)
    return Checklist(code, version, entry.text("title"), items)


def _code(entry: Entry, key: str) -> str:
    value = entry.text(key)
    if not _CODE.fullmatch(value):
        raise entry.fail(f"{key} is {value!r}, must look like {_CODE.pattern}")
    return value


def _item(raw: Any, where: str, categories: Set[str]) -> Item:
    entry = Entry.of(raw, where, {"key", "text", "type"}, {"required", "choices", "opens_issue"})
    kind, choices = entry.choice("type", TYPES), entry.texts("choices")
    if (kind == "choice") != (len(choices) > 1):
        raise entry.fail("choices, two at least, belong to type choice, and only there")
    required = entry.raw.get("required", False)
    if not isinstance(required, bool):
        raise entry.fail(f"required is {required!r}, must be true or false")
    opens = None
    if "opens_issue" in entry.raw:
        opens = _opens(entry, YES_NO if kind == "yes_no" else choices, categories)
    return Item(_code(entry, "key"), entry.text("text"), kind, required, choices, opens)


def _opens(entry: Entry, answers: tuple[str, ...], categories: Set[str]) -> Opens:
    inner = entry.inner("opens_issue", {"category", "when"})
    category, when = inner.text("category"), inner.texts("when")
    if category not in categories:
        raise inner.fail(f"category: {category} is not in categories.yaml")
    if not when or not set(when) <= set(answers):
        raise inner.fail(f"when must be some of {', '.join(answers) or 'nothing: no such answers'}")
    return Opens(category, when)
