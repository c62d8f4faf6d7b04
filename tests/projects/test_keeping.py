"""Enterprises and projects entered and changed by people: exact, checked, once, and nobody else's."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from app.enterprises.documents import Enterprise
from app.foundation import history
from app.foundation.duties import rows as duty_rows
from app.people.documents import Person
from app.projects.documents import Project
from app.registers.documents import Master
from tests.support.factories import client_id, credit_code

UNIT = "321204002"


def project_body(**fields: Any) -> dict[str, Any]:
    body = {
        "client_id": client_id(),
        "code": f"XM-{client_id()[:8]}",
        "name": "年产十万套减速器项目",
        "unit": UNIT,
        "kind": "new",
        "level": "city",
        "investment": "52000.50",
        "equipment_investment": "20000",
        "land_mu": "66.667",
        "promised_sales": "80000",
        "promised_tax": "3200",
        "promised_jobs": 320,
    }
    return {**body, **fields}


def firm_body(serial: int, **fields: Any) -> dict[str, Any]:
    body = {
        "client_id": client_id(),
        "credit_code": credit_code(serial),
        "name": f"登记企业{serial}",
        "unit": UNIT,
        "growth_class": "new",
        "founded_on": "2024-03-01",
        "production_on": "2025-06-01",
        "land_owned_mu": "30.5",
    }
    return {**body, **fields}


@pytest.fixture
def admin(given):
    return given.role("admin")


class TestProjects:
    def test_money_is_exact_and_the_size_follows_from_it(self, given, admin):
        firm = given.enterprise()
        made = admin.do("/projects", project_body(enterprise=str(firm.id)))
        assert made["investment"] == "52000.50"
        assert made["land_mu"] == "66.667"
        assert made["size_class"] == "gte_500m"
        assert made["enterprise_id"] == str(firm.id)
        assert (made["stage"], made["course"]) == ("reserve", "going")
        assert admin.see(f"/projects/{made['id']}") == made

    @pytest.mark.parametrize(
        ("investment", "size"),
        [
            ("50000", "gte_500m"),
            ("49999.99", "100m_500m"),
            ("10000", "100m_500m"),
            ("1", "under_100m"),
        ],
    )
    def test_classes_of_size(self, admin, investment, size):
        body = project_body(investment=investment, equipment_investment=None)
        assert admin.do("/projects", body)["size_class"] == size

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"investment": "1.234"}, "investment"),
            ({"investment": "-1"}, "investment"),
            ({"investment": 1.5}, "investment"),
            ({"equipment_investment": "60000"}, "equipment_investment"),
            ({"unit": "000000000"}, "unit"),
            ({"industry": "nothing-known"}, "industry"),
            ({"enterprise": "没有这家企业"}, "enterprise"),
            ({"level": "国家级"}, "level"),
            ({"area": {"type": "Point", "coordinates": [120, 32]}}, "area"),
            ({"name": ""}, "name"),
        ],
    )
    def test_what_cannot_be_is_told_by_field(self, admin, fields, name):
        answer = admin.post("/projects", project_body(**fields))
        assert answer.status_code == 422
        assert name in answer.json["errors"]
        assert Project.rows().count_documents({}) == 0

    def test_sent_twice_it_is_one_and_another_body_is_refused(self, admin):
        body = project_body()
        first = admin.do("/projects", body)
        again = admin.post("/projects", body)
        assert (again.status_code, again.json["id"]) == (200, first["id"])
        other = admin.post("/projects", {**body, "name": "另一个项目"})
        assert (other.status_code, other.json["code"]) == (409, "client_id.conflict")
        taken = admin.post("/projects", project_body(code=body["code"]))
        assert (taken.status_code, taken.json["code"]) == (409, "register.exists_already")

    def test_two_phones_at_once_make_one(self, given):
        admins = [given.role("admin") for _ in range(4)]
        body = project_body()
        found: list[int] = []

        def send(phone: Any) -> None:
            answer = phone.post("/projects", {**body, "client_id": client_id()})
            found.append(answer.status_code)

        threads = [threading.Thread(target=send, args=(phone,)) for phone in admins]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == [201, 409, 409, 409]
        assert Project.rows().count_documents({}) == 1

    def test_a_change_is_whole_guarded_and_history(self, admin):
        body = project_body()
        made = admin.do("/projects", body)
        path = f"/projects/{made['id']}"
        whole = {name: value for name, value in body.items() if name != "client_id"}
        whole |= {"investment": "9000", "equipment_investment": None}
        tag = admin.get(path).headers["ETag"]
        assert admin.call("PUT", path, json=whole).status_code == 428
        changed = admin.call("PUT", path, json=whole, headers={"If-Match": tag})
        assert changed.status_code == 200, changed.json
        assert changed.json["size_class"] == "under_100m"
        assert changed.json["equipment_investment"] is None
        stale = admin.call("PUT", path, json=body | whole, headers={"If-Match": tag})
        assert stale.status_code in (412, 422)
        rows = history.of("project", Project.get(made["id"]).id, internal=True)
        assert [row["action"] for row in rows] == ["create", "change"]
        assert str(rows[1]["data"]["before"]["investment"]) == "52000.50"
        assert duty_rows().count_documents({"kind": "projects.restand"}) == 2

    def test_the_code_stays(self, admin):
        body = project_body()
        path = f"/projects/{admin.do('/projects', body)['id']}"
        whole = {name: value for name, value in body.items() if name != "client_id"}
        answer = admin.call(
            "PUT", path, json={**whole, "code": "another"}, headers={"If-Match": "*"}
        )
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["code"])

    def test_a_units_admin_enters_only_the_own_units(self, given):
        own = given.role("unit_admin", unit=UNIT)
        assert own.post("/projects", project_body()).status_code == 201
        assert own.post("/projects", project_body(unit="321204001")).status_code == 403
        assert given.clerk("HOUSING").post("/projects", project_body()).status_code == 403

    def test_who_enters_it_serves_it_unless_somebody_else_is_named(self, given):
        phone = given.commissioner()
        made = phone.do("/projects", project_body())
        assert made["commissioner_id"] == str(phone.person.id)
        assert [each["id"] for each in phone.see("/projects", served="true")["items"]] == [
            made["id"]
        ]

    def test_lists_are_narrowed(self, admin):
        made = [admin.do("/projects", project_body(level=level)) for level in ("city", "province")]
        found = admin.see("/projects", level="province")
        assert [each["id"] for each in found["items"]] == [made[1]["id"]]
        assert admin.see("/projects", stage="signed")["total"] == 0


class TestEnterprises:
    def test_registered_with_contacts_whose_phones_few_see(self, given, admin):
        contacts = [{"name": "周建国", "phone": "13800001111", "title": "厂长"}]
        made = admin.do("/enterprises", firm_body(7001, contacts=contacts))
        assert (made["growth_class"], made["land_owned_mu"]) == ("new", "30.500")
        assert made["contacts"] == contacts
        seen = given.clerk("HOUSING").see(f"/enterprises/{made['id']}")
        assert seen["contacts"] == [{**contacts[0], "phone": None}]

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"credit_code": "91350100M000100Y4Z"}, "credit_code"),
            ({"founded_on": "2999-01-01"}, "founded_on"),
            ({"production_on": "2020-01-01"}, "production_on"),
            ({"growth_class": "huge"}, "growth_class"),
        ],
    )
    def test_what_cannot_be(self, admin, fields, name):
        answer = admin.post("/enterprises", firm_body(7002, **fields))
        assert (answer.status_code, list(answer.json["errors"])) == (422, [name])

    def test_wide_and_small_letters_are_the_same_code(self, admin):
        code = "91350100M000100Y43"
        wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
        assert admin.do("/enterprises", firm_body(1, credit_code=wide))["credit_code"] == code

    def test_a_name_stays_as_it_is_written_and_is_found_however_wide(self, admin):
        body = firm_body(7010, name="泰州（姜堰）齿轮有限公司", address="１号")
        made = admin.do("/enterprises", body)
        assert (made["name"], made["address"]) == ("泰州（姜堰）齿轮有限公司", "１号")
        for spelt in (
            "泰州（姜堰）齿轮有限公司",
            "泰州(姜堰)齿轮有限公司",
            made["credit_code"],
            made["id"],
        ):
            project = admin.do("/projects", project_body(enterprise=spelt))
            assert project["enterprise_id"] == made["id"]

    def test_changed_as_a_whole(self, admin):
        body = firm_body(7003)
        path = f"/enterprises/{admin.do('/enterprises', body)['id']}"
        whole = {name: value for name, value in body.items() if name != "client_id"}
        answer = admin.call(
            "PUT", path, json={**whole, "growth_class": None}, headers={"If-Match": "*"}
        )
        assert (answer.status_code, answer.json["growth_class"]) == (200, None)

    def test_a_provisional_one_is_completed_not_changed(self, given, admin):
        firm = given.enterprise(provisional=True, credit_code=None)
        answer = admin.call(
            "PUT",
            f"/enterprises/{firm.id}",
            json={"credit_code": credit_code(7004), "name": "甲", "unit": UNIT},
            headers={"If-Match": "*"},
        )
        assert (answer.status_code, answer.json["code"]) == (409, "enterprise.complete_first")

    def test_one_of_before_there_were_versions_is_changed_and_guarded(self, admin):
        body = firm_body(7006)
        made = admin.do("/enterprises", body)
        path = f"/enterprises/{made['id']}"
        key = Enterprise.get(made["id"]).id
        Enterprise.rows().update_one({"_id": key}, {"$unset": {"version": "", "contacts": ""}})
        whole = {name: value for name, value in body.items() if name != "client_id"}
        tag = admin.get(path).headers["ETag"]
        first = admin.call(
            "PUT", path, json={**whole, "address": "甲路1号"}, headers={"If-Match": tag}
        )
        assert (first.status_code, first.json["address"]) == (200, "甲路1号")
        again = admin.call("PUT", path, json=whole, headers={"If-Match": tag})
        assert again.status_code == 412

    def test_a_field_that_another_platform_masters_is_read_only_and_says_so(self, given, admin):
        platform = given.role("service")
        Master.insert_row(
            register="enterprises",
            field="growth_class",
            platform=platform.person.id,
            name="项目管家",
            by=admin.person.id,
            at=Person.get(admin.person.id).created_at,
        )
        refused = admin.post("/enterprises", firm_body(7005))
        assert refused.status_code == 422
        assert "项目管家" in refused.json["errors"]["growth_class"][0]
        assert platform.post("/enterprises", firm_body(7005)).status_code == 201
        [firm] = Enterprise.objects(name="登记企业7005")
        assert firm.growth_class == "new"
