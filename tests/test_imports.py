"""Any module can be imported on its own, first, by a fresh interpreter; and the app needs no tests.

`EACH_MODULE=1` tries each of them in an interpreter of its own, not only the rooms: a minute or two.
"""

from __future__ import annotations

import ast
import os
import pkgutil
import subprocess
import sys
from graphlib import TopologicalSorter
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


# One interpreter imports the libraries; a fork of it for each argument, a module or several in a row,
# starts without any of ours.
EACH_FRESH = """
import os, sys
import flask, flask_smorest, mongoengine, celery.signals, kombu, PIL.Image, PIL.ImageCms, argon2
import httpx, geopy.distance, holidays, flask_jwt_extended, limits.storage, obstore.store, stdnum.cn
import yaml, environs, prometheus_client, structlog, redis, psutil, numpy, shapely, segno
import cryptography.hazmat.primitives.asymmetric.ed25519, marshmallow, webargs.flaskparser, itsdangerous
import gc
gc.disable()
failed = []
for group in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        for name in group.split(","):
            try:
                __import__(name)
            except BaseException as error:
                print(name, repr(error), flush=True)
                os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        failed.append(group)
sys.exit(bool(failed))
"""


NAMES = [name for top in TOPS for name in modules(top)]


def imported(name: str) -> set[str]:
    """The modules of ours that a module imports while it is loaded itself."""
    path = ROOT / name.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            below = {f"{node.module}.{each.name}" for each in node.names}
            found |= below if below <= set(NAMES) else {node.module, *below}
    return found & set(NAMES) - {name}


def test_no_module_imports_itself_in_the_end():
    """Without rings among them it cannot matter which module is the first."""
    assert len(NAMES) > 100
    order = list(TopologicalSorter({name: imported(name) for name in NAMES}).static_order())
    assert order.index("app.foundation.db") < order.index("app.issues.moves")


def test_each_room_can_be_the_first_and_no_module_cannot_follow():
    rooms = [name for name in NAMES if (ROOT / name.replace(".", "/")).is_dir()]
    last = [name for name in NAMES if name.split(".")[0] in ("tasks", "migrations")]
    firsts = NAMES if os.environ.get("EACH_MODULE") else rooms + last
    done = python(EACH_FRESH, *firsts, ",".join(NAMES))
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
