"""Every module can be imported on its own, first, by a fresh interpreter; and the app needs no tests."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("app", "schemas", "config", "tasks", "migrations", "deploy", "bench")
# Programs of their own, which their starters give an environment.
PROGRAMS = ("bench.rig.bare",)


def modules(top: str) -> list[str]:
    found = pkgutil.walk_packages([str(ROOT / top)], f"{top}.")
    return [
        top,
        *(
            each.name
            for each in found
            if not each.name.endswith("__main__") and each.name not in PROGRAMS
        ),
    ]


# One interpreter imports the libraries; a fork of it for each module starts without any of ours.
EACH_FRESH = """
import os, sys
import flask, flask_smorest, mongoengine, celery.signals, kombu, PIL.Image, PIL.ImageCms, argon2
import httpx, geopy.distance, holidays, flask_jwt_extended, limits.storage, obstore.store, stdnum.cn
import yaml, environs, prometheus_client, structlog, redis, psutil, numpy, shapely, segno
import cryptography.hazmat.primitives.asymmetric.ed25519, marshmallow, webargs.flaskparser, itsdangerous
import gc
gc.disable()
failed = []
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            __import__(name)
        except BaseException as error:
            print(name, repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        failed.append(name)
sys.exit(bool(failed))
"""


def test_each_module_can_be_the_first():
    names = [name for top in TOPS for name in modules(top)]
    assert len(names) > 100
    done = python(EACH_FRESH, *names)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_app_does_not_need_the_tests(tmp_path):
    """A production install has no `tests` folder, and none of what tests need."""
    for name in (*TOPS, "wsgi.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    code = """
import sys
class Absent:
    def find_spec(self, name, *_):
        if name.split('.')[0] in ('tests', 'pytest', 'hypothesis', 'schemathesis', 'fiftyone'):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import wsgi, tasks.queue
tasks.queue.celery.loader.import_default_modules()
print(len(wsgi.app.url_map._rules))
"""
    done = python(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 20


def python(code: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd), "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
