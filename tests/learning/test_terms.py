"""`learning.yaml` is read strictly."""

from __future__ import annotations

from datetime import time

import pytest

from config.learning_terms import learning_terms
from config.pack import PackError
from config.settings import ROOT


def written(folder, text: str):
    (folder / "learning.yaml").write_text(text, "utf-8")
    return folder


def test_what_it_says(tmp_path):
    terms = learning_terms(written(tmp_path, "train: {weekday: friday, hour: 22, least_labels: 7}"))
    assert (terms.weekday, terms.at, terms.least_labels) == (4, time(22), 7)
    assert learning_terms(ROOT / "config" / "district").least_labels > 1


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("train: {weekday: someday, hour: 3, least_labels: 5}", "weekday is 'someday'"),
        ("train: {weekday: sunday, hour: 24, least_labels: 5}", "hour is 24"),
        ("train: {weekday: sunday, hour: 3, least_labels: 0}", "least_labels is 0"),
        ("train: {weekday: sunday, hour: 3}", "least_labels is missing"),
        ("train: {weekday: sunday, hour: 3, least_labels: 5, day: 1}", "unknown key day"),
        ("train: sunday", "must be a mapping"),
        ("{}", "train is missing"),
    ],
)
def test_what_it_must_not_say(text, wrong, tmp_path):
    with pytest.raises(PackError, match=wrong):
        learning_terms(written(tmp_path, text))
