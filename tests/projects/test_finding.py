"""In which unit an issue is: the one order, at every way an issue comes or changes."""

from __future__ import annotations

import itertools

import pytest

from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.foundation.geo import Position
from app.foundation.messages import catalogue
from app.issues.documents import Issue, Ticket
from app.photos.documents import Photo
from app.projects.finding import FROM, Clues, unit_of
from app.units.actions import Said, bring, checked
from tests.support.duties import run_due
from tests.support.factories import SITE, client_id
from tests.support.phone import issue_body
from tests.units.maps import of_unit, polygon, square

AREA, FIRM, PROJECT, CHOSEN, NEAR, SAID = (
    "321204001",
    "321204002",
    "321204003",
    "321204004",
    "321204101",
    "321204102",
)
MAPPED = {"latitude": 32.75, "longitude": 120.55}
"""In the area below, and more than ten kilometres from every known site."""
BY_A_SITE = {"latitude": 32.515, "longitude": 120.15}
"""About 550 m from where factories put firms, in no area."""
NOWHERE = {"latitude": 32.2, "longitude": 119.5}


def put(code: str, said: dict) -> None:
    assert bring(code, checked(Said(**said)), clock.now())


@pytest.fixture
def the_map(given):
    put("AREA", of_unit(AREA, square(120.5, 32.7)))


@pytest.fixture
def firm(given):
    return given.enterprise(unit=FIRM)


def stored(position: dict) -> dict:
    return Position(**position).stored()


def opened(phone, **fields) -> Issue:
    """The issue as it is stored once it is routed."""
    shown = phone.do("/issues", issue_body(**fields))
    run_due()
    return Issue.get(shown["id"])


def found(issue: Issue) -> tuple:
    return issue.unit, issue.unit_from


def reasons_of(issue: Issue) -> set[str]:
    return {row["code"] for row in issue.route["reasons"]}


def add_site(phone, firm, **fields) -> str:
    body = {"client_id": client_id(), "name": "二厂区", "unit": CHOSEN, "position": NOWHERE}
    return phone.do(f"/enterprises/{firm.id}/sites", {**body, **fields})["id"]


def test_the_order_is_the_same_whatever_else_is_known(the_map, given):
    """Every set of clues: the first in the order wins."""
    given.enterprise(unit=NEAR, site={"type": "Point", "coordinates": [120.555, 32.755]})
    ways = {
        "project": {"unit": PROJECT},
        "site": {"unit": CHOSEN},
        "position": stored(MAPPED),
        "enterprise": {"unit": FIRM},
        "said": SAID,
    }
    units = dict(zip(ways, (PROJECT, CHOSEN, AREA, FIRM, SAID), strict=True))
    for count in range(len(ways) + 1):
        for names in itertools.combinations(ways, count):
            known = {name: ways[name] for name in names}
            first = next(iter(names), None)
            made = unit_of(Clues(**known))
            assert made.unit == (units[first] if first else None), names
            assert made.unit_from == ({"said": "person"}.get(first, first)), names


class TestThePosition:
    def test_counts_before_the_enterprise_and_says_so(self, the_map, given, firm):
        issue = opened(given.contact(firm), position=MAPPED)
        assert found(issue) == (AREA, "position")
        assert {"routing.unit_from_position", "routing.areas"} <= reasons_of(issue)

    @pytest.mark.parametrize(
        ("accuracy", "how"),
        [(None, "position"), (500, "position"), (500.5, "enterprise"), (5000, "enterprise")],
    )
    def test_counts_only_when_it_is_known_well_enough(self, accuracy, how, the_map, given, firm):
        issue = opened(given.contact(firm), position={**MAPPED, "accuracy_m": accuracy})
        assert issue.unit_from == how

    def test_outside_the_district_is_flagged_and_does_not_count(self, the_map, given, firm):
        boundary = {"name": "区界", "kind": "district", "geometry": polygon(square(120, 32.4, 0.2))}
        put("D", boundary)
        issue = opened(given.contact(firm), position=MAPPED)
        assert found(issue) == (FIRM, "enterprise")
        assert issue.state == "dispatched"
        assert "routing.outside_district" in reasons_of(issue)

    def test_of_the_visit_counts_for_an_issue_without_one(self, the_map, given, firm):
        phone = given.commissioner()
        visit = phone.do(
            "/visits",
            {
                "client_id": client_id(),
                "enterprise_id": str(firm.id),
                "started_at": "2026-11-24T09:00:00+08:00",
                "position": MAPPED,
            },
        )
        issue = opened(phone, visit_id=visit["id"])
        assert found(issue) == (AREA, "position")
        assert issue.position is None
        assert "routing.areas" in reasons_of(issue)
        nearer = opened(phone, visit_id=visit["id"], position=NOWHERE)
        assert found(nearer) == (FIRM, "enterprise")

    def test_of_a_visit_that_comes_later_counts_too(self, the_map, given, firm):
        phone, key = given.commissioner(), client_id()
        issue = opened(phone, visit_client_id=key, urgent=True, category="ROAD")
        assert (found(issue), issue.enterprise) == ((None, None), None)
        visit = {"client_id": key, "enterprise_id": str(firm.id), "position": MAPPED}
        phone.do("/visits", {**visit, "started_at": "2026-11-24T09:00:00+08:00"})
        run_due()
        issue = Issue.get(issue.id)
        assert (found(issue), issue.enterprise) == ((AREA, "position"), firm.id)
        assert Ticket.rows().distinct("unit", {"issue": issue.id}) in ([], [AREA])

    def test_of_a_unit_s_admin_does_not_take_the_issue_from_their_unit(self, the_map, given, firm):
        phone = given.role("unit_admin", unit=FIRM)
        issue = opened(phone, enterprise_id=str(firm.id), position=MAPPED)
        assert found(issue) == (FIRM, "enterprise")
        assert phone.get(f"/issues/{issue.id}").status_code == 200

    def test_in_one_s_own_unit_opens_no_other_unit_s_firm(self, the_map, given, firm):
        phone = given.role("unit_admin", unit=AREA)
        body = issue_body(enterprise_id=str(firm.id), position=MAPPED)
        assert phone.post("/issues", body).status_code == 403
        draft = {name: body[name] for name in ("kind", "text", "enterprise_id", "position")}
        assert phone.post("/routing/preview", draft).status_code == 422


class TestTheNearestKnownSite:
    def test_counts_with_its_distance_where_nothing_better_does(self, given):
        given.enterprise(unit=NEAR)
        nameless = given.enterprise(unit=None, site=None)
        issue = opened(given.contact(nameless), position=BY_A_SITE)
        assert found(issue) == (NEAR, "nearest")
        assert 540 < issue.unit_distance_m < 570
        told = next(r for r in issue.route["reasons"] if r["code"] == "routing.unit_from_nearest")
        assert 540 <= int(told["params"]["distance"]) <= 570

    def test_may_be_a_firm_s_site_or_a_project_s_too(self, given, firm):
        nameless = given.contact(given.enterprise(unit=None, site=None))
        add_site(given.contact(firm), firm, position=NOWHERE, unit=CHOSEN)
        by_site = {"latitude": 32.201, "longitude": 119.5}
        assert found(opened(nameless, position=by_site)) == (CHOSEN, "nearest")
        there = {"type": "Point", "coordinates": [119.5, 32.2009]}
        given.project(firm, unit=PROJECT, site=there)
        assert found(opened(nameless, position=by_site)) == (PROJECT, "nearest")

    def test_a_closed_site_and_one_too_far_tell_nothing(self, given, firm):
        owner = given.contact(firm)
        closed = add_site(owner, firm, position=NOWHERE)
        owner.do(f"/sites/{closed}/close")
        nameless = given.contact(given.enterprise(unit=None, site=None))
        assert found(opened(nameless, position=NOWHERE)) == (None, None)
        far = {"latitude": SITE["coordinates"][1] + 0.0145, "longitude": SITE["coordinates"][0]}
        assert found(opened(nameless, position=far)) == (None, None)


class TestTheChosenSite:
    def test_counts_before_position_and_enterprise_and_is_shown(self, the_map, given, firm):
        phone = given.contact(firm)
        key = add_site(phone, firm, radius_m=80)
        issue = opened(phone, site_id=key, position=MAPPED)
        assert found(issue) == (CHOSEN, "site")
        assert "routing.unit_from_site" in reasons_of(issue)
        shown = phone.see(f"/issues/{issue.id}")
        assert (shown["site_id"], shown["site"], shown["unit_from"]) == (key, "二厂区", "site")

    def test_but_not_before_the_project(self, given, firm):
        phone = given.contact(firm)
        project = given.project(firm, unit=PROJECT)
        key = add_site(phone, firm)
        issue = opened(phone, site_id=key, project_id=str(project.id))
        assert found(issue) == (PROJECT, "project")
        assert str(issue.site) == key

    def test_must_be_an_open_one_of_that_enterprise(self, given, firm):
        phone, other = given.commissioner(), given.enterprise()
        key = add_site(phone, firm)
        for named in ({"enterprise_id": str(other.id)}, {}):
            answer = phone.post("/issues", issue_body(site_id=key, **named))
            assert (answer.status_code, [*answer.json["errors"]]) == (422, ["site_id"])
        phone.do(f"/sites/{key}/close")
        answer = phone.post("/issues", issue_body(site_id=key, enterprise_id=str(firm.id)))
        assert answer.status_code == 422

    def test_photos_are_measured_to_it(self, given, firm, photo_files):
        phone = given.contact(firm)
        key = add_site(phone, firm, radius_m=80)
        photo = phone.take_photo(photo_files[0].read_bytes()).json["id"]
        opened(phone, site_id=key, photo_ids=[photo])
        assert Photo.get(photo).site["radius_m"] == 80


class TestWhatThePersonSays:
    def test_counts_last(self, the_map, given):
        phone = given.commissioner()
        new = {"enterprise_name": "新办企业", "enterprise_unit": SAID}
        assert found(opened(phone, **new)) == (SAID, "person")
        elsewhere = opened(phone, **new, position=MAPPED)
        assert found(elsewhere) == (AREA, "position")
        assert Enterprise.rows().find_one({"_id": elsewhere.enterprise})["unit"] == SAID
        assert Enterprise.rows().count_documents({"name": "新办企业"}) == 1

    def test_nothing_said_and_nothing_known_goes_on_without(self, given):
        phone = given.commissioner()
        shown = phone.do("/issues", issue_body(text="园区门口路灯坏了", category="PARK"))
        assert (shown["unit"], shown["unit_from"]) == (None, None)
        run_due()
        issue = Issue.get(shown["id"])
        assert issue.state == "dispatching"
        assert "routing.unit_missing_lead" in reasons_of(issue)


class TestThePreview:
    def test_says_the_same_as_filing_would(self, the_map, given, firm):
        phone = given.contact(firm)
        draft = {"kind": "request", "text": "施工许可证办了两个月"}
        assert phone.do("/routing/preview", draft)["unit"] == FIRM
        placed = phone.do("/routing/preview", {**draft, "position": MAPPED})
        assert (placed["unit"], placed["unit_from"]) == (AREA, "position")
        chosen = {**draft, "site_id": add_site(phone, firm), "enterprise_id": str(firm.id)}
        assert phone.do("/routing/preview", chosen)["unit"] == CHOSEN
        far = {"latitude": 32.0, "longitude": 119.0}
        nothing = given.commissioner().do("/routing/preview", {**draft, "position": far})
        assert (nothing["unit"], nothing["unit_from"]) == (None, None)


class TestCorrecting:
    def right(self, given, issue, **fields):
        body = {"reason": "地点有误", **fields}
        given.dispatcher().do(f"/issues/{issue.id}/correct", body)
        return Issue.get(issue.id)

    def test_the_position_brings_its_unit(self, the_map, given, firm):
        issue = opened(given.contact(firm), position=NOWHERE)
        right = self.right(given, issue, position=MAPPED)
        assert found(right) == (AREA, "position")
        assert Ticket.rows().distinct("unit", {"issue": issue.id}) == [AREA]

    def test_another_firm_has_not_the_site_of_the_first(self, given, firm):
        phone, other = given.contact(firm), given.enterprise(unit=NEAR)
        issue = opened(phone, site_id=add_site(phone, firm))
        right = self.right(given, issue, enterprise_id=str(other.id))
        assert (found(right), right.site) == ((NEAR, "enterprise"), None)

    def test_a_project_of_the_same_firm_leaves_the_site(self, given, firm):
        phone, project = given.contact(firm), given.project(firm, unit=PROJECT)
        issue = opened(phone, site_id=add_site(phone, firm))
        fields = {"enterprise_id": str(firm.id), "project_id": str(project.id)}
        right = self.right(given, issue, **fields)
        assert found(right) == (PROJECT, "project")
        assert right.site == issue.site

    def test_what_the_person_said_stays_where_nothing_else_tells(self, given):
        issue = opened(given.commissioner(), enterprise_name="新办企业", enterprise_unit=SAID)
        Enterprise.rows().update_one({"_id": issue.enterprise}, {"$unset": {"unit": ""}})
        right = self.right(given, issue, position=NOWHERE)
        assert found(right) == (SAID, "person")


def test_every_way_has_its_words():
    assert {f"routing.unit_from_{how}" for how in FROM} <= set(catalogue("zh"))
