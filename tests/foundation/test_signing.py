from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from app.foundation.signing import Signer, canonical, holds

# RFC 8032 section 7.1, test 1: this seed's public key.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

contents = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9), max_size=5)


def test_the_published_key():
    assert base64.b64decode(Signer(SEED).public_key).hex() == PUBLIC


def test_the_seed_is_not_shown():
    assert SEED.hex() not in repr(Signer(SEED))
    assert str(SEED) not in repr(Signer(SEED))


@given(contents)
def test_a_signature_holds_for_its_content_only(content):
    signer = Signer(SEED)
    signature = signer.sign(content)
    assert holds(signer.public_key, content, signature)
    assert not holds(signer.public_key, {**content, "more": 1}, signature)
    assert not holds(Signer(bytes(32)).public_key, content, signature)


def test_the_canonical_form_knows_no_order():
    assert canonical({"b": 1, "a": "汉"}) == '{"a":"汉","b":1}'.encode()


def test_a_broken_signature_does_not_hold():
    assert not holds(Signer(SEED).public_key, {}, {"value": "not base64!"})
    assert not holds(Signer(SEED).public_key, {}, {})
