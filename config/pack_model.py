"""The values of a district pack; `config.pack` reads them and offers the same names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from config.approval_terms import ApprovalTerms
from config.check_terms import CheckTerms
from config.checklists import Checklist
from config.commonness import Commonness
from config.dictionary_terms import DictionaryTerm
from config.learning_terms import LearningTerms
from config.milestone_terms import MilestoneTerms
from config.notice_terms import NoticeTerms
from config.offer_terms import OfferTerms
from config.oversight_terms import OversightTerms
from config.paper_terms import PaperTerms
from config.policy_terms import PolicyTerms
from config.rate_terms import RateTerms
from config.report_terms import ReportTerms
from config.review_terms import ReviewTerms
from config.routing_terms import RoutingTerms
from config.scale_terms import ScaleTerms
from config.scoreboard_terms import ScoreboardTerms
from config.serving_terms import ServingTerms
from config.survey_terms import SurveyTerms
from config.terms import Ladder, Promises, WorkTerms
from config.warning_terms import ExitTerms, WarningTerms

BY_UNIT = "unit"
"""Stands for "the department of the issue's own unit" where a department code is asked for."""
DISPATCH = "DISPATCH"
"""The desk that places what no rule places."""
RESTRICTED = "RESTRICTED_DESK"
"""The desk for what no machine may place: complaints of departments and officials, petitions, courts."""
FALLBACK = "OTHER"
"""The category of what no rule places."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A town, sub-district or park. `kind`: street, town, park."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Department:
    """Who can be given a ticket. `unit` is set exactly when `kind` is unit or branch.

    A branch does in its unit what the department `branch_of` does elsewhere. `calendar` names an own one.
    """

    code: str
    name: str
    kind: str
    unit: str | None
    aliases: tuple[str, ...]
    branch_of: str | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """When an outside body works: `works` names what of the district's days off it does not take off.

    `weekends`, `holidays` or both; `office_hours` are the district's where it has none of its own.
    """

    code: str
    name: str
    office_hours: tuple[tuple[time, time], ...] | None
    works: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """What an issue can be about.

    `owner` and `assisting` hold department codes or BY_UNIT. `reply_wd` and `resolve_wd` are
    promises in working days; `statutory_note` tells of the permit clock, which is another one.
    `basis` is public (see `source`) or assumption. `factor`: open issues of it are gaps of a project.
    """

    code: str
    name: str
    name_en: str
    owner: str
    assisting: tuple[str, ...]
    reply_wd: int
    resolve_wd: int
    basis: str
    statutory_note: str | None
    source: str | None
    keywords: tuple[str, ...]
    confusable_with: tuple[str, ...]
    factor: bool = False


@dataclass(frozen=True, slots=True)
class Holidays:
    """Overrides over the `holidays` library; no day stands in both tuples."""

    published_through: int
    days_off: tuple[date, ...]
    working_days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome an answer may state. `needs`: basis, date or none must come with it."""

    code: str
    name: str
    needs: str


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """Why a ticket may go back to the dispatcher."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class VisitTerms:
    """When people are told of what never arrived, how long an issue waits for its visit, what is near."""

    owner_told_hours: int
    dispatcher_told_hours: int
    issue_waits_minutes: int
    suggest_within_m: int


@dataclass(frozen=True, slots=True)
class Pack:
    """One district. Every code that is mentioned exists; look-ups raise KeyError for others."""

    name: str
    code: str
    number_prefix: str
    zone: ZoneInfo
    office_hours: tuple[tuple[time, time], ...]
    units: tuple[Unit, ...]
    departments: tuple[Department, ...]
    categories: tuple[Category, ...]
    promises: Promises
    ladder: Ladder
    work: WorkTerms
    notices: NoticeTerms
    reports: ReportTerms
    reviews: ReviewTerms
    rates: RateTerms
    scale: ScaleTerms
    routing: RoutingTerms
    learning: LearningTerms
    warnings: WarningTerms
    exits: ExitTerms
    commonness: Commonness = field(compare=False)
    holidays: Holidays
    results: tuple[Result, ...]
    returns: tuple[ReturnReason, ...]
    workflow: Mapping[str, Any] = field(hash=False)
    visits: VisitTerms
    serving: ServingTerms
    scoreboards: ScoreboardTerms
    checklists: tuple[Checklist, ...]
    checks: CheckTerms
    areas: Mapping[str, Any] = field(hash=False, repr=False)
    dictionaries: tuple[DictionaryTerm, ...]
    calendars: tuple[OwnCalendar, ...]
    approvals: ApprovalTerms
    milestones: MilestoneTerms
    oversight: OversightTerms
    papers: PaperTerms
    policies: PolicyTerms
    surveys: SurveyTerms
    offers: OfferTerms
    _index: Mapping[tuple[str, str], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[tuple[str, str], Any] = {}
        for room in ("units", "departments", "categories", "results", "returns", "calendars"):
            index |= {(room, value.code): value for value in getattr(self, room)}
        of_units = (each for each in self.departments if each.kind == "unit")
        index |= {("of_unit", each.unit or ""): each for each in of_units}
        # In order of version, so that the newest stands under the code alone.
        index |= {("checklists", each.code): each for each in self.checklists}
        index |= {("checklists", f"{each.code} {each.version}"): each for each in self.checklists}
        object.__setattr__(self, "_index", MappingProxyType(index))

    def unit(self, code: str) -> Unit:
        """The unit with this code."""
        found: Unit = self._index["units", code]
        return found

    def department(self, code: str) -> Department:
        """The department with this code."""
        found: Department = self._index["departments", code]
        return found

    def department_of_unit(self, unit_code: str) -> Department:
        """The department that BY_UNIT means in this unit."""
        found: Department = self._index["of_unit", unit_code]
        return found

    def category(self, code: str) -> Category:
        """The category with this code."""
        found: Category = self._index["categories", code]
        return found

    def result(self, code: str) -> Result:
        """The outcome with this code."""
        found: Result = self._index["results", code]
        return found

    def calendar_of(self, department_code: str) -> str | None:
        """The code of the department's own calendar; None for all who work as the district does."""
        department: Department | None = self._index.get(("departments", department_code))
        return department.calendar if department else None

    def calendar(self, code: str) -> OwnCalendar | None:
        """The own calendar with this code; None when there is none any more."""
        found: OwnCalendar | None = self._index.get(("calendars", code))
        return found

    def return_reason(self, code: str) -> ReturnReason:
        """The return reason with this code."""
        found: ReturnReason = self._index["returns", code]
        return found

    def checklist(self, code: str, version: int | None = None) -> Checklist:
        """This version of the template; the newest when none is named."""
        key = code if version is None else f"{code} {version}"
        found: Checklist = self._index["checklists", key]
        return found
