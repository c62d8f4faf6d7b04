"""The demo's ledger: how each project came to its stage, what was planned, invested, sold and paid.

All of it is made up from the project's code, so that a second run makes the same; it is brought in as
history, through the registers, as a district would bring in its spreadsheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.enterprises.documents import Enterprise
from app.enterprises.register import REGISTER as ENTERPRISES
from app.foundation import days, duties
from app.foundation.db import transaction
from app.people.who import Who
from app.projects.approvals import actions as approvals
from app.projects.documents import STAGES, Project
from app.projects.figures.registers import PLANS, PROJECT_FIGURES
from app.projects.forecasts import paces
from app.projects.milestones import templates
from app.projects.rates import restanding
from app.projects.register import REGISTER as PROJECTS
from app.projects.stages.register import REGISTER as LINE
from app.registers.planning import carry_out, plan
from app.registers.register import Register
from app.registers.stating import batch_of, loaded
from deploy.demo.due import do_due
from deploy.demo.times import Chance, chance

Row = Mapping[str, Any]
SOURCE, PLANNED = "import", "planned"
STEPS: Mapping[str, tuple[int, int]] = {
    "negotiation": (20, 60),
    "signed": (30, 90),
    "filed": (15, 60),
    "land": (30, 100),
    "started": (20, 80),
    "completed": (220, 420),
    "certificate": (10, 50),
    "production": (20, 120),
    "on_target": (330, 500),
}
"""Days that each stage takes after the one before it, at least and at most."""
MONTHS_BACK = 30
BUSY = ("signed", "filed", "land", "started")
"""Stages in which there is most to do."""
INDUSTRIES = ("C13", "C26", "C33", "C34", "C35", "C36", "C38")


def keep(who: Who, projects: Sequence[Row], earlier: datetime, now: datetime) -> None:
    """Bring in the ledger of these projects, entered by `who`; again changes nothing.

    What had happened by then was entered `earlier`, so that past months can be told as they were known.
    """
    today = days.today(now)
    lives = [_Life(row, today) for row in projects]
    _take(who, PROJECTS, [each.particulars() for each in lives], earlier)
    _take(who, PLANS, [row for each in lives for row in each.plans()], earlier)
    line = [row for each in lives for row in each.stages()]
    figures = [row for each in lives for row in each.figures()]
    for at in (earlier, now):
        day = days.today(at).isoformat()
        _take(who, LINE, [row for row in line if row["kind"] == PLANNED or row["on"] <= day], at)
        _take(who, PROJECT_FIGURES, [row for row in figures if row["month"] < day[:7]], at)
    _take(who, ENTERPRISES, list(_firms(lives)), now)
    _stand(now)
    for life in lives:
        if life.row["stage"] in BUSY:
            _lay_out(who, life, now)


def _lay_out(who: Who, life: _Life, now: datetime) -> None:
    """Milestones of the template for its kind, and before the start its approvals; again adds none."""
    project = Project.objects(code=life.row["code"]).get()
    templates.lay(who, str(project.id), template=None, person_id=str(project.commissioner), now=now)
    if "started" not in life.reached:
        approvals.open_items(who, str(project.id), [], now)


def _stand(now: datetime) -> None:
    """Make the standings that are owed, as a worker would, and what is read from them."""
    owed = {"kind": "projects.restand", "state": "due"}
    for subject in duties.rows().distinct("subject", owed):
        do_due(subject, {"projects.restand": restanding.restand}, at=now)
    paces.remake(now)


def _take(who: Who, register: Register, rows: Sequence[Row], now: datetime) -> None:
    batch = batch_of(who, now, historic=True, source=SOURCE)
    lines = [loaded(register, row, number) for number, row in enumerate(rows, 1)]
    planned = plan(register, batch, lines)
    if planned.problems:
        raise ValueError(f"{register.name}: {planned.problems[:3]}")
    transaction(lambda: carry_out(register, batch, planned))


class _Life:
    """One project from reserve to where it stands, as its code has it."""

    def __init__(self, row: Row, today: date) -> None:
        self.row, self.today = row, today
        self.luck: Chance = chance(f"ledger {row['code']}")
        self.investment = Decimal(self.luck.choice((6000, 9000, 12000, 26000, 52000, 88000)))
        self.reached = self._reached()
        self.ahead = self._ahead()

    def _reached(self) -> dict[str, date]:
        """When it came to each stage, counted back from the last one."""
        last = STAGES.index(self.row["stage"])
        day = self.today - timedelta(days=self.luck.randint(20, 260))
        found = {}
        for stage in reversed(STAGES[: last + 1]):
            found[stage] = day
            least, most = STEPS.get(stage, (0, 0))
            day -= timedelta(days=self.luck.randint(least, most))
        return dict(reversed(found.items()))

    def _ahead(self) -> dict[str, date]:
        """When the stages that are left were planned; some of that has passed."""
        day = self.reached[self.row["stage"]]
        found = {}
        for stage in STAGES[STAGES.index(self.row["stage"]) + 1 :]:
            least, most = STEPS[stage]
            day += timedelta(days=self.luck.randint(least, (least + most) // 2))
            found[stage] = day
        return found

    def particulars(self) -> dict[str, Any]:
        """What the register of projects has beside the demo's own file."""
        return {
            "code": self.row["code"],
            "name": self.row["name"],
            "unit": self.row["unit"],
            "industry": self.luck.choice(INDUSTRIES),
            "investment": str(self.investment),
            "equipment_investment": str(self.investment * 4 / 10),
            "land_mu": str((self.investment / 400).quantize(Decimal("0.001"))),
            "promised_sales": str(self.investment * 15 / 10),
            "promised_tax": str(self.investment * 6 / 100),
            "promised_jobs": int(self.investment / 200),
        }

    def stages(self) -> Iterator[dict[str, Any]]:
        """The line: what came, and what was planned."""
        for stage, day in self.reached.items():
            yield self._stage(stage, "actual", day)
            if stage in STEPS:
                early = timedelta(days=self.luck.randint(0, 25))
                yield self._stage(stage, PLANNED, day - early)
        for stage, day in self.ahead.items():
            yield self._stage(stage, PLANNED, day)

    def _stage(self, stage: str, kind: str, day: date) -> dict[str, Any]:
        return {
            "project": self.row["code"],
            "stage": stage,
            "kind": kind,
            "on": day.isoformat(),
        }

    def plans(self) -> Iterator[dict[str, Any]]:
        """What it was to invest, in each year from its start to its end."""
        if "started" not in self.reached:
            return
        ends = self.reached.get("completed") or self.ahead["completed"]
        years = range(self.reached["started"].year, max(ends.year, self.today.year) + 1)
        share = (self.investment / len(years)).quantize(Decimal("0.01"))
        for year in years:
            yield {"project": self.row["code"], "year": year, "investment": str(share)}

    def figures(self) -> Iterator[dict[str, Any]]:
        """Month by month since its start: invested until it was completed, sold since it produces."""
        started, completed = self.reached.get("started"), self.reached.get("completed")
        if started is None:
            return
        sells = self.reached.get("production")
        vigour = self.luck.choice((0, 0.5, 0.9, 1.1))
        for back in range(MONTHS_BACK, 0, -1):
            month = days.months_later(self.today.replace(day=1), -back)
            if days.end_of_month(month) < started:
                continue
            row = {"project": self.row["code"], "month": days.month_of(month)}
            builds = completed is None or month <= completed
            spent = float(self.investment) / 20 * vigour if builds else 0
            row |= {"actual_investment": self._about(spent), "paid_in": self._about(spent * 0.8)}
            if sells is not None and month >= sells:
                sales = float(self.investment) * 1.5 / 12 * vigour
                row |= {"sales": self._about(sales), "tax": self._about(sales * 0.04)}
            yield row

    def _about(self, amount: float) -> str:
        return f"{max(amount, 0) * self.luck.uniform(0.85, 1.15):.2f}"


def _firms(lives: Sequence[_Life]) -> Iterator[dict[str, Any]]:
    """When the enterprises were founded and went into production."""
    owners = dict(Project.objects.scalar("code", "enterprise"))
    first: dict[Any, _Life] = {}
    for life in lives:
        first.setdefault(owners[life.row["code"]], life)
    for firm in Enterprise.objects(id__in=[key for key in first if key]):
        life = first[firm.id]
        founded = min(life.reached.values()) - timedelta(days=life.luck.randint(400, 3000))
        produces = life.reached.get("production")
        yield {
            "credit_code": firm.credit_code,
            "name": firm.name,
            "unit": firm.unit,
            "founded_on": founded.isoformat(),
            "production_on": produces.isoformat() if produces else None,
            "growth_class": "new" if produces else "potential",
        }
