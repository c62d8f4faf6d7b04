"""`make story` against a running house: it ends well, twice; and says plainly what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from deploy import ports, servers
from deploy.greeting import ACCOUNTS
from tests.support.factories import PASSWORD
from tests.support.stack import running


@pytest.fixture(scope="module")
def house(servers):
    """With the four people that the story needs."""
    with running(servers.folder) as stack:
        stack.person("commissioner")
        stack.person("contact", enterprise=stack.enterprise())
        stack.person("clerk", department="HOUSING")
        stack.person("head", department="HOUSING")
        lines = [
            {"account": "commissioner", "role": "commissioner"},
            {"account": "contact", "role": "contact"},
            {"account": "clerk", "role": "clerk", "department": "住建局"},
            {"account": "head", "role": "head", "department": "住建局"},
        ]
        accounts = [{**line, "password": PASSWORD} for line in lines]
        (stack.var / ACCOUNTS).write_text(json.dumps(accounts), encoding="utf-8")
        yield stack


def story(var, **outside):
    return subprocess.run(
        [sys.executable, "-m", "deploy.story"],
        cwd=servers.ROOT,
        env={**os.environ, "VAR": str(var), **outside},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def test_the_story_can_be_played_again_and_again(house):
    for _ in range(2):
        told = story(house.var, BASE_URL=house.url)
        assert told.returncode == 0, told.stdout + told.stderr
        assert "办结" in told.stdout
        assert "步符合预期" in told.stdout.splitlines()[-1]
    assert house.db.issues.count_documents({"state": "resolved"}) == 2


def test_a_step_that_goes_wrong_is_named(house):
    house.db.persons.update_one({"account": "head"}, {"$set": {"active": False}})
    try:
        told = story(house.var, BASE_URL=house.url)
    finally:
        house.db.persons.update_one({"account": "head"}, {"$set": {"active": True}})
    assert told.returncode == 1
    assert "负责人登录" in told.stderr
    assert "401" in told.stderr
    assert "Traceback" not in told.stderr


def test_no_server_and_no_accounts_are_said_in_one_line(house, tmp_path):
    for told in (
        story(house.var, BASE_URL="", PORT=str(ports.pick())),
        story(tmp_path, BASE_URL=house.url),
    ):
        assert told.returncode == 1
        assert "make run" in told.stderr
        assert len(told.stderr.splitlines()) == 1
