"""Outside bodies that work when the district does not: their tickets count by their own calendar."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from app.calendars import registry
from app.departments import registry as departments
from app.foundation import district
from app.foundation.district import local
from app.issues.documents import Issue, Ticket
from config import pack as packs
from tests.support.duties import run_due
from tests.support.phone import issue_body

DISTRICT = Path(packs.__file__).parent / "district"
UTILITY = "{code: UTILITY, name: 供电企业, office_hours: [['08:00', '20:00']], works: [weekends, holidays]}"
WEEKENDS = "{code: WEEKENDS, name: 周末营业, works: [weekends]}"
POWER, HOUSING = "POWER", "PERMIT"


def pack_with(folder: Path, *calendars: str, calendar: str | None = "UTILITY") -> Path:
    shutil.copytree(DISTRICT, folder, ignore=shutil.ignore_patterns("training", "demo"))
    if calendars:
        (folder / "calendars.yaml").write_text(
            "".join(f"- {each}\n" for each in calendars), "utf-8"
        )
    if calendar:
        file = folder / "departments.yaml"
        code = "code: POWER_COMPANY,"
        text = file.read_text("utf-8").replace(code, f"{code} calendar: {calendar},")
        file.write_text(text, "utf-8")
    return folder


@pytest.fixture
def utility(clean, tmp_path) -> Iterator[None]:
    before = district.pack()
    try:
        departments.sync(district.use(pack_with(tmp_path / "pack", UTILITY, WEEKENDS)))
        yield
    finally:
        district._current[:] = [before]


def lead_of(phone, category: str) -> tuple[Issue, Ticket]:
    key = phone.do("/issues", issue_body(category=category, text="请协调办理"))["id"]
    run_due()
    return Issue.get(key), Ticket.objects(issue=key, role="lead").first()


class TestCounting:
    def test_weekends_and_holidays_are_worked_where_it_is_said(self, utility):
        base = registry.current()
        own, weekends = registry.own("UTILITY", base), registry.own("WEEKENDS", base)
        saturday, new_year = date(2026, 11, 28), date(2026, 1, 1)
        assert [each.is_working_day(saturday) for each in (base, own, weekends)] == [0, 1, 1]
        assert [each.is_working_day(new_year) for each in (base, own, weekends)] == [0, 1, 0]
        assert own.made_up(date(2026, 11, 1), saturday) == ()
        assert own.office_hours == ((time(8), time(20)),)
        assert weekends.office_hours == base.office_hours

    def test_a_calendar_that_is_no_more_leaves_the_district_s(self, utility):
        base = registry.current()
        assert registry.own("GONE", base) is base


class TestTickets:
    def test_count_by_the_own_calendar_and_the_enterprise_is_promised_by_the_district_s(
        self, utility, given, the_time
    ):
        the_time.is_("2026-11-27 10:00")  # a Friday
        phone = given.contact(given.enterprise())
        issue, ticket = lead_of(phone, POWER)
        assert ticket.clock["calendar"] == "UTILITY"
        assert local(ticket.accept_by).strftime("%m-%d %H:%M") == "11-28 20:00"
        assert local(issue.promise["accept_by"]).strftime("%m-%d %H:%M") == "11-30 17:30"
        assert "calendar" not in issue.clock
        own = next(why for why in ticket.why if why["code"] == "sla.own_calendar")
        assert own["params"] == {"calendar": "供电企业"}
        _, other = lead_of(phone, HOUSING)
        assert "calendar" not in other.clock

    def test_pauses_extensions_and_the_ladder_go_on_by_it(self, utility, given, the_time):
        the_time.is_("2026-11-27 10:00")
        phone = given.contact(given.enterprise())
        _, ticket = lead_of(phone, POWER)
        clerk, key = given.clerk("POWER_COMPANY"), ticket.id
        clerk.do(f"/tickets/{key}/accept")
        clerk.do(f"/tickets/{key}/ask", {"text": "请补充容量"})
        the_time.is_("2026-11-28 10:00")
        phone.do(f"/issues/{ticket.issue}/reply", {"text": "500千伏安"})
        after = Ticket.get(key)
        assert after.clock["calendar"] == "UTILITY"
        # From Friday 10:00 to Saturday 10:00 stand twelve hours of its office.
        moved = registry.own("UTILITY", registry.current()).working_minutes(
            ticket.resolve_by, after.resolve_by
        )
        assert moved == 12 * 60
        # A working day of its own before, which is a Saturday.
        due, resolve = (local(each) for each in (after.rung["due_at"], after.resolve_by))
        assert (due.date(), due.weekday()) == (resolve.date() - timedelta(days=1), 5)

    def test_a_redo_counts_by_it_too(self, utility, given, the_time):
        the_time.is_("2026-11-27 10:00")
        phone = given.contact(given.enterprise())
        issue, ticket = lead_of(phone, POWER)
        clerk = given.clerk("POWER_COMPANY")
        clerk.do(f"/tickets/{ticket.id}/accept")
        clerk.do(f"/tickets/{ticket.id}/answer", {"text": "已增容", "result": "solved"})
        phone.do(f"/issues/{issue.id}/confirm", {"solved": "no", "comment": "还是跳闸"})
        again = Ticket.get(ticket.id)
        assert again.clock["calendar"] == "UTILITY"
        assert local(again.accept_by).strftime("%m-%d") == "11-28"
        assert local(Issue.get(issue.id).promise["accept_by"]).strftime("%m-%d") == "11-30"


@pytest.mark.parametrize(
    ("calendars", "calendar", "says"),
    [
        ([], "UTILITY", "calendar: UTILITY is not in calendars.yaml"),
        ([UTILITY], "OTHER", "entry POWER_COMPANY: calendar: OTHER is not in calendars.yaml"),
        (["{code: A, name: 甲, works: [nights]}"], None, "works: nights is not one of"),
        (["{code: A, name: 甲, office_hours: []}"], None, "office_hours is empty"),
        (["{code: a, name: 甲}"], None, "code is 'a'"),
    ],
)
def test_a_pack_with_a_fault_says_what_is_wrong(calendars, calendar, says, tmp_path):
    with pytest.raises(packs.PackError) as refused:
        packs.load(pack_with(tmp_path / "pack", *calendars, calendar=calendar))
    assert says in str(refused.value)
