"""Answer templates: made, found, changed as a whole, retired, filled."""

from __future__ import annotations

import pytest
from bson import ObjectId
from hypothesis import given as example
from hypothesis import strategies as st

from app.departments import templates
from app.departments.documents import AnswerTemplate, Department
from app.foundation import history
from app.people.documents import Grant
from tests.departments.stories import id_of
from tests.issues.halfway import fails_whole, post
from tests.support.factories import client_id

SAID = {"title": "许可已发放", "text": "{enterprise}的 {number} 已办结", "result": "solved"}


def new(code: str = "HOUSING", **fields) -> dict:
    return {"client_id": client_id(), "department_id": id_of(code), **SAID, **fields}


def put(phone, key: str, body: dict, tag: str | None = None):
    headers = {} if tag is None else {"If-Match": tag}
    return phone.call("PUT", f"/answer-templates/{key}", json=body, headers=headers)


def tag_of(phone, key: str) -> str:
    return phone.get(f"/answer-templates/{key}").headers["ETag"]


@pytest.fixture
def clerk(given):
    return given.clerk("HOUSING")


class TestMaking:
    @pytest.mark.parametrize("role", ["clerk", "head"])
    def test_by_the_people_of_the_department(self, role, given):
        phone = getattr(given, role)("HOUSING")
        body = new(category="PERMIT", basis="建筑法第八条")
        answer = phone.post("/answer-templates", body)
        assert answer.status_code == 201
        made = answer.json
        assert {name: made[name] for name in body} == body
        assert (made["department"], made["by"]) == ("住建局", phone.person.name)
        assert made["active"] is True
        [row] = history.of("answer_template", ObjectId(made["id"]), internal=True)
        assert (row["action"], row["by"]) == ("create", phone.person.id)

    def test_for_no_other_department_and_by_nobody_else(self, given, clerk):
        assert clerk.post("/answer-templates", new("APPROVAL")).status_code == 403
        assert clerk.post("/answer-templates", new() | unknown()).status_code == 403
        for role in ("dispatcher", "inspector", "admin", "commissioner"):
            assert given.role(role).post("/answer-templates", new()).status_code == 403

    def test_for_no_department_that_is_gone(self, clerk):
        body = new()
        Department.rows().update_one({"code": "HOUSING"}, {"$set": {"active": False}})
        answer = clerk.post("/answer-templates", body)
        assert (answer.status_code, answer.json["code"]) == (422, "department.unknown")

    def test_sent_twice_it_is_one(self, clerk):
        body = new()
        answers = [clerk.post("/answer-templates", body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json == answers[1].json
        other = clerk.post("/answer-templates", {**body, "text": "另一段"})
        assert (other.status_code, other.json["code"]) == (409, "client_id.conflict")
        assert AnswerTemplate.rows().count_documents({}) == 1

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("text", "{company}您好", "template.unknown_gap"),
            ("text", "{number.__class__}", "template.unknown_gap"),
            ("text", "{number!r}", "template.unknown_gap"),
            ("text", "{}", "template.unknown_gap"),
            ("text", "{number", "template.lone_brace"),
            ("text", "{{number}}", "template.lone_brace"),
            ("text", "number}", "template.lone_brace"),
            ("result", "no_such", "template.unknown_result"),
            ("category", "NO_SUCH", "template.unknown_category"),
        ],
    )
    def test_what_is_not_known_is_refused(self, field, value, code, clerk):
        answer = clerk.post("/answer-templates", new(**{field: value}))
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert list(answer.json["errors"]) == [field]


def unknown() -> dict:
    return {"department_id": str(ObjectId())}


class TestFinding:
    def test_those_of_ones_departments_the_fitting_first(self, given, clerk):
        for title, category in (("甲", "EIA"), ("乙", None), ("丙", "PERMIT"), ("丁", "PERMIT")):
            clerk.do("/answer-templates", new(title=title, category=category))
        given.clerk("APPROVAL").do("/answer-templates", new("APPROVAL", category="PERMIT"))

        def titles(**query) -> list[str]:
            page = clerk.see("/answer-templates", **query)
            assert page["total"] == 4
            return [each["title"] for each in page["items"]]

        assert titles(category="PERMIT") == ["丁", "丙", "乙", "甲"]
        assert titles(category="EIA") == ["甲", "乙", "丁", "丙"]
        assert titles() == ["乙", "丁", "丙", "甲"]
        assert titles(category="PERMIT", page=2, page_size=3) == ["甲"]

    def test_of_two_departments_both(self, given, clerk):
        clerk.do("/answer-templates", new())
        given.clerk("APPROVAL").do("/answer-templates", new("APPROVAL"))
        grants = [
            Grant(role="clerk", department=ObjectId(id_of(code)))
            for code in ("HOUSING", "APPROVAL")
        ]
        both = given.phone(given.person(*grants))
        found = both.see("/answer-templates")["items"]
        assert {each["department"] for each in found} == {"住建局", "行政审批局"}

    def test_not_by_others(self, given, clerk):
        key = clerk.do("/answer-templates", new())["id"]
        assert given.clerk("APPROVAL").get(f"/answer-templates/{key}").status_code == 404
        assert given.inspector().get("/answer-templates").status_code == 403
        assert given.clerk("APPROVAL").see("/answer-templates")["total"] == 0


class TestChanging:
    def test_as_a_whole_by_who_has_seen_it(self, given, clerk):
        key = clerk.do("/answer-templates", new(basis="建筑法", category="PERMIT"))["id"]
        head, body = given.head("HOUSING"), {**SAID, "text": "{date} 已办结"}
        seen = tag_of(head, key)
        changed = put(head, key, body, seen)
        assert changed.status_code == 200
        now = changed.json
        assert (now["text"], now["basis"], now["category"]) == ("{date} 已办结", "", None)
        assert tag_of(clerk, key) != seen
        rows = history.of("answer_template", ObjectId(key), internal=True)
        assert [row["action"] for row in rows] == ["create", "change"]
        assert rows[1]["by"] == head.person.id
        assert rows[1]["data"]["before"]["basis"] == "建筑法"

    def test_not_blindly_nor_from_what_is_no_more(self, clerk):
        key = clerk.do("/answer-templates", new())["id"]
        first, second = {**SAID, "text": "一"}, {**SAID, "text": "二"}
        assert put(clerk, key, first).status_code == 428
        seen = tag_of(clerk, key)
        assert put(clerk, key, first, seen).status_code == 200
        assert put(clerk, key, second, seen).status_code == 412
        # What is sent again has been done, whatever was seen then.
        assert put(clerk, key, first, seen).status_code == 200
        assert len(history.of("answer_template", ObjectId(key), internal=True)) == 2

    def test_what_is_not_known_is_refused(self, clerk):
        key = clerk.do("/answer-templates", new())["id"]
        answer = put(clerk, key, {**SAID, "text": "{company}"}, tag_of(clerk, key))
        assert (answer.status_code, answer.json["code"]) == (422, "template.unknown_gap")

    def test_not_by_others(self, given, clerk):
        key = clerk.do("/answer-templates", new())["id"]
        assert put(given.clerk("APPROVAL"), key, SAID, "*").status_code == 404


class TestRetiring:
    def test_it_is_listed_no_more_but_stays(self, clerk):
        key = clerk.do("/answer-templates", new())["id"]
        assert clerk.do(f"/answer-templates/{key}/retire")["active"] is False
        assert clerk.see("/answer-templates")["total"] == 0
        assert clerk.see(f"/answer-templates/{key}")["title"] == SAID["title"]
        again = clerk.post(f"/answer-templates/{key}/retire")
        assert (again.status_code, again.json["code"]) == (409, "template.retired")
        changed = put(clerk, key, {**SAID, "text": "改"}, tag_of(clerk, key))
        assert (changed.status_code, changed.json["code"]) == (409, "template.retired")


def template(text: str) -> AnswerTemplate:
    return AnswerTemplate(text=text)


class TestFilling:
    @pytest.mark.parametrize(
        ("text", "values", "filled"),
        [
            ("{number}：{enterprise}", {"number": "JY1", "enterprise": "甲厂"}, "JY1：甲厂"),
            ("{number}{number}", {"number": "JY1"}, "JY1JY1"),
            ("{number} {date}", {"number": "JY1"}, "JY1 {date}"),
            ("没有填空", {"number": "JY1"}, "没有填空"),
            ("{enterprise}", {"enterprise": "{number}", "number": "JY1"}, "{number}"),
            (r"{enterprise}", {"enterprise": r"\1甲"}, r"\1甲"),
        ],
    )
    def test_by_name(self, text, values, filled):
        assert templates.filled(template(text), values) == filled

    @example(
        parts=st.lists(
            st.one_of(st.sampled_from(templates.GAPS), st.text("甲乙 abc。", max_size=5))
        ),
        values=st.fixed_dictionaries({gap: st.text(max_size=10) for gap in templates.GAPS}),
    )
    def test_every_gap_gets_its_value_and_the_rest_stays(self, parts, values):
        text = "".join(f"{{{part}}}" if part in templates.GAPS else part for part in parts)
        expected = "".join(values.get(part, part) for part in parts)
        assert templates.filled(template(text), values) == expected


class TestAllOrNothing:
    def test_making(self, clerk, hinted):
        fails_whole(post(clerk, "/answer-templates", new()), 3, hinted)

    def test_changing(self, clerk, hinted):
        key = clerk.do("/answer-templates", new())["id"]
        tag = tag_of(clerk, key)

        def act() -> bool:
            answer = put(clerk, key, {**SAID, "text": "改"}, tag)
            assert answer.status_code in (200, 500)
            return answer.status_code == 200

        fails_whole(act, 3, hinted)

    def test_retiring(self, clerk, hinted):
        key = clerk.do("/answer-templates", new())["id"]
        fails_whole(post(clerk, f"/answer-templates/{key}/retire"), 3, hinted)
