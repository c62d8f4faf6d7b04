"""Every step of a visit and every joining is done whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.foundation import clock, duties
from app.issues.intake import joining
from tests.issues.halfway import Act, duty_done, fails_whole, post, worked
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, Given, client_id
from tests.support.phone import Phone, issue_body
from tests.visits.stories import START


def _photo() -> bytes:
    return PHOTOS[0].read_bytes()


def _draft(given: Given, **fields: Any) -> tuple[Phone, str]:
    commissioner = given.commissioner()
    place = str(given.enterprise().id)
    body = {"client_id": client_id(), "enterprise_id": place, "started_at": START, **fields}
    return commissioner, commissioner.do("/visits", body)["id"]


def change_visit(given: Given) -> Act:
    commissioner, key = _draft(given)
    whole = {
        "enterprise_id": str(given.enterprise().id),
        "started_at": START,
        "photo_ids": [commissioner.take_photo(_photo()).json["id"]],
    }
    etag = {"If-Match": "*"}
    return lambda: worked(
        commissioner.call("PUT", f"/visits/{key}", json=whole, headers=etag).status_code
    )


def add_photos(given: Given) -> Act:
    commissioner, key = _draft(given)
    picture = commissioner.take_photo(_photo()).json["id"]
    more = {"photo_ids": [picture], "photo_client_ids": [client_id()]}
    return post(commissioner, f"/visits/{key}/photos", more)


def end_visit(given: Given) -> Act:
    commissioner, key = _draft(given, expected_photos=1)
    return post(commissioner, f"/visits/{key}/end", {"ended_at": "2026-11-24T10:00:00+08:00"})


def open_issue_for_a_new_firm(given: Given) -> Act:
    named = {"enterprise_name": "新厂", "photo_client_ids": [client_id()]}
    return post(given.commissioner(), "/issues", issue_body(**named))


def join_a_visit(given: Given) -> Act:
    name, visit = client_id(), client_id()
    commissioner = given.commissioner()
    commissioner.open_issue(visit_client_id=visit, photo_client_ids=[name])
    commissioner.take_photo(_photo(), client_id=name)
    run_due()
    place = str(given.enterprise().id)
    commissioner.do("/visits", {"client_id": visit, "enterprise_id": place, "started_at": START})
    return duty_done("issues.join", lambda duty: joining.join(duty, clock.now()))


def join_a_photo(given: Given) -> Act:
    name = client_id()
    commissioner, key = _draft(given, photo_client_ids=[name])
    commissioner.open_issue(visit_id=key, photo_client_ids=[name])
    run_due()
    commissioner.take_photo(_photo(), client_id=name)
    return duty_done("issues.join", lambda duty: joining.join(duty, clock.now()))


def tell_what_is_missing(given: Given) -> Act:
    _draft(given, expected_photos=1)
    run_due()
    later = clock.now() + timedelta(hours=25)
    duties.rows().update_many({"kind": "issues.missing"}, {"$set": {"next_at": clock.now()}})
    return duty_done("issues.missing", lambda duty: joining.tell_missing(duty, later))


# How many writes each makes at least, its commit among them.
ACTIONS: dict[Callable[[Given], Act], int] = {
    change_visit: 5,
    add_photos: 7,
    end_visit: 5,
    open_issue_for_a_new_firm: 8,
    join_a_visit: 6,
    join_a_photo: 9,
    tell_what_is_missing: 4,
}


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda prepare: prepare.__name__)
def test_a_step_that_fails_half_way_changes_nothing(prepare, given, hinted):
    fails_whole(prepare(given), ACTIONS[prepare], hinted)
