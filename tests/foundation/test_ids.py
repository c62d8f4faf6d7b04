from __future__ import annotations

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.errors import NotFound
from app.foundation.ids import fingerprint, object_id

plain = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
content = st.dictionaries(st.text(), plain | st.lists(plain), max_size=6)


def test_an_id_is_an_id():
    key = ObjectId()
    assert object_id(str(key)) == key


@pytest.mark.parametrize(
    "text", ["", "1", "g" * 24, "a" * 23, "a" * 25, "a" * 24 + "\n", "{$gt: ''}"]
)
def test_what_can_be_no_id_is_not_found(text):
    with pytest.raises(NotFound):
        object_id(text)


@given(content)
def test_a_fingerprint_does_not_depend_on_the_order_of_keys(given_content):
    backwards = dict(reversed(given_content.items()))
    assert fingerprint(given_content) == fingerprint(backwards)


@given(content, content)
def test_other_content_has_another_fingerprint(a, b):
    if repr(sorted(a.items())) != repr(sorted(b.items())):
        assert fingerprint(a) != fingerprint(b)


def test_it_is_sha256_of_canonical_json():
    # printf '{"a": "事", "b": 1}' | sha256sum
    known = "6ac0c240503ba743d44a730f485fc9e2cb8c69a007439a738ec12e57f42bd26a"
    assert fingerprint({"b": 1, "a": "事"}) == known
