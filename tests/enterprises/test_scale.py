"""进规纳统: entering and leaving, and the firms that are near it."""

from __future__ import annotations

import pytest

from app.enterprises import scale
from app.enterprises.documents import ENTERED, LEFT
from app.enterprises.scale import refusals
from app.projects.figures.documents import FigureEntry
from app.registers import stating
from app.registers.documents import Term
from tests.registers.meanwhile import meanwhile
from tests.support.factories import client_id

UNIT = "321204002"
IN = (ENTERED, 1)
OUT = (LEFT, 1)

REFUSED = [
    ((ENTERED, 1, "2024-02-01"), {}, []),
    ((LEFT, 1, "2025-02-01"), {IN: "2024-02-01"}, []),
    ((LEFT, 1, "2024-01-01"), {IN: "2024-02-01"}, ["scale.not_entered"]),
    ((LEFT, 1, "2024-01-01"), {}, ["scale.not_entered"]),
    ((ENTERED, 2, "2026-01-01"), {IN: "2024-02-01"}, ["scale.entered_already"]),
    ((ENTERED, 2, "2026-01-01"), {IN: "2024-02-01", OUT: "2025-02-01"}, []),
    ((ENTERED, 2, "2025-01-01"), {IN: "2024-02-01", OUT: "2025-02-01"}, ["scale.entered_already"]),
    ((ENTERED, 1, "2025-03-01"), {OUT: "2025-02-01"}, ["scale.overlaps"]),
]


@pytest.mark.parametrize(("said", "before", "codes"), REFUSED)
def test_a_firm_enters_before_it_leaves_and_leaves_before_it_enters_again(said, before, codes):
    event, turn, on = said
    found = refusals(event, turn, on, {**before, (event, turn): on})
    assert [reason.code for _, reason in found] == codes


@pytest.fixture
def keeper(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return given.role("unit_admin", unit=UNIT)


@pytest.fixture
def firm(given):
    return given.enterprise(unit=UNIT, founded_on="2020-05-01")


def state(keeper, firm, event, on, **more):
    body = {"client_id": client_id(), "event": event, "on": on, **more}
    return keeper.post(f"/enterprises/{firm.id}/scale", body)


class TestEntering:
    def test_in_and_out_and_in_again(self, keeper, firm):
        for event, on in (
            ("entered", "2024-02-01"),
            ("left", "2025-02-01"),
            ("entered", "2026-02-01"),
        ):
            assert state(keeper, firm, event, on).status_code == 201
        found = keeper.see(f"/enterprises/{firm.id}/scale")
        assert (found["entered"], found["since"]) == (True, "2026-02-01")
        assert [(each["event"], each["turn"]) for each in found["items"]] == [
            ("entered", 1),
            ("left", 1),
            ("entered", 2),
        ]
        assert all(each["evidence_missing"] for each in found["items"])

    def test_what_cannot_be_is_refused(self, keeper, firm):
        for event, on, field in (
            ("entered", "2026-11-25", "on"),
            ("entered", "2020-04-30", "on"),
            ("left", "2025-01-01", "event"),
        ):
            answer = state(keeper, firm, event, on)
            assert (answer.status_code, list(answer.json["errors"])) == (422, [field])

    def test_another_day_needs_a_reason(self, keeper, firm):
        first = state(keeper, firm, "entered", "2024-02-01").json
        assert state(keeper, firm, "entered", "2024-03-01").status_code == 422
        made = state(keeper, firm, "entered", "2024-03-01", reason="录入错误").json
        assert made["supersedes_id"] == first["id"]
        found = keeper.see(f"/enterprises/{firm.id}/scale")
        assert [each["on"] for each in found["history"]] == ["2024-02-01"]

    def test_the_same_again_is_the_same_entry(self, keeper, firm, photo_files):
        photo = keeper.take_photo(photo_files[0].read_bytes()).json["id"]
        body = {"client_id": client_id(), "event": "entered", "on": "2024-02-01"}
        answers = [
            keeper.post(f"/enterprises/{firm.id}/scale", {**body, "photo_ids": [photo]})
            for _ in range(2)
        ]
        assert [each.status_code for each in answers] == [201, 200]
        assert answers[0].json["evidence_missing"] is False
        assert answers[0].json == answers[1].json


class TestTakingBack:
    def void(self, keeper, entry):
        return keeper.post(f"/scale-entries/{entry['id']}/void", {"reason": "误报"})

    def test_the_last_one_first(self, keeper, firm, given):
        entered = state(keeper, firm, "entered", "2024-02-01").json
        left = state(keeper, firm, "left", "2025-02-01").json
        assert self.void(keeper, entered).json["code"] == "scale.needed"
        assert self.void(given.inspector(), left).status_code == 403
        assert self.void(keeper, left).status_code == 200
        assert self.void(keeper, left).json["code"] == "scale.holds_no_more"
        assert keeper.see(f"/enterprises/{firm.id}/scale")["since"] == "2024-02-01"
        assert self.void(keeper, entered).status_code == 200
        found = keeper.see(f"/enterprises/{firm.id}/scale")
        assert (found["entered"], found["items"]) == (False, [])
        assert [each["void"] for each in found["history"]] == [False, False, True, True]


class TestBeingNear:
    def sells(self, keeper, firm, amount, months):
        for month in months:
            body = {"client_id": client_id(), "month": month, "sales": amount}
            keeper.do(f"/enterprises/{firm.id}/figures", body)

    def near(self, phone, **query):
        items = phone.see("/enterprises/near-scale", **query)["items"]
        return {each["enterprise_id"]: each for each in items}

    def test_by_the_threshold_of_the_industry_or_of_the_district(self, given, keeper, firm):
        Term.insert_row(
            dictionary="industry",
            code="retail",
            name="零售",
            attributes={"scale_sales": "500"},
            updated_at=firm.created_at,
        )
        shop = given.enterprise(unit=UNIT, sector="retail")
        small, inside = given.enterprise(unit=UNIT), given.enterprise(unit=UNIT)
        self.sells(keeper, firm, "900", ["2026-09", "2026-10"])
        self.sells(keeper, shop, "400", ["2026-10"])
        self.sells(keeper, small, "1599.99", ["2026-10"])
        self.sells(keeper, inside, "3000", ["2026-10"])
        state(keeper, inside, "entered", "2026-02-01")

        found = self.near(keeper)
        assert found.keys() == {str(firm.id), str(shop.id)}
        nearest = found[str(firm.id)]
        assert (nearest["sales"], nearest["threshold"]) == ("1800.00", "2000.00")
        assert (nearest["percent"], nearest["months"], nearest["until"]) == (90.0, 2, "2026-10")
        assert found[str(shop.id)]["threshold"] == "500.00"
        assert self.near(keeper, percent=85).keys() == {str(firm.id)}
        assert self.near(given.role("unit_admin", unit="321204101")) == {}
        assert given.clerk("HOUSING").get("/enterprises/near-scale").status_code == 403

    def test_only_the_last_twelve_months_count(self, given, keeper, firm):
        self.sells(keeper, firm, "900", ["2025-10", "2025-11", "2026-10"])
        asleep = given.enterprise(unit=UNIT)
        self.sells(keeper, asleep, "1900", ["2025-10"])
        found = self.near(keeper)
        assert found.keys() == {str(firm.id)}
        assert (found[str(firm.id)]["sales"], found[str(firm.id)]["months"]) == ("1800.00", 2)

    def test_a_commissioner_sees_those_they_serve(self, given, keeper, firm):
        phone = given.commissioner()
        mine = given.enterprise(unit=UNIT, commissioner=phone.person.id)
        for each in (firm, mine):
            self.sells(keeper, each, "1700", ["2026-10"])
        assert self.near(phone).keys() == {str(mine.id)}
        assert FigureEntry.rows().count_documents({}) == 2


class TestAtOnce:
    """A leaving stands on an entering: whoever is slower sees what the other did."""

    def test_taken_back_while_a_leaving_is_stated(self, keeper, firm, monkeypatch):
        entered = state(keeper, firm, "entered", "2024-02-01").json["id"]
        path = f"/scale-entries/{entered}/void"
        other = meanwhile(
            monkeypatch, stating, "carry_out", lambda: keeper.post(path, {"reason": "误报"})
        )
        late = state(keeper, firm, "left", "2025-02-01")
        assert other[0].status_code == 200
        assert (late.status_code, list(late.json["errors"])) == (422, ["event"])
        assert keeper.see(f"/enterprises/{firm.id}/scale")["items"] == []

    def test_stated_while_the_entering_is_taken_back(self, keeper, firm, monkeypatch):
        entered = state(keeper, firm, "entered", "2024-02-01").json["id"]
        other = meanwhile(
            monkeypatch, scale, "withdraw", lambda: state(keeper, firm, "left", "2025-02-01")
        )
        late = keeper.post(f"/scale-entries/{entered}/void", {"reason": "误报"})
        assert other[0].status_code == 201
        assert late.json["code"] == "scale.needed"
        shown = keeper.see(f"/enterprises/{firm.id}/scale")
        assert [each["event"] for each in shown["items"]] == ["entered", "left"]
