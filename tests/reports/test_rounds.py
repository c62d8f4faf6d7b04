"""Whom to visit on a day, by which way, how often in a month; and what commissioners did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from app.foundation import clock, db
from app.issues.documents import Issue
from app.projects.rates.documents import StoredStanding
from app.projects.warnings.documents import KeptWarning
from app.projects.warnings.facts import KINDS
from app.visits.documents import Visit
from tests.api.shape import refused
from tests.support.factories import client_id
from tests.support.phone import Phone

UNIT, OTHER_UNIT = "321204002", "321204001"
NOW = "2026-11-24 10:00"


@pytest.fixture
def server(given, the_time) -> Phone:
    the_time.is_(NOW)
    return given.commissioner()


def at(latitude: float, longitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def firm(given, server: Phone, name: str, **fields: Any) -> Any:
    return given.enterprise(name=name, commissioner=server.person.id, **fields)


def visited(owner: Phone, place: Any, days_ago: int, **fields: Any) -> ObjectId:
    started = clock.now() - timedelta(days=days_ago)
    made = Visit.insert_row(
        owner=owner.person.id,
        client_id=client_id(),
        fingerprint="",
        enterprise=place.id,
        unit=place.unit,
        created_at=started,
        updated_at=started,
        **{"state": "ended", "started_at": started, **fields},
    )
    return made["_id"]


def issue_at(place: Any, state: str, due_in: int, **fields: Any) -> None:
    now = clock.now()
    Issue.insert_row(
        number=client_id(),
        owner=ObjectId(),
        owner_role="contact",
        client_id=client_id(),
        fingerprint="",
        kind="request",
        text="x",
        created_at=now,
        updated_at=now,
        **{
            "state": state,
            "enterprise": place.id,
            "source": "wechat",
            "promise": {"resolve_by": now + timedelta(days=due_in)},
            **fields,
        },
    )


def warned(project: Any, level: str, state: str = "open") -> None:
    now = clock.now()
    KeptWarning.insert_row(
        about=f"{project.id}:{level}",
        kind=KINDS[0],
        level=level,
        project=project.id,
        unit=project.unit,
        state=state,
        since="2026-11-01",
        opened_at=now,
        updated_at=now,
    )


def names(answer: Any, key: str = "rank") -> list[str]:
    return [each["name"] for each in sorted(answer["items"], key=lambda each: each[key])]


class TestTheDay:
    def test_the_most_pressing_first_each_with_its_reasons(self, given, server):
        far = firm(given, server, "久未走访", growth_class="new")
        quota = firm(given, server, "指标未完成", growth_class="new")
        done = firm(given, server, "指标完成")
        opened = firm(given, server, "有诉求")
        awaiting = firm(given, server, "待确认")
        late = firm(given, server, "有超时")
        young = firm(given, server, "初创", production_on="2025-06-01")
        for place, days_ago in ((far, 40), (quota, 2), (done, 2), (young, 2)):
            visited(server, place, days_ago)
        for place in (opened, awaiting, late):
            visited(server, place, 2)
        issue_at(opened, "dispatched", 3)
        issue_at(awaiting, "answered", -3)
        issue_at(late, "dispatched", -3)
        issue_at(done, "dispatched", -3, restricted="report")
        issue_at(done, "resolved", -3)
        answer = server.see("/me/rounds")
        assert (answer["served"], answer["visited"]) == (7, 0)
        assert names(answer) == [
            young.name, late.name, awaiting.name, opened.name, far.name, quota.name
        ]  # fmt: skip
        codes = {
            each["name"]: [reason["code"] for reason in each["reasons"]] for each in answer["items"]
        }
        assert codes["初创"] == ["round.startup", "round.last_visit"]
        assert codes["有超时"] == ["round.overdue", "round.last_visit"]
        assert codes["待确认"] == ["round.awaiting", "round.last_visit"]
        assert codes["指标未完成"] == ["round.last_visit", "round.quota"]
        told = next(each for each in answer["items"] if each["name"] == "指标未完成")
        assert told["reasons"][1]["text"] == "本月须走访 4 次，还差 3 次"
        assert (told["quota"], told["visits_this_month"], told["quota_missing"]) == (4, 1, 3)

    def test_projects_with_their_warnings_and_production(self, given, server):
        home = given.enterprise(site=at(32.5, 120.1))
        mine = {"commissioner": server.person.id, "site": None}
        red = given.project(home, name="红", **mine)
        yellow = given.project(home, name="黄", **mine)
        planned = given.project(home, name="已说明", **mine)
        young = given.project(home, name="新投产", **mine)
        given.project(home, name="退出", course="exited", **mine)
        warned(red, "red")
        warned(yellow, "yellow")
        warned(planned, "red", "acknowledged")
        produced(young, "2026-01-01")
        issue_at(home, "dispatched", 1, project=red.id)
        answer = server.see("/me/rounds")
        assert names(answer) == ["新投产", "红", "黄", "已说明"]
        found = {each["name"]: each for each in answer["items"]}
        assert (found["红"]["red"], found["黄"]["yellow"], found["已说明"]["red"]) == (1, 1, 0)
        assert (found["红"]["open_issues"], found["黄"]["open_issues"]) == (1, 0)
        assert found["红"]["site"] == {"latitude": 32.5, "longitude": 120.1}
        assert found["红"]["reasons"][1]["code"] == "round.red"

    def test_the_way_begins_where_one_is(self, given, server):
        for name, longitude in (("远", 120.3), ("近", 120.11), ("中", 120.2)):
            firm(given, server, name, site=at(32.5, longitude))
        firm(given, server, "不知何处", site=None)
        here = {"latitude": 32.5, "longitude": 120.1}
        answer = server.see("/me/rounds", **here)
        assert names(answer, "n") == ["近", "中", "远", "不知何处"]
        legs = [each["leg_m"] for each in answer["items"]]
        assert legs[3] is None
        assert answer["length_m"] == pytest.approx(sum(legs[:3]), abs=0.2)
        assert answer["items"][2]["distance_m"] == pytest.approx(answer["length_m"], abs=0.2)
        shifted = server.see("/me/rounds", **here, coord_type="gcj02")
        assert shifted["items"][0]["distance_m"] != answer["items"][0]["distance_m"]

    def test_what_was_visited_today_counts_and_a_day_holds_so_many(self, given, server):
        places = [firm(given, server, f"{n}号") for n in range(9)]
        assert len(server.see("/me/rounds")["items"]) == 6
        visited(server, places[0], 0)
        answer = server.see("/me/rounds")
        assert (answer["visited"], len(answer["items"])) == (1, 5)
        assert "0号" not in names(answer)
        tomorrow = server.see("/me/rounds", date="2026-11-25")
        assert (tomorrow["visited"], len(tomorrow["items"])) == (0, 6)

    def test_a_deputy_sees_what_the_absent_serve(self, given, server):
        absent, head = given.commissioner(), given.role("admin")
        firm(given, server, "自己的")
        firm(given, absent, "代办的")
        away = {
            "since": clock.now().isoformat(),
            "until": (clock.now() + timedelta(days=3)).isoformat(),
            "deputy_id": str(server.person.id),
        }
        head.do(f"/people/{absent.person.id}/leave", away)
        found = {each["name"]: each["for_whom"] for each in server.see("/me/rounds")["items"]}
        assert found == {"自己的": None, "代办的": absent.person.name}

    def test_who_and_what_it_is_not_for(self, given, server):
        refused(given.dispatcher().get("/me/rounds"), 403)
        refused(server.get("/me/rounds", latitude=32.5), 422)
        empty = server.see("/me/rounds")
        assert (empty["items"], empty["length_m"]) == ([], 0)

    def test_a_few_places_or_many_are_read_with_the_same_queries(self, given, server):
        counts = []
        for more in (1, 12):
            for n in range(more):
                place = firm(given, server, f"{more}-{n}")
                given.project(place, commissioner=server.person.id)
                visited(server, place, 3)
                issue_at(place, "dispatched", 1)
            with Queries() as queries:
                server.see("/me/rounds", latitude=32.5, longitude=120.1)
            counts.append(queries.count)
        assert counts[0] == counts[1] <= 14


def produced(project: Any, day: str) -> None:
    values = {name: getattr(project, name) for name in ("code", "name", "unit", "level", "kind")}
    StoredStanding.rows().insert_one(
        {
            "_id": project.id,
            **values,
            "enterprise": project.enterprise,
            "dates": {"production": day},
            "course": "going",
        }
    )


class Queries:
    """How many reads the database was asked for."""

    def __enter__(self) -> Queries:
        self._of = {"op": {"$in": ["query", "command", "getmore"]}, "ns": {"$ne": ""}}
        self._database = db.database()
        self._database.command("profile", 2)
        self._before = self._seen()
        return self

    def __exit__(self, *_: object) -> None:
        self._database.command("profile", 0)
        self.count = self._seen() - self._before
        self._database.drop_collection("system.profile")

    def _seen(self) -> int:
        mine = {**self._of, "ns": {"$not": {"$regex": "system.profile"}}}
        return int(self._database["system.profile"].count_documents(mine))


class TestFigures:
    def test_what_a_commissioner_did_in_a_month(self, given, server, photo_files):
        often = firm(given, server, "甲", growth_class="new")
        seldom = firm(given, server, "乙", growth_class="new")
        other = given.commissioner()
        for days_ago in (1, 5, 9):
            last = visited(server, often, days_ago)
        visited(other, often, 3)
        visited(server, seldom, 40)
        visited(server, seldom, 2, state="open")
        issue_at(often, "dispatched", 1, visit=last)
        photo = server.take_photo(photo_files[0].read_bytes()).json["id"]
        Visit.rows().update_one({"_id": last}, {"$set": {"photos": [ObjectId(photo)]}})
        admin = given.role("admin")
        mine, theirs = (
            next(
                each
                for each in admin.see("/visits/figures", month="2026-11")["items"]
                if each["person_id"] == str(phone.person.id)
            )
            for phone in (server, other)
        )
        assert (mine["visits"], mine["firms"], mine["issues"]) == (3, 1, 1)
        assert (theirs["visits"], theirs["quotas"]) == (1, [])
        assert theirs["quotas_met"]["rate"] is None
        assert mine["photos_verified"]["denominator"] == 1
        shown = {each["enterprise"]: (each["visits"], each["missing"]) for each in mine["quotas"]}
        assert shown == {"甲": (4, 0), "乙": (0, 4)}
        assert mine["quotas_met"] == {"numerator": 1, "denominator": 2, "rate": 0.5}
        before = admin.see("/visits/figures", month="2026-10")["items"]
        assert [each["visits"] for each in before] == [1]

    def test_each_sees_what_is_theirs(self, given, server):
        here, there = firm(given, server, "甲"), given.enterprise(OTHER_UNIT)
        other = given.commissioner()
        visited(server, here, 1)
        visited(other, there, 1)
        own = server.see("/visits/figures")["items"]
        assert [each["person_id"] for each in own] == [str(server.person.id)]
        unit = given.role("unit_admin", unit=OTHER_UNIT).see("/visits/figures")["items"]
        assert [each["person_id"] for each in unit] == [str(other.person.id)]
        inspector = given.inspector()
        assert len(inspector.see("/visits/figures")["items"]) == 2
        narrowed = inspector.see("/visits/figures", commissioner=str(other.person.id))["items"]
        assert [each["visits"] for each in narrowed] == [1]
        assert len(inspector.see("/visits/figures", unit=UNIT)["items"]) == 1
        refused(given.clerk("HOUSING").get("/visits/figures"), 403)

    def test_who_served_at_the_end_of_the_month_answers_for_it(self, given, server, the_time):
        the_time.is_("2026-10-05 10:00")
        place = given.enterprise(growth_class="new")
        old = given.commissioner()
        ids = {"enterprise_id": str(place.id), "person_id": str(old.person.id)}
        body = {**ids, "reason": "分片包干"}
        given.role("admin").do("/assignments", {**body, "client_id": client_id()})
        the_time.is_(NOW)
        body["person_id"], admin = str(server.person.id), given.role("admin")
        admin.do("/assignments", {**body, "client_id": client_id()})
        for month, phone in (("2026-10", old), ("2026-11", server)):
            [one] = admin.see("/visits/figures", month=month)["items"]
            assert one["person_id"] == str(phone.person.id)
            assert one["quotas"][0]["missing"] == 4
