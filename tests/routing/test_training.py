"""A training on few texts: it loads, beats chance, and comes out the same again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.routing.model import load
from app.routing.training.__main__ import main
from app.routing.training.fit import folds
from app.routing.training.texts import read_material
from config import pack as packs

DISTRICT = Path(packs.__file__).parent / "district"
TRAINING = DISTRICT / "training"
CODES = ("POWER", "FIRE", "WATER", "LAND")
VOICES = ("rant", "formal", "question", "wechat")


def _some(name: str) -> list[dict[str, object]]:
    rows = map(json.loads, (TRAINING / name).read_text(encoding="utf-8").splitlines())
    return [each for each in rows if each["category"] in CODES]


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in rows) + "\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    here = tmp_path_factory.mktemp("texts")
    chosen = [each for each in _some("written_a.jsonl") if each["voice"] in VOICES]
    _write(here / "written_a.jsonl", chosen)
    _write(here / "heldout.jsonl", _some("heldout.jsonl"))
    _write(here / "heldout_b.jsonl", [{"text": "never read", "category": "MOON", "voice": "x"}])
    return here


@pytest.fixture(scope="module")
def trained(folder) -> Path:
    out = folder / "model" / "routing.npz"
    main(["--out", str(out), "--texts", str(folder), "--date", "2026-01-02"])
    return out


def test_it_beats_chance_on_voices_never_learned(trained, folder):
    model = load(trained, CODES)
    lines = (folder / "heldout.jsonl").read_text().splitlines()
    rows = [json.loads(each) for each in lines]
    right = [model.judge(each["text"]).ranked[0][0] == each["category"] for each in rows]
    assert sum(right) / len(right) > 2 / len(CODES)
    told = model.header["metrics"]["held_out"]
    assert told["texts"] == len(rows)
    assert told["top1"] == pytest.approx(sum(right) / len(right), abs=1e-3)


def test_the_header_tells_how_it_was_judged(trained):
    told = load(trained).header
    assert told["trained_on"] == "2026-01-02"
    assert set(told["metrics"]["voices"]) == set(VOICES)
    counted = [sum(row.values()) for row in told["metrics"]["confusion"].values()]
    assert sum(counted) == told["metrics"]["held_out_voices"]["texts"]


def test_the_same_texts_give_the_same_bytes(trained, folder, tmp_path):
    again = tmp_path / "again.npz"
    main(["--out", str(again), "--texts", str(folder), "--date", "2026-01-02"])
    assert again.read_bytes() == trained.read_bytes()


def test_corrections_are_learned_and_the_latest_judge(folder, tmp_path):
    texts = [f"第{at}号门岗的那件怪事怎么处理呢" for at in range(20)]
    rows = [
        {"text": text, "category": "LAND", "at": f"2026-01-{at + 1:02}T08:00:00Z"}
        for at, text in enumerate(texts)
    ]
    _write(tmp_path / "labels.jsonl", rows[::-1])
    out = tmp_path / "routing.npz"
    main(["--out", str(out), "--texts", str(folder), "--labels", str(tmp_path / "labels.jsonl")])
    model = load(out)
    assert model.header["metrics"]["labels"]["texts"] == 4
    assert model.header["metrics"]["labels"]["top1"] == 1.0
    assert model.judge("第99号门岗的那件怪事怎么处理呢").ranked[0][0] == "LAND"


def test_a_correction_to_an_unknown_category_is_refused(folder, tmp_path):
    _write(tmp_path / "labels.jsonl", [{"text": "x", "category": "MOON", "at": "2026"}])
    with pytest.raises(ValueError, match="MOON"):
        read_material(folder, DISTRICT / "categories.yaml", tmp_path / "labels.jsonl")


def test_what_is_for_judging_only_is_not_learned(folder):
    material = read_material(folder, DISTRICT / "categories.yaml")
    assert {each.voice for each in material.rows} == set(VOICES)
    assert material.classes == tuple(sorted(CODES))


def test_a_voice_is_held_out_as_a_whole():
    voices = [None, "a", "b", "a", "c", "b", "d", None]
    turns = folds(voices, 3, 0)
    held = [{voices[at] for at in turn} for turn in turns]
    assert sorted(at for turn in turns for at in turn) == [1, 2, 3, 4, 5, 6]
    assert sum(len(each) for each in held) == 4
