"""Proofs over the API, checked by the stand-alone example of the docs alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import wsgi
from app.people.documents import Grant
from app.photos import ledger, merkle
from tests.support.factories import client_id
from tests.support.ledger import DAY, picture, seal, shoot

DOCS = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    """The program that the docs print."""
    [code] = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    path = tmp_path_factory.mktemp("docs") / "check.py"
    path.write_text(code, "utf-8")
    return path


def run(example: Path, proof: dict, key: str, *originals: Path) -> subprocess.CompletedProcess[str]:
    """In a folder without Steward, with the answer's JSON and nothing else."""
    file = example.with_name("proof.json")
    file.write_text(json.dumps(proof), "utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(example), str(file), key, *map(str, originals)],
        cwd=example.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def public_key() -> str:
    answer = wsgi.app.test_client().get("/api/v1/evidence/keys")
    return answer.json["items"][0]["public_key"]


@pytest.fixture
def phone(given):
    return given.commissioner()


class TestPhoto:
    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_the_example_of_the_docs_believes_it(self, phone, example, tmp_path, count):
        photos = [shoot(phone, number) for number in range(count)]
        seal(DAY + timedelta(days=1))
        original = tmp_path / "original.jpg"
        for number, photo in enumerate(photos):
            proof = phone.see(f"/photos/{photo.id}/proof")
            original.write_bytes(picture(number))
            done = run(example, proof, public_key(), original)
            assert done.returncode == 0, done.stderr
            assert done.stdout.split()[:2] == ["holds:", str(photo.id)]

    def test_and_nothing_that_was_changed(self, phone, example, tmp_path):
        photos = [shoot(phone, number) for number in range(3)]
        seal()
        proof = phone.see(f"/photos/{photos[1].id}/proof")
        key, other = public_key(), tmp_path / "other.jpg"
        other.write_bytes(picture(2))
        later = json.loads(proof["statement"]) | {"day": "2026-11-19"}
        wrong = [
            proof | {"leaf_json": proof["leaf_json"].replace("image/jpeg", "image/png")},
            proof | {"index": 0},
            proof | {"path": proof["path"][:1]},
            proof | {"path": proof["path"][::-1]},
            proof | {"statement": json.dumps(later)},
        ]
        for each in wrong:
            assert run(example, each, key).returncode != 0
        assert run(example, proof, key, other).returncode != 0
        assert run(example, proof, "A" * 43 + "=").returncode != 0
        assert run(example, proof, key).returncode == 0

    def test_it_says_what_it_proves(self, phone):
        photo = shoot(phone, 1)
        seal()
        proof = phone.see(f"/photos/{photo.id}/proof")
        assert proof["photo_id"] == str(photo.id)
        assert (proof["day"], proof["index"], proof["count"]) == ("2026-11-20", 0, 1)
        assert (proof["path"], proof["late"]) == ([], False)
        assert proof["leaf"] == proof["root"] == merkle.leaf(proof["leaf_json"].encode())
        assert proof["previous"] == merkle.EMPTY
        assert json.loads(proof["leaf_json"])["sha256"] == photo.sha256

    def test_before_the_seal_it_says_when_to_ask(self, phone):
        photo = phone.take_photo(picture(1)).json["id"]
        answer = phone.get(f"/photos/{photo}/proof")
        assert (answer.status_code, answer.json["code"]) == (409, "evidence.not_sealed")
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT00:30:00\+08:00", answer.json["errors"]["sealed_after"][0]
        )

    def test_it_is_for_those_who_may_see_the_photo(self, given, phone):
        photo = shoot(phone, 1)
        seal()
        path = f"/photos/{photo.id}/proof"
        assert given.inspector().get(path).status_code == 200
        assert given.role("leader").get(path).status_code == 200
        assert given.commissioner().get(path).status_code == 404
        assert given.contact(given.enterprise()).get(path).status_code == 404
        assert phone.get(f"/photos/{'f' * 24}/proof").status_code == 404
        assert wsgi.app.test_client().get(f"/api/v1{path}").status_code == 401


class TestVisit:
    def visit(self, given, phone, photos):
        body = {
            "client_id": client_id(),
            "project_id": str(given.project().id),
            "started_at": "2026-11-20T11:00:00+08:00",
            "photo_ids": [str(photo.id) for photo in photos],
        }
        return phone.do("/visits", body)["id"]

    def test_its_photos_are_a_chain_with_a_signed_head(self, given, phone):
        photos = [shoot(phone, number) for number in range(3)]
        visit = self.visit(given, phone, photos)
        proof = phone.see(f"/visits/{visit}/proof")
        assert [item["photo_id"] for item in proof["items"]] == [str(p.id) for p in photos]
        leaves = [merkle.leaf(item["leaf_json"].encode()) for item in proof["items"]]
        assert leaves == [item["leaf"] for item in proof["items"]]
        assert proof["links"] == merkle.chain(leaves)
        assert proof["head"] == proof["links"][-1]
        said = json.loads(proof["statement"])
        assert said == {"v": 1, "visit": visit, "count": 3, "head": proof["head"]}
        assert proof["key"] == public_key()
        assert ledger.text_of(said) == proof["statement"]

    def test_the_same_chain_has_the_same_proof(self, given, phone):
        photos = [shoot(phone, number) for number in range(2)]
        visit = self.visit(given, phone, photos)
        before = phone.see(f"/visits/{visit}/proof")
        seal()
        after = phone.see(f"/visits/{visit}/proof")
        assert {item.pop("day") for item in before["items"]} == {None}
        assert {item.pop("day") for item in after["items"]} == {"2026-11-20"}
        assert after == before

    def test_it_is_for_those_who_may_see_the_visit(self, given, phone):
        visit = self.visit(given, phone, [shoot(phone, 1)])
        assert given.inspector().get(f"/visits/{visit}/proof").status_code == 200
        assert given.commissioner().get(f"/visits/{visit}/proof").status_code == 404
        assert given.clerk("HOUSING").get(f"/visits/{visit}/proof").status_code == 404


class TestRoots:
    def test_they_are_a_chain_oldest_first(self, given, phone):
        shoot(phone, 1)
        seal(DAY + timedelta(days=2))
        found = given.inspector().see("/evidence/roots")
        assert [root["day"] for root in found["items"]] == [
            "2026-11-20",
            "2026-11-21",
            "2026-11-22",
        ]
        hashes = [root["hash"] for root in found["items"]]
        assert [root["previous"] for root in found["items"]] == [merkle.EMPTY, *hashes[:-1]]
        assert hashes == [ledger.statement_hash(root["statement"]) for root in found["items"]]

    def test_some_days_of_them(self, given, phone):
        shoot(phone, 1)
        seal(DAY + timedelta(days=4))
        asked = {"from": "2026-11-21", "to": "2026-11-23", "page": 2, "page_size": 2}
        found = given.role("leader").see("/evidence/roots", **asked)
        assert [root["day"] for root in found["items"]] == ["2026-11-23"]
        assert found["total"] == 3
        answer = given.inspector().get("/evidence/roots", **{"from": "yesterday"})
        assert answer.status_code == 422

    @pytest.mark.parametrize(
        ("role", "status"),
        [("inspector", 200), ("admin", 200), ("leader", 200), ("clerk", 200), ("contact", 403)],
    )
    def test_staff_may_keep_them(self, given, role, status):
        someone = given.phone(given.person(Grant(role=role)))
        assert someone.get("/evidence/roots").status_code == status
