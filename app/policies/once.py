"""Making a thing once, however often it is sent, whatever became of things since."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pymongo.errors import DuplicateKeyError

from app.foundation.errors import Conflict, DomainError
from app.foundation.replay import Created, create_once, made_before

C = TypeVar("C", bound=Created)


def made_once(
    make: Callable[[], C], find: Callable[[], C | None], print_: str, taken: str
) -> tuple[C, bool]:
    """As `create_once`; a replay gives the earlier thing though it could not be made now.

    Raises Conflict `taken` where another holds what only one may have.
    """
    earlier = made_before(find, print_)
    if earlier is not None:
        return earlier, False
    try:
        return create_once(make, find, print_)
    except DomainError:
        # The same, sent twice at once, may have won while this one was looking.
        earlier = made_before(find, print_)
        if earlier is None:
            raise
        return earlier, False
    except DuplicateKeyError:
        raise Conflict(taken) from None
