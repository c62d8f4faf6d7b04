"""Who is told of what happens to a project, and with which words: `project.*`, `milestone.*`, `approval.*`.

The subject of such a `notices.deliver` duty is the project, whatever of it the history row is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.foundation.db import Row
from app.foundation.district import local
from app.people.finding import People, once, with_role

TEXT = 100
MOMENT = "%Y-%m-%d %H:%M"

Tell = Callable[[Row, Row], People]
"""From a history row and a stored project to people, active or not."""


def commissioner(row: Row, project: Row) -> People:
    """Who serves the project."""
    return once([project.get("commissioner")])


def unit_admins(row: Row, project: Row) -> People:
    """The admins of the unit that the project is accounted to."""
    return with_role("unit_admin", unit=project["unit"])


def contacts(row: Row, project: Row) -> People:
    """The contacts of the project's enterprise."""
    firm = project.get("enterprise")
    return with_role("contact", enterprise=firm) if firm else []


def inspectors(row: Row, project: Row) -> People:
    """All inspectors."""
    return with_role("inspector")


def leader(row: Row, project: Row) -> People:
    """The leader whom the project is linked to."""
    return once([project.get("leader")])


def named(row: Row, project: Row) -> People:
    """Those whom the history row names as `people` of its data."""
    return once((row.get("data") or {}).get("people") or ())


def together(*tells: Tell) -> Tell:
    """Everybody whom one of them finds."""
    return lambda row, project: once(*(tell(row, project) for tell in tells))


_SERVING = together(commissioner, unit_admins)
_PARTIES = together(contacts, commissioner, unit_admins)

TELL_OF_PROJECT: Mapping[str, Tell] = {
    "project.warned": _SERVING,
    "project.exit_suggested": together(_SERVING, inspectors),
    "project.exit_dropped": together(_SERVING, inspectors),
    "project.exit_served": _PARTIES,
    "project.exit_rectify": _PARTIES,
    "project.exit_replied": together(_SERVING, inspectors),
    "project.exit_extended": _PARTIES,
    "project.exit_decided": _PARTIES,
    "project.exit_closed": _PARTIES,
    "project.exit_withdrawn": _PARTIES,
    "project.review_asked": named,
    **dict.fromkeys(
        ("project.review_passed", "project.review_revise", "project.review_rejected"),
        together(named, _SERVING),
    ),
}


def params(row: Row, project: Row) -> dict[str, Any]:
    """What fills the words: `project`, its `code`, `text`, `due`, `person`, and `reasons` for `why`.

    `due` is what the row's data call so, a day or a moment.
    """
    due = (row.get("data") or {}).get("due")
    return {
        "project": project["name"],
        "code": project["code"],
        "text": (row.get("text") or "")[:TEXT],
        "due": f"{local(due):{MOMENT}}" if isinstance(due, datetime) else due or "",
        "person": row.get("by_name", ""),
        "reasons": row.get("reasons", []),
    }
