"""Every mechanism that the speeches name has its line: where it lives, the call, the test that proves it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.factory import create_app
from config import settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "mechanisms.md"
FIELDS = [row["field"] for row in json.loads((ROOT / "tests/data/mechanisms.json").read_text())]
CALL = re.compile(r"`(GET|POST|PUT|DELETE) (/[^`?]*)")
TEST = re.compile(r"`(tests/mechanisms/\w+\.py)::(\w+)`")
ROW = re.compile(r"^\| [^|]+ \| `([\w/]+)` \|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page: its calls, and its tests as (file, function)."""

    calls: list[tuple[str, str]]
    tests: list[tuple[str, str]]


def lines() -> dict[str, Line]:
    found = {}
    for row in PAGE.read_text(encoding="utf-8").splitlines():
        if match := ROW.match(row):
            assert match[1] not in found, f"{match[1]} stands twice"
            found[match[1]] = Line(CALL.findall(row), TEST.findall(row))
    return found


@pytest.fixture(scope="module")
def told() -> dict[str, Line]:
    return lines()


@pytest.fixture(scope="module")
def operations() -> set[tuple[str, str]]:
    document = create_app(settings.load()).test_client().get("/api/openapi.json").json
    return {
        (verb.upper(), re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1")))
        for path, verbs in document["paths"].items()
        for verb in verbs
    }


def marked(file: str) -> dict[str, set[str]]:
    """The functions of a test file, with the mechanisms that each is marked with."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = {
                mark.args[0].value
                for mark in node.decorator_list
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.mechanism"
            }
    return found


def test_nothing_stands_there_that_nobody_names(told):
    assert set(told) == set(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_every_mechanism_has_a_call_and_a_test_of_it(field, told, operations):
    line = told[field]
    assert line.calls, "no call"
    for verb, path in line.calls:
        assert (verb, re.sub(r"\{\w+\}", "{}", path)) in operations, f"no such call: {verb} {path}"
    assert line.tests, "no test"
    for file, name in line.tests:
        assert field in marked(file).get(name, ()), f"{file}::{name} is not marked {field}"
