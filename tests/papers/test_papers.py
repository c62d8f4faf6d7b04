"""Papers over HTTP: who may have which, how far they are, what they say, and how long they are kept."""

from __future__ import annotations

import hashlib
import io
import re
from urllib.parse import quote

import docx
import openpyxl
import pypdf
import pytest

from app.foundation import clock, duties
from app.foundation.district import pack
from app.foundation.errors import Unavailable
from app.notices.documents import Notice
from app.papers import making
from app.papers.documents import Paper
from app.photos.documents import Photo
from app.projects.rates.formulas import STEPS
from tests.papers.unit import NASTY, OTHER, UNIT, Unit
from tests.support.duties import run_due
from tests.support.factories import client_id, who
from tests.support.ledger import STORE

ASKED = {"kind": "duty_report", "params": {"unit": UNIT}, "format": "pdf"}


@pytest.fixture
def today(the_time):
    return the_time.is_("2026-11-24 18:30")


def ask(phone, **wish):
    return phone.post("/papers", {"client_id": client_id(), **ASKED, **wish})


def made(phone, **wish):
    """A paper that is ready, and its file."""
    asked = ask(phone, **wish)
    assert asked.status_code == 202, asked.get_data(as_text=True)
    run_due()
    paper = phone.see(f"/papers/{asked.json['id']}")
    assert (paper["state"], paper["percent"]) == ("ready", 100), paper
    return paper, phone.get(f"/papers/{paper['id']}/file")


def words(text: str) -> str:
    """Without the blanks and line ends that setting it has made."""
    return "".join(text.split())


def five_of(rates) -> list[list[str]]:
    """What `GET /rates` answers, as the table of a paper has it."""
    found = []
    for rate in STEPS:
        open_, matured = rates[rate]["open"], rates[rate]["matured"]["percent"]
        row = [open_[end] for end in ("numerator", "denominator", "percent")]
        row += [open_["money"][end] for end in ("numerator", "denominator", "percent")]
        found.append(["—" if each is None else str(each) for each in (*row, matured)])
    spent = rates["completion"]
    found.insert(
        2,
        [
            "—",
            str(spent["projects"]),
            "—",
            spent["actual"],
            spent["plan"],
            str(spent["percent"]),
            "—",
        ],
    )
    return found


def test_a_duty_report_says_what_the_api_says(given, today):
    """In DOCX and PDF, digit for digit, with its groups, photos and what its numbers mean."""
    unit = Unit(given)
    photos = unit.visit(photos=3)
    Photo.rows().update_one({"_id": photos[0]}, {"$set": {"hidden": {"reason": "错传"}}})
    phone = given.role("unit_admin", unit=UNIT)
    paper, file = made(phone, params={}, format="docx")
    data = file.get_data()
    assert paper["sha256"] == hashlib.sha256(data).hexdigest()
    assert (paper["size"], paper["unit"]) == (len(data), UNIT)
    assert paper["as_of"].startswith("2026-11-24T18:30:00")
    assert file.content_type.endswith("wordprocessingml.document")
    assert f"filename*=UTF-8''{quote(paper['file_name'])}" in file.headers["Content-Disposition"]
    document = docx.Document(io.BytesIO(data))
    tables = [[[cell.text for cell in row.cells] for row in each.rows] for each in document.tables]
    rates = phone.see("/rates", unit=UNIT)["total"]
    assert [row[1:] for row in tables[0][1:]] == five_of(rates)
    building = tables[2][1]
    assert building[3:7] == ["12000.50", "8000.00", "3000.25", "37.5"]
    assert building[7] == str(rates["completion"]["gap"])
    assert "已过 23 天" in building[8]
    assert "红色·进度迟缓" in building[9]
    assert (building[10], building[11]) == ("主体封顶（2026-11-20，已逾期）", "王专员")
    assert tables[1][1][1].startswith(NASTY)
    # One of the three photos is hidden; two are shown of each visit.
    assert len(document.inline_shapes) == 1 + 2
    said = "".join(each.text for each in document.paragraphs)
    assert "一、总体情况" in said
    assert "2026-11-24 18:30:00" in said
    assert {each["name"] for each in paper["definitions"]} >= {"签约项目备案率", "投产项目达效率"}

    _, file = made(phone)
    pages = pypdf.PdfReader(io.BytesIO(file.get_data())).pages
    text = words("".join(page.extract_text() for page in pages))
    for row in five_of(rates):
        assert "".join(row) in text
    assert words(NASTY) in text
    assert "别处的项目" not in text


def test_what_goes_outside_has_no_money_no_names_and_no_photos(given, today):
    unit = Unit(given)
    photos = unit.visit(photos=1)
    paper, file = made(given.role("leader"), format="docx", audience="outside")
    assert paper["awaiting_photo_ids"] == [str(photos[0])]
    document = docx.Document(io.BytesIO(file.get_data()))
    assert len(document.inline_shapes) == 1  # the chart
    assert "另有 1 张照片未放入" in "".join(each.text for each in document.paragraphs)
    # Of three projects nothing is told that would tell of one of them.
    five = [[cell.text for cell in row.cells[1:]] for row in document.tables[0].rows[1:]]
    assert five == [["—"] * 7] * 5
    columns = [cell.text for cell in document.tables[2].rows[0].cells]
    assert columns == ["序号", "项目", "所处阶段", "下一阶段计划"]
    assert "王专员" not in "".join(
        cell.text for row in document.tables[2].rows for cell in row.cells
    )


def test_what_goes_outside_is_kept_back_once_a_photo_of_it_is_looked_at_anew(given, today):
    unit, inspector = Unit(given), given.inspector()
    [key] = unit.visit(photos=1)
    at = f"/photos/{key}/redaction"
    inspector.do(at, {"client_id": client_id(), "version": 0, "boxes": []})
    run_due()
    inspector.do(f"{at}/check", {"version": 1})
    leader = given.role("leader")
    paper, file = made(leader, format="docx", audience="outside")
    assert len(docx.Document(io.BytesIO(file.get_data())).inline_shapes) == 1 + 1
    box = {"left": 5, "top": 5, "width": 20, "height": 20, "kind": "face"}
    inspector.do(at, {"client_id": client_id(), "version": 1, "boxes": [box]})
    run_due()
    inspector.do(f"{at}/check", {"version": 2})
    answer = leader.get(f"/papers/{paper['id']}/file")
    assert (answer.status_code, answer.json["code"]) == (409, "paper.photo_changed")


def test_a_bulletin_ranks_units_and_a_head_gets_their_part(given, the_time):
    """Of a month that is over, as it was known at its end."""
    the_time.is_("2026-10-20 10:00")
    Unit(given)
    the_time.is_("2026-11-24 18:30")
    leader, head = given.role("leader"), given.head("HOUSING")
    _, file = made(leader, kind="bulletin", params={"month": "2026-10"}, format="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(file.get_data()))
    ranked = [[cell.value for cell in row] for row in book.worksheets[1].rows]
    asked = {"by": "unit", "to": "2026-10", "as_of": "2026-10-31", "basis": "known"}
    seen = leader.see("/rates", **asked)
    lines = {line["unit_name"]: line["rates"] for line in seen["items"]}
    for name, filed, *_ in ranked[1 : 1 + len(lines)]:
        assert filed == lines[name]["filed"]["open"]["percent"]
    assert ranked[1][:3] == ["罗塘街道", 100, 1]
    paper, _ = made(head, kind="bulletin", params={}, format="xlsx")
    assert paper["department_id"] == str(who(head).held[0].department)
    assert head.get(f"/papers/{paper['id']}").status_code == 200
    assert ask(head, kind="bulletin", params={"unit": UNIT}).status_code == 403


def test_a_table_holds_no_formula(given, today):
    Unit(given)
    phone = given.role("inspector")
    params = {"table": "projects", "unit": UNIT}
    _, file = made(phone, kind="table", params=params, format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file.get_data())).worksheets[1]
    cells = [cell for row in sheet.rows for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(str(cell.value).startswith(NASTY) for cell in cells)
    amounts = [cell.value for cell in sheet["D"][1:]]
    assert amounts == [12000.5] * 3


@pytest.mark.parametrize(
    ("role", "where", "wish", "status"),
    [
        ("unit_admin", {"unit": UNIT}, {}, 202),
        ("unit_admin", {"unit": OTHER}, {}, 403),
        ("leader", {}, {}, 202),
        ("commissioner", {}, {}, 403),
        ("leader", {}, {"params": {"unit": "999"}}, 404),
        ("leader", {}, {"params": {}}, 422),
        ("leader", {}, {"params": {"unit": UNIT, "month": "2026-10"}}, 422),
        ("leader", {}, {"kind": "weekly", "params": {}}, 202),
        ("unit_admin", {"unit": UNIT}, {"kind": "weekly", "params": {}}, 202),
        ("leader", {}, {"kind": "weekly", "params": {}, "audience": "outside"}, 422),
        (
            "commissioner",
            {},
            {"kind": "table", "params": {"table": "warnings"}, "format": "xlsx"},
            202,
        ),
        (
            "commissioner",
            {},
            {"kind": "table", "params": {"table": "departments"}, "format": "xlsx"},
            403,
        ),
        ("leader", {}, {"kind": "table", "params": {"table": "rates"}, "format": "pdf"}, 422),
        ("leader", {}, {"kind": "bulletin", "params": {"month": "2026-12"}}, 422),
    ],
)
def test_who_may_ask_for_what(given, today, role, where, wish, status):
    answer = ask(given.role(role, **where), **wish)
    assert answer.status_code == status, answer.get_data(as_text=True)


def test_who_may_read_it(given, today):
    """Whoever may see all of it, and its asker as long as they could ask for it."""
    asker = given.role("unit_admin", unit=UNIT)
    body = {"client_id": client_id(), **ASKED, "format": "xlsx"}
    key = asker.post("/papers", body).json["id"]
    again = asker.post("/papers", body)
    assert (again.status_code, again.json["id"]) == (200, key)
    assert asker.post("/papers", {**body, "format": "pdf"}).status_code == 409
    assert asker.get(f"/papers/{key}/file").status_code == 409
    run_due()
    told = [row["event"] for row in Notice.rows().find({"person": asker.person.id})]
    assert told == ["paper.ready"]
    colleague, elsewhere = given.role("unit_admin", unit=UNIT), given.role("unit_admin", unit=OTHER)
    inspector, dispatcher = given.inspector(), given.dispatcher()
    for phone, status in (
        (asker, 200),
        (colleague, 200),
        (inspector, 200),
        (elsewhere, 404),
        (dispatcher, 404),  # sees no figures of firms
        (given.head("HOUSING"), 404),
    ):
        assert phone.get(f"/papers/{key}/file").status_code == status
        listed = [each["id"] for each in phone.see("/papers", mine="false")["items"]]
        assert listed == ([key] if status == 200 else [])
    assert inspector.see("/papers")["items"] == []
    asker.person.update(set__grants=elsewhere.person.grants)
    assert asker.get(f"/papers/{key}/file").status_code == 404


def test_it_waits_its_turn_and_fails_in_the_end(given, today, tmp_path):
    phone = given.role("leader")
    key = ask(phone, kind="weekly", params={}, format="xlsx").json["id"]
    other = ask(phone, kind="weekly", params={}, format="xlsx").json["id"]
    rows = {
        str(row["subject"]): row["_id"] for row in duties.rows().find({"kind": "papers.render"})
    }
    first = duties.claim(rows[key], now=clock.now(), lease=making.LEASE)
    second = duties.claim(rows[other], now=clock.now(), lease=making.LEASE)
    assert first is not None
    assert second is not None
    with pytest.raises(Unavailable):
        making.make(second, STORE, clock.now(), tmp_path)
    making.give_up(first, clock.now())
    failed = phone.see(f"/papers/{key}")
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "paper.failed")
    assert phone.get(f"/papers/{key}/file").status_code == 409


def test_it_is_kept_for_its_time(given, today, the_time):
    phone = given.role("leader")
    paper, file = made(phone, kind="table", params={"table": "rates"}, format="xlsx")
    assert file.status_code == 200
    stored = Paper.get(paper["id"]).key
    assert re.fullmatch(rf"papers/{paper['id']}/[0-9a-f]{{64}}\.xlsx", stored)
    the_time.passes(days=pack().papers.days("table"), hours=1)
    phone = given.phone(phone.person)
    due = [row["_id"] for row in duties.rows().find({"kind": "papers.expire"})]
    duty = duties.claim(due[0], now=clock.now(), lease=making.LEASE)
    making.expire(duty, STORE, clock.now())
    assert not STORE.exists(stored)
    assert phone.see(f"/papers/{paper['id']}")["state"] == "gone"
    assert phone.get(f"/papers/{paper['id']}/file").json["code"] == "paper.gone"
    with pytest.raises(ValueError, match="not kept for a time"):
        STORE.drop("originals/aa/bb/cc")
