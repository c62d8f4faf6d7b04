"""A model is tried on the past as a rulebook is, without decisions of today noticing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import wsgi
from app.foundation import clock
from app.foundation.district import pack
from app.rulebooks import models, registry
from config import settings
from tests.learning.past import store
from tests.learning.setting import REASON
from tests.rulebooks.stories import content
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.schema_models import proposed

TEXT = "我们等开工"


@pytest.fixture(autouse=True)
def _no_model_of_the_pack(clean: None) -> Iterator[None]:
    models.use(Path("none.npz"), wsgi.app.extensions["store"])
    yield
    models.use(settings.load().district_dir / models.PACKS_FILE, wsgi.app.extensions["store"])


def owner(code):
    return next(each.owner for each in pack().categories if each.code == code)


def replayed(admin, model):
    body = {"client_id": client_id(), "rulebook": content(), "model": model}
    key = admin.post("/routing/replay", body).json["id"]
    run_due()
    return admin.see(f"/routing/replays/{key}")


def test_another_model_reads_for_the_replay_alone(given):
    admin = given.role("admin")
    first, second = proposed({"开工": "PERMIT"}, ""), proposed({"开工": "EIA"}, "")
    admin.do(f"/routing/models/{first}/publish", REASON)
    asked = {"chosen_category": None, "category": "EIA"}
    store(clock.now(), TEXT, owner("EIA"), times=3, **asked)
    in_use = registry.current().judge
    seen = replayed(admin, second)
    assert (seen["model_against"], seen["model"], seen["state"]) == (first, second, "done")
    assert seen["result"]["better"] == 3
    [pair] = seen["result"]["by_pair"]
    assert (pair["before"], pair["after"]) == (owner("PERMIT"), owner("EIA"))
    assert registry.current().judge is in_use


def test_the_pack_without_a_model_is_tried_by_its_keywords(given):
    admin = given.role("admin")
    number = proposed({"开工": "PERMIT"}, "")
    admin.do(f"/routing/models/{number}/publish", REASON)
    store(clock.now(), TEXT, owner("PERMIT"), chosen_category=None)
    result = replayed(admin, 0)["result"]
    assert (result["before"]["right"], result["worse"]) == (1, 1)
    assert result["after"]["to_dispatcher"] == 1
