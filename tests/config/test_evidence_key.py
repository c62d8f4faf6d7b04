"""The key that the server signs with: given, or made once and kept."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.foundation.signing import Signer
from config import settings

SEED = bytes(range(32))


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.delenv("EVIDENCE_KEY", raising=False)
    return tmp_path


def test_it_is_made_once_and_kept_for_its_owner_only(var: Path) -> None:
    with ThreadPoolExecutor(8) as together:
        seeds = {each.evidence_seed for each in together.map(lambda _: settings.load(), range(8))}
    assert len(seeds) == 1
    assert len(seeds.pop()) == 32
    assert stat.S_IMODE((var / "evidence-key").stat().st_mode) == 0o600
    assert [path.name for path in var.glob("evidence-key*")] == ["evidence-key"]


def test_the_one_given_is_taken(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIDENCE_KEY", base64.b64encode(SEED).decode() + "\n")
    assert settings.load().evidence_seed == SEED
    assert not (var / "evidence-key").exists()


@pytest.mark.parametrize("name", ["EVIDENCE_KEY", "EVIDENCE_RETIRED_KEYS"])
@pytest.mark.parametrize("text", ["x", "密", base64.b64encode(SEED[:31]).decode(), "A" * 44])
def test_one_that_is_none_stops_the_start(
    name: str, text: str, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(settings.SettingsError, match=name):
        settings.load()


def test_no_log_shows_it(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIDENCE_KEY", base64.b64encode(SEED).decode())
    current = settings.load()
    assert "evidence_seed" not in repr(current)
    assert str(SEED) not in repr(current)
    assert "seed" not in repr(Signer(SEED))


def test_keys_used_before_are_listed_beside_it(app, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Signer(SEED)
    monkeypatch.setenv("EVIDENCE_RETIRED_KEYS", old.public_key)
    monkeypatch.setitem(app.extensions, "steward", settings.load())
    keys = app.test_client().get("/api/v1/evidence/keys").json["items"]
    assert [key["current"] for key in keys] == [True, False]
    assert keys[1] == {
        "key_id": old.key_id,
        "algorithm": "Ed25519",
        "public_key": old.public_key,
        "current": False,
    }
