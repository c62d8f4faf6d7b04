"""The photos of an issue with what proves them: code, hash, grade with reasons, and the sealed day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bson import ObjectId

from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import local
from app.foundation.messages import say
from app.papers.content import Block, Column, Heading, Picture, Pictures, Table, Text
from app.photos.documents import Photo
from app.photos.grading import judge
from app.photos.ledger import Leaf, Root
from app.photos.sharing import spaced

OF_ISSUE, OF_TICKET, OF_WORD, OF_HISTORY = "issue", "ticket", "word", "history"


def evidence(whole: Row) -> list[Block]:
    """A part of its own: the pictures, then the proof of each. Hidden photos are in no paper."""
    where = dict(_named(whole))
    shown = {"_id": {"$in": list(where)}, "hidden": None, "state": "ready"}
    photos = list(Photo.objects(__raw__=shown).order_by("received_at", "id"))
    heading = Heading(say("dossier.photos"))
    if not photos:
        return [heading, Text(say("dossier.photos.none"))]
    numbered = list(enumerate(photos, start=1))
    pictures = [Picture(each.id, _caption(n, each, where[each.id])) for n, each in numbered]
    return [heading, Pictures(pictures), _proofs(numbered), Text(say("dossier.photos.check"))]


def _named(whole: Row) -> Iterator[tuple[ObjectId, str]]:
    """Each photo with where it belongs; what is named again later keeps the first place by being last."""
    for row in whole["history"]:
        yield from ((key, OF_HISTORY) for key in row["data"].get("photos", ()))
    yield from ((key, OF_WORD) for key in (whole.get("confirmation") or {}).get("photos", ()))
    for row in whole["tickets"]:
        yield from ((key, OF_TICKET) for key in (row.get("answer") or {}).get("photos", ()))
    yield from ((key, OF_ISSUE) for key in whole["photos"])


def _caption(number: int, photo: Photo, where: str) -> str:
    taken = local(photo.shot_at or photo.received_at)
    of = say(f"dossier.photo_of.{where}")
    return say("dossier.photo", number=number, of=of, at=f"{taken:%Y-%m-%d %H:%M}")


def _proofs(photos: list[tuple[int, Photo]]) -> Table:
    widths = {"number": 4, "code": 8, "received": 9, "grade": 22, "sha256": 24, "sealed": 28}
    columns = [Column(say(f"dossier.column.{name}"), width) for name, width in widths.items()]
    keys = [each.id for _, each in photos]
    leaves: Mapping[ObjectId, Leaf] = {each.id: each for each in Leaf.objects(id__in=keys)}
    days = [each.day for each in leaves.values()]
    roots = {each.day: each for each in Root.objects(day__in=days)}
    rows: list[list[Cell]] = []
    for number, photo in photos:
        leaf = leaves.get(photo.id)
        root = roots.get(leaf.day) if leaf else None
        code, received = spaced(photo.short_code or ""), local(photo.received_at)
        proof = [_grade(photo), photo.sha256, _sealed(leaf, root)]
        rows.append([number, code, f"{received:%Y-%m-%d %H:%M}", *proof])
    return Table(say("dossier.proofs"), columns, rows, say("dossier.nothing"))


def _grade(photo: Photo) -> str:
    found = judge(photo)
    told = "；".join(say(each.code, **each.params) for each in found.reasons)
    return say("dossier.grade", grade=say(f"evidence.grade.{found.grade}"), why=told)


def _sealed(leaf: Leaf | None, root: Root | None) -> str:
    if leaf is None or root is None:
        return say("dossier.not_sealed")
    return say("dossier.sealed", day=root.day, number=leaf.index + 1, of=root.count, root=root.root)
