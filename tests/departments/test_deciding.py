"""What is decided about departments: reviewing answers, the next name, the end; and calling it off."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bson import ObjectId

from app.foundation import duties
from tests.departments.stories import (
    KIND,
    history_of,
    id_of,
    on,
    stored,
    today,
    work_now,
)
from tests.issues.halfway import fails_whole, post

LATER = "2099-01-01"


@pytest.fixture
def admin(given):
    return given.role("admin")


def path(code: str, verb: str) -> str:
    return f"/departments/{id_of(code)}/{verb}"


def refused(answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


class TestReviewing:
    @pytest.mark.parametrize(
        ("by", "status"),
        [
            (lambda given: given.head("HOUSING"), 200),
            (lambda given: given.role("admin"), 200),
            (lambda given: given.head("APPROVAL"), 403),
            (lambda given: given.clerk("HOUSING"), 403),
            (lambda given: given.inspector(), 403),
        ],
        ids=["head", "admin", "another's head", "clerk", "inspector"],
    )
    def test_is_for_the_head_or_an_admin_to_say(self, by, status, given):
        phone = by(given)
        answer = phone.post(path("HOUSING", "review"), {"required": True})
        assert answer.status_code == status
        assert stored("HOUSING").review_answers is (status == 200)
        if status == 200:
            assert answer.json["review_answers"] is True
            [row] = history_of("HOUSING")
            assert (row["action"], row["by"]) == ("review", phone.person.id)
            assert row["data"] == {"required": True}

    def test_the_same_again_is_no_change(self, admin):
        for _ in range(2):
            admin.do(path("HOUSING", "review"), {"required": True})
        admin.do(path("HOUSING", "review"), {"required": False})
        assert [row["data"]["required"] for row in history_of("HOUSING")] == [True, False]

    def test_of_no_department(self, admin):
        answer = admin.post(f"/departments/{ObjectId()}/review", {"required": True})
        assert answer.status_code == 404


class TestDeciding:
    def test_what_is_coming_is_shown_to_everybody(self, admin, given):
        admin.do(path("HOUSING", "rename"), on(LATER, name="住房和城乡建设局"))
        admin.do(path("HOUSING", "close"), on("2099-06-01", successor_id=id_of("APPROVAL")))
        shown = given.clerk("ECOLOGY").see(f"/departments/{id_of('HOUSING')}")
        assert (shown["name"], shown["active"], shown["ended_at"]) == ("住建局", True, None)
        name = {"kind": "rename", "effective_on": LATER, "name": "住房和城乡建设局"}
        end = {"kind": "close", "effective_on": "2099-06-01", "name": None}
        nobody = {"successor_id": None, "successor": None}
        successor = {"successor_id": id_of("APPROVAL"), "successor": "行政审批局"}
        assert shown["coming"] == [name | nobody, end | successor]
        listed = given.clerk("ECOLOGY").see("/departments", page_size=100)["items"]
        assert shown in listed

    def test_it_is_written_down_and_due_when_the_day_begins_here(self, admin):
        admin.do(path("HOUSING", "rename"), on(LATER, name="城建局"))
        [row] = history_of("HOUSING")
        assert (row["action"], row["by"], row["text"]) == (
            "plan_rename",
            admin.person.id,
            "机构改革",
        )
        [duty] = duties.rows().find({"kind": KIND})
        assert duty["due_at"].isoformat() == "2098-12-31T16:00:00+00:00"
        assert (duty["subject"], duty["payload"]) == (stored("HOUSING").id, {"row": row["_id"]})
        assert work_now() == 0

    @pytest.mark.parametrize("days", [0, -400])
    def test_today_or_before_is_at_once(self, days, admin, hinted):
        admin.do(path("HOUSING", "rename"), on(today() + timedelta(days=days), name="城建局"))
        assert hinted == [KIND]
        assert work_now() == 1
        assert stored("HOUSING").name == "城建局"

    @pytest.mark.parametrize("role", ["head", "inspector", "leader", "dispatcher", "clerk"])
    def test_by_an_admin_only(self, role, given):
        where = {"department": ObjectId(id_of("HOUSING"))} if role in ("head", "clerk") else {}
        phone = given.role(role, **where)
        for verb, said in (
            ("rename", on(LATER, name="城建局")),
            ("close", on(LATER, successor_id=id_of("APPROVAL"))),
            ("recall", {"reason": "不改了"}),
        ):
            assert refused(phone.post(path("HOUSING", verb), said)) == (403, "forbidden")
        assert stored("HOUSING").coming == []

    @pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01", "0001-01-01", "2026-02-30"])
    def test_days_that_cannot_be_meant(self, day, admin):
        answer = admin.post(path("HOUSING", "rename"), on(day, name="城建局"))
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["effective_on"])

    def test_one_change_of_a_kind_at_a_time(self, admin):
        admin.do(path("HOUSING", "rename"), on(LATER, name="城建局"))
        answer = admin.post(path("HOUSING", "rename"), on("2099-02-01", name="建设局"))
        assert refused(answer) == (409, "department.change_coming")
        end = on("2099-03-01", successor_id=id_of("APPROVAL"))
        admin.do(path("HOUSING", "close"), end)
        answer = admin.post(path("HOUSING", "close"), end)
        assert refused(answer) == (409, "department.change_coming")

    def test_no_name_after_the_end(self, admin):
        admin.do(path("HOUSING", "close"), on(LATER, successor_id=id_of("APPROVAL")))
        answer = admin.post(path("HOUSING", "rename"), on(LATER, name="城建局"))
        assert refused(answer) == (409, "department.ends_before")
        admin.do(path("HOUSING", "rename"), on("2098-12-31", name="城建局"))

    def test_no_name_of_another_or_one_that_is_coming(self, admin):
        answer = admin.post(path("HOUSING", "rename"), on(LATER, name=" 生态环境局 "))
        assert refused(answer) == (409, "department.name_taken")
        admin.do(path("HOUSING", "rename"), on(LATER, name="城建局"))
        answer = admin.post(path("ECOLOGY", "rename"), on(LATER, name="城建局"))
        assert refused(answer) == (409, "department.name_taken")

    def test_a_successor_must_be_there_and_be_another(self, admin):
        for successor, code in (
            (id_of("HOUSING"), "department.successor_unfit"),
            (str(ObjectId()), "department.unknown"),
        ):
            answer = admin.post(path("HOUSING", "close"), on(LATER, successor_id=successor))
            assert refused(answer) == (422, code)

    def test_the_desk_is_followed_by_a_desk(self, admin):
        answer = admin.post(path("DISPATCH", "close"), on(LATER, successor_id=id_of("HOUSING")))
        assert refused(answer) == (422, "department.successor_unfit")

    def test_no_circle(self, admin):
        admin.do(path("HOUSING", "close"), on("2099-03-01", successor_id=id_of("APPROVAL")))
        admin.do(path("APPROVAL", "close"), on("2099-02-01", successor_id=id_of("ECOLOGY")))
        answer = admin.post(path("ECOLOGY", "close"), on(LATER, successor_id=id_of("HOUSING")))
        assert refused(answer) == (409, "department.successor_leads_back")

    def test_two_who_would_take_over_each_other_at_once(self, admin, given):
        together = threading.Barrier(2, timeout=20)

        def close(pair: tuple[str, str]) -> int:
            gone, successor = pair
            phone, said = given.phone(admin.person), on(LATER, successor_id=id_of(successor))
            where = path(gone, "close")
            together.wait()
            return phone.post(where, said).status_code

        pairs = [("HOUSING", "APPROVAL"), ("APPROVAL", "HOUSING")]
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(close, pairs)) == [200, 409]
        assert len(stored("HOUSING").coming) + len(stored("APPROVAL").coming) == 1


class TestCallingOff:
    def test_what_is_called_off_does_not_come(self, admin):
        admin.do(path("HOUSING", "rename"), on(today(), name="城建局"))
        admin.do(path("HOUSING", "close"), on(today(), successor_id=id_of("APPROVAL")))
        shown = admin.do(path("HOUSING", "recall"), {"reason": "暂缓"})
        assert shown["coming"] == []
        assert work_now() == 2
        department = stored("HOUSING")
        assert (department.name, department.active, department.renamed) == ("住建局", True, [])
        plans = history_of("HOUSING")
        assert [row["action"] for row in plans] == ["plan_rename", "plan_close", "recall"]
        assert plans[2]["data"] == {"plans": [plans[0]["_id"], plans[1]["_id"]]}

    def test_there_must_be_something(self, admin):
        answer = admin.post(path("HOUSING", "recall"), {"reason": "暂缓"})
        assert refused(answer) == (409, "department.nothing_coming")


class TestAllOrNothing:
    @pytest.mark.parametrize(
        ("verb", "said", "least"),
        [
            ("review", {"required": True}, 3),
            ("rename", on(LATER, name="城建局"), 4),
            ("close", on(LATER, successor_id="APPROVAL"), 5),
        ],
    )
    def test_deciding(self, verb, said, least, admin, hinted):
        if "successor_id" in said:
            said = {**said, "successor_id": id_of(said["successor_id"])}
        fails_whole(post(admin, path("HOUSING", verb), said), least, hinted)

    def test_calling_off(self, admin, hinted):
        admin.do(path("HOUSING", "rename"), on(LATER, name="城建局"))
        fails_whole(post(admin, path("HOUSING", "recall"), {"reason": "暂缓"}), 3, hinted)
