"""People who act at random on issues and tickets, each by a role, all at once: what a soak is made of."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

STEP = re.compile(r"^/api/v1/(issues|tickets|supervisions)/\{key\}/([a-z_-]+)$")
WEIGHTS = {
    **dict.fromkeys(
        ("accept", "answer", "confirm", "review", "decide", "rule", "reply", "conclude"), 8
    ),
    **dict.fromkeys(("note", "ask", "extend", "invite", "reopen", "object", "place"), 4),
    **dict.fromkeys(("comment", "remind", "supervise", "link", "split", "return"), 0.5),
    **dict.fromkeys(("withdraw", "merge"), 0.1),
}
"""How often a step is taken where it is offered, others once: what goes on, rather than what ends it."""
RARELY, WILDLY, BROKEN, KEYED, STRANGE = 0.05, 0.2, 0.02, 0.15, 0.02
HOT = 25
"""Half of all looks are at so many issues: people get in each other's way."""
TOLD = ("basis", "planned_for", "without_assisting")
"""Fields that are optional for some answers only."""
AT_ONCE = 3
"""How many steps somebody takes after one look; the later ones know no better."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One path that does something with a thing of a kind, and what its description says of it."""

    kind: str
    verb: str
    schema: Mapping[str, Any]
    declared: frozenset[int]


@dataclass
class Scene:
    """What everybody acts on: the steps of the API, and ids that were seen, by kind of thing."""

    document: Mapping[str, Any]
    steps: dict[tuple[str, str], Step]
    known: dict[str, list[str]]
    values: Mapping[str, Sequence[str]]
    looks: frozenset[int]
    ended: threading.Event = field(default_factory=threading.Event)
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def read(cls, document: Mapping[str, Any], issues: list[str], **values: Sequence[str]) -> Scene:
        """From the API's own description."""
        steps = {}
        for path, operations in document["paths"].items():
            if (found := STEP.match(path)) and "post" in operations:
                said = operations["post"]
                kind, verb = found.groups()
                schema = said["requestBody"]["content"]["application/json"]["schema"]
                declared = frozenset(int(code) for code in said["responses"])
                steps[kind, verb] = Step(kind, verb, schema, declared)
        looks = document["paths"]["/api/v1/issues/{key}"]["get"]["responses"]
        known = defaultdict(list, issues=issues)
        return cls(document, steps, known, values, frozenset(map(int, looks)))

    def note(self, name: str, answer: httpx.Response, declared: frozenset[int]) -> bool:
        """Count an answer; whether it was a success. One that may not be is written down."""
        status = answer.status_code
        patient = status != 503 or "Retry-After" in answer.headers
        with self.lock:
            self.counts[name, status] += 1
            if status not in declared or (status >= 500 and status != 503) or not patient:
                said = answer.request.content.decode("utf-8", "replace")
                self.wrong.append(f"{name} {said}: {status} {answer.text[:600]}")
        return answer.is_success

    def see(self, kind: str, keys: Sequence[str]) -> None:
        """Remember things that somebody saw."""
        with self.lock:
            self.known[kind] += [key for key in keys if key not in self.known[kind]]


class Person:
    """Somebody with a role and a phone, who does what comes to their mind."""

    def __init__(self, scene: Scene, phone: httpx.Client, seed: str) -> None:
        self.scene, self.phone, self.luck = scene, phone, Random(seed)
        self.made = Bodies(scene, self.luck)
        self.mine: list[str] = []

    def live(self) -> None:
        """Act until the scene ends. What a killed process cut off is let be."""
        while not self.scene.ended.is_set():
            try:
                self._wildly() if self.luck.random() < WILDLY else self._fittingly()
            except httpx.TimeoutException as error:
                self.scene.wrong.append(repr(error))
            except httpx.TransportError:
                time.sleep(0.2)

    def _fittingly(self) -> None:
        """Look at an issue, and take some of the steps that are offered."""
        if not self.mine or self.luck.random() < RARELY:
            self._list()
        crowded = [key for key in self.scene.known["issues"][:HOT] if key in self.mine]
        pool = crowded if crowded and self.luck.random() < 0.5 else self.mine
        key = self.luck.choice(pool or self.scene.known["issues"])
        answer = self.phone.get(f"/issues/{key}")
        if not self.scene.note("see issues", answer, self.scene.looks):
            return
        offers = [each for each in self._offers(answer.json()) if each[:2] in self.scene.steps]
        weights = [WEIGHTS.get(verb, 1) for _, verb, _ in offers]
        busy = max(weights, default=0) >= 1 or self.luck.random() < WILDLY
        if not offers or not busy:
            return
        for kind, verb, key in self.luck.choices(offers, weights, k=AT_ONCE):
            self._act(kind, verb, key)

    def _list(self) -> None:
        """Which issues there are for them by now."""
        answer = self.phone.get("/issues", params={"page_size": 100})
        if self.scene.note("list issues", answer, self.scene.looks):
            self.mine = [each["id"] for each in answer.json()["items"]]

    def _offers(self, issue: Body) -> list[tuple[str, str, str]]:
        found = [("issues", verb, issue["id"]) for verb in issue["actions"]]
        for kind in ("tickets", "supervisions"):
            self.scene.see(kind, [each["id"] for each in issue[kind]])
            found += [(kind, verb, each["id"]) for each in issue[kind] for verb in each["actions"]]
        return found

    def _wildly(self) -> None:
        """Any step with anything, whether or not it may be."""
        step = self.luck.choice(list(self.scene.steps.values()))
        there = self.scene.known[step.kind] or self.scene.known["issues"]
        key = uuid.uuid4().hex[:24] if self.luck.random() < STRANGE else self.luck.choice(there)
        self._act(step.kind, step.verb, key)

    def _act(self, kind: str, verb: str, key: str) -> None:
        step = self.scene.steps[kind, verb]
        body = self.made.of(step.schema)
        if self.luck.random() < BROKEN:
            body["unheard_of"] = 1
        headers = {}
        if self.luck.random() < KEYED:
            headers["Idempotency-Key"] = self.luck.randbytes(8).hex()
        for _ in range(2 if headers else 1):
            answer = self.phone.post(f"/{kind}/{key}/{verb}", json=body, headers=headers)
            if not self.scene.note(f"{kind} {verb}", answer, step.declared):
                break


class Bodies:
    """Bodies of requests: what the schema wants, with values of this district where names tell of them."""

    def __init__(self, scene: Scene, luck: Random) -> None:
        self._scene, self._luck = scene, luck

    def of(self, schema: Mapping[str, Any]) -> Any:
        """Something that fits the schema: all that is required, and some of the rest."""
        if "$ref" in schema:
            return self.of(
                self._scene.document["components"]["schemas"][schema["$ref"].split("/")[-1]]
            )
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0])
        if "enum" in schema:
            return self._luck.choice([each for each in schema["enum"] if each is not None])
        return self._plain(schema)

    def _plain(self, schema: Mapping[str, Any]) -> Any:
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return [self.of(schema["items"]) for _ in range(schema.get("minItems", 0))]
        if kind == "boolean":
            return self._luck.random() < 0.6
        if kind == "integer":
            return self._luck.randint(schema.get("minimum", 1), min(schema.get("maximum", 3), 4))
        return "情况属实，正在办理"

    def _object(self, schema: Mapping[str, Any]) -> Body:
        required = schema.get("required", ())
        wanted = {
            name: said
            for name, said in schema.get("properties", {}).items()
            if name in (*required, *TOLD) or self._luck.random() < 0.4
        }
        return {name: self._value(name, said) for name, said in wanted.items()}

    def _value(self, name: str, schema: Mapping[str, Any]) -> Any:
        if name in self._scene.values:
            return self._luck.choice(self._scene.values[name])
        if make := NAMED.get(name):
            return make(self._scene, self._luck)
        return self.of(schema)


def _some(kind: str) -> Callable[[Scene, Random], Any]:
    return lambda scene, luck: luck.choice(scene.known[kind]) if scene.known[kind] else None


def _ahead(scene: Scene, luck: Random) -> str:
    return (datetime.now(UTC) + timedelta(days=luck.randint(1, 9))).isoformat()


def _day(scene: Scene, luck: Random) -> str:
    return _ahead(scene, luck)[:10]


NAMED: Mapping[str, Callable[[Scene, Random], Any]] = {
    "into_id": _some("issues"),
    "master_id": _some("issues"),
    "ticket_id": _some("tickets"),
    "due_at": _ahead,
    "due_on": _day,
    "planned_for": _day,
    "held_at": lambda scene, luck: (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
    "client_id": lambda scene, luck: str(uuid.uuid4()),
    "enterprise_id": lambda scene, luck: None,
    "project_id": lambda scene, luck: None,
    "photo_ids": lambda scene, luck: [],
    "remove_photo_ids": lambda scene, luck: [],
    "restore_photo_ids": lambda scene, luck: [],
    "position": lambda scene, luck: {"latitude": 32.5, "longitude": 120.1, "accuracy_m": 9},
}
