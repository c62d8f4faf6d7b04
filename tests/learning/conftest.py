"""A process without a model, and a district that trains on little."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.foundation import district
from app.rulebooks import models
from config import settings

TERMS = "train: {weekday: sunday, hour: 3, least_labels: 5}\n"


@pytest.fixture(autouse=True)
def _keywords_read(app) -> Iterator[None]:
    """Texts are read by the keywords alone, unless a test brings a model."""
    store = app.extensions["store"]
    models.use(Path("none.npz"), store)
    yield
    models.use(settings.load().district_dir / models.PACKS_FILE, store)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """The folder of such a pack, in use; `training/how` says how its training goes (well)."""
    real = settings.load().district_dir
    mine = tmp_path / "district"
    shutil.copytree(real, mine, ignore=shutil.ignore_patterns("training", "model"))
    (mine / "learning.yaml").write_text(TERMS, "utf-8")
    (mine / "training").mkdir()
    (mine / "training" / "how").write_text("well", "utf-8")
    district.use(mine)
    yield mine
    district.use(real)
