"""What binds an enterprise, and all that hangs on it, to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.people.access import Columns, Ties

COLUMNS = Columns(enterprise="_id", unit="unit", served_by="commissioner")


def enterprise_ties(row: Mapping[str, Any]) -> Ties:
    """Of a stored enterprise, or of one that is about to be."""
    return Ties(enterprise=row.get("_id"), unit=row.get("unit"), served_by=row.get("commissioner"))
