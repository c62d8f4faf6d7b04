"""What warnings are judged by, beside the standing of a project. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.foundation.reasons import Reason
from app.projects.warnings.clocks import Span

SLOW, NO_START, INVEST_LAG, PROD_IMBALANCE, BREACH = KINDS = (
    "SLOW",
    "NO_START",
    "INVEST_LAG",
    "PROD_IMBALANCE",
    "BREACH",
)
"""进度迟缓, 长期无法开工, 投资严重滞后, 投产失衡, 严重违约."""
YELLOW, RED = LEVELS = ("yellow", "red")


@dataclass(frozen=True, slots=True)
class Node:
    """An open milestone: what is to be done by `due`, planned on the day `made`."""

    title: str
    made: date
    due: date


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one project. `off` are the merged days of documented delay that government caused.

    `land_start` is the day on which building is to start by the land contract; `developed` the share of
    the land that is developed, 0 to 1. `falsified` are days on which data were found to be falsified,
    `unanswered` those from which on a red warning has gone unanswered for too long. None: not known.
    """

    off: tuple[Span, ...] = ()
    milestones: tuple[Node, ...] = ()
    land_start: date | None = None
    developed: Decimal | None = None
    falsified: tuple[date, ...] = ()
    unanswered: tuple[date, ...] = ()


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why: a level, a reason with the days and numbers that it rests on, and since when it holds."""

    level: str
    since: date
    reason: Reason


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning as the facts have it: at the level of the worst of its evidence, since it holds."""

    kind: str
    evidence: tuple[Evidence, ...] = field(default_factory=tuple)

    @property
    def level(self) -> str:
        """Yellow or red."""
        return RED if any(each.level == RED for each in self.evidence) else YELLOW

    @property
    def since(self) -> date:
        """The day from which on it is at this level."""
        return min(each.since for each in self.evidence if each.level == self.level)
