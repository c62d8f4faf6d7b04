"""Lists as files: what is in them, what is not, and what no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from bson import ObjectId
from openpyxl import load_workbook

from app.foundation import history
from app.foundation.district import pack
from app.issues import search_terms
from app.issues.documents import Issue, Ticket
from app.issues.looking import exporting
from tests.api.shape import refused
from tests.issues import stories
from tests.issues.rows_by_hand import stock
from tests.support.phone import Phone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://x")')


def as_csv(phone: Phone, path: str, **query) -> list[dict[str, str]]:
    answer = phone.get(path, format="csv", **query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.content_type == "text/csv; charset=utf-8"
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def as_xlsx(phone: Phone, path: str, **query) -> list[dict[str, object]]:
    answer = phone.get(path, **query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.content_type == XLSX
    sheet = load_workbook(io.BytesIO(answer.data)).active
    heading, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, line, strict=True)) for line in lines]


@pytest.mark.parametrize("read", [as_csv, as_xlsx])
def test_tickets_as_the_list_shows_them(read, given):
    done, open_ = stories.resolved(given), stories.accepted(given, urgent=True)
    rows = read(done.clerk, "/tickets/export", box="department")
    assert [row["编号"] for row in rows] == [open_.number]
    [row] = rows
    assert (row["状态"], row["紧急"], row["超期"], row["主办或协办"]) == (
        "已签收",
        "是",
        "否",
        "主办",
    )
    assert (row["承办部门"], row["类别"]) == ("住建局", pack().category("PERMIT").name)
    assert row["企业"] == open_.enterprise.name
    assert row["经办人"] == open_.clerk.person.name
    shown = open_.clerk.see(f"/tickets/{open_.ticket}")
    assert row["派单时间"] == shown["dispatched_at"][:16].replace("T", " ")
    [row] = read(done.clerk, "/tickets/export", box="done")
    assert (row["办理结果"], row["答复内容"]) == ("已解决", stories.ANSWER["text"])


@pytest.mark.parametrize("read", [as_csv, as_xlsx])
def test_issues_as_the_list_shows_them(read, given):
    story = stories.resolved(given)
    [row] = read(story.contact, "/issues/export")
    assert (row["编号"], row["状态"], row["来源"]) == (story.number, "已办结", "微信")
    assert (row["企业"], row["提交人"]) == (story.enterprise.name, story.contact.person.name)
    assert (row["办结方式"], str(row["满意度"]), str(row["重办次数"])) == ("已解决", "5", "0")
    shown = story.contact.see(f"/issues/{story.issue}")
    assert row["提交时间"] == shown["created_at"][:16].replace("T", " ")
    assert read(story.contact, "/issues/export", outcome="unsolved") == []
    assert read(given.contact(given.enterprise()), "/issues/export") == []


def test_the_same_filters_and_order(given):
    stock(tickets=1500, issues=700)
    desk = given.dispatcher()
    for query in (
        {"box": "department", "sort": "urgent"},
        {"box": "done", "sort": "dispatched", "category": "WATER"},
        {"box": "department", "q": "许可"},
    ):
        rows = [row["编号"] for row in as_csv(desk, "/tickets/export", **query)]
        listed: list[str] = []
        for page in range(1, 20):
            found = desk.see("/tickets", page=page, page_size=100, **query)["items"]
            listed += [item["number"] for item in found]
        assert rows == listed
        assert rows
    rows = [row["编号"] for row in as_csv(desk, "/issues/export")]
    assert len(rows) == 700
    assert rows[:100] == [i["number"] for i in desk.see("/issues", page_size=100)["items"]]


@pytest.mark.parametrize("evil", EVIL)
def test_what_begins_like_a_formula_stays_text(evil, given):
    story = stories.dispatched(given)
    text = {"$set": {"excerpt": evil, **search_terms.of_ticket(story.number, evil, None)}}
    Ticket.rows().update_one({"_id": ObjectId(story.ticket)}, text)
    [row] = as_csv(story.clerk, "/tickets/export")
    assert row["内容摘要"] == f"'{evil}"
    answer = story.clerk.get("/tickets/export")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    found = [
        cell for line in sheet.iter_rows() for cell in line if cell.value and cell.data_type == "f"
    ]
    assert found == []
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        content = b"".join(book.read(name) for name in book.namelist())
    assert b"<f>" not in content
    assert b"<hyperlink" not in content
    values = [cell.value for line in sheet.iter_rows() for cell in line]
    assert any(
        value and str(value).replace("_x000D_", "\r").strip() == evil.strip() for value in values
    )


def test_what_is_odd_in_a_text_breaks_nothing(given):
    odd = '逗号, 引号" 换行\n制表\t控制\x01\x1b 表情😀 结束'
    story = stories.submitted(given, text=odd)
    [row] = as_csv(story.contact, "/issues/export")
    assert row["内容"] == odd
    [row] = as_xlsx(story.contact, "/issues/export")
    assert row["内容"].startswith("逗号, 引号")
    assert row["内容"].endswith("表情😀 结束")


def test_nobody_behind_an_anonymous_word_and_no_phone_at_all(given):
    person = {"name": "举报人", "phone": "13900001234"}
    site = {"name": "门卫老李", "phone": "13900005678"}
    story = stories.dispatched(given, anonymous=True, on_behalf_of=person, contact=site)
    files = {
        "clerk": story.clerk.get("/issues/export", format="csv"),
        "head": story.head.get("/issues/export", format="csv"),
        "leader": given.role("leader").get("/issues/export", format="csv"),
        "tickets": story.clerk.get("/tickets/export", format="csv", box="department"),
    }
    for name, answer in files.items():
        text = answer.data.decode()
        assert story.number in text, name
        assert story.contact.person.name not in text, name
        assert "举报人" not in text, name
        assert "13900" not in text, name
    for phone in (given.inspector(), given.dispatcher(), story.contact):
        [row] = as_csv(phone, "/issues/export")
        assert row["提交人"] == story.contact.person.name
        assert "13900" not in str(row)


def test_who_only_follows_exports_no_more_than_the_list_shows(given):
    story, other = (
        stories.dispatched(given, text="别家企业的秘密工艺"),
        given.contact(given.enterprise()),
    )
    follow = {"$addToSet": {"followers": other.person.id}}
    Issue.rows().update_one({"_id": ObjectId(story.issue)}, follow)
    [row] = as_csv(other, "/issues/export")
    assert row["编号"] == story.number
    assert (row["内容"], row["企业"], row["提交人"]) == ("", "", "")


def test_other_departments_tickets_are_not_in_it(given):
    story = stories.dispatched(given)
    assert as_csv(given.clerk("WATER_AFFAIRS"), "/tickets/export", box="department") == []
    refused(story.contact.get("/tickets/export"), 403)
    refused(story.clerk.get("/tickets/export", format="pdf"), 422)
    refused(story.clerk.get("/tickets/export", page=1), 422)


def test_it_is_written_down(given):
    story = stories.dispatched(given)
    story.clerk.get("/tickets/export", box="department", q="许可", format="csv")
    [row] = history.rows().find({"thing": "export"})
    assert (row["by"], row["role"]) == (story.clerk.person.id, "clerk")
    assert row["data"]["rows"] == 1
    assert row["data"]["list"] == "tickets"
    assert row["data"]["format"] == "csv"
    assert row["data"]["filters"] == {"box": "department", "q": "许可", "sort": "due"}


def test_too_many_rows_are_refused_and_not_written_down(given, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_ROWS", 10)
    stock(tickets=40, issues=11)
    desk = given.dispatcher()
    for path, query in (("/tickets/export", {"box": "department"}), ("/issues/export", {})):
        refused(desk.get(path, **query), 422, "export.too_many")
    assert history.rows().count_documents({"thing": "export"}) == 0
    assert len(as_csv(desk, "/issues/export", state="nonsense")) == 0


def test_a_name_for_the_file_and_a_heading_in_the_readers_language(given):
    clerk = given.clerk("HOUSING")
    answer = clerk.get("/tickets/export")
    said = answer.headers["Content-Disposition"]
    assert said.startswith('attachment; filename="tickets-')
    assert "filename*=UTF-8''%E5%B7%A5%E5%8D%95-" in said
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    english = clerk.call(
        "GET",
        "/tickets/export",
        query_string={"format": "csv"},
        headers={"Accept-Language": "en"},
    )
    assert english.data.decode("utf-8-sig").startswith("Number,Lead or assisting,State")
