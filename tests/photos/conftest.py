"""Who sends the uploads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def me(given) -> Iterator[object]:
    """A commissioner with an empty store; nothing but parts is left behind."""
    from tests.photos.uploading import empty_store, parts
    from tests.support.factories import who

    empty_store()
    yield who(given.commissioner())
    assert not [path for path in parts() if path.suffix != ".part"]
