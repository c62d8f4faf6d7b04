"""The sites of an enterprise: who adds, changes and closes them, in which unit, and whose phone is seen."""

from __future__ import annotations

import pytest

from app.enterprises.sites import Site
from app.foundation import history
from app.people.documents import Grant, Person
from tests.issues.halfway import fails_whole, post
from tests.support.factories import client_id
from tests.units.maps import of_unit, square

HOME, OTHER = "321204002", "321204101"
HERE = {"latitude": 32.64, "longitude": 120.09}
LI = {"name": "李工", "phone": "19900001234"}


@pytest.fixture
def firm(given):
    return given.enterprise(unit=HOME)


@pytest.fixture
def contact(given, firm):
    return given.contact(firm)


def site(**fields):
    return {"client_id": client_id(), "name": "溱潼厂区", "unit": OTHER, "position": HERE, **fields}


def add(phone, firm, **fields):
    return phone.do(f"/enterprises/{firm.id}/sites", site(**fields))


def put(phone, shown, body, **headers):
    return phone.call("PUT", f"/sites/{shown['id']}", json=body, headers=headers)


def content(**fields):
    return {name: value for name, value in site(**fields).items() if name != "client_id"}


def map_has(given, *rings):
    body = of_unit(OTHER, *rings)
    assert given.role("admin").call("PUT", "/areas/A", json=body).status_code == 201


class TestAdding:
    def test_a_contact_adds_one_of_their_own(self, contact, firm):
        made = add(contact, firm, radius_m=300, address="溱潼镇湖滨路9号", contact=LI)
        assert (made["unit"], made["radius_m"], made["active"]) == (OTHER, 300, True)
        assert made["contact"] == {"person_id": None, **LI}
        assert made["position"]["latitude"] == HERE["latitude"]
        assert contact.see(f"/enterprises/{firm.id}/sites")["items"] == [made]
        [row] = history.of("site", Site.get(made["id"]).id, internal=True)
        assert (row["action"], row["by"], row["role"]) == ("create", contact.person.id, "contact")

    def test_the_same_again_is_the_same_site(self, contact, firm):
        body, path = site(), f"/enterprises/{firm.id}/sites"
        first, again = contact.post(path, body), contact.post(path, body)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json == again.json
        assert contact.post(path, {**body, "name": "另一处"}).status_code == 409

    def test_the_unit_is_that_of_the_area_where_none_is_said(self, contact, firm, given):
        assert contact.post(f"/enterprises/{firm.id}/sites", site(unit=None)).json["errors"] == {
            "unit": ["位置不在任何镇街园区的范围内，请注明所属镇街园区"]
        }
        map_has(given, square(120, 32.6))
        assert add(contact, firm, unit=None)["unit"] == OTHER

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"unit": "321204999"}, "unit"),
            ({"position": None}, "position"),
            ({"radius_m": 0}, "radius_m"),
            ({"contact": {}}, "contact.name"),
            ({"contact": {"person_id": "0" * 24}}, "contact.person_id"),
            ({"contact": {"person_id": "0" * 24, "name": "李工"}}, "contact.person_id"),
            ({"contact": {"name": "李工", "phone": "电话"}}, "contact.phone"),
            ({"name": " "}, "name"),
        ],
    )
    def test_what_is_wrong_is_named(self, fields, field, contact, firm):
        answer = contact.post(f"/enterprises/{firm.id}/sites", site(**fields))
        assert (answer.status_code, [*answer.json["errors"]]) == (422, [field])

    def test_fails_whole(self, contact, firm, hinted):
        fails_whole(post(contact, f"/enterprises/{firm.id}/sites", site()), 3, hinted)


class TestChanging:
    def test_as_a_whole_and_by_who_has_seen_it(self, contact, firm):
        made = add(contact, firm, contact=LI)
        etag = contact.get(f"/sites/{made['id']}").headers["ETag"]
        moved = content(name="新厂区", position={"latitude": 32.65, "longitude": 120.1})
        assert put(contact, made, moved).status_code == 428
        changed = put(contact, made, moved, **{"If-Match": etag})
        assert changed.status_code == 200
        assert (changed.json["name"], changed.json["contact"]) == ("新厂区", None)
        assert put(contact, made, moved).status_code == 200
        assert put(contact, made, content(), **{"If-Match": etag}).status_code == 412
        rows = history.of("site", Site.get(made["id"]).id, internal=True)
        assert [row["action"] for row in rows] == ["create", "change"]
        assert rows[1]["data"]["before"]["contact"] == LI

    def test_a_closed_one_stays_as_it_is_and_is_listed_on_demand(self, contact, firm):
        made = add(contact, firm)
        assert contact.do(f"/sites/{made['id']}/close")["active"] is False
        assert contact.post(f"/sites/{made['id']}/close").status_code == 409
        assert put(contact, made, content(name="新"), **{"If-Match": "*"}).status_code == 409
        path = f"/enterprises/{firm.id}/sites"
        assert contact.see(path)["total"] == 0
        assert contact.see(path, closed="true")["total"] == 1


class TestWho:
    PATHS = {
        "commissioner": (201, LI["phone"]),
        "dispatcher": (201, LI["phone"]),
        "admin": (201, LI["phone"]),
        "inspector": (403, None),
        "leader": (403, None),
        "service": (403, None),
    }

    @pytest.mark.parametrize(("role", "can"), PATHS.items(), ids=PATHS)
    def test_writes_and_sees_the_phone(self, role, can, contact, firm, given):
        self.check(given.role(role), can, contact, firm)

    @pytest.mark.parametrize("role", ["clerk", "head"])
    def test_a_department_sees_sites_and_no_phones(self, role, contact, firm, given):
        self.check(getattr(given, role)("HOUSING"), (403, None), contact, firm)

    @pytest.mark.parametrize("unit", [HOME, OTHER], ids=["of the firm", "of the site"])
    def test_the_unit_s_admin_too(self, unit, contact, firm, given):
        self.check(given.role("unit_admin", unit=unit), (201, LI["phone"]), contact, firm)

    def test_another_unit_s_admin_and_another_firm_s_contact_know_of_nothing(
        self, contact, firm, given
    ):
        made = add(contact, firm, contact=LI)
        elsewhere = given.role("unit_admin", unit="P-KFQ")
        strangers = (elsewhere, given.contact(given.enterprise()))
        for phone in strangers:
            assert phone.get(f"/enterprises/{firm.id}/sites").status_code == 404
            assert phone.get(f"/sites/{made['id']}").status_code == 404
            assert phone.post(f"/sites/{made['id']}/close").status_code == 404
            answer = phone.post(f"/enterprises/{firm.id}/sites", site())
            assert answer.status_code in (403, 404)
        assert Site.rows().count_documents({}) == 1

    def test_a_unit_s_admin_sees_of_a_firm_elsewhere_only_its_own_sites(self, contact, firm, given):
        here = add(contact, firm)
        add(contact, firm, unit=HOME)
        seen = given.role("unit_admin", unit=OTHER).see(f"/enterprises/{firm.id}/sites")
        assert [each["id"] for each in seen["items"]] == [here["id"]]

    def check(self, phone, can, contact, firm):
        status, number = can
        made = add(contact, firm, contact=LI)
        answer = phone.post(f"/enterprises/{firm.id}/sites", site())
        assert answer.status_code == status
        seen = phone.see(f"/sites/{made['id']}")
        assert seen["contact"] == {"person_id": None, "name": LI["name"], "phone": number}
        closing = phone.post(f"/sites/{made['id']}/close")
        assert closing.status_code == (200 if status == 201 else 403)

    def test_a_contact_of_the_firm_is_shown_as_they_are_now(self, contact, firm, given):
        grant = Grant(role="contact", enterprise=firm.id)
        colleague = given.person(grant, name="王五", phone="19900009999")
        made = add(contact, firm, contact={"person_id": str(colleague.id)})
        expected = {"person_id": str(colleague.id), "name": "王五", "phone": "19900009999"}
        assert made["contact"] == expected
        Person.rows().update_one({"_id": colleague.id}, {"$set": {"grants": []}})
        assert contact.see(f"/sites/{made['id']}")["contact"] is None
