"""Maps over HTTP: what boards count, where it is, for those who may see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from bson import ObjectId

from app.boards import tiles
from app.boards.documents import BoardCell, Fact
from app.boards.map_cells import Grid, changed_since
from app.boards.map_scopes import Seen
from app.boards.mapping import facts_in
from app.foundation.geo import distance_m
from app.issues.documents import Issue, Ticket
from app.projects.documents import Project
from tests.boards.support import figure, fold, group, opened
from tests.support.duties import run_due
from tests.support.phone import API, Phone

UNIT, OTHER = "321204002", "321204001"
HERE = {"latitude": 32.51, "longitude": 120.15}
NEAR = {"latitude": 32.5101, "longitude": 120.1501}
FAR = {"latitude": 32.55, "longitude": 120.25}
DISTRICT = "119.9,32.3,120.4,32.7"
AROUND = "120.145,32.505,120.155,32.515"


@pytest.fixture
def house(given, the_time):
    """A firm without a place that raised issues here, near, far and nowhere; another's is elsewhere."""
    the_time.is_("2026-11-24 10:00")
    serving, leader = given.commissioner(), given.role("leader")
    firm = given.enterprise(UNIT, commissioner=serving.person.id, site=None)
    contact, other = given.contact(firm), given.contact(given.enterprise(OTHER))
    issues = [
        contact.open_issue(category="PERMIT", position={**each, "accuracy_m": 10})
        for each in (HERE, NEAR, FAR)
    ]
    issues.append(contact.open_issue(category="PERMIT"))
    other.open_issue(category="PERMIT")
    run_due()
    fold()
    return {
        "contact": contact,
        "other": other,
        "firm": firm,
        "leader": leader,
        "serving": serving,
        "issues": issues,
    }


def look(phone: Phone, name: str = "issues", bbox: str = DISTRICT, zoom: int = 9, **more: Any):
    return phone.see(f"/maps/{name}", bbox=bbox, zoom=str(zoom), **more)


def behind(phone: Phone, opens: str) -> dict[str, Any]:
    path, _, query = opens.removeprefix(API).partition("?")
    return phone.see(path, **dict(parse_qsl(query)), page_size="100")


def whole(found: dict[str, Any]) -> int:
    return found["total"] + found["nowhere"]["count"]


def test_a_map_has_what_the_board_counts_and_each_cluster_opens_to_it(house):
    leader = house["leader"]
    board = leader.see("/boards/district")
    for zoom in range(0, 20, 3):
        found = look(leader, zoom=zoom, as_of=board["as_of"])
        states = {each["state"]: each["count"] for each in found["states"]}
        states["dispatched"] = states.get("dispatched", 0) + found["nowhere"]["count"]
        assert states == group(board, "issues.by_state")
        assert (found["total"], found["nowhere"]["count"]) == (4, 1)
        assert found["clustered"]
        for each in found["features"]:
            listed = behind(leader, each["properties"]["opens"])
            assert listed["total"] == len(listed["items"]) == each["properties"]["count"]
            west, south, east, north = each["properties"]["bounds"]
            for x, y in [each["geometry"]["coordinates"]] + [
                (item["longitude"], item["latitude"]) for item in listed["items"]
            ]:
                assert west <= x <= east
                assert south <= y <= north
    nowhere = behind(leader, found["nowhere"]["opens"])["items"]
    assert [item["id"] for item in nowhere] == [house["issues"][3]["id"]]
    assert nowhere[0]["longitude"] is None


def test_near_at_hand_they_are_single_points_without_what_people_wrote(house):
    found = look(house["leader"], bbox=AROUND, zoom=16)
    assert not found["clustered"]
    assert found["total"] == len(found["features"]) == 3
    told = {each["properties"]["id"]: each for each in found["features"]}
    here = told[house["issues"][0]["id"]]
    assert here["geometry"] == {"type": "Point", "coordinates": [120.15, 32.51]}
    assert here["properties"]["number"] == house["issues"][0]["number"]
    assert (here["properties"]["name"], here["properties"]["state_name"]) == (None, "已派单")


def test_maps_of_china_get_their_own_datum(house):
    ours = look(house["leader"], bbox=AROUND, zoom=16)["features"]
    theirs = look(house["leader"], bbox=AROUND, zoom=16, coord_type="gcj02")
    assert theirs["coord_type"] == "gcj02"
    (x, y), (left, top) = (
        each[0]["geometry"]["coordinates"] for each in (ours, theirs["features"])
    )
    assert 300 < distance_m((y, x), (top, left)) < 800
    # The box is theirs too: a small one that holds the shifted point holds it, and the plain one not.
    box = f"{left - 1e-4},{top - 1e-4},{left + 1e-4},{top + 1e-4}"
    assert look(house["leader"], bbox=box, zoom=18, coord_type="gcj02")["total"] >= 1
    assert look(house["leader"], bbox=box, zoom=18)["total"] == 0


def test_a_map_of_a_moment_that_is_past_stays_what_it_was(house, the_time):
    leader, contact = house["leader"], house["contact"]
    before = look(leader)
    contact.do(f"/issues/{house['issues'][0]['id']}/withdraw", {"reason": "已自行解决"})
    contact.open_issue(category="PERMIT", position={**FAR, "accuracy_m": 10})
    Issue.rows().update_one(
        {"_id": ObjectId(house["issues"][2]["id"])}, {"$set": {"position": None}}
    )
    run_due()
    the_time.passes(seconds=5)
    fold()
    again = look(leader, as_of=before["as_of"])
    assert again == before
    for each in again["features"]:
        opens = each["properties"]["opens"]
        assert behind(leader, opens)["total"] == each["properties"]["count"]
        assert len(behind(leader, opens)["items"]) == each["properties"]["count"]
    after = look(leader)
    assert {each["state"]: each["count"] for each in after["states"]} == {
        "withdrawn": 1,
        "dispatched": 3,
    }
    assert after["nowhere"]["count"] == 2
    assert look(leader, state="withdrawn")["total"] == 1
    assert look(leader, state="withdrawn", as_of=before["as_of"])["total"] == 0
    answer = leader.get("/maps/issues", bbox=DISTRICT, zoom="9", as_of="2026-11-20T10:00:00Z")
    assert (answer.status_code, answer.json["code"]) == (422, "boards.not_kept")


def test_filters_narrow_map_and_lists_alike(house):
    leader = house["leader"]
    Issue.rows().update_one(
        {"_id": ObjectId(house["issues"][0]["id"])}, {"$set": {"category": "LAND"}}
    )
    fold()
    narrowed = look(leader, category="LAND")
    assert whole(narrowed) == group(leader.see("/boards/district"), "issues.by_category")["LAND"]
    (only,) = narrowed["features"]
    listed = behind(leader, only["properties"]["opens"])
    assert [each["id"] for each in listed["items"]] == [house["issues"][0]["id"]]
    assert look(leader, category="LAND", state="answered")["features"] == []
    assert whole(look(leader, unit=UNIT)) == 4
    assert whole(look(leader, unit=OTHER)) == 1


def test_pages_of_a_cluster_are_all_of_it_once(house):
    leader = house["leader"]
    tile = tiles.tile_of(120.15, 32.51, tiles.LEVELS[0])
    pages = [
        leader.see("/maps/issues/records", tile=tile, page_size="1", page=str(page))["items"]
        for page in range(1, 6)
    ]
    assert [len(page) for page in pages] == [1, 1, 1, 1, 0]
    assert len({item["id"] for page in pages for item in page}) == 4


def test_each_sees_what_is_theirs(house, given):
    leader = house["leader"]
    ticket = Ticket.rows().find_one({"issue": ObjectId(house["issues"][0]["id"])})
    body = ticket["department"]
    theirs = {
        "contact": (house["contact"], 4),
        "other": (house["other"], 1),
        "serving": (house["serving"], 4),
        "unit": (given.role("unit_admin", unit=UNIT), 4),
        "clerk": (given.role("clerk", department=body), 5),
        "nobody": (given.commissioner(), 0),
    }
    for who, (phone, count) in theirs.items():
        assert whole(look(phone)) == count, who
    assert whole(look(leader, department_id=str(body))) == 5
    assert whole(look(leader, enterprise_id=str(house["firm"].id))) == 4
    assert whole(look(leader, person_id=str(house["serving"].person.id))) == 4
    firm = {"enterprise_id": str(house["firm"].id)}
    for phone, named, status in (
        (house["other"], firm, 404),
        (house["contact"], {"unit": UNIT}, 404),
        (theirs["clerk"][0], {"unit": UNIT}, 404),
        (given.role("unit_admin", unit=UNIT), {"unit": OTHER}, 404),
        (given.role("service"), {}, 403),
        (leader, {"unit": UNIT, **firm}, 422),
        (leader, {"bbox": "120.2,32,120.1,33"}, 422),
        (leader, {"restricted": "true"}, 404),
    ):
        query = {"bbox": DISTRICT, "zoom": "9", **named}
        assert phone.get("/maps/issues", **query).status_code == status, named
    assert house["contact"].get("/maps/visits", bbox=DISTRICT, zoom="9").status_code == 403


def test_what_is_restricted_is_on_no_map_but_that_of_who_may_know_of_it(house, given):
    contact, inspector = house["contact"], given.inspector()
    body = Ticket.rows().find_one({"issue": ObjectId(house["issues"][0]["id"])})["department"]
    clerk = given.role("clerk", department=body)
    before = look(house["leader"], bbox=AROUND, zoom=16)
    assert before["total"] == 3
    issue = {"_id": ObjectId(house["issues"][0]["id"])}
    Issue.rows().update_one(issue, {"$set": {"restricted": "report"}})
    fold()
    everything, own = (house["leader"], inspector, clerk), (contact, house["serving"])
    assert [look(each, bbox=AROUND, zoom=16)["total"] for each in everything] == [2, 2, 2]
    assert [look(each, bbox=AROUND, zoom=16)["total"] for each in own] == [1, 1]
    assert look(inspector, restricted="true")["total"] == 1
    # As of before, it still counts, but nobody sees where it was.
    past = look(house["leader"], bbox=AROUND, zoom=16, as_of=before["as_of"])
    hidden = [each for each in past["features"] if each["properties"]["id"] is None]
    assert [each["geometry"] for each in hidden] == [None]


def test_projects_and_visits_are_on_maps(house, given, the_time):
    leader, serving, firm = house["leader"], house["serving"], house["firm"]
    project = given.project(firm, commissioner=serving.person.id, stage="signed")
    given.project(firm, site=None, stage="land")
    house["contact"].open_issue(category="PERMIT", project_id=str(project.id))
    visit = {
        "client_id": "6f5b2a3e-0d4c-4a55-9a3e-2f6f0a1b7c11",
        "project_id": str(project.id),
        "started_at": "2026-11-24T09:00:00+08:00",
        "ended_at": "2026-11-24T09:30:00+08:00",
        "photo_ids": [],
    }
    serving.do("/visits", visit)
    run_due()
    the_time.passes(seconds=5)
    fold()
    board = leader.see("/boards/district")
    projects = look(leader, "projects", as_of=board["as_of"])
    assert whole(projects) == figure(board, "projects.going")["value"] == 2
    assert [(each["state"], each["name"]) for each in projects["states"]] == [("signed", "签约")]
    shown = look(leader, "projects", bbox=AROUND, zoom=16)["features"][0]["properties"]
    assert (shown["number"], shown["name"]) == (project.code, project.name)
    made = figure(board, "visits.month")
    visits = look(serving, "visits", state="ended", as_of=board["as_of"])
    assert whole(visits) == opened(leader, made["opens"])["total"] == 1
    # An issue without a place of its own is where its project is, and goes with it.
    assert look(leader)["total"] == 5
    Project.rows().update_one({"_id": project.id}, {"$set": {"site": None}})
    fold()
    assert look(leader)["total"] == 4


def test_however_many_there_are_a_few_keys_are_looked_at(house):
    leader = house["leader"]
    seen, looked = Seen("issues", "d"), look(leader)
    grid = Grid.of(seen, None, None)
    box = tuple(float(each) for each in DISTRICT.split(","))
    keys = [grid.key(13, tile) for tile in tiles.covering(box, 13)]
    assert _examined(BoardCell.rows(), {"_id": {"$in": keys}}, "_id_") <= 2 * len(keys) + 1
    base = [grid.key(tiles.DEEPEST, tiles.tile_of(120.15, 32.51))]
    assert _examined(Fact.rows(), facts_in(grid, base, None), "by_cell") <= looked["total"]
    for query, index, _ in changed_since("at.issues", grid.gen, grid.at):
        assert _examined(Fact.rows(), query, index) <= 1  # nothing has changed since


def _examined(rows: Any, query: dict[str, Any], index: str) -> int:
    """How many keys of an index a query looks at, which it must."""
    plan = rows.find(query, hint=index).explain()
    stages = str(plan["queryPlanner"]["winningPlan"])
    assert "COLLSCAN" not in stages
    assert index in stages
    return int(plan["executionStats"]["totalKeysExamined"])
