"""Capture tokens: ours or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from app.photos.capture import issue_token, read_token

NOW = datetime(2026, 11, 24, 1, 2, 3, 456_000, UTC)
PERSON = ObjectId()


def test_it_says_whose_and_when() -> None:
    assert read_token(issue_token(PERSON, NOW, "secret"), "secret") == (PERSON, NOW)


def test_two_are_never_the_same() -> None:
    assert issue_token(PERSON, NOW, "secret") != issue_token(PERSON, NOW, "secret")


def test_it_fits_a_form_field() -> None:
    assert len(issue_token(PERSON, NOW, "secret")) < 200


@pytest.mark.parametrize("at", range(0, 90, 7))
def test_a_changed_one_is_nothing(at: int) -> None:
    token = issue_token(PERSON, NOW, "secret")
    other = "A" if token[at] != "A" else "B"
    assert read_token(token[:at] + other + token[at + 1 :], "secret") is None


def test_one_of_another_secret_is_nothing() -> None:
    assert read_token(issue_token(PERSON, NOW, "one"), "other") is None


@given(st.text(max_size=200))
def test_nor_is_anything_else(text: str) -> None:
    assert read_token(text, "secret") is None
