"""The floors: bare Flask views over the bare driver, storing what POST /issues stores and nothing more.

`gunicorn bench.rig.bare:app`; BENCH_DOCUMENTS names a BSON file with one issue, history row and duty
as the API left them, which the collections `bare_*` get over and over under fresh ids.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bson
from bson import ObjectId
from flask import Flask, request
from pymongo import MongoClient
from pymongo.client_session import ClientSession

ROOMS = ("issues", "history", "duties")

app = Flask("bare")
_client: MongoClient[dict[str, Any]] = MongoClient(os.environ["MONGODB_URI"])
_rows = {name: _client.get_default_database()[f"bare_{name}"] for name in ROOMS}
_documents: Mapping[str, Any] = bson.decode(Path(os.environ["BENCH_DOCUMENTS"]).read_bytes())


def _fresh(name: str) -> dict[str, Any]:
    return {**_documents[name], "_id": ObjectId()}


def _issue() -> dict[str, Any]:
    return {**_fresh("issues"), "client_id": request.get_json()["client_id"]}


@app.post("/insert")
def insert() -> tuple[dict[str, str], int]:
    """One document, journaled by the majority, which is the server's default."""
    issue = _issue()
    _rows["issues"].insert_one(issue)
    return {"id": str(issue["_id"])}, 201


@app.post("/transaction")
def transaction() -> tuple[dict[str, str], int]:
    """Three documents in one transaction."""
    issue = _issue()

    def work(session: ClientSession) -> None:
        _rows["issues"].insert_one(issue, session=session)
        _rows["history"].insert_one(_fresh("history"), session=session)
        _rows["duties"].insert_one(_fresh("duties"), session=session)

    with _client.start_session() as session:
        session.with_transaction(work)
    return {"id": str(issue["_id"])}, 201
