"""Owing it that what speaks against a policy is looked at together."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.foundation import duties

KIND = "policies.gather"


def owe_gathering(code: str, cause: ObjectId, now: datetime) -> None:
    """Owe a look at what speaks against the policy of this code, once a cause. Joins the transaction."""
    duties.add(KIND, cause, now=now, key=f"{KIND}:{code}:{cause}", payload={"code": code})
