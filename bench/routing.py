"""Routing: how often it is right on voices it never learned, how fast it decides, how it is loaded.

Right: the pack's own model on the held-out texts (`config/district/training/heldout*.jsonl`), in all and by
voice, beside its floor in the same run: logistic regression on character n-grams of the first 465 texts.
Placed: where the rulebook's threshold asks nobody, the share of texts and how many of them are right.

Fast: `decide` with the model and 500 rules of every form, one held-out text after the other; the floor is
the model's judgement alone. The preview is asked over HTTP, one request after the other.
"""

from __future__ import annotations

import http.client
import json
import random
import time
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from app.foundation.district import pack
from app.routing.decide import decide
from app.routing.facts import Facts
from app.routing.model import load
from app.routing.opinion import Judge
from app.routing.rules import compile_rules
from app.rulebooks import registry
from app.rulebooks.making import known, rulebook
from app.rulebooks.models import PACKS_FILE, Reader
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from config import settings
from config.routing_terms import RoutingTerms, terms_of

TOP1_AIM, TOP3_AIM, PLACED_AIM, PRECISE_AIM = 0.85, 0.95, 0.60, 0.95
DECIDE_AIM_MS, PREVIEW_AIM_MS, LOAD_AIM_S, SIZE_AIM_MB = 3, 30, 1, 60
RULES = 500
FIRST, JUDGED = ("seed", "examples"), ("heldout", "heldout_b")
Text = Mapping[str, Any]


def run(rules: int = RULES, previews: int = 400) -> list[Figure]:
    """Measure all."""
    folder = settings.load().district_dir
    with rig.house() as house:
        port = house.serve("wsgi:app")
        reader = Reader("pack", load(folder / PACKS_FILE))
        texts = {name: _texts(folder, name) for name in JUDGED}
        return [
            *_loading(folder / PACKS_FILE),
            *_right(folder, reader, texts),
            *_deciding(reader, texts[JUDGED[0]], rules),
            *_previewing(port, texts[JUDGED[0]], previews),
        ]


def _texts(folder: Path, name: str) -> list[Text]:
    lines = (folder / "training" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _loading(path: Path) -> Iterator[Figure]:
    begun = time.perf_counter()
    load(path)
    yield at_most("model: load", time.perf_counter() - begun, "s", LOAD_AIM_S)
    yield at_most("model: file", path.stat().st_size / 2**20, "MB", SIZE_AIM_MB)
    tracemalloc.start()
    kept = load(path)
    yield Figure("model: memory", tracemalloc.get_traced_memory()[0] / 2**20, "MB")
    tracemalloc.stop()
    del kept


def _right(folder: Path, judge: Judge, texts: Mapping[str, Sequence[Text]]) -> Iterator[Figure]:
    floor = _floor([text for name in FIRST for text in _texts(folder, name)])
    least = pack().routing.thresholds.place
    for name, rows in texts.items():
        made = [judge.opinion(row["text"]) for row in rows]
        first = [each.first == row["category"] for each, row in zip(made, rows, strict=True)]
        third = [
            row["category"] in [code for code, _ in each.ranked[:3]]
            for each, row in zip(made, rows, strict=True)
        ]
        plain = _share(
            guess == row["category"]
            for guess, row in zip(floor.predict([row["text"] for row in rows]), rows, strict=True)
        )
        placed = [
            right for each, right in zip(made, first, strict=True) if each.confidence >= least
        ]
        yield _aimed(f"{name}: first is right", _share(first), plain, TOP1_AIM)
        yield _aimed(f"{name}: right among three", _share(third), plain, TOP3_AIM)
        yield _aimed(f"{name}: placed without a person", len(placed) / len(rows), 1.0, PLACED_AIM)
        yield _aimed(f"{name}: of those, right", _share(placed), 1.0, PRECISE_AIM)
        for voice in sorted({row["voice"] for row in rows}):
            theirs = [r for r, row in zip(first, rows, strict=True) if row["voice"] == voice]
            yield Figure(f"{name}: first is right, {voice}", _share(theirs), "share")


def _aimed(name: str, value: float, floor: float, aim: float) -> Figure:
    """The aim is for the value itself; the floor stands beside it."""
    return Figure(name, value, "share", floor, value, aim, value >= aim)


def _share(right: Any) -> float:
    found = list(right)
    return sum(found) / len(found) if found else 0.0


def _floor(rows: Sequence[Text]) -> Any:
    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    plain = make_pipeline(grams, LogisticRegression(C=10, max_iter=300))
    return plain.fit([row["text"] for row in rows], [row["category"] for row in rows])


def _deciding(judge: Judge, rows: Sequence[Text], rules: int) -> Iterator[Figure]:
    around = registry.surroundings()
    made = rulebook(pack(), _many(rules), around, f"bench:{rules}")
    broken = compile_rules(_many(rules).rules, known(pack(), around)).broken
    if broken:
        raise RuntimeError(f"broken: {broken[0]}")
    times: list[float] = []
    alone: list[float] = []
    for row in rows:
        facts = Facts("request", row["text"], None, "321204001", None, industry="化工")
        alone.append(_milliseconds(lambda text=row["text"]: judge.opinion(text)))
        times.append(_milliseconds(lambda facts=facts: decide(facts, made, judge)))
    yield at_most(
        f"decide with {rules} rules: p95", quantiles(times, n=20)[-1], "ms", DECIDE_AIM_MS
    )
    ratio = median(times) / median(alone)
    yield Figure("decide : the model alone", median(times), "ms", median(alone), ratio)


def _many(count: int) -> RoutingTerms:
    """The pack's content with so many rules, of which few fit."""
    luck = random.Random(7)
    words = [word for each in pack().categories for word in each.keywords]
    codes = [each.code for each in pack().categories]
    rules = []
    for n in range(count):
        some = luck.sample(words, 4)
        whens: list[dict[str, Any]] = [
            {"category": [luck.choice(codes)], "words": {"all": some[:2], "none": some[2:]}},
            {"words": {"any": some}, "industry": ["医药"]},
            {"near": {"words": some[:2], "with": some[2:], "within": 6}},
            {"any": [{"words": {"all": some}}, {"tags": ["listed"]}], "hours": "off"},
            {"not": {"category": codes}, "words": {"any": ["@department"]}},
        ]
        when = whens[n % len(whens)]
        rules.append({"name": f"rule {n}", "when": when, "then": {"priority": 1 + n % 9}})
    return terms_of({**pack().routing.content, "rules": rules}, "bench")


def _previewing(port: int, rows: Sequence[Text], count: int) -> Iterator[Figure]:
    [token] = rig.commissioners(port, 1)
    firm = rig.enterprise()
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    times = []
    for n in range(count + 20):
        text = rows[n % len(rows)]["text"]
        body = json.dumps({"kind": "request", "text": text, "enterprise_id": firm})
        begun = time.perf_counter()
        client.request("POST", "/api/v1/routing/preview", body.encode(), headers)
        answer = client.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"preview: {answer.status} {said[:500]!r}")
        if n >= 20:  # connections are made and caches filled before it counts
            times.append((time.perf_counter() - begun) * 1000)
    client.close()
    yield at_most("preview over HTTP: p95", quantiles(times, n=20)[-1], "ms", PREVIEW_AIM_MS)
    yield Figure("preview over HTTP: median", median(times), "ms")


def _milliseconds(act: Any) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000
