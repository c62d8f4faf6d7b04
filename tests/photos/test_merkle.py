from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.photos import merkle

# RFC 6962 test inputs, as published with Certificate Transparency's reference trees.
INPUTS = [
    bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
}

leaves_of = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


@pytest.mark.parametrize(("count", "expected"), ROOTS.items())
def test_the_published_roots(count, expected):
    assert merkle.root([merkle.leaf(data) for data in INPUTS[:count]]) == expected


def test_no_leaves():
    assert merkle.root([]) == hashlib.sha256(b"").hexdigest()


@given(leaves_of, st.data())
def test_every_path_leads_to_the_root(blocks, data):
    leaves = [merkle.leaf(block) for block in blocks]
    index = data.draw(st.integers(0, len(leaves) - 1))
    siblings = merkle.path(leaves, index)
    assert merkle.climb(leaves[index], index, len(leaves), siblings) == merkle.root(leaves)


@given(leaves_of, st.data())
def test_another_leaf_leads_elsewhere(blocks, data):
    leaves = [merkle.leaf(block) for block in blocks]
    index = data.draw(st.integers(0, len(leaves) - 1))
    siblings = merkle.path(leaves, index)
    forged = merkle.leaf(blocks[index] + b"!")
    assert merkle.climb(forged, index, len(leaves), siblings) != merkle.root(leaves)


@pytest.mark.parametrize(("index", "count", "siblings"), [(1, 1, []), (0, 2, []), (0, 1, ["aa"])])
def test_a_misfit_path_is_refused(index, count, siblings):
    with pytest.raises(ValueError, match=r"leaf|path"):
        merkle.climb(merkle.leaf(b""), index, count, siblings)


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=20), st.data())
def test_a_chain_notices_a_change_anywhere(blocks, data):
    items = [merkle.leaf(block) for block in blocks]
    index = data.draw(st.integers(0, len(items) - 1))
    changed = [*items[:index], merkle.leaf(b"changed!"), *items[index + 1 :]]
    assert merkle.chain(items)[-1] != merkle.chain(changed)[-1]
    assert merkle.chain(items)[-1] != merkle.chain(items[:-1])[-1]
