"""Trained models in the states that the operations on them need."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

import schemathesis

import wsgi
from app.foundation import clock
from app.gateways.store import keys
from app.learning import training
from app.learning.judging import judged
from app.learning.training import Made
from app.rulebooks.documents import TrainedModel
from tests.learning.tiny import write_model

MODELS = "/routing/models/{number}"


class ModelThings:
    """What `District` needs of models."""

    def fit_model(self, case: schemathesis.Case) -> None:
        """A model that the operation can be done to."""
        if MODELS in case.path:
            number = proposed({"许可": "PERMIT"}, uuid.uuid4().hex)
            if case.path.endswith("/revert"):
                was_used = {"$set": {"state": "published", "published_at": clock.now()}}
                TrainedModel.rows().update_one({"number": number}, was_used)
            case.path_parameters["number"] = number


def proposed(knows: dict[str, str], note: str) -> int:
    """A small model as training leaves it; gives its number."""
    with TemporaryDirectory() as folder:
        data = write_model(Path(folder) / "model.npz", knows, note=note).read_bytes()
    wsgi.app.extensions["store"].put(keys.model(hashlib.sha256(data).hexdigest()), data)
    nothing = judged(lambda text: None, [], 0.5).as_dict()
    confused = [{"right": "ROAD", "said": "PERMIT", "count": 1}]
    now = clock.now()
    report = {
        "n_texts": 3,
        "n_labels": 2,
        "sources": {"return": 2},
        "judged_from": now,
        "judged_to": now,
        "old_model": "keywords",
        "old_may_know": 0,
        "by_voice": [{"voice": "granny", "n": 4, "top1": 0.5, "top3": 0.75}],
        "new": {**nothing, "n": 2, "top1": 0.5, "confusion": confused},
        "old": nothing,
    }
    return training.propose(Made(data, report), now)
