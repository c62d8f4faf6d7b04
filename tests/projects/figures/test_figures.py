"""Monthly figures and annual plans over HTTP: what is stated adds up, is corrected, locked and never lost."""

from __future__ import annotations

import pytest

from app.foundation import duties
from app.projects.figures.documents import FigureEntry, PlanEntry
from tests.support.factories import client_id

UNIT = "321204002"


class Story:
    """A project of a unit whose admin enters its figures."""

    def __init__(self, given):
        self.given = given
        self.firm = given.enterprise(unit=UNIT)
        self.project = given.project(self.firm)
        self.keeper = given.role("unit_admin", unit=UNIT)
        self.admin = given.role("admin")
        self.figures = f"/projects/{self.project.id}/figures"
        self.plans = f"/projects/{self.project.id}/plans"
        self.of_firm = f"/enterprises/{self.firm.id}/figures"

    def state(self, path, **said):
        return self.keeper.do(path, {"client_id": client_id(), **said})

    def refused(self, path, **said):
        answer = self.keeper.post(path, {"client_id": client_id(), **said})
        assert answer.status_code == 422, answer.json
        return answer.json["errors"]

    def lock(self, month):
        return self.admin.do("/month-locks", {"month": month})


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return Story(given)


class TestFigures:
    def test_what_is_not_named_stays(self, story):
        first = story.state(story.figures, month="2026-10", actual_investment="1200.5", jobs=80)
        assert (first["actual_investment"], first["sales"], first["jobs"]) == ("1200.50", None, 80)
        second = story.state(story.figures, month="2026-10", paid_in="300")
        shown = ("1200.50", "300.00", 80)
        assert tuple(second[name] for name in ("actual_investment", "paid_in", "jobs")) == shown
        found = story.keeper.see(story.figures, history=True)
        assert [each["id"] for each in found["items"]] == [second["id"]]
        assert [each["id"] for each in found["history"]] == [first["id"]]
        [duty, _] = duties.rows().find({"kind": "projects.restand"})
        assert duty["payload"]["projects"] == [story.project.id]

    def test_null_says_that_it_is_not_known_after_all(self, story):
        story.state(story.figures, month="2026-10", actual_investment="1200.5", jobs=80)
        assert story.state(story.figures, month="2026-10", jobs=None)["jobs"] is None

    @pytest.mark.parametrize("amount", ["1.005", "1e3", "12,5", "-1", 1.5, "1000000000000000"])
    def test_money_is_exact_text(self, story, amount):
        assert "actual_investment" in story.refused(
            story.figures, month="2026-10", actual_investment=amount
        )

    def test_sales_and_tax_may_be_taken_back(self, story):
        made = story.state(story.figures, month="2026-10", sales="-10.01", tax="-0.5")
        assert (made["sales"], made["tax"]) == ("-10.01", "-0.50")

    def test_a_month_to_come_has_a_plan_only(self, story):
        assert story.state(story.figures, month="2026-11", actual_investment="5")
        assert story.state(story.figures, month="2026-12", planned_investment="5")
        assert "month" in story.refused(story.figures, month="2026-12", actual_investment="5")
        assert "_schema" in story.refused(story.figures, month="2026-10")
        assert "month" in story.refused(story.figures, month="2026-13", jobs=1)

    def test_the_same_again_is_the_same_entry(self, story):
        body = {"client_id": client_id(), "month": "2026-10", "jobs": 8}
        statuses = [story.keeper.post(story.figures, body).status_code for _ in range(2)]
        assert statuses == [201, 200]
        other = story.keeper.post(story.figures, {**body, "jobs": 9})
        assert other.status_code == 409
        assert FigureEntry.rows().count_documents({}) == 1

    def test_tax_of_a_firm_names_its_lawful_source(self, story):
        assert "basis" in story.refused(story.of_firm, month="2026-10", sales="100", tax="8")
        made = story.state(story.of_firm, month="2026-10", tax="8", basis="企业授权")
        assert (made["enterprise_id"], made["tax"]) == (str(story.firm.id), "8.00")
        assert story.state(story.of_firm, month="2026-10", sales="100")["basis"] == "企业授权"

    def test_figures_are_for_few_eyes(self, story, given):
        story.state(story.of_firm, month="2026-10", sales="100")
        clerk, contact = given.clerk("HOUSING"), given.contact(story.firm)
        for path in (story.figures, story.of_firm, story.plans):
            assert clerk.get(path).status_code == 403
            assert contact.get(path).status_code == 200
        body = {"client_id": client_id(), "month": "2026-10", "sales": "1"}
        assert contact.post(story.of_firm, body).status_code == 403
        assert given.contact(given.enterprise()).get(story.of_firm).status_code == 404


class TestLocking:
    def test_after_it_an_entry_is_a_correction_with_a_reason(self, story):
        story.state(story.figures, month="2026-09", jobs=8)
        assert story.lock("2026-09")["month"] == "2026-09"
        assert "month" in story.refused(story.figures, month="2026-09", jobs=9)
        made = story.state(story.figures, month="2026-09", jobs=9, reason="漏报一人")
        assert (made["correction"], made["reason"]) == (True, "漏报一人")
        late = story.state(story.of_firm, month="2026-09", sales="9", reason="迟报")
        assert (late["correction"], late["reason"]) == (True, "迟报")
        assert story.state(story.figures, month="2026-10", jobs=9)["correction"] is False

    def test_the_same_figures_again_need_none(self, story):
        story.state(story.figures, month="2026-09", jobs=8)
        story.lock("2026-09")
        assert story.state(story.figures, month="2026-09", jobs=8)["correction"] is False

    def test_a_month_is_locked_once_and_when_it_is_over(self, story):
        answers = [story.admin.post("/month-locks", {"month": "2026-10"}) for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 200]
        assert story.admin.post("/month-locks", {"month": "2026-11"}).status_code == 422
        assert story.keeper.post("/month-locks", {"month": "2026-09"}).status_code == 403
        assert [each["month"] for each in story.keeper.see("/month-locks")["items"]] == ["2026-10"]


class TestPlans:
    def test_the_first_plan_of_a_year_stays_beside_the_current_one(self, story):
        story.state(story.plans, year=2026, investment="8000")
        made = story.state(story.plans, year=2026, investment="5000", reason="调减")
        assert (made["investment"], made["first"]) == ("5000.00", "8000.00")
        last = story.state(story.plans, year=2026, investment="6000")
        assert last["first"] == "8000.00"
        story.state(story.plans, year=2027, investment="100")
        found = story.keeper.see(story.plans, history=True)
        assert [(each["year"], each["investment"]) for each in found["items"]] == [
            (2026, "6000.00"),
            (2027, "100.00"),
        ]
        assert [each["investment"] for each in found["history"]] == ["8000.00", "5000.00"]
        assert PlanEntry.rows().count_documents({"superseded_at": None}) == 2


class TestAsOf:
    def test_as_it_was_known_and_as_it_truly_was(self, story, the_time):
        the_time.is_("2026-10-05 10:00")
        story.state(story.figures, month="2026-09", jobs=8)
        story.state(story.plans, year=2026, investment="8000")
        the_time.is_("2026-11-05 10:00")
        story.state(story.figures, month="2026-09", jobs=9)
        story.state(story.figures, month="2026-10", jobs=10)
        story.state(story.plans, year=2026, investment="5000")

        def jobs(**query):
            items = story.keeper.see(story.figures, **query)["items"]
            return [(each["month"], each["jobs"]) for each in items]

        assert jobs() == [("2026-09", 9), ("2026-10", 10)]
        assert jobs(as_of="2026-10-05") == [("2026-09", 8)]
        assert jobs(as_of="2026-10-04") == []
        assert jobs(as_of="2026-09-30", basis="true") == [("2026-09", 9)]
        [plan] = story.keeper.see(story.plans, as_of="2026-10-31")["items"]
        assert (plan["investment"], plan["superseded_at"]) == ("8000.00", None)
