"""The catalogue says everything the code can say, in both languages, with the same gaps; nothing else."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from app.exchange.catalog import REGISTERS
from app.exchange.documents import STATES
from app.exchange.words import KINDS
from app.foundation import errors
from app.foundation.district import use
from app.foundation.messages import CATALOGUE, catalogue, say
from app.issues.documents import OUTCOMES
from app.notices.audience import events
from app.sla.calendar import china
from config import settings

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [*(ROOT / "app").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")]
PACK = use(settings.load().district_dir)
RAISED = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.DomainError)
} | {"Malformed"}
SAYS = RAISED | {"Reason", "say"}


@cache
def trees() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in SOURCES]


def texts(node: ast.AST) -> Iterator[str]:
    """The text of a literal, or of each branch of a choice between literals."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def said() -> dict[str, list[ast.Call]]:
    """The literal codes that errors, reasons and `say` are given, with the calls."""
    found: dict[str, list[ast.Call]] = {}
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for code in texts(node.args[0]) if name in SAYS else ():
                    found.setdefault(code, []).append(node)
    return found


def literals() -> set[str]:
    """Every text that stands in the code, the fixed parts of f-strings too."""
    return {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def derived() -> set[str]:
    """What is put together from tables: each entry of the table must have its words."""
    workflow = PACK.workflow
    actions = {*workflow["issue"]["actions"], *workflow["ticket"]["actions"], "open"}
    holidays = china(
        range(2024, 2030),
        zone=PACK.zone,
        office_hours=PACK.office_hours,
        published_through=PACK.holidays.published_through,
    )
    assert holidays
    return {
        *(f"{kind}.state.{state}" for kind in workflow for state in workflow[kind]["states"]),
        *(f"issue.outcome.{outcome}" for outcome in OUTCOMES),
        *(f"history.issue.{action}" for action in actions),
        *(f"notice.{event}.{part}" for event in events() for part in ("title", "text")),
        *(f"{kind}.transition_not_allowed" for kind in ("issue", "ticket")),
        *(f"http.{status}" for status in (400, 404, 405, 413, 415, 500)),
        *(f"register.name.{name}" for name in REGISTERS),
        *(f"field.{field.name}" for each in REGISTERS.values() for field in each.fields),
        *(f"field.{ref.key}" for each in REGISTERS.values() for ref in each.refs),
        *(f"import.state.{state}" for state in STATES),
        *(f"import.kind.{kind}" for kind in KINDS.values()),
    }


def choices_of_fields() -> Iterator[str]:
    """What the codes begin with that choices of registers have words from: `said("project.kind", …)`."""
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said":
                yield from (f"{text}." for text in texts(node.args[0]))


def gaps(text: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


CODES = sorted({*catalogue("zh"), *catalogue("en")})


def test_both_languages_say_it_with_the_same_gaps():
    """One test for all codes: a test of its own for each costs ten times what it looks at."""
    assert len(CODES) > 1000
    assert {code: wrong for code in CODES if (wrong := wrong_about(code))} == {}


def wrong_about(code: str) -> str:
    zh, en = catalogue("zh").get(code), catalogue("en").get(code)
    if not zh or not en:
        return "missing in a language"
    if gaps(zh) != gaps(en):
        return "other gaps"
    return "not translated" if zh == en and any(each.isalpha() for each in zh) else ""


def test_every_code_in_the_code_has_words():
    missing = {code for code in said() if code not in catalogue("zh")}
    assert missing == set()
    assert len(said()) > 60


def test_every_entry_of_a_table_has_words():
    assert derived() - set(catalogue("zh")) == set()


def test_no_words_are_for_nothing():
    used = literals() | derived()
    # Codes made from a prefix and a name that the code knows: photo.exif_{what}, sla.skipped.{holiday}.
    prefixes = tuple(text for text in used if text.endswith((".", "_")) and text.count(".") >= 1)
    prefixes += tuple(choices_of_fields())
    unused = {code for code in CODES if code not in used and not code.startswith(prefixes)}
    assert unused == set()


def test_the_call_fills_the_gaps():
    """An error without what its message wants would be a 500 in place of a 4xx."""
    for code, calls in said().items():
        for call in calls:
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in RAISED or any(word.arg is None for word in call.keywords):
                continue
            given = {word.arg for word in call.keywords} - {"fields"}
            assert gaps(catalogue("zh")[code]) <= given, code


def test_no_code_stands_in_two_files():
    for language in ("zh", "en"):
        seen: dict[str, str] = {}
        for path in sorted((CATALOGUE / language).glob("*.yaml")):
            for code in yaml.safe_load(path.read_text(encoding="utf-8")):
                assert code not in seen, f"{code}: {path.name} and {seen.get(code)}"
                seen[code] = path.name


def test_what_nobody_wrote_is_a_bug():
    with pytest.raises(KeyError):
        say("no.such.code")


def test_a_language_that_is_missing_falls_back_to_chinese():
    assert say("not_found", "fr") == say("not_found", "zh")


def test_what_is_wrong_with_a_field_is_said_in_words():
    bare = {
        node.value
        for tree in trees()
        for call in ast.walk(tree)
        if isinstance(call, ast.keyword) and call.arg == "fields"
        for listed in ast.walk(call.value)
        if isinstance(listed, ast.List | ast.Tuple)
        for node in listed.elts
        if isinstance(node, ast.Constant) and node.value in catalogue("zh")
    }
    assert not bare, "a code that no Reason turns into words"
