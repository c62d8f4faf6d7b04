"""Making papers: gathered in one snapshot, printed by a program of its own, kept in the object store.

One that is killed at any moment leaves a duty that is tried again; a file counts once it is kept whole.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.exchange.acting import acting
from app.foundation import clock, duties, history
from app.foundation.children import ROOT, harmless_environment
from app.foundation.db import Row, snapshot, transaction
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.foundation.errors import DomainError, Forbidden, Unavailable
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.gateways.store import Store
from app.gateways.store.keys import paper as key_of
from app.papers import kinds, photos
from app.papers.asking import RENDER, held_by
from app.papers.content import Content, as_json
from app.papers.documents import (
    DOCX,
    FAILED,
    GONE,
    MAKING,
    PDF,
    READY,
    THING,
    UNDER_WAY,
    XLSX,
    Paper,
)
from app.papers.kind import Asked
from app.people.announcing import announce, telling
from app.photos import redacting

EXPIRE = "papers.expire"
LEASE = timedelta(seconds=120)
PRINT_SECONDS = 100
"""Within a lease; a paper of 40 photos takes a few seconds."""
PRINTERS = {
    DOCX: "app.papers.printing.word",
    PDF: "app.papers.printing.pdf",
    XLSX: "app.papers.printing.sheet",
}
"""Programs, by what they make: named only, since what they import is not for us."""
MOMENT = "%Y-%m-%d %H:%M:%S"


class NotPrinted(Exception):
    """The printer failed; it is tried again."""


def make(duty: Duty, store: Store, now: datetime, folder: Path) -> None:
    """Make the paper and keep it. `folder` is where the printer keeps what it need not find out twice.

    Waits its turn while as many as may be are being made. Raises Unavailable, NotPrinted.
    """
    paper = Paper.get(duty.subject)
    if paper.state not in UNDER_WAY:
        transaction(lambda: duties.finish(duty, now))
        return
    _wait_for_a_turn(duty, now)
    try:
        _step(duty, paper, 5, "gathering")
        content, held = snapshot(lambda: _gathered(paper, now))
    except DomainError as error:
        if isinstance(error, Unavailable):
            raise
        _fail(duty, paper, Reason(error.code, error.params), now)
        return
    redacting.begin(content.awaiting(), history.SYSTEM, now)
    with tempfile.TemporaryDirectory(prefix="paper-") as place:
        # Before they are fetched: one that changes meanwhile keeps the paper back.
        released = photos.released(paper.audience, content.pictures())
        Paper.rows().update_one({"_id": paper.id}, {"$set": {"pictures": released}})
        data = _printed(duty, paper, content, store, (Path(place), folder), now)
    _keep(duty, paper, (content, held), data, store, now)


def give_up(duty: Duty, now: datetime) -> None:
    """It was tried often enough: whoever asked is told that it failed."""
    _fail(duty, Paper.get(duty.subject), Reason("paper.failed"), now, gave_up=True)


def expire(duty: Duty, store: Store, now: datetime) -> None:
    """Its time is over: the file goes, who had it made stays on record."""
    paper = Paper.get(duty.subject)
    for key in {*paper.laid, *([paper.key] if paper.key else ())}:
        store.drop(key)

    def work() -> None:
        gone: Row = {"state": FAILED if paper.state == FAILED else GONE, "key": None, "laid": []}
        Paper.rows().update_one({"_id": paper.id}, {"$set": gone})
        history.append(THING, paper.id, "expire", by=history.SYSTEM, now=now)
        duties.finish(duty, now)

    transaction(work)


def _gathered(paper: Paper, now: datetime) -> tuple[Content, list[str]]:
    """What it says, to whoever asked for it, with the roles that they hold now; these."""
    who = acting(paper.by, now)
    if who is None:
        raise Forbidden("paper.not_allowed_any_more")
    kind = kinds.of(paper.kind)
    subject = kind.settle(who, paper.params, now)
    asked = Asked(who=who, params=subject.params, audience=paper.audience, now=now)
    return kind.gather(asked), held_by(who)


def _printed(
    duty: Duty,
    paper: Paper,
    content: Content,
    store: Store,
    places: tuple[Path, Path],
    now: datetime,
) -> bytes:
    place, kept = places
    some = content.pictures()[: pack().papers.most_photos]

    def tell(done: int, of: int) -> None:
        if done % 5 == 0:
            _step(duty, paper, 30 + 40 * done // of, "photos")

    files = photos.fetch(store, some, place, paper.audience, tell)
    _step(duty, paper, 70, "printing")
    told = {**as_json(content, files), **_head(paper, content, now)}
    (place / "paper.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    _print(place, paper.format, kept)
    _step(duty, paper, 90, "keeping")
    return (place / f"paper.{paper.format}").read_bytes()


def _head(paper: Paper, content: Content, now: datetime) -> dict[str, Any]:
    """What every paper says of itself: number, moment of its numbers, who made it, for whom."""
    role = say(f"paper.role.{paper.role}")
    own = [
        (say("paper.fact.as_of"), f"{local(now):{MOMENT}}"),
        (say("paper.fact.by"), say("paper.by", name=paper.by_name, role=role)),
        (say("paper.fact.audience"), say(f"paper.audience.{paper.audience}")),
    ]
    return {
        "number": paper.number,
        "author": paper.by_name,
        "facts": [[name, value] for name, value in [*own, *content.facts]],
        "words": {name: say(f"paper.word.{name}") for name in ("definitions", "about", "no_photo")},
    }


def _print(place: Path, form: str, kept: Path) -> None:
    """Run the printer. Raises NotPrinted with the end of what it complained of."""
    kept.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", PRINTERS[form], str(place)],
            cwd=ROOT,
            env={**harmless_environment(), "MPLCONFIGDIR": str(kept), "MALLOC_ARENA_MAX": "2"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PRINT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotPrinted(f"took more than {PRINT_SECONDS} s") from error
    if done.returncode:
        raise NotPrinted(done.stderr.decode(errors="replace")[-400:])


def _keep(
    duty: Duty,
    paper: Paper,
    gathered: tuple[Content, list[str]],
    data: bytes,
    store: Store,
    now: datetime,
) -> None:
    content, held = gathered
    sha256 = hashlib.sha256(data).hexdigest()
    key = key_of(str(paper.id), sha256, paper.format)
    # Known before it lies there: what a worker leaves that dies here goes with the paper.
    Paper.rows().update_one({"_id": paper.id}, {"$addToSet": {"laid": key}})
    store.put(key, data)
    made_at = clock.now()
    until = made_at + timedelta(days=pack().papers.days(paper.kind))
    change = {
        "state": READY,
        "percent": 100,
        "step": "paper.step.ready",
        "title": content.title,
        "held": held,
        "definitions": [asdict(each) for each in content.definitions],
        "awaiting": content.awaiting(),
        "key": key,
        "sha256": sha256,
        "size": len(data),
        "problem": None,
        "as_of": now,
        "made_at": made_at,
        "keep_until": until,
    }

    def work() -> None:
        Paper.rows().update_one({"_id": paper.id}, {"$set": change})
        _tell_asker(paper, "ready", content.title, made_at)
        duties.add(EXPIRE, paper.id, now=made_at, due_at=until)
        duties.finish(duty, made_at)

    transaction(work)


def _fail(duty: Duty, paper: Paper, why: Reason, now: datetime, *, gave_up: bool = False) -> None:
    change = {"state": FAILED, "step": "paper.step.failed", "problem": why.as_dict()}

    def work() -> None:
        Paper.rows().update_one({"_id": paper.id}, {"$set": change})
        _tell_asker(paper, "failed", say(f"paper.kind.{paper.kind}"), now, why)
        if Paper.get(paper.id).laid:
            duties.add(EXPIRE, paper.id, now=now)
        (duties.give_up if gave_up else duties.finish)(duty, now)

    transaction(work)


def _tell_asker(
    paper: Paper, what: str, name: str, now: datetime, why: Reason | None = None
) -> None:
    row = history.append(
        THING,
        paper.id,
        what,
        by=history.SYSTEM,
        now=now,
        reasons=[why] if why else (),
        data=telling([paper.by], name),
    )
    announce(f"{THING}.{what}", paper.id, row, now)


def _step(duty: Duty, paper: Paper, percent: int, step: str) -> None:
    """How far it is, for whoever waits; and the duty is ours for longer."""
    duties.renew(duty, now=clock.now(), lease=LEASE)
    change = {"state": MAKING, "percent": percent, "step": f"paper.step.{step}"}
    Paper.rows().update_one({"_id": paper.id}, {"$set": change})


def _wait_for_a_turn(duty: Duty, now: datetime) -> None:
    """Papers take a process for seconds: of the workers' processes few at once do, the others route."""
    others = {"kind": RENDER, "state": "due", "claim": {"$ne": None}, "next_at": {"$gt": now}}
    busy = duties.rows().count_documents({**others, "_id": {"$ne": duty.id}})
    if busy >= pack().papers.at_once:
        # Two that meet here both give way; not for the same time.
        raise Unavailable("paper.busy", retry_after=2 + secrets.randbelow(5))
