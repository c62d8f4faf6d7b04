"""Rates over HTTP: who sees what, the projects behind a number, and any past day asked for again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.enterprises import keeping
from app.enterprises.actions import Registration, complete
from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.people.documents import Grant
from app.projects.documents import Project
from app.projects.rates import queries
from app.projects.rates.formulas import RATES
from app.projects.rates.queries import Asked
from tests.projects.rates.entered import figure, money, payout, plan, restand, stage
from tests.support.factories import credit_code, who

UNITS = ("321204001", "321204002")


def project(given, *steps, **fields):
    """Signed, filed, started … on these days, in this order."""
    made = given.project(**{"unit": UNITS[0], "industry": "equipment", **fields})
    for name, day in zip(("signed", "filed", "started", "production"), steps, strict=False):
        if day:
            stage(made.id, name, day)
    return made


def district(given) -> list[Project]:
    """Two units, some projects, one that left before it was filed."""
    found = [
        project(given, "2026-01-10", "2026-02-01", "2026-03-01", investment=money(9000)),
        project(given, "2026-02-10", unit=UNITS[1], investment=money(1000)),
        project(given, "2026-02-11", "2026-10-12", unit=UNITS[1], industry="chemistry"),
        project(given, "2026-05-10", "2026-07-01", level="city"),
    ]
    stage(found[3].id, "exited", "2026-06-01", turn=1)
    plan(found[0].id, 2026, 100)
    plan(found[0].id, 2026, 80)
    for month, amount in (("2026-03", 20), ("2026-10", 20), ("2026-11", 5)):
        figure(found[0].id, month, actual_investment=amount)
    restand()
    return found


@pytest.fixture
def today(the_time):
    return the_time.is_("2026-11-24 10:00")


def test_the_five_rates(given, today):
    district(given)
    seen = given.role("leader").see("/rates", by="unit")
    assert (seen["as_of"], seen["from"], seen["to"]) == ("2026-11-24", "2026-01", "2026-11")
    total = seen["total"]
    assert total["filed"]["open"] == {
        "numerator": 2,
        "denominator": 4,
        "percent": 50.0,
        "money": {"numerator": "9000.00", "denominator": "10000.00", "percent": 90.0},
        "small": True,
    }
    assert total["started"]["matured"]["denominator"] == 0
    assert total["started"]["matured"]["percent"] is None
    completion = total["completion"]
    assert (completion["months"], completion["actual"]) == (10, "40.00")
    assert (completion["percent"], completion["first"]["percent"]) == (50.0, 40.0)
    assert completion["gap"] == -33.3
    names = [(line["unit"], line["unit_name"]) for line in seen["items"]]
    assert names == [("321204001", "罗塘街道"), ("321204002", "三水街道")]
    by_unit = [line["rates"]["filed"]["open"]["denominator"] for line in seen["items"]]
    assert sum(by_unit) == total["filed"]["open"]["denominator"]


@pytest.mark.parametrize("by", list(queries.BY))
def test_sums_are_the_same_however_they_are_told_apart(given, today, by):
    leader = given.person(Grant(role="leader"))
    district(given)
    Project.rows().update_one({"unit": UNITS[1]}, {"$set": {"leader": leader.id}})
    restand()
    seen = given.role("leader").see("/rates", by=by, plan="first")
    whole = given.role("leader").see("/rates", plan="first")
    assert seen["total"] == whole["total"]
    for rate in ("filed", "started"):
        parts = [line["rates"][rate]["open"] for line in seen["items"]]
        for end in ("numerator", "denominator"):
            assert sum(part[end] for part in parts) == whole["total"][rate]["open"][end]


def test_cells_and_standings_say_the_same(given, today):
    """A narrowing that no cells know is reckoned from standings."""
    district(given)
    phone = given.role("leader")
    for unit in UNITS:
        cells = phone.see("/rates", unit=unit)["total"]
        standings = [
            phone.see("/rates", unit=unit, level=each)["total"] for each in ("district", "city")
        ]
        for rate in ("filed", "started", "production", "on_target"):
            for end in ("numerator", "denominator"):
                total = sum(each[rate]["open"][end] for each in standings)
                assert total == cells[rate]["open"][end]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("matured", [False, True])
def test_a_number_opens_to_its_projects(given, today, rate, matured):
    district(given)
    phone = given.role("inspector")
    for unit in (None, *UNITS):
        query = {"unit": unit} if unit else {}
        seen = phone.see(
            "/rates", projects="true", rate=rate, matured=str(matured).lower(), **query
        )
        behind, number = seen["projects"], seen["total"][rate]
        if rate == "completion":
            assert behind["total"] == number["projects"]
            spent = sum(Decimal(each["actual"]) for each in behind["items"])
            assert spent == Decimal(number["actual"])
        else:
            number = number["matured" if matured else "open"]
            assert behind["total"] == number["denominator"]
            assert sum(each["counts"] for each in behind["items"]) == number["numerator"]


def test_pages_of_projects(given, today):
    made = district(given)
    phone = given.role("leader")
    pages = [phone.see("/rates", projects="true", page=n, page_size=3)["projects"] for n in (1, 2)]
    assert [each["id"] for page in pages for each in page["items"]] == [
        str(each.id) for each in made
    ]
    assert pages[0]["items"][1]["reached"] is None
    assert pages[1]["items"][0]["exited_on"] == "2026-06-01"


class TestAccess:
    def test_a_unit_sees_its_own(self, given, today):
        district(given)
        phone = given.role("unit_admin", unit=UNITS[1])
        for query in ({"by": "unit"}, {"by": "level"}, {"by": "unit", "as_of": "2026-11-01"}):
            seen = phone.see("/rates", **query)
            assert seen["total"]["filed"]["open"]["denominator"] == 2
        assert phone.see("/rates", unit=UNITS[0])["items"] == []
        shown = phone.see("/rates", projects="true")["projects"]["items"]
        assert {each["unit"] for each in shown} == {UNITS[1]}

    def test_a_commissioner_sees_the_projects_served(self, given, today):
        phone = given.commissioner()
        made = district(given)
        Project.rows().update_one({"_id": made[0].id}, {"$set": {"commissioner": phone.person.id}})
        restand(made[0].id)
        for by in ("unit", "commissioner"):
            seen = phone.see("/rates", by=by)
            assert seen["total"]["filed"]["open"]["denominator"] == 1
        assert phone.see("/projects/metrics")["total"]["days_to_file"]["count"] == 1

    @pytest.mark.parametrize("path", ["/rates", "/projects/metrics", "/projects/metrics/firms"])
    def test_a_clerk_and_a_contact_see_none(self, given, path):
        assert given.clerk("HOUSING").get(path).status_code == 403
        assert given.contact(given.enterprise()).get(path).status_code == 403

    def test_everybody_may_read_what_the_numbers_mean(self, given):
        items = given.contact(given.enterprise()).see("/metrics/definitions")["items"]
        assert [each["code"] for each in items[:5]] == list(RATES)
        assert items[0]["name"] == "签约项目备案率"
        assert items[0]["window_months"] == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"as_of": "2026-11-25"}, "as_of"),
        ({"as_of": "0074-06-16"}, "as_of"),
        ({"year": 2027}, "year"),
        ({"from": "2026-05", "to": "2026-04"}, "from"),
        ({"by": "colour"}, "by"),
    ],
)
def test_what_cannot_be_asked(given, today, query, field):
    answer = given.role("leader").get("/rates", **query)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


class TestAsOf:
    def test_what_was_answered_then_is_answered_again(self, given, the_time):
        """As known at the end of each day: entries, corrections, and what the project itself was."""
        leader = who(given.role("leader"))
        answered = {}
        the_time.is_("2026-03-10 09:00")
        first = project(given, "2026-01-10", investment=money(5000))
        second = project(given, "2026-02-10", unit=UNITS[1])
        changes = {
            "2026-03-10": lambda: plan(first.id, 2026, 100),
            "2026-03-20": lambda: stage(first.id, "filed", "2026-03-01"),
            "2026-04-05": lambda: stage(first.id, "filed", "2026-03-01", void=True),
            "2026-04-30": lambda: stage(first.id, "started", "2026-04-01"),
            "2026-05-02": lambda: figure(first.id, "2026-04", actual_investment=30),
            "2026-06-10": lambda: plan(first.id, 2026, 60),
            "2026-07-01": lambda: figure(first.id, "2026-04", actual_investment=20),
            "2026-08-01": lambda: _move(first, unit=UNITS[1], investment=money(7000)),
            "2026-09-01": lambda: stage(second.id, "exited", "2026-08-20", turn=1),
            "2026-10-01": lambda: stage(second.id, "filed", "2026-08-21"),
        }
        for day, change in changes.items():
            the_time.is_(f"{day} 10:00")
            change()
            restand()
            answered[day] = self.ask(leader, day)
        the_time.is_("2026-11-24 10:00")
        for day, then in answered.items():
            assert self.ask(leader, day, basis="known") == then
        assert len({str(each) for each in answered.values()}) >= 8

    def ask(self, leader, day, **how):
        asked = Asked(by="unit", first="2026-01", as_of=date.fromisoformat(day), **how)
        found = queries.rates(leader, asked, clock.now())
        return [(line.group, line.rates) for line in found.lines], found.total

    def test_as_it_truly_was_a_late_entry_counts(self, given, the_time):
        the_time.is_("2026-03-10 09:00")
        made = project(given, "2026-01-10")
        restand()
        the_time.is_("2026-11-24 10:00")
        stage(made.id, "filed", "2026-02-01")
        restand()
        phone = given.role("leader")
        numerators = {
            (basis, day): phone.see("/rates", as_of=day, basis=basis)["total"]["filed"]["open"][
                "numerator"
            ]
            for basis in ("known", "true")
            for day in ("2026-01-31", "2026-03-31")
        }
        assert numerators == {
            ("known", "2026-01-31"): 0,
            ("known", "2026-03-31"): 0,
            ("true", "2026-01-31"): 0,
            ("true", "2026-03-31"): 1,
        }

    def test_as_it_truly_was_before_another_phase_began(self, given, the_time):
        """Its first phase had been completed the year before: nothing was being built."""
        the_time.is_("2026-11-24 10:00")
        made = project(given, "2025-01-10", "2025-02-01")
        for phase, name, on in (
            (1, "started", "2025-03-01"),
            (1, "completed", "2025-12-01"),
            (2, "started", "2026-06-01"),
        ):
            stage(made.id, name, on, phase=phase)
        plan(made.id, 2026, 100)
        restand()
        phone = given.role("leader")
        for day, projects in (("2026-03-31", 0), ("2026-06-30", 1), ("2026-11-24", 1)):
            query = {"as_of": day, "rate": "completion", "projects": "true"}
            seen = phone.see("/rates", **query)
            assert seen["total"]["completion"]["projects"] == projects
            assert seen["projects"]["total"] == len(seen["projects"]["items"]) == projects
            assert (
                phone.see("/rates", as_of=day)["total"]["started"]["open"]
                == (phone.see("/rates", as_of=day, level="district")["total"]["started"]["open"])
            )

    @pytest.mark.parametrize("basis", ["known", "true"])
    @pytest.mark.parametrize("rate", RATES)
    def test_a_past_number_opens_to_its_projects(self, given, today, the_time, basis, rate):
        district(given)
        the_time.is_("2027-02-24 10:00")
        query = {"as_of": "2026-12-03", "basis": basis, "rate": rate, "projects": "true"}
        seen = given.role("leader").see("/rates", **query)
        number = seen["total"][rate]
        expected = number["projects"] if rate == "completion" else number["open"]["denominator"]
        assert seen["projects"]["total"] == len(seen["projects"]["items"]) == expected


def _move(project, **change) -> None:
    Project.rows().update_one({"_id": project.id}, {"$set": change})


class TestMetrics:
    @pytest.fixture
    def phone(self, given, today):
        """Two firms in production, one of them not yet for two years; one project has landed in time."""
        old = given.enterprise(
            name="老厂",
            production_on="2020-01-01",
            land_owned_mu=money(10),
            land_leased_mu=money(10),
        )
        young = given.enterprise(name="新厂")
        first = project(
            given, "2022-01-10", "2022-02-01", "2022-04-01", "2023-01-01", enterprise=old
        )
        second = project(
            given, "2023-06-01", "2023-06-11", "2024-01-01", "2025-06-01", enterprise=young
        )
        worth = {"promised_sales": money(1000), "investment": money(1000), "land_mu": money(5)}
        Project.rows().update_many({}, {"$set": worth})
        for key in (first.id, second.id):
            figure(key, "2026-10", actual_investment=500, sales=250, tax=25)
        figure(old.id, "2026-09", kind="enterprise", tax=40)
        restand()
        assert Enterprise.rows().count_documents({}) == 2
        return given.role("leader")

    def test_their_values(self, phone):
        seen = phone.see("/projects/metrics", **{"from": "2022-01", "to": "2026-11"})["total"]
        values = {name: each["value"] for name, each in seen.items()}
        assert values == {
            "landing": "100.0",
            "landing_matured": "100.0",
            "input_output": "0.50",
            "land_yield": "50.00",
            "fiscal": "5.00",
            "tax_per_mu": "2.00",
            "plan_symmetry": None,
            "output_symmetry": "0.50",
            "payout_symmetry": None,
            "days_to_file": "16",
            "days_to_start": "131.5",
            "days_to_production": "396",
        }
        assert seen["landing"]["count"] == 2
        assert seen["tax_per_mu"]["unranked"] == 1

    def test_tax_against_what_was_paid_in_the_same_months(self, given, phone, the_time):
        old, young = (Enterprise.rows().find_one({"name": name}) for name in ("老厂", "新厂"))
        for on, amount in (
            *(("2025-10-01", 8), ("2026-09-30", 2)),
            *(("2025-09-30", 100), ("2026-10-01", 100)),
        ):
            payout(old["_id"], on, amount)
        span = {"from": "2022-01", "to": "2026-11"}
        assert self.symmetry(phone, **span) == ("4.00", 1)
        the_time.passes(days=2)
        payout(young["_id"], "2026-10-31", 10)
        later = given.phone(phone.person)
        assert self.symmetry(later, **span) == ("3.25", 2)
        then = {"as_of": "2026-11-24", "basis": "known"}
        assert self.symmetry(later, **span, **then) == ("4.00", 1)

    def symmetry(self, phone, **query):
        found = phone.see("/projects/metrics", **query)["total"]["payout_symmetry"]
        return found["value"], found["count"]

    def test_of_a_past_day_figures_to_it(self, phone):
        query = {"as_of": "2026-09-30", "from": "2022-01"}
        seen = phone.see("/projects/metrics", **query)["total"]
        assert seen["input_output"]["value"] is None
        assert seen["tax_per_mu"]["value"] == "2.00"

    def test_of_firms_what_was_known_then(self, phone, given, the_time):
        """Name, land and day of production are changed later; one firm is completed, one comes later."""
        admin = who(given.role("admin"))
        firm = Enterprise.objects(name="老厂").first()
        before = phone.see("/projects/metrics/firms")["items"]
        the_time.is_("2026-11-25 10:00")
        raw = {"credit_code": firm.credit_code, "name": "新名", "unit": firm.unit}
        for land in ("50", "80"):
            raw |= {"land_owned_mu": land, "production_on": "2026-01-01"}
            firm = keeping.change(admin, str(firm.id), raw, [], firm.version, clock.now())
        the_time.is_("2026-11-26 10:00")
        after = phone.see("/projects/metrics/firms")["items"]
        assert [(each["name"], each["tax_per_mu"], each["rank"]) for each in after] == [
            ("新厂", "5.00", None),
            ("新名", "0.50", None),
        ]
        known = {"basis": "known", "as_of": "2026-11-24"}
        assert phone.see("/projects/metrics/firms", **known)["items"] == before
        assert phone.see("/projects/metrics", **known)["total"]["tax_per_mu"]["value"] == "2.00"

    def test_a_firm_that_was_completed_had_its_first_name_before(self, phone, given, the_time):
        Enterprise.rows().update_one(
            {"name": "新厂"}, {"$set": {"provisional": True}, "$unset": {"credit_code": 1}}
        )
        firm = Enterprise.objects(name="新厂").first()
        the_time.is_("2026-11-25 10:00")
        completed = Registration(credit_code=credit_code(990), unit=firm.unit, name="新厂公司")
        complete(who(given.role("admin")), str(firm.id), completed, clock.now())
        for day, name in (("2026-11-24", "新厂"), ("2026-11-25", "新厂公司")):
            items = phone.see("/projects/metrics/firms", basis="known", as_of=day)["items"]
            assert items[1]["name"] == name

    def test_groups_sum_up(self, phone):
        seen = phone.see("/projects/metrics", by="unit")
        assert [line["unit"] for line in seen["items"]] == [UNITS[0]]
        assert seen["items"][0]["metrics"] == seen["total"]

    def test_firms_by_their_land(self, phone):
        items = phone.see("/projects/metrics/firms")["items"]
        assert [(each["name"], each["tax_per_mu"], each["rank"]) for each in items] == [
            ("老厂", "2.00", 1),
            ("新厂", "5.00", None),
        ]
