"""Every kind of corruption, planted behind the application's back, is found and named; nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.foundation import duties
from app.foundation.signing import holds
from app.gateways.store import open_store
from app.photos import ledger_check
from app.photos.ledger import Leaf, Root
from deploy import verify_evidence
from deploy.database import uri_in_use
from tests.support import ledger as made
from tests.support.ledger import DAY, STORE, signer
from tests.support.seaweed import ACCESS_KEY, SECRET_KEY, seaweed
from tests.support.tampering import (
    NEXT,
    PLANTED,
    Stock,
    add_photo,
    alter_leaf_and_its_hash,
    alter_original,
    alter_time,
    forge,
    remove_photo,
    sealed_stock,
)

Verify = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def stock(given) -> Stock:
    return sealed_stock(given.commissioner())


@pytest.fixture
def verify(capsys) -> Verify:
    """Run it: the exit code, and what differs: code and what it is of."""

    def run(*arguments: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        code = verify_evidence.main(arguments)
        *lines, _ = capsys.readouterr().out.splitlines()
        return code, sorted(line.partition(":")[0].replace("  ", " ") for line in lines)

    return run


def test_an_untouched_stock_passes(stock, verify, capsys):
    assert verify() == (0, [])
    assert verify_evidence.main([]) == 0
    assert capsys.readouterr().out == (
        "7 originals hashed; 2 days with 6 photos sealed in all; nothing differs\n"
    )


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_was_planted_is_found_and_named(stock, plant, verify):
    expected = plant(stock)
    assert verify() == (1, sorted(expected))


@pytest.mark.parametrize(
    "plant", [alter_original, remove_photo, add_photo, alter_leaf_and_its_hash, alter_time]
)
def test_the_slices_together_find_what_the_whole_finds(stock, plant, verify):
    expected = plant(stock)
    found = [verify("--slice", f"{n}/7") for n in range(1, 8)]
    assert sorted(line for _, lines in found for line in lines) == expected
    assert sum(code for code, _ in found) == 1


def test_small_steps_find_the_same(stock, monkeypatch, verify):
    monkeypatch.setattr(ledger_check, "STEP", 2)
    monkeypatch.setattr(ledger_check, "SCAN", 2)
    expected = [*add_photo(stock), *add_photo(stock), *remove_photo(stock), *alter_time(stock)]
    assert verify() == (1, sorted(expected))


class TestExport:
    @pytest.fixture
    def file(self, stock, tmp_path) -> Path:
        path = tmp_path / "roots.jsonl"
        assert verify_evidence.main(["--export", str(path)]) == 0
        return path

    def test_each_line_is_signed(self, file):
        days = [json.loads(text) for text in file.read_text("utf-8").splitlines()]
        assert [json.loads(day["statement"])["day"] for day in days] == [str(DAY), str(NEXT)]
        for day in days:
            content = json.loads(day["statement"])
            assert holds(day["public_key"], content, day["signature"])

    def test_the_same_days_pass(self, stock, file, verify):
        assert verify("--against", str(file)) == (0, [])

    def test_who_has_the_key_and_the_database_cannot_change_what_others_keep(
        self, stock, file, verify
    ):
        alter_leaf_and_its_hash(stock)
        forge(signer(), DAY)
        forge(signer(), NEXT, previous=Root.objects(day=str(DAY)).get().hash)
        assert verify() == (0, [])
        differing = [f"ledger.root_replaced day {day}" for day in (DAY, NEXT)]
        assert verify("--against", str(file)) == (1, differing)

    def test_nor_cut_off_the_last_days(self, stock, file, verify):
        for kind in (Leaf, Root):
            kind.rows().delete_many({"day": NEXT.isoformat()})
        duties.rows().delete_many({"payload.day": NEXT.isoformat()})
        assert verify() == (0, [])
        assert verify("--against", str(file)) == (1, [f"ledger.root_missing day {NEXT}"])

    def test_a_file_that_was_altered(self, stock, file, verify):
        file.write_text(file.read_text("utf-8").replace(str(NEXT), "2026-11-25"), "utf-8")
        code, lines = verify("--against", str(file))
        assert (code, lines) == (1, ["ledger.export_signature day 2026-11-25"])


def test_it_finds_the_private_server_of_a_run(tmp_path, monkeypatch):
    (tmp_path / "ports.json").write_text('{"mongod": 4711}', "ascii")
    current = replace(made.SETTINGS, var=tmp_path, mongodb_uri="mongodb://set")
    assert uri_in_use(current) == "mongodb://set"
    monkeypatch.delenv("MONGODB_URI")
    assert ":4711/" in uri_in_use(current)
    assert uri_in_use(replace(current, var=tmp_path / "none")) == "mongodb://set"


def test_a_store_that_is_away_is_not_called_a_difference(stock, monkeypatch, capsys):
    monkeypatch.setenv("STORE_URL", "s3://k:s@127.0.0.1:9/photos?tls=0&timeout=1")
    assert verify_evidence.main([]) == 2
    assert "could not be checked" in capsys.readouterr().err


def test_in_a_bucket(stock, monkeypatch, verify):
    with seaweed() as server:
        for name, value in (("S3_ACCESS_KEY", ACCESS_KEY), ("S3_SECRET_KEY", SECRET_KEY)):
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("STORE_URL", server.url())
        bucket = open_store(
            server.url(), spool=made.SETTINGS.var / "spool", keys=(ACCESS_KEY, SECRET_KEY)
        )
        for photo in stock.photos[1:]:
            bucket.put(photo.key, STORE.read(photo.key))
        missing = f"ledger.original_missing photo {stock.photos[0].id}, day {DAY}"
        assert verify() == (1, [missing])
        bucket.put(stock.photos[0].key, b"something else")
        altered = f"ledger.original_altered photo {stock.photos[0].id}, day {DAY}"
        assert verify() == (1, [altered])
