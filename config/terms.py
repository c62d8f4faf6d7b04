"""The times of a district: what is promised, whom lateness climbs to, what work on a ticket allows.

Read from `promises.yaml`, `ladder.yaml` and `work.yaml`. `_wd` counts working days, `_hours` hours of
the wall clock, `_days` days of the calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from config.strict_yaml import Entry, PackError, coded, read

CLOCKS = ("accept", "reply", "resolve")
WHENS = ("before", "at", "after")
LISTENERS = ("worker", "head", "unit", "inspector", "leader")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class NormalPromise:
    """`accept_wd`: working days to accept; reply and resolve stand with the category."""

    accept_wd: int


@dataclass(frozen=True, slots=True)
class UrgentPromise:
    """Hours of the wall clock; `resolve_day_hours` is what a working day of the category is worth."""

    accept_hours: int
    reply_hours: int
    resolve_day_hours: int


@dataclass(frozen=True, slots=True)
class Promises:
    """`confirm_wd`, `redo_wd`: working days to confirm, and to answer again after "not solved"."""

    normal: NormalPromise
    urgent: UrgentPromise
    confirm_wd: int
    redo_wd: int


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder.

    It is due `days` before or after the moment of its clock (accept, reply, resolve), or at it. `tells`
    names who hears of it: worker, head, unit, inspector, leader. `supervises`: it orders supervision.
    """

    code: str
    clock: str
    when: str
    days: int
    tells: tuple[str, ...]
    supervises: bool = False

    @property
    def offset(self) -> int:
        """Days after the moment of the clock; negative before it."""
        return -self.days if self.when == "before" else self.days


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order. Nobody is told in the quiet hours (which may span midnight) unless urgent.

    What is told over `late_minutes` after its time is marked late; an acknowledgement holds the next
    rung for `acknowledged_wd`.
    """

    quiet_hours: tuple[time, time]
    late_minutes: int
    acknowledged_wd: int
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """How long, how often and how far, in the work on a ticket; `work.yaml` says what each is for."""

    return_within_wd: int
    returns_before_inspector: int
    ask_limit_wd: int
    extend_before_wd: int
    first_extension_wd: int
    second_extension_wd: int
    unreachable_calls: int
    redos_before_final: int
    reopen_days: int
    remind_hours: int
    confirm_reminder_wd: int
    supervise_wd: int
    mention_most: int
    similar_within_m: int
    similar_days: int
    similar_share: float
    cluster_at: time
    cluster_days: int
    cluster_within_m: int
    cluster_share: float
    cluster_least: int
    cluster_grown_by: int


def promises(directory: Path) -> Promises:
    """What is promised. Raises PackError."""
    entry = _mapping(directory, "promises", {"normal", "urgent", "confirm_wd", "redo_wd"})
    urgent = entry.inner("urgent", {"accept_hours", "reply_hours", "resolve_day_hours"})
    accept = urgent.whole("accept_hours", 1, 24)
    return Promises(
        normal=NormalPromise(entry.inner("normal", {"accept_wd"}).whole("accept_wd", 1, 30)),
        urgent=UrgentPromise(
            accept_hours=accept,
            reply_hours=urgent.whole("reply_hours", accept, 24 * 30),
            resolve_day_hours=urgent.whole("resolve_day_hours", 1, 24 * 7),
        ),
        confirm_wd=entry.whole("confirm_wd", 1, 60),
        redo_wd=entry.whole("redo_wd", 1, 60),
    )


def ladder(directory: Path) -> Ladder:
    """The ladder; the rungs of each clock climb in time. Raises PackError."""
    entry = _mapping(
        directory, "ladder", {"quiet_hours", "late_minutes", "acknowledged_wd", "rungs"}
    )
    quiet = entry.times("quiet_hours")
    if len(quiet) != 2 or quiet[0] == quiet[1]:
        raise entry.fail('quiet_hours must be two times ["21:00", "08:00"]')
    found = [
        _rung(each)
        for each in coded(
            entry.raw["rungs"],
            "ladder.yaml, rung",
            {"clock", "when", "tells"},
            {"days", "supervises"},
        )
    ]
    reached: dict[str, int] = {}
    for rung in found:
        if rung.offset <= reached.get(rung.clock, rung.offset - 1):
            raise PackError(f"ladder.yaml, rung {rung.code}: not later than the rung before it")
        reached[rung.clock] = rung.offset
    return Ladder(
        quiet_hours=(quiet[0], quiet[1]),
        late_minutes=entry.whole("late_minutes", 1, 24 * 60),
        acknowledged_wd=entry.whole("acknowledged_wd", 1, 30),
        rungs=tuple(found),
    )


def _rung(entry: Entry) -> Rung:
    code, when, tells = entry.text("code"), entry.choice("when", WHENS), entry.texts("tells")
    if not _CODE.fullmatch(code):
        raise entry.fail(f"code is {code!r}, must look like {_CODE.pattern}")
    if not tells or not set(tells) <= set(LISTENERS):
        raise entry.fail(f"tells must be some of {', '.join(LISTENERS)}")
    if (when == "at") == ("days" in entry.raw):
        raise entry.fail("days belongs to before and after, and only there")
    days = 0 if when == "at" else entry.whole("days", 1, 60)
    return Rung(code, entry.choice("clock", CLOCKS), when, days, tells, entry.flag("supervises"))


def work(directory: Path) -> WorkTerms:
    """The terms of work. Raises PackError."""
    entry = _mapping(directory, "work", {*WorkTerms.__dataclass_fields__})
    whole = entry.whole
    return WorkTerms(
        return_within_wd=whole("return_within_wd", 1, 60),
        returns_before_inspector=whole("returns_before_inspector", 1, 20),
        ask_limit_wd=whole("ask_limit_wd", 1, 60),
        extend_before_wd=whole("extend_before_wd", 0, 30),
        first_extension_wd=whole("first_extension_wd", 1, 250),
        second_extension_wd=whole("second_extension_wd", 1, 250),
        unreachable_calls=whole("unreachable_calls", 1, 20),
        redos_before_final=whole("redos_before_final", 1, 20),
        reopen_days=whole("reopen_days", 1, 3650),
        remind_hours=whole("remind_hours", 1, 24 * 60),
        confirm_reminder_wd=whole("confirm_reminder_wd", 1, 60),
        supervise_wd=whole("supervise_wd", 1, 60),
        mention_most=whole("mention_most", 1, 200),
        similar_within_m=whole("similar_within_m", 1, 50_000),
        similar_days=whole("similar_days", 1, 3650),
        similar_share=entry.share("similar_share"),
        cluster_at=entry.time_of_day("cluster_at"),
        cluster_days=whole("cluster_days", 1, 3650),
        cluster_within_m=whole("cluster_within_m", 1, 50_000),
        cluster_share=entry.share("cluster_share"),
        cluster_least=whole("cluster_least", 2, 100),
        cluster_grown_by=whole("cluster_grown_by", 1, 100),
    )


def _mapping(directory: Path, name: str, keys: set[str]) -> Entry:
    return Entry.of(read(directory / f"{name}.yaml"), f"{name}.yaml", keys, set())
