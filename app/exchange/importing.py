"""Files of rows: taken in, then checked and written by a worker, all of it or nothing.

A worker reads the file, plans what would become of its lines, and writes them in one transaction with the
import's own end and that of its duty. One that is killed at any moment leaves nothing behind but a duty that
is tried again. Where somebody changed a row between plan and writing, it is planned anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.exchange import catalog
from app.exchange.acting import acting
from app.exchange.documents import CHECKING, DONE, FAILED, REFUSED, WRITING, Import
from app.exchange.lines import Stated, lines_of
from app.exchange.reading import MOST_BYTES, form_of, read_table
from app.exchange.tables import Unreadable
from app.exchange.writing import TooMuch, Written, write
from app.foundation import clock, duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.errors import Invalid, NotFound, TooLarge
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.gateways.store import Incoming, Store
from app.people.access import may, require
from app.people.who import Who
from app.registers.register import Batch, Planned, Problem
from app.registers.stating import batch_of

IMPORT = "import"
MOST_TOLD = 500
LEASE = timedelta(seconds=60)
"""For what is done between two renewals: planning or writing all rows of one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of a file; `reason` says why earlier rows were wrong."""

    client_id: str
    file_name: str
    dry_run: bool
    historic: bool
    reason: str


def begin(
    who: Who, name: str, said: Said, received: Incoming, store: Store, now: datetime
) -> tuple[Import, bool]:
    """Take a file in for a register: (the import, whether it is new). A worker does the rest.

    Raises Forbidden, NotFound for an unknown register, Invalid for what is no such file, TooLarge, and
    Conflict when the client_id was used for something else.
    """
    register = catalog.of(name)
    require(who, "exchange.import")
    require(who, register.write)
    if said.historic:
        require(who, "exchange.history")
    if received.size > MOST_BYTES:
        raise TooLarge("import.too_large", limit_mb=MOST_BYTES // 2**20)
    received.flush()
    data = received.path.read_bytes()
    try:
        form = form_of(data, said.file_name)
    except Unreadable as unreadable:
        raise Invalid("request.invalid", fields={"file": [unreadable.reason]}) from unreadable
    content = {name: getattr(said, name) for name in ("dry_run", "historic", "reason")}
    print_ = fingerprint({"register": register.name, "sha256": received.sha256, **content})
    key = f"imports/{received.sha256[:2]}/{received.sha256}"
    store.put(key, data)

    def make() -> Import:
        made = Import(
            register=register.name,
            form=form,
            file_name=said.file_name,
            key=key,
            **content,
            by=who.id,
            by_name=who.acting().name,
            role=who.acting().role,
            client_id=said.client_id,
            fingerprint=print_,
            created_at=now,
        ).insert()
        duties.add("exchange.import", made.id, now=now, first=True)
        told = {"register": register.name, "file": said.file_name, "dry_run": said.dry_run}
        history.append(IMPORT, made.id, "create", by=who.acting(), now=now, data=told)
        return made

    mine = {"by": who.id, "client_id": said.client_id}
    return create_once(make, lambda: Import.objects(**mine).first(), print_)


def see(who: Who, key: str) -> Import:
    """An import: one's own, or any to who may name masters. Raises NotFound."""
    found = Import.get(key)
    if found.by != who.id and not may(who, "master.change"):
        raise NotFound("not_found")
    return found


def mine(who: Who, page: int, page_size: int) -> tuple[list[Import], int]:
    """One's own imports, the newest first, and how many they are."""
    found = Import.objects(by=who.id).order_by("-created_at", "-id")
    start = (page - 1) * page_size
    return list(found[start : start + page_size]), found.count()


def work(duty: Duty, store: Store, now: datetime) -> None:
    """Check the file of an import and write its rows. Raises Unavailable when the store is away."""
    this = Import.get(duty.subject)
    who = acting(this.by, now)
    if who is None or not may(who, catalog.of(this.register).write):
        _refuse(duty, this, Reason("import.not_allowed_any_more"), now)
        return
    batch = batch_of(who, now, reason=this.reason, historic=this.historic, source=_source(who))
    _tell(duty, this, CHECKING, 5)
    try:
        stated = lines_of(
            catalog.of(this.register), read_table(store.read(this.key or ""), this.file_name)
        )
    except Unreadable as unreadable:
        _refuse(duty, this, unreadable.reason, batch.later().now)
        return
    this.row_count = len(stated.lines)
    _tell(duty, this, CHECKING, 20)
    _settle(duty, this, batch, stated)


def _settle(duty: Duty, this: Import, batch: Batch, stated: Stated) -> None:
    """Write the lines, or say why not."""

    def before_writing(planned: Planned) -> None:
        _tell(duty, this, WRITING, 60)

    def with_it(planned: Planned) -> None:
        _end(duty, this, DONE, batch.later().now, counts=planned.counts())

    lines = () if stated.problems else stated.lines
    try:
        written = write(
            catalog.of(this.register),
            batch,
            lines,
            dry_run=this.dry_run or bool(stated.problems),
            before=before_writing,
            within=with_it,
        )
    except TooMuch as much:
        _refuse(duty, this, much.reason, batch.later().now)
        return
    if not written.done:
        _answer(duty, this, stated, written, batch.later().now)


def _answer(duty: Duty, this: Import, stated: Stated, written: Written, now: datetime) -> None:
    """What would be written, and all that is in the way of it."""
    problems = [*stated.problems, *written.planned.problems]
    told = {
        "problems": [_problem(stated, each) for each in problems[:MOST_TOLD]],
        "problem_count": len(problems),
        "counts": written.planned.counts(),
    }
    state = DONE if this.dry_run else REFUSED
    transaction(lambda: _end(duty, this, state, now, **told))


def _source(who: Who) -> str:
    """A file of another platform is that platform's word."""
    return "" if who.has("service") else IMPORT


def _problem(stated: Stated, problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "field": problem.field,
        "heading": stated.heading_of(problem),
        "cell": stated.cell_of(problem),
        **problem.reason.as_dict(),
    }


def _tell(duty: Duty, this: Import, state: str, progress: int) -> None:
    """How far it is, for whoever waits; and the duty is ours for longer."""
    duties.renew(duty, now=clock.now(), lease=LEASE)
    change = {"state": state, "progress": progress, "row_count": this.row_count}
    Import.rows().update_one({"_id": this.id}, {"$set": change})


def _refuse(duty: Duty, this: Import, why: Reason, now: datetime) -> None:
    transaction(lambda: _end(duty, this, REFUSED, now, why=why.as_dict()))


def _end(duty: Duty, this: Import, state: str, now: datetime, **told: Any) -> None:
    """Inside a transaction: the import has come to its end, and its duty."""
    change = {"state": state, "progress": 100, "ended_at": now, "row_count": this.row_count, **told}
    Import.rows().update_one({"_id": this.id}, {"$set": change})
    _remember(this, state, now, told.get("counts"))
    duties.finish(duty, now)


def _remember(this: Import, state: str, now: datetime, counts: Any) -> None:
    actor = history.Actor(this.by, this.by_name, this.role)
    data = {"register": this.register, "dry_run": this.dry_run, "counts": counts}
    history.append(IMPORT, this.id, state, by=actor, now=now, data=data)


def give_up(duty: Duty, now: datetime) -> None:
    """It was tried often enough: it failed, nothing of it is written, and whoever waits is told so."""

    def work() -> None:
        this = Import.get(duty.subject)
        why = Reason("import.failed").as_dict()
        change = {"state": FAILED, "progress": 100, "ended_at": now, "why": why}
        Import.rows().update_one({"_id": this.id}, {"$set": change})
        _remember(this, FAILED, now, None)
        duties.fail(duty, now, "gave up")

    transaction(work)
