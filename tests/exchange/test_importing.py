"""A file of rows comes in: what is wrong with it is told in words, and all of it is written or nothing."""

from __future__ import annotations

import csv as separated
import io
import threading
from datetime import date

import openpyxl
import pytest

from app.enterprises.documents import Enterprise
from app.exchange import importing, writing
from app.foundation import clock, duties, history
from app.foundation.district import pack
from app.gateways.store import store_of
from app.people.documents import Grant, Person
from app.projects.documents import Project
from app.projects.figures.documents import FigureEntry
from app.projects.stages.documents import StageEntry
from app.registers.documents import Term
from config import settings
from tests.exchange.files import OTHER_UNIT, UNIT, bring, csv, imported, xlsx
from tests.foundation.failing import dump, failing_after
from tests.registers.meanwhile import meanwhile
from tests.support.duties import run_due
from tests.support.factories import client_id, credit_code

HEADING = ["编号 *", "名称", "企业", "镇街园区", "计划投资（万元）", "类型"]


@pytest.fixture
def admin(given):
    return given.role("admin")


def project(firm, code="XM1", **fields):
    row = {
        "name": "铸件技改",
        "by": firm.credit_code,
        "money": 1200.5,
        "kind": "增资扩产",
        **fields,
    }
    return [code, *(row[name] for name in ("name", "by", "unit", "money", "kind"))]


def unit_name(code: str = UNIT) -> str:
    return next(each.name for each in pack().units if each.code == code)


def test_rows_are_new_changed_or_the_same(given, admin):
    firm = given.enterprise()
    rows = [project(firm, f"XM{n}", unit=unit_name()) for n in (1, 2)]
    done = imported(admin, "projects", xlsx(HEADING, *rows))
    assert done["counts"] == {"new": 2, "changed": 0, "same": 0}, done
    assert (done["state"], done["progress"], done["rows"]) == ("done", 100, 2)
    assert done["summary"] == "已写入：新增 2 条，修改 0 条，未变 0 条"
    stored = Project.objects(code="XM1").get()
    assert str(stored.investment) == "1200.50"
    assert (stored.enterprise, stored.unit, stored.kind) == (firm.id, UNIT, "expansion")

    rows[1][4] = "1,300"
    again = imported(admin, "projects", xlsx(HEADING, *rows), reason="报表更正")
    assert again["counts"] == {"new": 0, "changed": 1, "same": 1}
    row = history.last("project", Project.objects(code="XM2").get().id)
    assert row["text"] == "报表更正"
    assert str(row["data"]["before"]["investment"]) == "1200.50"
    assert row["data"]["source"] == "import"


def test_a_dry_run_names_each_bad_cell_and_writes_nothing(given, admin):
    firm = given.enterprise()
    before = dump()["projects"]
    rows = [
        project(firm, "XM1", unit=unit_name(), money="约两千"),
        [],
        project(firm, "XM1", unit="火星镇", by="不存在的企业"),
        [None, "没有编号", None, unit_name(), None, None],
    ]
    told = imported(admin, "projects", xlsx(HEADING, *rows), dry_run="true")
    assert (told["state"], told["dry_run"]) == ("done", True)
    assert told["summary"] == "有 5 处问题，没有写入任何一行"
    found = {(each["cell"], each["heading"], each["code"]) for each in told["problems"]}
    assert found == {
        ("E2", "计划投资（万元）", "register.not_an_amount"),
        ("A4", "编号 *", "register.twice"),
        ("D4", "镇街园区", "register.no_such_choice"),
        ("C4", "企业", "register.unknown_reference"),
        ("A5", "编号 *", "request.required"),
    }
    assert all(each["text"] for each in told["problems"])
    assert dump()["projects"] == before


def test_columns_stand_in_any_order_and_language_and_unknown_ones_are_named(given, admin):
    firm = given.enterprise()
    heading = ["unit", "Name", "编号", "enterprise"]
    ok = imported(
        admin, "projects", csv(heading, [UNIT, "甲", "XM9", firm.name]), "a.csv", dry_run="true"
    )
    assert ok["counts"]["new"] == 1, ok
    assert ok["summary"] == "检查通过：将新增 1 条，修改 0 条，未变 0 条；没有写入"
    bad = imported(admin, "projects", csv(["名称", "投资额度"], ["甲", "1"]), "a.csv")
    assert bad["state"] == "refused"
    assert {each["code"] for each in bad["problems"]} == {
        "import.unknown_heading",
        "import.key_missing",
    }
    assert "投资额度" in bad["problems"][0]["text"]


def test_a_blank_cell_leaves_things_and_a_word_clears_them(given, admin):
    given.project(code="XM1", name="旧名", promised_jobs=30, site_radius_m=200)
    heading = ["编号", "名称", "承诺用工（人）", "范围半径（米）"]
    done = imported(admin, "projects", xlsx(heading, ["XM1", None, "清空", 300]))
    assert done["counts"]["changed"] == 1, done
    stored = Project.objects(code="XM1").get()
    assert (stored.name, stored.promised_jobs, stored.site_radius_m) == ("旧名", None, 300)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_was_exported_comes_back_the_same(given, admin, form):
    firm = given.enterprise(
        tags=["srdi"], founded_on="2012-03-01", name="=泰州恒岳", address="-1号"
    )
    given.enterprise(credit_code=None, provisional=True)
    server = given.person(Grant(role="commissioner"))
    Term.insert_row(dictionary="tag", code="srdi", name="专精特新", updated_at=clock.now())
    rows = [project(firm, f"XM{n}", unit=unit_name()) for n in (1, 2, 3)]
    imported(admin, "projects", xlsx(HEADING, *rows))
    Project.rows().update_one({"code": "XM1"}, {"$set": {"commissioner": server.id}})
    figures = ["项目", "月份", "实际完成投资（万元）", "税收（万元）"]
    month = [["XM1", date(2026, 9, 1), 25.5, "-3.20"], ["XM2", "2026年9月", 7, None]]
    stated = imported(admin, "project_figures", xlsx(figures, *month), historic="true")
    assert stated["counts"]["new"] == 2, stated
    for register, count in (("enterprises", 1), ("projects", 3), ("project_figures", 2)):
        answer = admin.get(f"/registers/{register}/export", format=form)
        assert answer.status_code == 200
        back = imported(admin, register, answer.data, f"a.{form}")
        assert (back["state"], back["counts"]["same"]) == ("done", count), back
        assert back["counts"]["changed"] == back["counts"]["new"] == 0
    told = history.rows().find_one({"thing": "export", "data.list": "projects"})
    assert told["data"]["rows"] == 3


def test_an_export_is_narrowed_and_holds_what_one_may_see(given, admin):
    theirs = given.project(given.enterprise(unit=UNIT))
    given.project(given.enterprise(unit=OTHER_UNIT))

    def codes(phone, **query):
        data = io.BytesIO(phone.get("/registers/projects/export", **query).data)
        return [row[0].value for row in openpyxl.load_workbook(data).active.iter_rows(min_row=2)]

    assert codes(given.role("unit_admin", unit=UNIT)) == [theirs.code]
    assert codes(admin, unit=UNIT) == [theirs.code]
    assert codes(admin, project_id=str(theirs.id)) == [theirs.code]
    assert codes(admin, since="2027-01-01T00:00:00+08:00") == []
    assert given.dispatcher().get("/registers/project_figures/export").status_code == 404


def test_a_template_has_headings_explanations_and_lists_and_can_be_sent_back_filled_in(
    given, admin
):
    data = admin.get("/registers/projects/template").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet, explained, lists = book.worksheets
    heading = [cell.value for cell in sheet[1]]
    assert heading[:2] == ["编号 *", "名称 *"]
    assert len(heading) == len(set(heading)) == explained.max_row - 3
    offered = sheet.data_validations.dataValidation
    rules = {str(rule.sqref).partition("2")[0]: rule for rule in offered}
    column = openpyxl.utils.get_column_letter(heading.index("镇街园区 *") + 1)
    assert rules[column].formula1.startswith(f"'选项'!${column}$2")
    assert lists[f"{column}2"].value
    sheet.append(["XM7", "甲", None, unit_name()])
    file = io.BytesIO()
    book.save(file)
    done = imported(admin, "projects", file.getvalue())
    assert done["counts"]["new"] == 1, done
    text = admin.get("/registers/projects/template", format="csv").data.decode("utf-8-sig").strip()
    assert next(separated.reader([text])) == heading


def test_a_unit_admin_writes_only_rows_of_the_own_unit(given):
    theirs = given.role("unit_admin", unit=UNIT)
    mine, other = given.enterprise(unit=UNIT), given.enterprise(unit=OTHER_UNIT)
    given.project(other, code="XM5")
    rows = [
        project(mine, "XM1", unit=unit_name()),
        project(mine, "XM2", unit=unit_name(OTHER_UNIT)),
        project(other, "XM5", unit=unit_name()),
    ]
    told = imported(theirs, "projects", xlsx(HEADING, *rows))
    assert told["state"] == "refused"
    assert [(e["cell"], e["code"]) for e in told["problems"]] == [
        ("A3", "register.not_yours"),
        ("A4", "register.not_yours"),
    ]
    assert Project.objects(code="XM1").first() is None
    assert imported(theirs, "projects", xlsx(HEADING, rows[0]))["counts"]["new"] == 1
    assert bring(given.inspector(), "projects", b"a").status_code == 403


def test_who_lost_the_right_meanwhile_writes_nothing(given, admin):
    answer = bring(admin, "projects", xlsx(HEADING, ["XM1", "甲", None, UNIT, None, None]))
    Person.rows().update_one({"_id": admin.person.id}, {"$set": {"active": False}})
    run_due()
    row = importing.Import.get(answer.json["id"])
    assert (row.state, row.why["code"]) == ("refused", "import.not_allowed_any_more")
    assert Project.objects(code="XM1").first() is None


def test_the_same_file_sent_twice_is_one_import(given, admin):
    said, data = {"client_id": client_id()}, xlsx(HEADING, ["XM1", "甲", None, UNIT, None, None])
    first = bring(admin, "projects", data, **said)
    again = bring(admin, "projects", data, **said)
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    assert bring(admin, "projects", data, **said, historic="true").status_code == 409
    other = given.role("admin")
    assert other.get(f"/imports/{first.json['id']}").status_code == 200
    assert given.commissioner().get(f"/imports/{first.json['id']}").status_code == 404
    assert admin.see("/imports")["total"] == 1


def test_what_is_no_table_is_refused_at_once_or_by_the_worker(given, admin):
    old = bring(admin, "projects", bytes.fromhex("d0cf11e0a1b11ae1"), "a.xls")
    assert old.status_code == 422
    assert "另存为 .xlsx" in old.json["errors"]["file"][0]
    assert bring(admin, "nothing", xlsx(HEADING)).status_code == 404
    assert bring(admin, "projects", bytes(10 * 1024 * 1024 + 1), "a.csv").status_code == 413
    merged = imported(admin, "projects", xlsx(HEADING, ["XM1"], merge="A4:B4"))
    assert merged["state"] == "refused"
    assert merged["summary"] == "有合并单元格 A4:B4，请取消合并并逐格填写"


def test_whichever_write_fails_nothing_is_written_and_a_next_try_does_it(given, admin, the_time):
    firm = given.enterprise()
    rows = [project(firm, f"XM{n}", unit=unit_name()) for n in (1, 2, 3)]
    key = bring(admin, "projects", xlsx(HEADING, *rows)).json["id"]
    store = store_of(settings.load())
    failed = 0
    for writes in range(40):
        row = duties.rows().find_one({"kind": "exchange.import"})
        duty = duties.claim(row["_id"], now=row["next_at"], lease=importing.LEASE)
        assert duty is not None
        try:
            with failing_after(writes):
                importing.work(duty, store, clock.now())
        except Exception:
            failed += 1
        if importing.Import.get(key).state == "done":
            break
        assert Project.objects(enterprise=firm.id).count() == 0
        assert history.rows().count_documents({"thing": "project"}) == 0
        assert duties.rows().count_documents({"kind": "projects.restand"}) == 0
    assert failed >= 6
    assert Project.objects(enterprise=firm.id).count() == 3
    assert duties.rows().find_one({"kind": "exchange.import"})["state"] == "done"


def test_what_is_tried_too_often_is_shown_as_failed(given, admin):
    key = bring(admin, "projects", xlsx(HEADING, ["XM1"])).json["id"]
    row = duties.rows().find_one({"kind": "exchange.import"})
    duty = duties.claim(row["_id"], now=clock.now(), lease=importing.LEASE)
    importing.give_up(duty, clock.now())
    shown = admin.see(f"/imports/{key}")
    assert (shown["state"], shown["progress"]) == ("failed", 100)
    assert shown["summary"].startswith("多次尝试都没有成功")


def test_somebody_who_writes_the_same_row_meanwhile_is_seen(given, admin, monkeypatch):
    given.project(given.enterprise(), code="XM1", name="旧名")
    real, calls = writing.carry_out, []

    def rename():
        change = {"$set": {"name": "别人改的"}, "$inc": {"version": 1}}
        Project.rows().update_one({"code": "XM1"}, change)

    def meanwhile(*args):
        if not calls:
            other = threading.Thread(target=rename)
            other.start()
            other.join()
        calls.append(1)
        real(*args)

    monkeypatch.setattr(writing, "carry_out", meanwhile)
    done = imported(admin, "projects", xlsx(["编号", "名称"], ["XM1", "我改的"]))
    assert done["state"] == "done"
    assert (Project.objects(code="XM1").get().name, len(calls)) == ("我改的", 2)


def test_history_fires_nothing_and_marks_what_lacks_evidence(given, admin):
    given.project(given.enterprise(), code="XM1")
    heading = ["项目", "阶段", "类型", "日期"]
    kind = admin.see("/registers", page_size=50)["items"]
    stages = next(each for each in kind if each["name"] == "stages")
    choices = {f["name"]: {c["code"]: c["name"] for c in f["choices"]} for f in stages["fields"]}
    row = ["XM1", choices["stage"]["signed"], choices["kind"]["actual"], date(2024, 3, 1)]
    done = imported(admin, "stages", xlsx(heading, row), historic="true")
    assert done["counts"]["new"] == 1, done
    entry = StageEntry.rows().find_one({})
    assert (entry["historic"], entry["evidence_missing"]) == (True, True)
    assert (entry["source"], entry["on"]) == ("import", "2024-03-01")


def test_a_credit_code_of_full_width_letters_is_read_as_what_it_is(given, admin):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in credit_code(77).lower())
    heading = ["统一社会信用代码", "名称", "镇街园区"]
    done = imported(admin, "enterprises", csv(heading, [wide, "甲厂", UNIT]), "a.csv")
    assert done["counts"]["new"] == 1, done
    assert Enterprise.objects(credit_code=credit_code(77)).count() == 1


def test_what_takes_long_is_known_from_when_it_is_written(given, admin, the_time, monkeypatch):
    the_time.is_("2026-11-24 10:00")
    firm = given.enterprise()

    def state() -> int:
        the_time.passes(minutes=5)
        body = {"client_id": client_id(), "month": "2026-09", "sales": "1.00"}
        return admin.post(f"/enterprises/{firm.id}/figures", body).status_code

    other = meanwhile(monkeypatch, writing, "carry_out", state)
    heading = ["企业", "月份", "开票销售（万元）"]
    rows = [[firm.credit_code, month, amount] for month, amount in (("2026-08", 2), ("2026-09", 3))]
    done = imported(admin, "enterprise_figures", xlsx(heading, *rows))
    assert (other, done["counts"]) == ([201], {"new": 1, "changed": 1, "same": 0})
    assert importing.Import.get(done["id"]).ended_at == the_time.now
    found = {(row["month"], row["source"]): row for row in FigureEntry.rows().find({})}
    stated, over = found["2026-09", "phone"], found["2026-09", "import"]
    assert found["2026-08", "import"]["known_at"] == stated["known_at"] == the_time.now
    assert over["known_at"] == stated["superseded_at"] > stated["known_at"]
