"""The demo's survey of what firms need, and the answers that came in so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.surveys import answering, keeping, running
from app.surveys.documents import Reply, Survey
from app.surveys.states import REFUSED
from deploy.demo.due import client_id
from deploy.demo.tale import Teller, step
from deploy.demo.times import Diary

Row = Mapping[str, Any]

MARKS = ("tags", "sectors", "units", "growth_classes", "enterprise_ids")
"""By what firms may be chosen; with nothing given, all are."""


def keep(teller: Teller, entry: Row) -> None:
    """Keep the survey and its replies, if they are missing."""
    key, who = f"survey:{entry['key']}", teller.cast.who(entry["by"])

    def play(diary: Diary) -> None:
        said = keeping.Said(
            title=entry["title"],
            text=entry["text"],
            until=teller.day(entry["until_in_days"]).isoformat(),
            chosen={mark: [] for mark in MARKS},
            questions=entry["questions"],
        )
        new, _ = keeping.create(who, said, client_id(key), diary.at)
        running.open_survey(who, str(new), now=step(diary))
        for reply in entry["replies"]:
            _reply(teller, str(new), reply, diary)

    teller.once(Survey, key, entry["days_ago"], play)


def _reply(teller: Teller, survey: str, entry: Row, diary: Diary) -> None:
    """What one firm says: all of it, part of it, or that it will not."""
    who, firm = teller.speaker(entry), str(teller.cast.firm(entry["enterprise"]))
    if "refused" in entry:
        _refuse(teller, survey, entry, diary)
        return
    content = answering.Content(answers=entry["answers"])
    made, _ = answering.begin(
        who,
        survey,
        enterprise_id=firm,
        content=content,
        client_id=client_id(f"reply:{entry['enterprise']}"),
        now=step(diary),
    )
    if not entry.get("begun"):
        answering.submit(who, str(made), now=diary.moments_later(90))


def _refuse(teller: Teller, survey: str, entry: Row, diary: Diary) -> None:
    of = {"survey": ObjectId(survey), "enterprise": teller.cast.firm(entry["enterprise"])}
    row = Reply.rows().find_one(of) or {}
    who, text = teller.cast.commissioner(entry), entry["refused"]
    answering.mark(who, str(row["_id"]), outcome=REFUSED, text=text, now=step(diary))
