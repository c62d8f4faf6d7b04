"""Another platform pushes and pulls, and is master of what it is named master of."""

from __future__ import annotations

import threading

import pytest

from app.exchange import writing
from app.exchange.documents import Import
from app.foundation import db
from app.projects.documents import Project
from app.projects.figures.documents import FigureEntry
from tests.exchange.files import UNIT, imported, xlsx
from tests.foundation.failing import failing_after
from tests.registers.meanwhile import meanwhile
from tests.support.factories import client_id


@pytest.fixture
def platform(given):
    return given.role("service")


def push(phone, register, *rows, **said):
    body = {"client_id": client_id(), "rows": list(rows), **said}
    return phone.post(f"/registers/{register}/push", body)


def row(code, **fields):
    return {"code": code, "name": f"项目{code}", "unit": UNIT, "investment": "1200.50", **fields}


def test_rows_are_pushed_all_at_once_and_again_without_harm(given, platform):
    firm = given.enterprise()
    rows = [row("XM1", enterprise=firm.credit_code), row("XM2", funding=[])]
    said = {"client_id": client_id()}
    first = push(platform, "projects", *rows, **said)
    assert first.status_code == 201, first.json
    assert [each["outcome"] for each in first.json["lines"]] == ["new", "new"]
    again = push(platform, "projects", *rows, **said)
    assert (again.status_code, again.json) == (200, first.json)
    rows[0]["name"] = "改名"
    assert push(platform, "projects", *rows, **said).status_code == 409
    changed = push(platform, "projects", *rows).json
    assert [each["outcome"] for each in changed["lines"]] == ["changed", "same"]
    assert [e["id"] for e in changed["lines"]] == [e["id"] for e in first.json["lines"]]


def test_one_bad_row_keeps_all_out_and_each_is_named(given, platform):
    rows = [row("XM1"), row("XM2", investment="多"), {"code": "XM3", "shape": "round"}]
    refused = push(platform, "projects", *rows)
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {
        "rows.2.investment",
        "rows.3.shape",
        "rows.3.name",
        "rows.3.unit",
    }
    told = push(platform, "projects", *rows, dry_run=True)
    assert told.status_code == 200
    assert told.json["id"] is None
    assert [each["outcome"] for each in told.json["lines"]] == ["new", None, None]
    assert {each["line"] for each in told.json["problems"]} == {2, 3}
    assert Project.objects.count() == 0
    assert push(given.inspector(), "projects", row("XM1")).status_code == 403
    assert push(platform, "projects", *[row("X")] * 1001).status_code == 422


def test_a_push_that_fails_at_any_write_leaves_nothing(given, platform):
    said = {"client_id": client_id()}
    for writes in range(30):
        with failing_after(writes):
            answer = push(platform, "projects", row("XM1"), row("XM2"), **said)
        if answer.status_code == 201:
            break
        assert Project.objects.count() == 0
        assert db.database().imports.count_documents({}) == 0
    assert writes >= 4
    assert Project.objects.count() == 2


def test_the_same_push_twice_at_once_is_one(given, platform):
    said, answers = {"client_id": client_id()}, []

    def send():
        answers.append(push(platform, "projects", row("XM1"), **said))

    both = [threading.Thread(target=send) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(each.status_code for each in answers) == [200, 201]
    assert answers[0].json["id"] == answers[1].json["id"]


def test_a_push_that_waits_is_known_from_when_it_is_written(given, platform, the_time, monkeypatch):
    the_time.is_("2026-11-24 10:00")
    given.project(code="XM1")
    meanwhile(monkeypatch, writing, "carry_out", lambda: the_time.passes(minutes=2))
    answer = push(platform, "project_figures", {"project": "XM1", "month": "2026-09", "tax": "1"})
    [entry] = FigureEntry.rows().find({})
    made = Import.get(answer.json["id"])
    assert entry["known_at"] == made.ended_at == the_time.now


def name_master(admin, platform, field, **said):
    body = {
        "client_id": client_id(),
        "register": "projects",
        "field": field,
        "platform_id": str(platform.person.id),
        "name": "项目管家",
        **said,
    }
    return admin.post("/masters", body)


def test_what_a_platform_is_master_of_nobody_else_changes(given, platform):
    admin = given.role("admin")
    firm = given.enterprise()
    project = given.project(firm, code="XM1", name="原名", unit=UNIT)
    said = {"client_id": client_id()}
    first = name_master(admin, platform, "name", **said)
    assert first.status_code == 201
    assert name_master(admin, platform, "name", **said).status_code == 200
    assert name_master(admin, platform, "name").json["code"] == "master.named_already"

    told = imported(admin, "projects", xlsx(["编号", "名称"], ["XM1", "改"]))
    assert told["problems"][0]["text"] == "该字段由项目管家维护，这里只能查看"
    assert imported(admin, "projects", xlsx(["编号", "名称"], ["XM1", "原名"]))["state"] == "done"

    path = f"/projects/{project.id}"
    body = {"code": "XM1", "name": "改", "unit": UNIT, "enterprise": firm.credit_code}
    by_hand = admin.call("PUT", path, json=body, headers={"If-Match": "*"})
    assert by_hand.status_code == 422
    assert by_hand.json["errors"]["name"] == ["该字段由项目管家维护，这里只能查看"]

    assert push(platform, "projects", {"code": "XM1", "name": "改"}).status_code == 201
    assert Project.get(project.id).name == "改"
    other = given.role("service")
    assert push(other, "projects", {"code": "XM1", "name": "又改"}).status_code == 422

    shown = admin.see("/registers", page_size=50)["items"]
    fields = next(each for each in shown if each["name"] == "projects")["fields"]
    assert {e["name"] for e in fields if e["mastered_by"]} == {"name"}
    assert admin.see("/masters")["items"][0]["platform_id"] == str(platform.person.id)
    key = first.json["id"]
    assert admin.post(f"/masters/{key}/release").status_code == 204
    assert imported(admin, "projects", xlsx(["编号", "名称"], ["XM1", "三"]))["state"] == "done"


def test_a_master_is_a_service_account_of_a_field_that_there_is(given, platform):
    admin = given.role("admin")
    assert set(name_master(admin, given.inspector(), "weight").json["errors"]) == {
        "field",
        "platform_id",
    }
    assert name_master(admin, platform, "code").json["errors"]["field"]
    assert name_master(given.dispatcher(), platform, "name").status_code == 403
    assert given.dispatcher().get("/masters").status_code == 403


def pull(phone, cursor=None, **query):
    """All that is new: changes, and the cursor to go on from."""
    found = []
    while True:
        page = phone.see("/changes", **({"cursor": cursor} if cursor else {}), **query)
        found += page["changes"]
        cursor = page["cursor"]
        if not page["has_more"]:
            return found, cursor


def test_what_changed_is_told_in_order_by_field_names(given, platform):
    firm = given.enterprise()
    push(platform, "projects", row("XM1", enterprise=firm.credit_code), row("XM2"))
    month = {"project": "XM1", "month": "2026-09", "tax": "3.20"}
    push(platform, "project_figures", month)
    found, cursor = pull(platform, limit=2)
    assert [each["register"] for each in found] == [
        "enterprises",
        "projects",
        "projects",
        "project_figures",
    ]
    assert found[1]["values"]["enterprise"] == firm.credit_code
    assert found[1]["values"]["investment"] == "1200.50"
    assert found[3]["values"] | month == found[3]["values"]
    assert found[3]["entry"]["void"] is False
    assert pull(platform, cursor)[0] == []

    push(platform, "project_figures", {**month, "tax": "4.00"}, reason="更正")
    changed, _ = pull(platform, cursor)
    old, new = sorted(changed, key=lambda each: each["entry"]["superseded_at"] is None)
    assert old["entry"]["superseded_at"]
    assert (new["entry"]["supersedes"], new["values"]["tax"]) == (old["id"], "4.00")
    assert new["entry"]["reason"] == "更正"


def test_a_change_that_commits_late_is_not_lost(given, platform):
    project = given.project(code="XM1")
    _, cursor = pull(platform)
    inside, outside = threading.Event(), threading.Event()

    def slow():
        def work():
            Project.rows().update_one({"_id": project.id}, {"$set": {"name": "晚到"}})
            inside.set()
            outside.wait(5)

        db.transaction(work)

    late = threading.Thread(target=slow)
    late.start()
    assert inside.wait(5)
    given.project(code="XM2")
    first, cursor = pull(platform, cursor)
    assert [each["values"]["code"] for each in first if each["register"] == "projects"] == ["XM2"]
    outside.set()
    late.join()
    second, cursor = pull(platform, cursor)
    assert [each["values"]["name"] for each in second] == ["晚到"]
    assert pull(platform, cursor)[0] == []


def test_a_cursor_is_for_whom_and_what_it_was_made_for(given, platform):
    given.project(code="XM1")
    found, cursor = pull(platform, registers="projects")
    assert [each["register"] for each in found] == ["projects"]
    assert pull(platform, cursor, registers="projects")[0] == []
    for phone, query in (
        (platform, {"cursor": cursor}),
        (platform, {"cursor": cursor[:-2] + "xx", "registers": "projects"}),
        (given.role("service"), {"cursor": cursor, "registers": "projects"}),
        (platform, {"registers": "projects,weights"}),
    ):
        assert phone.get("/changes", **query).status_code == 422
    assert given.inspector().get("/changes").status_code == 403
