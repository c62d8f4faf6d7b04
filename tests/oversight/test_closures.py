"""What speaks against a closure, from facts alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.foundation.district import use
from app.oversight.checks_queries import wilson
from app.oversight.closures import Facts, Picture, Silences, signals
from config import settings

TERMS = use(settings.load().district_dir).checks
QUIET = Facts(
    ticket=1, issue=2, kind="request", category="PERMIT", result="solved", score=5, word="yes"
)
PICTURE = Picture(7, "verified")
MANY = Silences("2026-11", silent=6, count=10, district_silent=8, district_count=100)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"results": ("solved",), "result": None, "word": "yes"}, ["reopened"]),
        ({"results": ("explained",)}, []),
        ({"score": 2}, ["low_score"]),
        ({"score": 3}, []),
        ({"word": "no"}, ["not_confirmed"]),
        ({"word": "partly"}, ["not_confirmed"]),
        ({"word": "no", "result": "explained"}, []),
        ({"word": "no", "result": None, "results": ("solved",)}, ["reopened", "not_confirmed"]),
        ({"pictures": (PICTURE,)}, []),
        ({"pictures": (replace(PICTURE, grade="contradicted"),)}, ["photo_contradicted"]),
        ({"pictures": (replace(PICTURE, copies=(8, 9)),)}, ["photo_reused"]),
        ({"kind": "problem"}, ["photo_missing"]),
        ({"category": "ROAD"}, ["photo_missing"]),
        ({"kind": "problem", "pictures": (PICTURE,)}, []),
        ({"kind": "problem", "result": "explained"}, []),
        ({"outcome": "no_reply", "silences": MANY}, ["silence"]),
        ({"outcome": "solved", "silences": MANY}, []),
        ({"outcome": "no_reply", "silences": replace(MANY, silent=2)}, []),
        ({"outcome": "no_reply", "silences": replace(MANY, count=9)}, []),
        ({"outcome": "no_reply", "silences": replace(MANY, district_silent=31)}, []),
        ({"outcome": "no_reply", "silences": replace(MANY, district_silent=30)}, ["silence"]),
        ({"checks": ((5, "fake"), (6, "confirmed"))}, ["checked"]),
    ],
)
def test_signals(change, found):
    assert [each.code for each in signals(replace(QUIET, **change), TERMS)] == found


def test_each_names_the_rows_behind_it():
    bad = replace(PICTURE, grade="contradicted", copies=(8,))
    facts = replace(QUIET, score=1, pictures=(bad,), checks=((5, "doubtful"),))
    rows = {each.code: each.rows for each in signals(facts, TERMS)}
    assert rows == {
        "low_score": (("issue", 2),),
        "photo_contradicted": (("photo", 7),),
        "photo_reused": (("photo", 7), ("photo", 8)),
        "checked": (("check", 5),),
    }


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_of_a_share(hits, count, low, high):
    """The last is of Newcombe (1998), table I: 0.2553 to 0.3662."""
    assert wilson(hits, count) == (low, high)
