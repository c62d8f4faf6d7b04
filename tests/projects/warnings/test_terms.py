"""The thresholds of the district: each with its source; a slip is told by file and entry."""

from __future__ import annotations

import shutil
from fractions import Fraction

import pytest

from config import settings
from config.pack import PackError
from config.warning_terms import exit_terms, warning_terms

DISTRICT = settings.load().district_dir


def test_each_figure_names_its_source():
    terms = warning_terms(DISTRICT)
    assert terms.sources["NO_START.signed_months"].startswith("渭南")
    assert terms.sources["PROD_IMBALANCE.unit_points"] == "assumption"
    assert len(terms.sources) == 23
    assert terms.invest_lag.developed_share_red == Fraction(1, 3)
    hash(terms)


def test_each_measure_has_a_basis_and_somebody_to_decide():
    terms = exit_terms(DISTRICT, {"NATURAL_RESOURCES"})
    assert all(each.basis and each.decides for each in terms.measures)
    idle = [each for each in terms.measures if "闲置" in each.name]
    assert {each.needs_department for each in idle} == {"NATURAL_RESOURCES"}
    assert terms.measure("no such thing") is None


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("warnings", "gap_points: {is: 10,", "gap_points: {is: -1,", "SLOW, gap_points: is"),
        ("warnings", 'is: "1/3"', 'is: "4/3"', "developed_share_red: must be a share"),
        ("warnings", "  late_days: ", "  late_day: ", "SLOW"),
        ("exits", "class: buy_back", "class: sell", "measures: class"),
        ("exits", "code: terminate", "code: buy_back", "a code stands twice"),
        ("exits", "needs_department: NAT", "needs_department: UNNAT", "is not in departments"),
    ],
)
def test_a_slip_is_told_by_file_and_entry(tmp_path, name, old, new, said):
    for each in ("warnings", "exits"):
        shutil.copy(DISTRICT / f"{each}.yaml", tmp_path)
    text = (tmp_path / f"{name}.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / f"{name}.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError, match=f"{name}.yaml.*{said}"):
        (warning_terms(tmp_path), exit_terms(tmp_path, {"NATURAL_RESOURCES"}))
