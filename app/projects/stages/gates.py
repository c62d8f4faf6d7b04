"""What must be done before a project may come to a stage."""

from __future__ import annotations

from collections.abc import Mapping

from bson import ObjectId

from app.projects.reviews.gate import unreviewed


def held_back(signings: Mapping[ObjectId, str]) -> set[ObjectId]:
    """Of projects with the day each is signed those that no pre-review lets through. Asks once."""
    return unreviewed(signings) if signings else set()
