"""The table of common terms: read strictly, and as it is written."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from config import settings
from config.commonness import FILE, commonness, written
from config.strict_yaml import PackError
from deploy.commonness import counted


def test_what_is_common_weighs_little(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("texts\t100\n的\t50\n停电\t4\n", "utf-8")
    found = commonness(tmp_path)
    assert found.weight("的") == pytest.approx(math.log(2))
    assert found.weight("停电") == found.weight("蒸汽") == pytest.approx(math.log(25))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("的\t50\n", "must begin with 'texts'"),
        ("texts\t100\n", "must begin with 'texts'"),
        ("texts\t100\n的 50\n", "line 2: must be a term"),
        ("texts\t100\n的\t0\n", "line 2: must be a term"),
        ("texts\t100\n的\t5\n的\t6\n", "a term stands twice"),
        ("texts\t100\n的\t101\n", "in more than all 100 texts"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    with pytest.raises(PackError, match=says):
        commonness(tmp_path)


def test_a_pack_without_it_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=f"{FILE}: cannot be read"):
        commonness(tmp_path)


def test_counting_texts_makes_a_table_that_is_read(tmp_path: Path) -> None:
    table = counted({"停电了", "停电", "停水了"})
    assert table.splitlines()[:2] == ["texts\t3", "停\t3"]
    (tmp_path / FILE).write_text(table, "utf-8")
    found = commonness(tmp_path)
    assert found.weight("停") == 0 < found.weight("电") < found.weight("停水")


def test_the_districts_own_knows_what_everybody_writes() -> None:
    found = commonness(settings.load().district_dir)
    assert found.weight("我们") < found.weight("蒸汽") <= found.rarest
    table = (settings.load().district_dir / FILE).read_text("utf-8").splitlines()
    assert table == written(int(table[0].split("\t")[1]), dict(_rows(table[1:]))).splitlines()


def _rows(lines: list[str]) -> list[tuple[str, int]]:
    return [(term, int(count)) for term, count in (line.split("\t") for line in lines)]
