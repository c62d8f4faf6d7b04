"""Fifty people act at random on two hundred issues while parts are killed: what is stored stays right."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.people import login
from app.people.documents import Grant, Person
from deploy import servers as deployed
from deploy.throwaway import Servers
from tests.support import soak
from tests.support.factories import PASSWORD, SITE, credit_code
from tests.support.phone import issue_body
from tests.support.stack import Stack, running, until

SECONDS = float(os.environ.get("SOAK_SECONDS") or 6)
SEED = os.environ.get("SOAK_SEED") or str(random.SystemRandom().randrange(10**9))
ISSUES = 40 if SECONDS < 30 else 200
# Category and department that has it; the last is placed by no rule.
DEPARTMENTS = {
    "PERMIT": "HOUSING",
    "WATER": "WATER_AFFAIRS",
    "POWER": "POWER_COMPANY",
    "OTHER": "ECOLOGY",
}
ROLES = {"commissioner": 6, "dispatcher": 3, "inspector": 3, "leader": 2}
CLERKS, HEADS, FIRMS, CONTACTS = 4, 2, 4, 3
SETTLED_SECONDS = 180
DONE_AT_LEAST = 8
HASH = login.hash_password(PASSWORD)
# What waits for its time is done before it, now and then: days pass in a soak.
EARLY = (
    "issues.lapse",
    "issues.go_on",
    "issues.confirm_soon",
    "issues.check_plan",
    "issues.supervision_due",
    "issues.agreed_due",
    "issues.climb",
)


def test_whatever_people_do_at_once_what_is_stored_agrees_with_itself(servers: Servers):
    tell(f"SOAK_SEED={SEED}")
    with running(servers.folder, LOGIN_ATTEMPTS="1000/minute") as stack:
        cast = populated(stack)
        with ThreadPoolExecutor(len(cast)) as pool:
            phones = list(pool.map(stack.log_in, cast))
            assert len(phones) == 50
            scene = filed(stack, dict(zip(cast, phones, strict=True)), pool)
            people = [soak.Person(scene, phone, f"{SEED}:{n}") for n, phone in enumerate(phones)]
            living = [pool.submit(person.live) for person in people]
            disturb(stack, scene)
            for each in living:
                each.result()
        assert_answered_as_declared(scene)
        until(stack.ready, SETTLED_SECONDS)
        all_done(stack)
        assert_consistent(stack)


def populated(stack: Stack) -> list[str]:
    """Fifty accounts: firms and their contacts, four departments, those who look on."""
    departments = [_department(stack, code) for code in DEPARTMENTS.values()]
    stack.db.departments.update_one({"_id": departments[0]}, {"$set": {"review_answers": True}})
    held = [Grant(role=role) for role, count in ROLES.items() for _ in range(count)]
    for key in departments:
        held += [Grant(role="clerk", department=key)] * CLERKS
        held += [Grant(role="head", department=key)] * HEADS
    for serial in range(FIRMS):
        firm = _firm(stack, serial)
        held += [Grant(role="contact", enterprise=firm)] * CONTACTS
    return [_account(stack, n, grant) for n, grant in enumerate(held)]


def filed(stack: Stack, phones: dict[str, httpx.Client], pool: ThreadPoolExecutor) -> soak.Scene:
    """As many issues as the time is for, routed."""
    luck = random.Random(SEED)
    askers = [phone for name, phone in phones.items() if name.startswith(("contact", "comm"))]
    firms = [str(row["_id"]) for row in stack.db.enterprises.find({}, {"_id": 1})]

    def file(n: int, category: str, urgent: bool, firm: str) -> str:
        phone = askers[n % len(askers)]
        body = issue_body(category=category, urgent=urgent)
        named = {} if phone in askers[-FIRMS * CONTACTS :] else {"enterprise_id": firm}
        answer = phone.post("/issues", json={**body, **named})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    wanted = [
        (n, luck.choice([*DEPARTMENTS]), luck.random() < 0.3, luck.choice(firms))
        for n in range(ISSUES)
    ]
    issues = list(pool.map(lambda each: file(*each), wanted))
    until(lambda: not stack.db.issues.count_documents({"state": "submitted"}), SETTLED_SECONDS)
    people = [
        str(row["_id"]) for row in stack.db.persons.find({"grants.department": {"$ne": None}})
    ]
    ids = [str(_department(stack, code)) for code in DEPARTMENTS.values()]
    document = httpx.get(f"{stack.url}/api/openapi.json", timeout=60).json()
    return soak.Scene.read(
        document,
        issues,
        category=[*DEPARTMENTS],
        department_id=ids,
        person_id=people,
        owner_id=people,
        result=["solved", "explained", "planned", "cannot"],
        reason_code=["not_ours", "missing_facts"],
    )


def disturb(stack: Stack, scene: soak.Scene) -> None:
    """While they act: time flies, and a worker and an API process are killed in the middle."""
    begun, luck = time.monotonic(), random.Random(f"{SEED}:disturb")
    ahead = [lambda: stack.kill("worker"), lambda: kill_one_api_process(stack)]
    due = [SECONDS * 0.5, SECONDS * 0.6]
    try:
        while (passed := time.monotonic() - begun) < SECONDS:
            if due and passed >= due[0]:
                due.pop(0)
                ahead.pop(0)()
            hasten(stack, luck)
            time.sleep(0.1)
    finally:
        scene.ended.set()
    assert not ahead


def hasten(stack: Stack, luck: random.Random) -> None:
    """Let one duty that waits be done now. Its time stays what it is: only the looking comes early."""
    query = {
        "kind": luck.choice(EARLY),
        "state": "due",
        "claim": None,
        "next_at": {"$gt": clock.now()},
    }
    for row in list(stack.db.duties.aggregate([{"$match": query}, {"$sample": {"size": 1}}])):
        # At night a rung that is not urgent would be put off, to a morning before its time.
        ticket = row["kind"] == "issues.climb" and stack.db.tickets.find_one(
            {"_id": row["subject"]}
        )
        if not ticket or ticket["urgent"]:
            mine = {"_id": row["_id"], "state": "due", "claim": None}
            stack.db.duties.update_one(mine, {"$set": {"next_at": clock.now()}})


def kill_one_api_process(stack: Stack) -> None:
    """SIGKILL one of gunicorn's processes; its master starts another."""
    leader = stack.pid("api")
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text("ascii").split()
    os.kill(int(children[0]), signal.SIGKILL)


def assert_answered_as_declared(scene: soak.Scene) -> None:
    """Only what the description says; and people did get something done, of many kinds."""
    assert not scene.wrong, "\n".join(scene.wrong[:10])
    done = Counter(name for name, status in scene.counts.elements() if status < 300)
    said = Counter(status for _, status in scene.counts.elements())
    tell(f"{scene.counts.total()} answers {sorted(said.items())} {done}")
    assert len(done) >= DONE_AT_LEAST


def all_done(stack: Stack) -> None:
    """Wait until workers have done what is due, and see that none of it failed."""

    def done() -> bool:
        waiting = {
            "state": "due",
            "$or": [{"next_at": {"$lte": clock.now()}}, {"claim": {"$ne": None}}],
        }
        return stack.db.duties.find_one(waiting) is None

    until(done, SETTLED_SECONDS)
    failing = {"state": {"$ne": "done"}, "error": {"$ne": None}}
    assert list(stack.db.duties.find(failing)) == []


def assert_consistent(stack: Stack) -> None:
    """As an operator would see it, in a process of its own that finds the house's own database."""
    outside = {name: value for name, value in os.environ.items() if name != "MONGODB_URI"}
    checked = subprocess.run(
        [sys.executable, "-m", "deploy.check_data"],
        cwd=deployed.ROOT,
        env={**outside, "VAR": str(stack.var)},
        capture_output=True,
        text=True,
        check=False,
    )
    by_action = stack.db.history.aggregate([{"$sortByCount": "$action"}])
    tell(f"{checked.stdout[-400:]} {[(row['_id'], row['count']) for row in by_action]}")
    assert checked.returncode == 0, checked.stdout[:6000] + checked.stderr


def tell(text: str) -> None:
    """For whoever reads why it failed."""
    sys.stdout.write(f"{text}\n")


def _department(stack: Stack, code: str) -> Any:
    return stack.db.departments.find_one({"code": code})["_id"]


def _firm(stack: Stack, serial: int) -> Any:
    named = {"credit_code": credit_code(100 + serial), "name": f"浸泡企业{serial}"}
    made = Enterprise(**named, unit="321204002", site=SITE, synthetic=True, created_at=clock.now())
    return stack.add(made)


def _account(stack: Stack, n: int, grant: Grant) -> str:
    account = f"{grant.role}{n}"
    made = Person(account=account, password_hash=HASH, name=account, grants=[grant])
    made.created_at = clock.now()
    stack.add(made)
    return account
