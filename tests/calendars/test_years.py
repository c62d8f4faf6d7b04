"""A year of the working calendar, looked at by everybody and stated by admins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from bson import ObjectId

from app.calendars import actions, registry
from app.calendars.actions import Stated
from app.foundation import clock, db, duties, history
from app.foundation.errors import Stale
from app.foundation.messages import catalogue
from app.people.who import ROLES
from app.sla.calendar import DAY_OFF, FESTIVALS, WEEKEND
from tests.api.shape import nothing_stored, refused
from tests.support.factories import who

OTHERS = (WEEKEND, DAY_OFF, "made_up", "worked")
# As the national notice for 2027 might have it.
NOTICE = {
    "published": True,
    "days_off": ["2027-02-11", "2027-05-05", "2027-10-06", "2027-10-07"],
    "working_days": ["2027-01-31", "2027-10-09"],
    "reason": "国务院办公厅关于2027年部分节假日安排的通知",
}
PATH = "/calendar/2027"


@pytest.fixture
def admin(given):
    return given.role("admin")


def put(phone, path, body, etag):
    headers = {"If-Match": etag} if etag else {}
    return phone.call("PUT", path, json=body, headers=headers)


def state(phone, body, path=PATH):
    """The year as it is after it was stated."""
    answer = put(phone, path, body, phone.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def why(year, day):
    """(works, words) of a day; None when it is an ordinary one."""
    found = [each for each in year["days"] if each["date"] == day]
    return (found[0]["works"], found[0]["why"]["text"]) if found else None


def owed(kind):
    return list(duties.rows().find({"kind": kind}).sort("_id", 1))


def test_a_published_year_tells_every_day_and_why(given):
    year = given.commissioner().see("/calendar/2026")
    assert (year["year"], year["published"], year["provisional"]) == (2026, True, False)
    assert year["office_hours"] == [
        {"opens": "08:30", "closes": "12:00"},
        {"opens": "14:00", "closes": "17:30"},
    ]
    assert (year["days_off"], year["working_days"]) == ([], [])
    assert (year["reason"], year["changed_at"]) == (None, None)
    assert why(year, "2026-01-01") == (False, "元旦")
    assert why(year, "2026-02-20") == (False, "春节")
    assert why(year, "2026-02-28") == (True, "调休上班")
    assert why(year, "2026-10-07") == (False, "国庆节")
    assert why(year, "2026-11-28") == (False, "周末")
    assert why(year, "2026-11-27") is None
    dates = [each["date"] for each in year["days"]]
    assert dates == sorted(set(dates))
    assert {each[:4] for each in dates} == {"2026"}


def test_a_year_without_its_notice_is_provisional(given):
    year = given.contact(given.enterprise()).see(PATH)
    assert (year["published"], year["provisional"]) == (False, True)
    assert why(year, "2027-10-01") == (False, "国庆节")


@pytest.mark.parametrize("path", ["/calendar/2023", "/calendar/2061", "/calendar/soon"])
def test_there_are_no_other_years(path, admin):
    refused(admin.get(path), 404)
    refused(put(admin, path, NOTICE, "*"), 404)


def test_a_stated_year_is_known(admin, given):
    year = state(admin, NOTICE)
    assert (year["published"], year["provisional"]) == (True, False)
    assert {name: year[name] for name in NOTICE} == NOTICE
    assert year["changed_at"] is not None
    assert why(year, "2027-02-11") == (False, "春节")
    assert why(year, "2027-05-05") == (False, "劳动节")
    assert why(year, "2027-10-07") == (False, "国庆节")
    assert why(year, "2027-10-09") == (True, "调休上班")
    assert given.clerk("HOUSING").see(PATH) == year
    calendar = registry.current()
    assert calendar.published_through == 2027
    assert calendar.add_working_days(date(2027, 9, 30), 1) == date(2027, 10, 8)
    assert calendar.add_working_days(date(2027, 9, 30), 2) == date(2027, 10, 9)


def test_the_same_change_again_changes_nothing(admin):
    seen = admin.get(PATH).headers["ETag"]
    first = put(admin, PATH, NOTICE, seen)
    with nothing_stored():
        for etag in (seen, None):
            again = put(admin, PATH, NOTICE | {"days_off": NOTICE["days_off"][::-1]}, etag)
            assert (again.status_code, again.json) == (200, first.json)


def test_a_change_is_made_to_what_was_seen(admin):
    seen = admin.get(PATH).headers["ETag"]
    with nothing_stored():
        refused(put(admin, PATH, NOTICE, None), 428, "request.if_match_needed")
        refused(put(admin, PATH, NOTICE, '"other"'), 412, "request.stale")
    assert put(admin, PATH, NOTICE, seen).status_code == 200
    with nothing_stored():
        refused(put(admin, PATH, NOTICE | {"reason": "又一次"}, seen), 412, "request.stale")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_only_admins_state_years(role, given):
    phone = given.role(role)
    with nothing_stored():
        refused(put(phone, PATH, NOTICE, phone.get(PATH).headers["ETag"]), 403, "forbidden")


@pytest.mark.parametrize(
    ("fields", "blamed", "says"),
    [
        ({"days_off": ["2027-10-09"]}, "days_off", "2027-10-09 既是休息日又是工作日"),
        ({"days_off": ["2026-10-09"]}, "days_off", "2026-10-09 不在这一年"),
        ({"working_days": ["2028-01-01"]}, "working_days", "2028-01-01 不在这一年"),
        ({"days_off": ["2027-05-05", "2027-05-05"]}, "days_off", "2027-05-05 重复"),
    ],
)
def test_days_that_cannot_be_meant(fields, blamed, says, admin):
    with nothing_stored():
        answer = put(admin, PATH, NOTICE | fields, "*")
        assert refused(answer, 422, "calendar.unfit")["errors"] == {blamed: [says]}


@pytest.mark.parametrize(
    "fields",
    [
        {"days_off": ["2027-02-30"]},
        {"days_off": ["soon"]},
        {"days_off": [20270211]},
        {"days_off": None},
        {"working_days": "2027-10-09"},
        {"published": None},
        {"published": "perhaps"},
        {"reason": " "},
        {"reason": "长" * 501},
        {"days_off": ["2027-01-01"] * 367},
        {"mayor": "某某"},
    ],
)
def test_what_is_not_of_the_form(fields, admin):
    with nothing_stored():
        error = refused(put(admin, PATH, NOTICE | fields, "*"), 422, "request.invalid")
        assert next(iter(error["errors"])).startswith(next(iter(fields)))


@pytest.mark.parametrize("missing", sorted(NOTICE))
def test_a_change_is_whole(missing, admin):
    part = {name: value for name, value in NOTICE.items() if name != missing}
    with nothing_stored():
        refused(put(admin, PATH, part, "*"), 422, "request.invalid")


def test_each_change_owes_the_recomputing_and_stands_in_history(admin):
    state(admin, NOTICE)
    state(admin, NOTICE | {"days_off": [], "reason": "更正"})
    thing = ObjectId("000000000000000000002027")
    assert {each["key"]: each["payload"] for each in owed("issues.recompute")} == {
        f"issues.recompute:2027:{version}{when}": {"year": 2027, "version": version}
        for version in (1, 2)
        for when in ("", ":after")
    }
    assert {each["subject"] for each in owed("issues.recompute")} == {thing}
    first, second = history.of("calendar", thing, internal=False)
    assert (first["action"], first["by"], first["role"]) == ("change", admin.person.id, "admin")
    assert (first["text"], second["text"]) == (NOTICE["reason"], "更正")
    assert first["data"]["before"]["published"] is False
    assert first["data"]["after"] == second["data"]["before"] == NOTICE
    assert [each["payload"] for each in owed("notices.deliver")] == [
        {"event": "calendar.changed", "row": row["_id"]} for row in (first, second)
    ]
    assert second["data"]["after"]["days_off"] == []


def test_the_recomputing_is_owed_at_once_and_after_those_who_are_at_it(given):
    now = clock.now()
    actions.change_year(who(given.role("admin")), 2027, Stated(True, (), (), "通知"), 0, now)
    waits = [each["due_at"] - now for each in owed("issues.recompute")]
    assert waits == [timedelta(), actions.SETTLED]
    assert actions.SETTLED.total_seconds() > db.TRANSACTION_SECONDS


def test_years_are_known_as_far_as_none_is_missing(admin):
    state(admin, {**NOTICE, "days_off": [], "working_days": []}, "/calendar/2028")
    assert registry.current().published_through == 2026
    early = admin.see("/calendar/2028")
    assert (early["published"], early["provisional"]) == (True, True)
    state(admin, NOTICE)
    assert registry.current().published_through == 2028
    state(admin, NOTICE | {"published": False, "reason": "撤回"})
    assert registry.current().published_through == 2026


def test_a_district_adds_a_day_of_its_own_and_takes_it_back(admin):
    flood = {"published": True, "days_off": ["2026-11-25"], "working_days": [], "reason": "防汛"}
    year = state(admin, flood, "/calendar/2026")
    assert why(year, "2026-11-25") == (False, "本地休息日")
    assert why(year, "2026-10-07") == (False, "国庆节")
    assert not registry.current().is_working_day(date(2026, 11, 25))
    worked = flood | {"days_off": [], "working_days": ["2026-10-07"], "reason": "抢险"}
    year = state(admin, worked, "/calendar/2026")
    assert why(year, "2026-11-25") is None
    assert why(year, "2026-10-07") == (True, "节假日照常上班")
    assert registry.current().is_working_day(date(2026, 11, 25))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", [*(name for _, name in FESTIVALS), *OTHERS])
def test_every_kind_of_day_has_its_words(code, language):
    assert f"calendar.day.{code}" in catalogue(language)


def test_the_calendar_is_built_once_for_what_is_stored(admin):
    first = registry.current()
    assert registry.current() is first
    state(admin, NOTICE)
    second = registry.current()
    assert second is not first
    assert registry.current() is second


def test_of_two_admins_at_once_one_is_told(given):
    people = [who(given.role("admin")) for _ in range(4)]
    said = [Stated(True, (date(2027, 5, day),), (), f"第{day}版") for day in (5, 6, 7, 10)]
    ready, outcome = Barrier(len(people)), []

    def change(person, stated):
        ready.wait()
        try:
            outcome.append(actions.change_year(person, 2027, stated, 0, clock.now()))
        except Stale as error:
            outcome.append(error.code)

    threads = [Thread(target=change, args=each) for each in zip(people, said, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome.count("calendar.changed_meanwhile") == 3
    [won] = [each for each in outcome if each != "calendar.changed_meanwhile"]
    assert registry.year_of(2027) == won
    assert len(owed("notices.deliver")) == 1
    assert history.rows().count_documents({"thing": "calendar"}) == 1


def test_an_old_version_is_stale_even_past_the_door(given):
    person, now = who(given.role("admin")), clock.now()
    stated = Stated(True, (), (), "第一版")
    actions.change_year(person, 2027, stated, 0, now)
    for version in (0, 2):
        with pytest.raises(Stale), nothing_stored():
            actions.change_year(person, 2027, stated, version, now)


def test_times_are_kept_as_they_were_said(given):
    now = datetime(2026, 11, 20, 3, 4, 5, 678000, UTC) - timedelta(days=1)
    made = actions.change_year(who(given.role("admin")), 2027, Stated(True, (), (), "x"), 0, now)
    assert made.changed_at == now
    assert registry.year_of(2027) == made
