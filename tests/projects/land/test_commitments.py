"""What a firm committed itself to with its land, and what came of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from bson import Decimal128, ObjectId

from app.foundation import clock, duties, history
from app.projects.commitments.compare import compare
from app.projects.documents import Project
from app.projects.rates import standing as standings
from app.projects.rates.documents import StoredStanding
from app.projects.rates.standing import Standing
from tests.support.factories import client_id

TODAY = date(2026, 11, 24)


def stood(**fields) -> Standing:
    """A standing of which only this is known."""
    nothing = dict.fromkeys(Standing.__dataclass_fields__)
    empty = {"dates": {}, "planned": {}, "years": {}, "suspensions": (), "course": "going"}
    plain = {"code": "XM1", "name": "项目", "unit": "321204002", "industry": "", "kind": "new"}
    money = {"zero_months": 0, "phased": False, "pledged": ()}
    rest = {"level": "district", "id": ObjectId(), "made_at": clock.now()}
    return Standing(**{**nothing, **empty, **plain, **money, **rest, **fields})


def met(commitment, standing, today=TODAY):
    return [
        (row.item, row.actual, row.gap, row.met) for row in compare(commitment, standing, today, 24)
    ]


def of(**promised):
    return {
        name: Decimal128(value) if not name.endswith(("_by", "_source")) else value
        for name, value in promised.items()
    }


DONE = {"completed": date(2026, 3, 1), "production": date(2024, 5, 31)}


@pytest.mark.parametrize(
    ("promised", "known", "row"),
    [
        # 450 of 万元 per mu on 10 mu
        (
            of(intensity="450"),
            stood(invested=Decimal(4505), land_mu=Decimal(10)),
            ("intensity", Decimal("450.50"), Decimal("0.50"), "yes"),
        ),
        (
            of(intensity="450", complete_by="2026-11-24"),
            stood(invested=Decimal(4000), land_mu=Decimal(10)),
            ("intensity", Decimal("400.00"), Decimal("-50.00"), "not_due"),
        ),
        (
            of(intensity="450"),
            stood(invested=Decimal(4000), land_mu=Decimal(10), dates=DONE),
            ("intensity", Decimal("400.00"), Decimal("-50.00"), "no"),
        ),
        (
            of(intensity="450"),
            stood(invested=Decimal(4000), dates=DONE),
            ("intensity", None, None, "unknown"),
        ),
        # exact, though it looks the same: 1 ÷ 3 falls short of 0.34, and 0.333… of nothing more
        (
            of(tax_per_mu="0.34"),
            stood(tax12=Decimal("1.01"), land_mu=Decimal(3), dates=DONE),
            ("tax_per_mu", Decimal("0.34"), Decimal("0.00"), "no"),
        ),
        (
            of(sales="1000"),
            stood(sales12=Decimal(999), dates={"production": date(2024, 11, 24)}),
            ("sales", Decimal("999.00"), Decimal("-1.00"), "not_due"),
        ),
        (
            of(sales="1000"),
            stood(sales12=Decimal(999), dates={"production": date(2024, 11, 23)}),
            ("sales", Decimal("999.00"), Decimal("-1.00"), "no"),
        ),
        (of(sales="1000"), stood(), ("sales", None, None, "not_due")),
        (
            of(floor_ratio="1.2", floor_ratio_actual="1.25", floor_ratio_source="规划核实"),
            stood(),
            ("floor_ratio", Decimal("1.25"), Decimal("0.05"), "yes"),
        ),
        (of(floor_ratio="1.2"), stood(dates=DONE), ("floor_ratio", None, None, "unknown")),
        (
            of(production_by="2024-06-01"),
            stood(dates=DONE),
            ("production_by", date(2024, 5, 31), -1, "yes"),
        ),
        (
            of(production_by="2024-05-01"),
            stood(dates=DONE),
            ("production_by", date(2024, 5, 31), 30, "no"),
        ),
        (of(start_by="2026-11-23"), stood(), ("start_by", None, 1, "no")),
        (of(start_by="2026-11-24"), stood(), ("start_by", None, None, "not_due")),
        (
            of(on_target_by="2026-11-30"),
            stood(on_target_on=date(2026, 10, 31)),
            ("on_target_by", date(2026, 10, 31), -30, "yes"),
        ),
        (of(start_by="2026-11-23"), None, ("start_by", None, None, "unknown")),
    ],
)
def test_each_item_beside_its_actual(promised, known, row):
    assert met(promised, known)[0] == row


def test_what_was_not_promised_is_not_compared():
    assert met({"signed_on": "2026-01-01", "sales": None}, stood()) == []


@pytest.fixture
def project(given):
    return given.project(given.enterprise(unit="321204002"), land_mu=Decimal128("33.335"))


@pytest.fixture
def keeper(given):
    return given.role("unit_admin", unit="321204002")


def commit(phone, project, **said):
    body = {"client_id": client_id(), "signed_on": "2026-03-01", **said}
    return phone.post(f"/projects/{project.id}/commitments", body)


def test_it_fills_what_the_project_does_not_promise_yet(keeper, project):
    duties.rows().delete_many({})
    made = commit(keeper, project, sales="12000", tax_per_mu="20.01", production_by="2027-01-01")
    assert made.status_code == 201
    row = Project.rows().find_one({"_id": project.id})
    assert row["promised_sales"].to_decimal() == Decimal(12000)
    assert row["promised_tax"].to_decimal() == Decimal("667.03"), "20.01 x 33.335"
    told = history.of("project", project.id, internal=False)
    assert {name for step in told for name in step["data"]["after"]} == {
        "promised_sales",
        "promised_tax",
    }
    assert duties.rows().count_documents({"kind": "projects.restand"}) == 1
    later = commit(keeper, project, sales="15000", reason="补充协议")
    assert later.status_code == 201
    row = Project.rows().find_one({"_id": project.id})
    assert row["promised_sales"].to_decimal() == Decimal(12000), "it has one by now"


def test_entries_are_superseded_and_kept(keeper, project):
    first = commit(keeper, project, sales="12000", start_by="2026-05-01").json
    assert first["current"]["start_by"] == "2026-05-01"
    StoredStanding.rows().insert_one(
        standings.row_of(stood(id=project.id, sales12=Decimal(13000))) | {"version": 1}
    )
    commit(keeper, project, sales="15000", reason="补充协议")
    seen = keeper.see(f"/projects/{project.id}/commitments", history=True)
    assert seen["current"]["start_by"] == "2026-05-01", "what was left out stays"
    assert [(each["sales"], each["reason"]) for each in seen["history"]] == [
        ("15000.00", "补充协议"),
        ("12000.00", ""),
    ]
    assert [(each["item"], each["gap"], each["met"]) for each in seen["comparison"]] == [
        ("sales", "-2000.00", "not_due"),
        ("start_by", seen["comparison"][1]["gap"], "no"),
    ]
    assert keeper.see(f"/projects/{project.id}/commitments")["history"] == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"signed_on": "2999-01-01"}, "signed_on"),
        ({"start_by": "2026-02-28"}, "start_by"),
        ({"floor_ratio_actual": "1.1"}, "floor_ratio_source"),
        ({"sales": "1.005"}, "sales"),
    ],
)
def test_what_cannot_be(keeper, project, said, field):
    answer = commit(keeper, project, **said)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_sent_again_it_is_the_same_entry(keeper, project):
    body = {"client_id": client_id(), "sales": "100"}
    assert [commit(keeper, project, **body).status_code for _ in range(2)] == [201, 200]
    assert commit(keeper, project, **body | {"sales": "1"}).json["code"] == "client_id.conflict"


def test_who_sees_and_who_states(given, keeper, project):
    path = f"/projects/{project.id}/commitments"
    assert keeper.see(path) == {"current": None, "comparison": [], "history": []}
    assert given.role("leader").get(path).status_code == 200
    assert given.clerk("HOUSING").get(path).status_code == 403
    assert commit(given.role("leader"), project).status_code == 403
    assert given.contact(given.enterprise()).get(path).status_code == 404
