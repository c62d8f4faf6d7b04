"""How a district tells people: times, which events matter, WeChat's templates. Read from `notices.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from config.strict_yaml import Entry, PackError, read

VALUES = ("number", "excerpt", "department", "person", "text", "due", "title", "body", "at")
"""What a field of a template can be filled with: what a notice knows, its title and text, and when it
was made."""
FIELD_KINDS = (
    "thing",
    "number",
    "letter",
    "symbol",
    "character_string",
    "time",
    "date",
    "phone_number",
    "name",
    "phrase",
)
_FIELD = re.compile(rf"({'|'.join(FIELD_KINDS)})\d{{1,3}}")
_EVENT = re.compile(r"[a-z]+\.(\*|[a-z][a-z_]*)")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a template, as WeChat names it; the first of `values` that is not empty fills it."""

    name: str
    values: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What WeChat lets it hold: thing, phrase, date …"""
        return self.name.rstrip("0123456789")


@dataclass(frozen=True, slots=True)
class Template:
    """A subscribe message of the district's mini-program, and the events it is sent for.

    `page` opens at a tap; `{issue}` in it stands for the issue's id.
    """

    id: str
    events: tuple[str, ...]
    page: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """`attempts`: how often a message is tried. `call_wd`, `call_urgent_hours`: in how many working days,
    or hours when urgent, a call is due.

    `important` events reach an enterprise outside of the app too, `alerts` reach staff by SMS too when the
    issue is urgent, `unmutable` ones cannot be silenced; `rung.*` stands for all that begin so.
    """

    digest_at: time
    attempts: int
    call_wd: int
    call_urgent_hours: int
    important: tuple[str, ...]
    alerts: tuple[str, ...]
    unmutable: tuple[str, ...]
    templates: tuple[Template, ...]

    def is_important(self, event: str) -> bool:
        """Whether an enterprise must hear of it even without WeChat."""
        return _among(event, self.important)

    def is_alert(self, event: str) -> bool:
        """Whether staff must hear of it by every channel when the issue is urgent."""
        return _among(event, self.alerts)

    def may_mute(self, event: str) -> bool:
        """Whether a person may silence it."""
        return not _among(event, self.unmutable)

    def template_for(self, event: str) -> Template | None:
        """The WeChat template of the event, if it has one."""
        return next((each for each in self.templates if _among(event, each.events)), None)

    def template(self, key: str) -> Template | None:
        """The template with this id of WeChat's."""
        return next((each for each in self.templates if each.id == key), None)


def notice_terms(directory: Path) -> NoticeTerms:
    """The terms. Raises PackError."""
    keys = {"digest_at", "attempts", "call_wd", "call_urgent_hours"}
    lists = {"important", "alerts", "unmutable", "templates"}
    entry = Entry.of(read(directory / "notices.yaml"), "notices.yaml", keys | lists, set())
    return NoticeTerms(
        digest_at=entry.time_of_day("digest_at"),
        attempts=entry.whole("attempts", 1, 50),
        call_wd=entry.whole("call_wd", 1, 30),
        call_urgent_hours=entry.whole("call_urgent_hours", 1, 72),
        important=_events(entry, "important"),
        alerts=_events(entry, "alerts"),
        unmutable=_events(entry, "unmutable"),
        templates=_templates(entry),
    )


def _among(event: str, named: tuple[str, ...]) -> bool:
    return event in named or f"{event.partition('.')[0]}.*" in named


def _events(entry: Entry, key: str) -> tuple[str, ...]:
    found = entry.texts(key)
    for event in found:
        if not _EVENT.fullmatch(event):
            raise entry.fail(f"{key}: {event!r} is no event, such as issue.answered or rung.*")
    return found


def _templates(entry: Entry) -> tuple[Template, ...]:
    found = tuple(
        _template(
            Entry.of(raw, f"notices.yaml, template {n}", {"id", "events", "page", "fields"}, set())
        )
        for n, raw in enumerate(entry.items("templates"), start=1)
    )
    for name, values in (
        ("id", [each.id for each in found]),
        ("event", [event for each in found for event in each.events]),
    ):
        if doubled := sorted({value for value in values if values.count(value) > 1}):
            raise PackError(f"notices.yaml: {name} {doubled[0]} stands in two templates")
    return found


def _template(entry: Entry) -> Template:
    events, raw = _events(entry, "events"), entry.raw["fields"]
    if not events:
        raise entry.fail("events is empty")
    if not isinstance(raw, dict) or not raw:
        raise entry.fail("fields must be a mapping of WeChat's fields to what fills them")
    fields = Entry.of(raw, f"{entry.where}, fields", set(), set(raw))
    found = tuple(_field(fields, str(name)) for name in raw)
    return Template(entry.text("id"), events, entry.text("page"), found)


def _field(entry: Entry, name: str) -> Field:
    if not _FIELD.fullmatch(name):
        raise entry.fail(f"{name} must be a kind and a number: {', '.join(FIELD_KINDS)}")
    values = entry.texts(name)
    if not values or not set(values) <= set(VALUES):
        raise entry.fail(f"{name} must list some of {', '.join(VALUES)}")
    return Field(name, values)
