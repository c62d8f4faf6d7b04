"""Areas over HTTP: stated one by one or by file, all or nothing, looked at, removed; who may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.foundation import history
from app.foundation.geo import distance_m
from app.people.who import ROLES
from app.units import areas
from app.units.documents import Area
from tests.issues.halfway import fails_whole, post, worked
from tests.units.maps import area, collection, of_unit, polygon, square

STREET, PARK = "321204002", "P-KFQ"
SEEN_BY = {*ROLES} - {"contact", "service"}


@pytest.fixture
def admin(given):
    return given.role("admin")


def put(phone, code, body, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return phone.call("PUT", f"/areas/{code}", json=body, headers=named)


def rows_of(code: str) -> list[dict]:
    key = Area.rows().find_one({"code": code})["_id"]
    return list(history.rows().find({"thing": "area", "thing_id": key}).sort("_id", 1))


def why(answer) -> tuple[int, str, dict]:
    return answer.status_code, answer.json["code"], answer.json["errors"]


class TestOne:
    def test_is_made_changed_and_kept_in_history(self, admin):
        made = put(admin, "KFQ", of_unit(PARK, square(120.1, 32.5), rank=3))
        assert made.status_code == 201
        assert made.json["geometry"] == polygon(square(120.1, 32.5))
        assert (made.json["unit"], made.json["rank"], made.json["vertices"]) == (PARK, 3, 5)
        etag = admin.get("/areas/KFQ").headers["ETag"]
        again = of_unit(PARK, square(120.2, 32.5), rank=3, name="开发区")
        changed = put(admin, "KFQ", again, If_Match=etag)
        assert (changed.status_code, changed.json["name"]) == (200, "开发区")
        made, changed = rows_of("KFQ")
        assert (made["action"], made["by"], made["data"]["before"]) == (
            "create",
            admin.person.id,
            None,
        )
        assert made["data"]["after"]["shape"] == polygon(square(120.1, 32.5))
        assert changed["action"] == "change"
        assert changed["data"]["before"]["name"] == "测试范围"
        assert changed["data"]["after"]["shape"] == polygon(square(120.2, 32.5))

    def test_is_changed_only_by_who_has_seen_it_as_it_is(self, admin):
        put(admin, "KFQ", area())
        etag = admin.get("/areas/KFQ").headers["ETag"]
        assert put(admin, "KFQ", area(name="一")).status_code == 428
        assert put(admin, "KFQ", area(name="一"), If_Match=etag).status_code == 200
        assert put(admin, "KFQ", area(name="二"), If_Match=etag).status_code == 412
        assert put(admin, "NEW", area(), If_Match=etag).status_code == 412
        assert [row["action"] for row in rows_of("KFQ")] == ["create", "change"]

    def test_the_same_again_is_no_change(self, admin):
        assert put(admin, "KFQ", area()).status_code == 201
        assert put(admin, "KFQ", area()).status_code == 200
        assert len(rows_of("KFQ")) == 1

    def test_made_by_two_at_once_is_made_once(self, given, admin):
        start = threading.Barrier(2)

        def state(name: str) -> int:
            start.wait()
            return put(admin, "KFQ", area(name=name)).status_code

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(state, ["一", "二"])) in ([201, 412], [201, 428])
        assert len(rows_of("KFQ")) == 1

    def test_removed_it_holds_nothing_and_may_be_made_anew(self, admin):
        put(admin, "KFQ", of_unit(PARK, square(120.1, 32.5)))
        assert admin.post("/areas/KFQ/remove").status_code == 204
        assert admin.get("/areas/KFQ").status_code == 404
        assert admin.post("/areas/KFQ/remove").status_code == 404
        assert areas.codes() == set()
        assert areas.at_point({"type": "Point", "coordinates": [120.15, 32.55]}) == areas.NOWHERE
        assert put(admin, "KFQ", area()).status_code == 201
        assert admin.see("/areas/KFQ")["kind"] == "place"
        assert [row["action"] for row in rows_of("KFQ")] == ["create", "remove", "create"]

    @pytest.mark.parametrize(
        ("body", "errors"),
        [
            (of_unit("321204999", square(120.1, 32.5)), {"unit": ["321204999"]}),
            (area(kind="unit"), ["unit"]),
            (area(unit=STREET), ["unit"]),
            (area(rank=0), ["rank"]),
            (area(kind="street"), ["kind"]),
            (area(coord_type="cgcs2000"), ["coord_type"]),
            (area(colour="red"), ["colour"]),
            (
                area(geometry=polygon(square(120.1, 32.5)[:-1])),
                {"geometry": ["第 1 个多边形第 1 个环没有闭合，首尾顶点须相同"]},
            ),
        ],
        ids=["unit", "no unit", "unit of a place", "rank", "kind", "datum", "unknown", "ring"],
    )
    def test_what_is_wrong_is_named(self, body, errors, admin):
        status, _, said = why(put(admin, "KFQ", body))
        assert status == 422
        assert said == errors if isinstance(errors, dict) else [*said] == errors
        assert Area.rows().count_documents({}) == 0

    def test_a_code_is_plain(self, admin):
        assert why(put(admin, "a b", area()))[2].keys() == {"code"}

    def test_what_only_the_database_refuses_is_422_with_its_reason(self, admin):
        # Its lower edge is a great circle, which runs north of the hole.
        wide = [[100, 10], [140, 10], [140, 40], [100, 40], [100, 10]]
        hole = [[119, 10.1], [121, 10.1], [121, 10.3], [119, 10.3], [119, 10.1]]
        status, code, said = why(put(admin, "WIDE", area(geometry=polygon(wide, hole))))
        assert (status, code) == (422, "area.unsound")
        assert "not contained" in said["geometry"][0]
        assert Area.rows().count_documents({}) == 0

    def test_a_file_in_gcj02_is_kept_in_wgs84(self, admin):
        made = put(admin, "KFQ", area(coord_type="gcj02")).json["geometry"]["coordinates"][0]
        for (longitude, latitude), was in zip(made, square(120.1, 32.5), strict=True):
            assert 100 < distance_m((latitude, longitude), (was[1], was[0])) < 1000

    def test_fails_whole(self, admin, hinted):
        fails_whole(lambda: worked(put(admin, "KFQ", area()).status_code), 3, hinted)


class TestMany:
    FILE = (
        {"code": "A", **of_unit(STREET, square(120.1, 32.5))},
        {"code": "B", **of_unit(PARK, square(120.15, 32.55), rank=3)},
        {"code": "D", **area(kind="district", geometry=polygon(square(120, 32, 1.0)))},
    )

    def test_each_is_told_what_became_of_it(self, admin):
        put(admin, "C", area())
        made = admin.do("/areas/import", collection(*self.FILE))["items"]
        assert made == [{"code": code, "outcome": "made"} for code in ("A", "B", "D")]
        moved = {**self.FILE[1], "geometry": polygon(square(120.16, 32.55))}
        items = admin.do("/areas/import", collection(self.FILE[0], moved))["items"]
        assert [each["outcome"] for each in items] == ["unchanged", "changed"]
        listed = admin.see("/areas")
        assert [each["code"] for each in listed["items"]] == ["A", "B", "C", "D"]
        assert "geometry" not in listed["items"][0]
        assert admin.see("/areas", kind="district")["total"] == 1
        assert [row["action"] for row in rows_of("B")] == ["create", "change"]

    def test_one_that_is_wrong_leaves_all_as_it_was(self, admin):
        broken = {"code": "X", **area(geometry=polygon([[0, 0], [1, 1], [0, 0]]))}
        status, _, said = why(admin.post("/areas/import", collection(*self.FILE, broken)))
        assert (status, [*said]) == (422, ["features.3.geometry"])
        assert Area.rows().count_documents({}) == 0

    def test_one_that_the_database_refuses_leaves_all_as_it_was(self, admin):
        wide = [[100, 10], [140, 10], [140, 40], [100, 40], [100, 10]]
        hole = [[119, 10.1], [121, 10.1], [121, 10.3], [119, 10.3], [119, 10.1]]
        broken = {"code": "X", **area(geometry=polygon(wide, hole))}
        status, _, said = why(admin.post("/areas/import", collection(*self.FILE, broken)))
        assert (status, [*said]) == (422, ["features.3.geometry"])
        assert Area.rows().count_documents({}) == 0

    def test_a_code_stands_once(self, admin):
        answer = admin.post("/areas/import", collection(self.FILE[0], self.FILE[0]))
        assert why(answer)[2].keys() == {"features.1.properties.code"}

    def test_a_file_of_a_gis_is_taken_as_it_is(self, admin):
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
        file = collection(*self.FILE, name="镇街", crs=crs, bbox=[120, 32, 121, 33])
        file["features"][0] |= {"id": 7, "bbox": [120, 32, 121, 33]}
        assert len(admin.do("/areas/import", file)["items"]) == 3

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"type": "Feature"}, "type"),
            ({"features": []}, "features"),
            ({"crs": {"properties": {"name": "EPSG:3857"}}}, "crs"),
            ({"crs": {"type": "name"}}, "crs"),
            ({"version": 1}, "version"),
            ({"features": [{"type": "Feature", "geometry": {}}]}, "features.0.properties"),
        ],
    )
    def test_what_is_wrong_with_the_file_is_named(self, change, field, admin):
        answer = admin.post("/areas/import", {**collection(*self.FILE), **change})
        assert field in why(answer)[2]

    def test_a_file_may_be_larger_than_other_bodies(self, admin):
        larger = collection(*self.FILE, name="x" * 2**20)
        assert len(admin.do("/areas/import", larger)["items"]) == 3
        too_large = collection(*self.FILE, name="x" * 2**23)
        assert admin.post("/areas/import", too_large).status_code == 413

    def test_the_same_key_again_does_nothing(self, admin):
        for expected in ("made", "unchanged"):
            items = admin.do("/areas/import", collection(self.FILE[0]), Idempotency_Key="one")
            assert items["items"][0]["outcome"] == expected
        assert len(rows_of("A")) == 1

    def test_fails_whole(self, admin, hinted):
        fails_whole(post(admin, "/areas/import", collection(*self.FILE)), 7, hinted)


def phone_of(role: str, given):
    if role == "contact":
        return given.contact(given.enterprise())
    if role in ("clerk", "head"):
        return getattr(given, role)("HOUSING")
    return given.role(role, **({"unit": STREET} if role == "unit_admin" else {}))


@pytest.mark.parametrize("role", ROLES)
def test_who_may_see_and_who_may_change(role, given, admin):
    put(admin, "KFQ", area())
    phone = phone_of(role, given)
    seen = [phone.get(path).status_code for path in ("/areas", "/areas/KFQ")]
    assert seen == ([200, 200] if role in SEEN_BY else [403, 403])
    allowed = role == "admin"
    assert put(phone, "KFQ", area(name="新")).status_code == (428 if allowed else 403)
    imported = phone.post("/areas/import", collection({"code": "A", **area()}))
    assert imported.status_code == (200 if allowed else 403)
    assert phone.post("/areas/KFQ/remove").status_code == (204 if allowed else 403)
