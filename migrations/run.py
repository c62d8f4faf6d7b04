"""Numbered steps, each recorded when done and safe to run again; then what the pack brings."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import structlog

import migrations
from app.departments import registry
from app.foundation import clock, db
from app.offers.events import templates as events
from app.registers import packs as dictionaries
from app.scoreboards import versions as scoreboards
from app.units.packs import bring_in
from config.pack import Pack

log = structlog.get_logger(__name__)


def migrate(pack: Pack) -> list[str]:
    """Run every step that is not recorded yet, in order of number; the names of those run.

    Two processes may do this at once: steps change nothing when run again.
    """
    done = db.database().migrations
    ran = []
    for name in sorted(m.name for m in pkgutil.iter_modules(migrations.__path__)):
        if not name.startswith("m") or done.find_one({"_id": name}):
            continue
        import_module(f"migrations.{name}").apply(db.database())
        done.update_one({"_id": name}, {"$set": {"at": clock.now()}}, upsert=True)
        log.info("migrated", step=name)
        ran.append(name)
    registry.sync(pack)
    bring_in(pack, clock.now())
    dictionaries.bring_in(pack, clock.now())
    scoreboards.bring_in(pack, clock.now())
    events.bring_in(pack, clock.now())
    return ran
