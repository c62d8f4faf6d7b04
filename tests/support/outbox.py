"""Entries of an outbox as a phone would send them, and what became of them."""

from __future__ import annotations

from typing import Any

from tests.support.factories import client_id
from tests.support.phone import Phone, issue_body


def visit(enterprise: Any, **fields: Any) -> dict[str, Any]:
    said = {"enterprise_id": str(enterprise.id), "started_at": "2026-11-24T09:00:00+08:00"}
    return entry("visit", {**said, **fields})


def issue(**fields: Any) -> dict[str, Any]:
    said = issue_body(**fields)
    return {"type": "issue", "client_id": said.pop("client_id"), "body": said}


def entry(kind: str, body: Any, key: str | None = None) -> dict[str, Any]:
    return {"type": kind, "client_id": key or client_id(), "body": body}


def send(phone: Phone, *entries: Any) -> list[dict[str, Any]]:
    answer = phone.post("/sync", {"entries": list(entries)})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json["results"]


def outcomes(phone: Phone, *entries: Any) -> list[str]:
    return [each["outcome"] for each in send(phone, *entries)]
