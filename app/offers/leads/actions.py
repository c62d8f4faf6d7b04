"""What is done with leads: entered, contacted, talked with, signed as a project, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.reasons import Reason
from app.offers import owing, people, steps
from app.offers.ahead import looked_at
from app.offers.leads import states
from app.offers.leads.documents import LEAD, Lead
from app.offers.leads.queries import see, ties
from app.offers.leads.register import REGISTER
from app.offers.steps import Word, signed, take
from app.people import finding
from app.people.access import actor, allowed, may
from app.people.who import Who
from app.projects.queries import see_project
from app.registers.stating import batch_of, loaded, state_line, whole

PREFIX = "YS"
ENTER = "lead.enter"
STAYS = ("owner",)
"""What a change of the whole does not touch: who sees to it is a step of its own."""
LOOKED_AT = ("contact", "talk")
_EVENT = {"sign": "signed", "drop": "dropped", "assign": "assigned"}


def enter(
    who: Who,
    raw: Mapping[str, Any],
    client_id: str,
    now: datetime,
    event: ObjectId | None = None,
) -> tuple[ObjectId, bool]:
    """Enter a lead by the names of the register's fields: (it, whether it is new).

    Without `code` it gets one, without `found_on` it was today, without `owner` it is one's own. A contact
    enters what their firm knows; its commissioner, or a dispatcher, sees to it. `event` is where the company
    was met. Raises Invalid by field, Forbidden; Conflict when its code is taken, nobody could see to it, or
    the client_id was used for something else.
    """
    kept = {name: value for name, value in raw.items() if value is not None}
    today = days.today(now)
    begun = {"code": f"{PREFIX}-{client_id[:8].upper()}", "found_on": today.isoformat()}
    extra = {"event": event} if event else {}
    register = REGISTER
    if who.has(*people.STAFF):
        begun["owner"] = str(who.id)
    elif may(who, ENTER):
        register = replace(REGISTER, write=ENTER)
        begun["owner"] = str(_sees_to(kept))
    line = loaded(register, {**begun, **kept})
    draft, new = state_line(register, batch_of(who, now), line, extra=extra, client_id=client_id)
    return draft.after["_id"], new


def _sees_to(said: Mapping[str, Any]) -> ObjectId:
    """Who sees to what a firm brings in: its commissioner, else a dispatcher; it does not choose."""
    if "owner" in said:
        raise Invalid("request.invalid", fields={"owner": [Reason("lead.owner_is_ours")]})
    named = str(said.get("enterprise", ""))
    firm = people.firm_of(ObjectId(named) if ObjectId.is_valid(named) else None)
    found = finding.once(people.here(firm.get("commissioner")), finding.with_role("dispatcher"))
    if not found:
        raise Conflict("offers.nobody_there")
    return found[0]


def change(who: Who, key: str, raw: Mapping[str, Any], version: int, now: datetime) -> None:
    """Change a lead as a whole, if it still is this `version`; its code and its owner stay.

    Raises like `enter`; NotFound, Stale when it was changed meanwhile.
    """
    row, _ = see(who, key)
    if raw.get("code") != row["code"]:
        raise Invalid("request.invalid", fields={"code": [Reason("register.key_stays")]})
    state_line(REGISTER, batch_of(who, now), whole(REGISTER, raw, but=STAYS), version=version)


def contact(
    who: Who, key: str, *, text: str, now: datetime, follow_up_on: date | None = None
) -> None:
    """The company was spoken to, and will be again: without a day, on the one that stands or the district's.

    Raises NotFound, Forbidden, Conflict; Invalid for a day that is over.
    """
    _step(who, key, "contact", now, text, follow_up_on=follow_up_on)


def talk(who: Who, key: str, *, text: str, now: datetime, follow_up_on: date | None = None) -> None:
    """They negotiate. Raises like `contact`."""
    _step(who, key, "talk", now, text, follow_up_on=follow_up_on)


def sign(who: Who, key: str, *, project_id: str, text: str, now: datetime) -> None:
    """It became a project. Raises like `contact`, NotFound for a project that is not for these eyes."""
    project = see_project(who, project_id)
    _step(who, key, "sign", now, text, values={"project": project.id})


def drop(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Nothing comes of it, for a reason. Raises NotFound, Forbidden, Conflict."""
    _step(who, key, "drop", now, text, values={"dropped": text})


def assign(who: Who, key: str, *, person_id: str, text: str, now: datetime) -> None:
    """Somebody else of staff sees to it. Raises NotFound, Forbidden, Conflict, Invalid."""
    owner = people.staff_member(person_id)
    _step(who, key, "assign", now, text, values={"owner": owner.id})


def _step(
    who: Who,
    key: str,
    action: str,
    now: datetime,
    text: str,
    *,
    values: Mapping[str, Any] | None = None,
    follow_up_on: date | None = None,
) -> None:
    def work() -> None:
        row, firm = see(who, key)
        by = actor(who, "lead.write", ties(row, firm))
        then = steps.after(states.TABLE, action, row["state"])
        update, day = {**(values or {})}, None
        if action in LOOKED_AT:
            day = looked_at(follow_up_on, row["follow_up_on"], now)
            update["follow_up_on"] = day
        if then not in states.OPEN:
            update |= {"ended_at": now, "follow_up_on": None}
        owner = update.get("owner", row["owner"])
        told = [owner] if action == "assign" else [owner, *people.contacts(row["enterprise"])]
        word = Word(
            event=f"lead.{_EVENT.get(action, action)}",
            people=finding.once(told),
            name=row["company"],
            due=day or row["follow_up_on"],
            about={"project": update.get("project")},
        )
        take(
            Lead,
            LEAD,
            row,
            action,
            then,
            by,
            now,
            values=update,
            push={"notes": signed(by, now, text=text, state=then)},
            text=text,
            tell=word if action in _EVENT else None,
            internal=True,
        )
        owing.owe(LEAD, row["_id"], day, now)

    transaction(work)


def legal(who: Who, row: Row, firm: Row) -> list[str]:
    """What `who` may do to a stored lead now."""
    if not allowed(who, "lead.write", ties(row, firm)):
        return []
    return steps.legal(states.TABLE, row["state"])
