"""Of what there are facts, and whose changes make them anew: a room that is to count is added here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from app.boards.sources import hanging, issues, owed, places, projects, visits
from app.boards.sources.base import Feed, Owner, Source, of
from app.enterprises.documents import Enterprise
from app.issues.documents import Issue
from app.issues.pressing.orders import Supervision
from app.notices.documents import Call
from app.oversight.orders import Order
from app.policies.claims.documents import Claim
from app.projects.documents import Project
from app.projects.exits.documents import ExitCase
from app.projects.milestones.documents import Milestone
from app.projects.rates.documents import StoredStanding
from app.projects.warnings.documents import KeptWarning
from app.visits.documents import Visit

AT_ISSUE, AT_PROJECT, AT_VISIT = (places.kind_of(each) for each in places.MAPS)
AT_FIRM = places.kind_of("firms")


def _of_visit(row: Mapping[str, Any]) -> Iterable[Owner]:
    yield "visit", row["_id"]
    yield AT_VISIT, row["_id"]
    for name, field in (("firm", "enterprise"), ("project", "project")):
        if row.get(field):
            yield name, row[field]


SOURCES: Mapping[str, Source] = {
    each.name: each
    for each in (
        Source("project", Project, projects.make, hang=projects.hang),
        Source("issue", Issue, issues.make),
        Source("visit", Visit, visits.of_visits),
        Source("firm", Enterprise, visits.of_firms),
        Source("warning", KeptWarning, hanging.of_warnings),
        Source("exit", ExitCase, hanging.of_exits),
        Source("milestone", Milestone, hanging.of_milestones),
        Source("call", Call, owed.of_calls),
        Source("supervision", Supervision, owed.of_supervisions),
        Source("order", Order, owed.of_orders),
        Source("claim", Claim, owed.of_claims),
        Source(AT_FIRM, Enterprise, places.of_firms, hang=partial(places.hang_on, "enterprise")),
        Source(AT_PROJECT, Project, places.of_projects, hang=partial(places.hang_on, "project")),
        Source(AT_ISSUE, Issue, places.of_issues),
        Source(AT_VISIT, Visit, places.of_visits),
    )
}
"""Those first on whose ties others hang."""

FEEDS: tuple[Feed, ...] = (
    Feed(Project, of("project", AT_PROJECT)),
    Feed(StoredStanding, of("project")),
    Feed(Issue, of("issue", AT_ISSUE)),
    Feed(Visit, _of_visit, ("enterprise", "project")),
    Feed(Enterprise, of("firm", AT_FIRM)),
    Feed(KeptWarning, of("warning")),
    Feed(ExitCase, of("exit")),
    Feed(Milestone, of("milestone")),
    Feed(Call, of("call")),
    Feed(Supervision, of("supervision")),
    Feed(Order, of("order")),
    Feed(Claim, of("claim")),
)
