"""The pace of the district: medians of projects like one another, made anew each hour."""

from __future__ import annotations

from datetime import timedelta

from app.foundation import clock, db, duties
from app.projects.forecasts import paces
from app.projects.forecasts.documents import Pace


def standing(number: int, *, kind: str = "new", size: str = "gte_500m", **dates: str) -> dict:
    return {"_id": number, "kind": kind, "size_class": size, "dates": dates}


def five(**options) -> list[dict]:
    return [
        standing(n, signed="2026-01-01", filed=f"2026-01-{n + 10}", **options) for n in range(5)
    ]


def test_medians_of_the_like_and_of_all():
    found = paces.paces_of(five())
    assert found["new", "gte_500m", "signed", "filed"] == (11, 5)
    assert found["*", "*", "signed", "filed"] == (11, 5)


def test_four_say_nothing_but_count_among_all():
    rows = [*five(), *five(kind="expansion")[:4]]
    found = paces.paces_of(rows)
    assert ("expansion", "gte_500m", "signed", "filed") not in found
    assert found["*", "*", "signed", "filed"][1] == 9


def test_around_a_skipped_stage_and_backwards():
    rows = [standing(n, filed="2026-03-01", started="2026-02-01") for n in range(5)]
    assert paces.paces_of(rows)["new", "gte_500m", "filed", "started"] == (0, 5)


def test_made_each_hour_and_the_like_come_first(clean):
    now = clock.now()
    db.collection("standings").insert_many(
        [
            *five(),
            *[
                standing(n, kind="expansion", signed="2026-01-01", filed="2026-01-03")
                for n in range(10, 16)
            ],
        ]
    )
    paces.begin(now)
    paces.begin(now)
    [(kind, key)] = duties.due(now)
    assert kind == paces.KIND
    paces.make(duties.claim(key, now=now, lease=timedelta(minutes=1)), now)
    assert paces.known("new", "gte_500m")["signed", "filed"] == (11, 5)
    assert paces.known("expansion", None)["signed", "filed"] == (2, 6)
    paces.begin(now)
    assert duties.due(now) == []
    paces.begin(now + timedelta(hours=1))
    assert [kind for kind, _ in duties.due(now + timedelta(hours=1))] == [paces.KIND]
    assert Pace.rows().count_documents({}) == 5
