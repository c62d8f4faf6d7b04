"""When firms are reminded and how few are never told of is data, and what is wrong in it is told."""

from __future__ import annotations

import pytest

from config.pack import PackError
from config.survey_terms import survey_terms
from tests.config.test_pack import DISTRICT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least_firms: 5", "least_firms: 4", "least_firms"),
        ('remind_at: "09:00"', 'remind_at: "morning"', "remind_at"),
        ("remind_wd: 3", "remind_days: 3", "remind_days"),
    ],
)
def test_a_fault_is_named(tmp_path, old, new, said):
    text = (DISTRICT / "surveys.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "surveys.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError, match=said):
        survey_terms(tmp_path)
