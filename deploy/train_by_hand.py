"""`python -m deploy.train_by_hand`: train the model that reads texts, now.

With a database in reach it learns from the pack's texts and from how people corrected the routing, and the
model is proposed to the admins, as every week. Without one, or with --pack, it learns from the texts alone
and becomes the pack's own, `model/routing.npz` in the district's folder. Exit code: 0 done, 1 no model,
2 the database or the store could not be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pymongo.errors import PyMongoError, ServerSelectionTimeoutError

from app.foundation import clock, db, district
from app.foundation.db import transaction
from app.foundation.errors import Unavailable
from app.foundation.messages import say as words
from app.gateways.store import store_of
from app.learning import child, training
from app.learning.child import Limits, TrainingFailed
from app.learning.training import Made
from app.routing.model import BrokenModel, load
from app.rulebooks import models
from app.rulebooks.models import PACKS_FILE, version_name
from config import settings
from config.logging import configure
from config.settings import Settings
from deploy.database import uri_in_use

LIMITS = Limits(seconds=7200, loud=True)


def main(arguments: Sequence[str] | None = None, program: str = child.PROGRAM) -> int:
    """Do what the command line says; the exit code."""
    parser = argparse.ArgumentParser(prog="train-routing", description=__doc__)
    parser.add_argument("--pack", action="store_true", help="the texts alone, for the pack")
    options = parser.parse_args(arguments)
    current = settings.load()
    configure(current.log_format, current.log_level)
    district.use(current.district_dir)
    try:
        if options.pack or not _in_reach(current):
            return _for_the_pack(current.district_dir, program)
        return _for_the_admins(current, program)
    except TrainingFailed as error:
        print(f"no model: {error}", file=sys.stderr)
        return 1
    except (Unavailable, PyMongoError) as error:
        print(f"could not be done: {error}", file=sys.stderr)
        return 2


def _in_reach(current: Settings) -> bool:
    db.connect(uri_in_use(current))
    try:
        db.client().admin.command("ping")
    except ServerSelectionTimeoutError:
        print("no database in reach: learning from the texts alone")
        return False
    return True


def _for_the_pack(folder: Path, program: str) -> int:
    """The old file stays until the new one is whole."""
    target = folder / PACKS_FILE
    target.parent.mkdir(exist_ok=True)
    made = target.with_suffix(".new")
    try:
        child.train(folder, None, made, LIMITS, program)
        load(made)
        made.replace(target)
    except BrokenModel as error:
        raise TrainingFailed(str(error)) from error
    finally:
        made.unlink(missing_ok=True)
    print(f"{target}: {target.stat().st_size} bytes; used by every process that starts from now on")
    return 0


def _for_the_admins(current: Settings, program: str) -> int:
    store = store_of(current)
    store.check()
    models.use(current.district_dir / PACKS_FILE, store)
    learn = training.learn_from(current.district_dir, program)
    made = training.attempt(store, learn, LIMITS, least=1)
    if not isinstance(made, Made):
        print(words(made.code, "en", **made.params))
        return 1
    number = transaction(lambda: training.propose(made, clock.now()))
    new, old = made.report["new"], made.report["old"]
    print(f"{version_name(number)} waits for a decision: POST /routing/models/{number}/publish")
    print(f"on the newest {new['n']} labels: top-1 {new['top1']}, top-3 {new['top3']}")
    print(f"{made.report['old_model']}: top-1 {old['top1']}, top-3 {old['top3']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
