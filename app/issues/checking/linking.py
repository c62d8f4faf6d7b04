"""What an issue names is there: other issues, photos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.reasons import Reason
from app.issues.checking.findings import Case, Finding, Rules, dug

OTHERS = ("master", "merged_into", "split_from")


def others(case: Case, rules: Rules) -> Iterator[Finding]:
    """The issues named exist and are others; a master has no master; who was merged says into what."""
    issue = case.issue
    for name in OTHERS:
        key = issue.get(name)
        if key is not None and (key not in case.issues or key == issue["_id"]):
            yield case.finding(Reason("check.other_missing", {"link": name, "issue": str(key)}))
    master = case.issues.get(issue.get("master") or issue["_id"])
    if master is not None and master.get("master"):
        yield case.finding(Reason("check.master_chain", {"master": master["number"]}))
    if (issue.get("merged_into") is not None) != (issue["state"] == "merged"):
        yield case.finding(Reason("check.merged_differs", {"state": issue["state"]}))


def photos(case: Case, rules: Rules) -> Iterator[Finding]:
    """Photos that are shown exist, and those of the issue know of it: that is who may see them."""
    for key in sorted(shown(case.issue, case.tickets)):
        if key not in case.photos:
            yield case.finding(Reason("check.photo_missing", {"photo": str(key)}))
    for key in case.issue.get("photos", ()):
        photo = case.photos.get(key)
        linked = [link["thing_id"] for link in dug(photo, "links") or ()]
        if photo is not None and case.issue["_id"] not in linked:
            yield case.finding(Reason("check.photo_unlinked", {"photo": str(key)}))


def shown(issue: Row, tickets: Sequence[Row]) -> set[ObjectId]:
    """All photos that the issue and its tickets show."""
    rows = [issue.get("confirmation"), *(ticket.get("answer") for ticket in tickets)]
    rows += [issue, *(ticket.get("draft") for ticket in tickets)]
    found = {key for row in rows for key in dug(row, "photos") or ()}
    for row in rows:
        for pair in dug(row, "pairs") or ():
            found |= {*pair.values()} - {None}
    return found
