"""A firm that is not registered yet: named once, filed for at once, completed later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.enterprises.documents import Enterprise
from app.foundation import db
from tests.api.shape import refused
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.phone import issue_body


class TestAFirmThatIsNotRegistered:
    def test_it_is_made_and_to_be_completed(self, given):
        phone = given.commissioner()
        issue = phone.open_issue(enterprise_name=" 新来的  机械厂 ", enterprise_unit="321204101")
        assert issue["unit"] == "321204101"
        seen = phone.see(f"/issues/{issue['id']}")
        assert seen["enterprise"] == "新来的 机械厂"
        firm = phone.see(f"/enterprises/{issue['enterprise_id']}")
        assert (firm["provisional"], firm["credit_code"]) == (True, None)
        assert firm["unit"] == "321204101"
        assert given.enterprise().provisional is False

    def test_the_same_by_the_same_person_is_one(self, given):
        phone = given.commissioner()
        names = ("新来的机械厂", "新来的机械厂 ", "新来的机械厂")
        firms = {phone.open_issue(enterprise_name=name)["enterprise_id"] for name in names}
        assert len(firms) == 1
        other_unit = phone.open_issue(enterprise_name=names[0], enterprise_unit="321204101")
        other_person = given.commissioner().open_issue(enterprise_name=names[0])
        assert len({*firms, other_unit["enterprise_id"], other_person["enterprise_id"]}) == 3

    def test_eight_at_once_are_one(self, given):
        phone = given.commissioner()
        with ThreadPoolExecutor(8) as together:
            bodies = [issue_body(enterprise_name="抢着登记的厂") for _ in range(8)]
            answers = list(together.map(lambda body: phone.post("/issues", body), bodies))
        assert {each.status_code for each in answers} == {201}
        assert len({each.json["enterprise_id"] for each in answers}) == 1
        assert Enterprise.rows().count_documents({}) == 1

    def test_its_unit_is_said_or_the_visits_or_the_persons_own(self, given):
        phone = given.commissioner()
        visit = phone.do(
            "/visits",
            {
                "client_id": client_id(),
                "enterprise_id": str(given.enterprise(unit="321204101").id),
                "started_at": "2026-11-24T09:00:00+08:00",
            },
        )["id"]
        assert phone.open_issue(enterprise_name="甲厂", visit_id=visit)["unit"] == "321204101"
        admin = given.role("unit_admin", unit="321204001")
        assert admin.open_issue(enterprise_name="乙厂")["unit"] == "321204001"
        assert phone.open_issue(enterprise_name="丙厂")["unit"] is None

    def test_a_contact_has_an_enterprise_and_a_unit_admin_a_unit(self, given):
        contact = given.contact(given.enterprise())
        body = issue_body(enterprise_name="别家的厂")
        refused(contact.post("/issues", body), 403, "forbidden")
        admin = given.role("unit_admin", unit="321204001")
        elsewhere = issue_body(enterprise_name="别处的厂", enterprise_unit="321204101")
        refused(admin.post("/issues", elsewhere), 403, "forbidden")
        assert Enterprise.rows().count_documents({"provisional": True}) == 0

    def test_it_is_routed_by_its_words_alone(self, given):
        phone = given.commissioner()
        issue = phone.open_issue(enterprise_name="新厂", category="PERMIT")
        run_due()
        assert phone.see(f"/issues/{issue['id']}")["state"] == "dispatched"

    def test_codes_are_still_unique_where_there_are_any(self, given):
        indexes = db.database().enterprises.index_information()
        assert indexes["credit_code_1"]["unique"]
        given.enterprise(credit_code="91321204MA0000000X")
        with pytest.raises(Exception, match="duplicate key"):
            given.enterprise(credit_code="91321204MA0000000X")
