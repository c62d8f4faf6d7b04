"""The areas that the pack brings: sound, once, and never over what admins decided."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from app.foundation import clock, history
from app.foundation.district import pack
from app.units import areas
from app.units.documents import Area
from app.units.packs import bring_in
from config import pack as packs
from tests.units.maps import area, collection, of_unit, polygon, square

DISTRICT = Path(packs.__file__).parent / "district"


def demo(name: str) -> list[dict]:
    return yaml.safe_load((DISTRICT / "demo" / f"{name}.yaml").read_text(encoding="utf-8"))


def pack_with(folder: Path, content: str | dict | None) -> packs.Pack:
    shutil.copytree(DISTRICT, folder, ignore=shutil.ignore_patterns("training", "model", "demo"))
    file = folder / "areas.geojson"
    if content is None:
        file.unlink()
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return packs.load(folder)


def test_every_firm_and_project_of_the_demo_lies_in_its_unit(clean):
    made = bring_in(pack(), clock.now())
    assert len(made) == len(pack().units) + 1
    for each in (*demo("enterprises"), *demo("projects")):
        point = {"type": "Point", "coordinates": [each["longitude"], each["latitude"]]}
        located = areas.at_point(point)
        assert (located.unit, located.outside) == (each["unit"], False), each["name"]


def test_one_park_lies_in_a_street(clean):
    bring_in(pack(), clock.now())
    located = areas.at_point({"type": "Point", "coordinates": [120.1087, 32.5262]})
    assert [*located.areas] == ["P-KFQ", "U-321204002", "DISTRICT"]


def test_it_says_that_it_is_invented():
    assert "Synthetic" in pack().areas["name"]
    assert "虚构" in pack().areas["name"]


def test_brought_once_and_what_admins_decided_stands(given):
    bring_in(pack(), clock.now())
    admin = given.role("admin")
    etag = admin.get("/areas/P-KFQ").headers["ETag"]
    body = of_unit("P-KFQ", square(120.1, 32.5), name="实测边界")
    admin.call("PUT", "/areas/P-KFQ", json=body, headers={"If-Match": etag})
    admin.post("/areas/P-GXQ/remove")
    assert bring_in(pack(), clock.now()) == []
    assert admin.see("/areas/P-KFQ")["name"] == "实测边界"
    assert admin.get("/areas/P-GXQ").status_code == 404
    key = Area.rows().find_one({"code": "P-ZBYQ"})["_id"]
    [row] = history.of("area", key, internal=True)
    assert (row["action"], row["role"]) == ("create", "system")


def test_a_pack_without_areas(clean, tmp_path):
    assert bring_in(pack_with(tmp_path / "pack", None), clock.now()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "areas.geojson: "),
        ("[]", "areas.geojson: must be an object"),
        ({"type": "FeatureCollection"}, "areas.geojson: features is missing"),
        (
            collection({"code": "A", **area(), "colour": 1}),
            "areas.geojson, area A: unknown key colour",
        ),
        (
            collection({"code": "A", **area()}, {"code": "A", **area()}),
            "areas.geojson, area A: code stands twice",
        ),
        (
            collection({"code": "A", **of_unit("999", square(120, 32))}),
            "areas.geojson, area A: unit.unknown: 999",
        ),
        (
            collection({"code": "A", **area(geometry=polygon(square(120, 32)[:-1]))}),
            "areas.geojson, area A: area.unsound: Polygon 1, ring 1: not closed",
        ),
    ],
    ids=["no JSON", "no object", "no features", "unknown key", "twice", "unit", "shape"],
)
def test_a_pack_with_a_fault_says_what_is_wrong(content, message, clean, tmp_path):
    with pytest.raises(packs.PackError, match="areas") as refused:
        bring_in(pack_with(tmp_path / "pack", content), clock.now())
    assert str(refused.value).startswith(message)
    assert Area.rows().count_documents({}) == 0
