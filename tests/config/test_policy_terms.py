"""The chain of policies in the pack: what stands in it, and what stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.policies.claims.states import OWNERS
from config import pack as packs
from config.policy_terms import STATES, policy_terms
from config.strict_yaml import PackError

DISTRICT = Path(packs.__file__).parent / "district"


def test_each_step_that_somebody_owes_has_its_term_and_its_link():
    terms = policy_terms(DISTRICT, {"POLICY"})
    assert set(STATES) == set(OWNERS) == set(terms.terms_wd)
    linked = [state for link in terms.chain for state in link.states]
    assert sorted(linked) == sorted(STATES)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("found: 5", "found: 0", "from 1 to 250"),
        ("states: [found]", "states: [found, approved]", "in no other link"),
        ("states: [found]", "states: [lost]", "in no other link"),
        ("category: POLICY", "category: NOTHING", "not in categories"),
        ("code: late", "code: Late", "must look like"),
        ("code: late", "code: other", "code stands twice"),
        ("at_least: 3", "at_least: 0", "from 1 to"),
    ],
)
def test_a_fault_is_named(tmp_path, old, new, says):
    text = (DISTRICT / "policies.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "policies.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError, match=says):
        policy_terms(tmp_path, {"POLICY"})
