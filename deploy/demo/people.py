"""The demo's people, and the file that says how to log in as them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.people import login
from app.people.documents import Grant, Person
from app.people.who import Who
from config.pack import Pack

# Nothing that is mistaken for something else when read out.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
BOUND_TO_WECHAT = ("commissioner1", "contact1")
# The least that OWASP names for argon2id. These passwords are chance and their accounts no secret, so
# the full cost would buy nothing, and take half a minute for all of them on a busy machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

Row = Mapping[str, Any]


def keep(rows: Iterable[Row], now: datetime) -> None:
    """Add the persons who are not there yet, without passwords; the enterprises they act for are there."""
    enterprises = {row["credit_code"]: row["_id"] for row in Enterprise.rows().find()}
    known = set(Person.rows().distinct("account"))
    for row in rows:
        if row["account"] not in known:
            _person(row, enterprises, now).insert()


def _person(row: Row, enterprises: Mapping[str, ObjectId], now: datetime) -> Person:
    account = row["account"]
    return Person(
        account=account,
        name=row["name"],
        phone=row["phone"],
        wechat_openid=f"demo-openid-{account}" if account in BOUND_TO_WECHAT else None,
        grants=[_grant(held, enterprises) for held in row["roles"]],
        created_at=now,
    )


def _grant(held: Row, enterprises: Mapping[str, ObjectId]) -> Grant:
    return Grant(
        role=held["role"],
        department=registry.by_code(held["department"]).id if "department" in held else None,
        unit=held.get("unit"),
        enterprise=enterprises[held["enterprise"]] if "enterprise" in held else None,
    )


def everybody() -> dict[str, Who]:
    """Who acts under each account."""
    return {
        row["account"]: login.as_who(row["_id"], row["name"], row["grants"])
        for row in Person.rows().find({"account": {"$type": "string"}})
    }


def password() -> str:
    """Twelve characters that can be read out, 59 bits of chance."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


class Passwords:
    """New passwords for all, hashed on the side while other things are made."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)
        self._chosen = {row["account"]: password() for row in self._rows}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._hashes: dict[str, Future[str]] = {
            account: self._pool.submit(_hasher.hash, text) for account, text in self._chosen.items()
        }

    def set_and_write(self, path: Path, pack: Pack) -> None:
        """Give them to the persons, then write the file."""
        for account, future in self._hashes.items():
            change = {"$set": {"password_hash": future.result()}}
            Person.rows().update_one({"account": account}, change)
        self._pool.shutdown()
        lines = [_line(row, self._chosen[row["account"]], pack) for row in self._rows]
        text = "[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n"
        _write_privately(path, text)

    def drop(self) -> None:
        """Stop hashing: nobody will use them."""
        self._pool.shutdown(cancel_futures=True)


def _line(row: Row, text: str, pack: Pack) -> dict[str, str]:
    first = row["roles"][0]
    line = {"account": row["account"], "password": text, "role": first["role"]}
    if "department" in first:
        line["department"] = pack.department(first["department"]).name
    return line


def _write_privately(path: Path, text: str) -> None:
    """The whole file or none, and for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
