"""A department became part of another: what it has to grant is the other's."""

from __future__ import annotations

from bson import ObjectId

from app.projects.approvals.documents import Approval


def follow(before: ObjectId, successor: ObjectId) -> None:
    """Let the approvals of one department, decided ones too, be the other's; inside a transaction.

    The history of the department tells of the act.
    """
    change = {"$set": {"department": successor}, "$inc": {"version": 1}}
    Approval.rows().update_many({"department": before}, change)
