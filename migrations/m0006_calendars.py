"""The years of the working calendar that admins have stated, each under its number."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo.database import Database
from pymongo.errors import CollectionInvalid


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    with suppress(CollectionInvalid):
        database.create_collection("calendar_years")
