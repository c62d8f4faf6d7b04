"""Departments, units, categories, enterprises, projects."""

from __future__ import annotations

import pytest

from app.departments.documents import Department
from app.foundation import district
from app.foundation.errors import Invalid
from app.projects.places import ENTERPRISE_RADIUS_M, place
from tests.support.factories import SITE


class TestPlace:
    """What an enterprise and a project together say."""

    def test_the_project_comes_first(self, given):
        enterprise = given.enterprise(unit="321204001", commissioner=given.person().id)
        site = {"type": "Point", "coordinates": [120.2, 32.6]}
        own = given.person().id
        project = given.project(
            enterprise, unit="P-KFQ", site=site, site_radius_m=80, commissioner=own
        )
        found = place(None, str(project.id))
        assert (found.enterprise, found.project) == (enterprise.id, project.id)
        assert (found.unit, found.commissioner) == ("P-KFQ", own)
        names = {"name": enterprise.name, "project": project.name}
        assert found.site == {"point": site, "radius_m": 80, **names}

    def test_what_it_does_not_say_the_enterprise_does(self, given):
        server = given.person().id
        enterprise = given.enterprise(commissioner=server)
        project = given.project(enterprise, site=None)
        found = place(str(enterprise.id), str(project.id))
        assert found.commissioner == server
        names = {"name": enterprise.name, "project": project.name}
        assert found.site == {"point": SITE, "radius_m": ENTERPRISE_RADIUS_M, **names}

    def test_nowhere_is_nowhere(self, clean):
        found = place(None, None)
        assert (found.enterprise, found.project, found.unit, found.site) == (None,) * 4

    def test_two_that_do_not_belong_together(self, given):
        with pytest.raises(Invalid) as caught:
            place(str(given.enterprise().id), str(given.project().id))
        assert caught.value.code == "project.of_another_enterprise"


class TestLists:
    def test_everybody_may_read_what_the_pack_says(self, given):
        phone, pack = given.clerk("HOUSING"), district.pack()
        for path, entries in (
            ("/units", pack.units),
            ("/categories", pack.categories),
            ("/departments", pack.departments),
        ):
            found = phone.see(path, page_size=100)
            assert found["total"] == len(entries)
            assert {item["code"] for item in found["items"]} == {each.code for each in entries}

    def test_a_department_that_is_gone_is_not_listed(self, given):
        phone = given.commissioner()
        before = phone.see("/departments")["total"]
        Department.rows().update_one({"code": "CUSTOMS"}, {"$set": {"active": False}})
        try:
            assert phone.see("/departments")["total"] == before - 1
        finally:
            Department.rows().update_one({"code": "CUSTOMS"}, {"$set": {"active": True}})

    def test_a_contact_sees_the_own_enterprise_and_no_other(self, given):
        own, other = given.enterprise(), given.enterprise()
        own_project, others_project = given.project(own), given.project(other)
        contact = given.contact(own)
        assert [e["id"] for e in contact.see("/enterprises")["items"]] == [str(own.id)]
        assert [p["id"] for p in contact.see("/projects")["items"]] == [str(own_project.id)]
        assert contact.get(f"/enterprises/{own.id}").status_code == 200
        assert contact.get(f"/enterprises/{other.id}").status_code == 404
        assert contact.get(f"/projects/{own_project.id}").status_code == 200
        assert contact.get(f"/projects/{others_project.id}").status_code == 404
        assert contact.see("/projects", enterprise_id=str(other.id))["total"] == 0

    def test_a_unit_sees_its_own(self, given):
        here, there = given.enterprise("321204001"), given.enterprise("321204002")
        admin = given.role("unit_admin", unit="321204001")
        assert [e["id"] for e in admin.see("/enterprises")["items"]] == [str(here.id)]
        assert admin.get(f"/enterprises/{there.id}").status_code == 404

    def test_names_and_codes_find_them(self, given):
        wanted, other = given.enterprise(name="海之星 (泰州) 重工"), given.enterprise()
        project = given.project(wanted, name="船用曲轴扩建")
        phone = given.commissioner()
        for q in ("海之星", "(泰州)", wanted.credit_code.lower()):
            found = phone.see("/enterprises", q=q)["items"]
            assert [each["id"] for each in found] == [str(wanted.id)], q
        assert phone.see("/enterprises", q=".")["total"] == 0
        assert phone.see("/projects", q="曲轴")["items"][0]["id"] == str(project.id)
        assert phone.see("/projects", q=project.code.lower())["total"] == 1
        assert phone.see("/enterprises", unit=other.unit)["total"] == 2

    def test_an_enterprise_shows_its_site_in_degrees(self, given):
        enterprise = given.enterprise()
        seen = given.commissioner().see(f"/enterprises/{enterprise.id}")
        assert seen["site"] == {"latitude": 32.51, "longitude": 120.15}
        assert seen["credit_code"] == enterprise.credit_code
        bare = given.enterprise(site=None)
        assert given.commissioner().see(f"/enterprises/{bare.id}")["site"] is None
