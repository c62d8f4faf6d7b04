"""Parcels go round the reserve loop, and only the department for land calls one idle."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from app.foundation import clock
from app.projects.land.documents import Parcel
from app.projects.land.states import STATES, may_follow
from app.projects.land.sums import Amount, sums
from app.registers.documents import Master
from tests.support.factories import client_id
from tests.units.maps import area

LAND = "NATURAL_RESOURCES"
STEPS = {
    ("planned", "acquired"),
    ("acquired", "reserved"),
    ("acquired", "used"),
    ("reserved", "used"),
    ("used", "idle"),
    ("used", "low"),
    ("used", "reserved"),
    ("idle", "used"),
    ("idle", "low"),
    ("idle", "reserved"),
    ("low", "used"),
    ("low", "idle"),
    ("low", "reserved"),
}


@pytest.mark.parametrize("before", STATES)
def test_the_loop(before):
    assert may_follow(None, before)
    assert may_follow(before, before)
    assert {after for after in STATES if after != before and may_follow(before, after)} == {
        after for start, after in STEPS if start == before
    }


amounts = st.builds(Amount, st.integers(1, 5), st.decimals(0, 10_000, places=3, allow_nan=False))
groups = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(STATES), amounts))


@settings(max_examples=30)
@over(groups)
def test_the_units_sums_are_the_districts(found):
    whole, units = sums(found)
    assert whole.whole.mu == sum((each.whole.mu for each in units), Decimal(0))
    assert whole.whole.mu == sum((amount.mu for _, _, amount in found), Decimal(0))
    assert whole.whole.parcels == sum(amount.parcels for _, _, amount in found)
    for each in (whole, *units):
        assert list(each.by_state) == list(STATES)
        assert each.whole == sum(each.by_state.values(), start=Amount())


def body(**said):
    plain = {"code": "DK-001", "unit": "321204002", "mu": "33.335", "state": "planned"}
    return {"client_id": client_id(), **plain, **said}


def put(phone, parcel, **said):
    """The parcel as it is shown, changed."""
    path = f"/parcels/{parcel['id']}"
    read = phone.get(path)
    names = ("code", "name", "unit", "mu", "state", "project", "contract_start_on")
    whole = {name: read.json[name] for name in names}
    return phone.call(
        "PUT", path, json={**whole, **said}, headers={"If-Match": read.headers["ETag"]}
    )


def test_once_round_the_loop(given):
    clerk, project = given.clerk(LAND), given.project()
    parcel = clerk.do("/parcels", body())
    assert parcel["state_name"] == "规划"
    for state, more in (
        ("acquired", {}),
        ("reserved", {}),
        ("used", {"project": project.code}),
        ("low", {}),
    ):
        answer = put(clerk, parcel, state=state, **more)
        assert answer.status_code == 200, answer.json
    assert answer.json["project_id"] == str(project.id)
    steps = clerk.see(f"/parcels/{parcel['id']}/history")["items"]
    assert [step["action"] for step in steps] == ["create", *["change"] * 4]
    assert [(step["before"]["state"], step["after"]["state"]) for step in steps[1:]] == [
        ("planned", "acquired"),
        ("acquired", "reserved"),
        ("reserved", "used"),
        ("used", "low"),
    ]
    assert clerk.see("/parcels", state="low", project_id=str(project.id))["total"] == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"state": "used"}, "state"),
        ({"state": "acquired", "since": "2999-01-01"}, "since"),
        ({"state": "acquired", "since": "2020-01-01"}, "since"),
        ({"project": True}, "project"),
        ({"code": "DK-002"}, "code"),
    ],
)
def test_what_cannot_be(given, said, field):
    head = given.head(LAND)
    parcel = head.do("/parcels", body())
    if said.get("project"):
        said = {"project": given.project().code}
    answer = put(head, parcel, **said)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_correction_says_why_and_may_go_back(given):
    head = given.head(LAND)
    parcel = head.do("/parcels", body(state="used"))
    assert put(head, parcel, state="planned").status_code == 422
    assert put(head, parcel, state="planned", reason="录入有误").json["state"] == "planned"
    last = head.see(f"/parcels/{parcel['id']}/history")["items"][-1]
    assert (last["reason"], last["before"]["state"]) == ("录入有误", "used")


def test_only_the_department_for_land_calls_land_idle(given):
    clerk, admin = given.clerk(LAND), given.role("admin")
    parcel = clerk.do("/parcels", body(state="used"))
    refused = put(admin, parcel, state="idle", reason="更正")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["state"])
    assert put(clerk, parcel, state="idle").status_code == 200
    assert put(admin, parcel, state="idle", mu="33.336").status_code == 200, "it is so already"


def test_a_platform_calls_land_idle_where_it_is_master(given):
    service = given.role("service")
    idle = body(state="idle")
    assert service.post("/parcels", idle).status_code == 422
    named = {"register": "parcels", "field": "state", "name": "一张图"}
    signed = {"by": service.person.id, "at": clock.now()}
    Master.insert_row(platform=service.person.id, **named, **signed)
    assert service.post("/parcels", idle).status_code == 201
    other = given.role("service").post("/parcels", body(code="DK-009", state="idle"))
    assert (other.status_code, list(other.json["errors"])) == (422, ["state"])


def test_who_sees_and_who_writes(given):
    clerk, other = given.clerk(LAND), given.clerk("HOUSING")
    parcel = clerk.do("/parcels", body())
    assert other.post("/parcels", body(code="DK-002")).status_code == 403
    assert put(other, parcel, mu="1").status_code == 403
    assert given.commissioner().see("/parcels")["total"] == 1
    elsewhere = given.role("unit_admin", unit="321204001")
    assert elsewhere.see("/parcels")["total"] == 0
    assert elsewhere.get(f"/parcels/{parcel['id']}").status_code == 404
    assert given.contact(given.enterprise()).see("/parcels")["total"] == 0
    assert given.contact(given.enterprise()).get("/parcels/sums").status_code == 403


def test_sums_are_exact_and_of_what_one_sees(given):
    clerk = given.clerk(LAND)
    for at, (unit, state, mu) in enumerate(
        [
            ("321204001", "used", "0.1"),
            ("321204002", "used", "0.2"),
            ("321204002", "reserved", "10.005"),
        ]
    ):
        clerk.do("/parcels", body(code=f"DK-{at}", unit=unit, state=state, mu=mu))
    seen = clerk.see("/parcels/sums")
    used = {each["state"]: each["mu"] for each in seen["whole"]["states"]}["used"]
    assert (seen["whole"]["mu"], seen["whole"]["parcels"], used) == ("10.305", 3, "0.300")
    assert [(each["unit"], each["mu"]) for each in seen["units"]] == [
        ("321204001", "0.100"),
        ("321204002", "10.205"),
    ]
    one = given.role("unit_admin", unit="321204001").see("/parcels/sums")
    assert (one["whole"]["mu"], len(one["units"])) == ("0.100", 1)


def test_a_shape_is_looked_at_and_a_replay_is_the_same_parcel(given):
    clerk = given.clerk(LAND)
    crossed = [[120.1, 32.5], [120.2, 32.6], [120.2, 32.5], [120.1, 32.6], [120.1, 32.5]]
    unsound = body(area={"type": "Polygon", "coordinates": [crossed]})
    answer = clerk.post("/parcels", unsound)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["area"])
    sound = body(area=area()["geometry"])
    first, again = clerk.post("/parcels", sound), clerk.post("/parcels", sound)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert first.json["area"]["type"] in ("Polygon", "MultiPolygon")
    taken = clerk.post("/parcels", body())
    assert (taken.status_code, Parcel.rows().count_documents({})) == (409, 1)
