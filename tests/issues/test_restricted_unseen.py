"""Everything that can be read, by everybody who may not know of a restricted issue: it is nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bson import ObjectId

import wsgi
from app.boards import folding
from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.issues.documents import Issue, Ticket
from app.issues.pressing.orders import Supervision
from config.pack import RESTRICTED
from tests.issues import stories as plain
from tests.issues.restricted_stories import department
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, Given
from tests.support.phone import API, Phone

SECRET = "青鸾"
TEXT = f"住建局窗口的人态度恶劣，骂人还把{SECRET}的材料扔出来，我要投诉"
UNIT = "321204002"

# What anybody with the role may read of firms, departments and rules, whatever anybody complains of.
OF_THE_DISTRICT = re.compile(
    r"/(boards|enterprises|projects|departments|units|areas|categories|checklists|health|me|calendar|"
    r"reports|routing|rulebooks|visits/suggestions|people|channels|sites|keys|openapi|docs|uploads|"
    r"visits/figures|registers|changes|growth|rates|metrics|assignments|warnings|milestones|approvals|"
    r"pledges|reviews|exit-cases|expansion-intents|parcels|dictionaries|masters|imports)\b"
)
QUERIES = {
    "/issues": [{"q": SECRET}, {"following": "true"}, {"mine": "true"}, {"q": "住建局"}],
    "/tickets": [{"box": box} for box in ("department", "overdue", "waiting", "done")],
    "/issues/export": [{"format": "csv"}, {"format": "csv", "q": SECRET}],
    "/tickets/export": [{"format": "csv", "box": box} for box in ("department", "done")],
    "/calls": [{"state": state} for state in ("open", "done", "dropped")],
    "/reports/departments": [{"month": "2026-10"}],
    "/maps/issues": [{"bbox": "120.14,32.5,120.16,32.52", "zoom": "18"}],
    "/maps/issues/records": [{"tile": "13210323"}, {"nowhere": "true"}],
}


class Hidden:
    """Two complaints of one firm: one that a rule held back, and one that a person did, after work on it.

    `outside` are all who may not know of them, by what they are.
    """

    def __init__(self, given: Given) -> None:
        self.firm = given.enterprise(UNIT, name="凤栖梧机械有限公司")
        self.contact = given.contact(self.firm)
        self.serving = given.commissioner()
        Enterprise.rows().update_one(
            {"_id": self.firm.id}, {"$set": {"commissioner": self.serving.person.id}}
        )
        self.desk, self.inspector = given.clerk(RESTRICTED), given.inspector()
        self.clerk, self.head = given.clerk("HOUSING"), given.head("HOUSING")
        self.leader, self.dispatcher = given.role("leader"), given.dispatcher()
        self.picture = self._photo(self.contact)
        self.by_rule = self._by_rule()
        self.by_hand = self._by_hand()
        follower = given.contact(given.enterprise())
        Issue.rows().update_many({}, {"$addToSet": {"followers": follower.person.id}})
        self.outside = {
            "dispatcher": self.dispatcher,
            "leader": self.leader,
            "admin": given.role("admin"),
            "unit_admin": given.role("unit_admin", unit=UNIT),
            "clerk complained of": self.clerk,
            "head complained of": self.head,
            "clerk of another department": given.clerk("ECOLOGY"),
            "serving commissioner": self.serving,
            "follower of another firm": follower,
            "service": given.role("service"),
        }
        folding.begin(clock.now())
        run_due()

    def issues(self) -> list[str]:
        return [self.by_rule, self.by_hand]

    def _photo(self, phone: Phone) -> str:
        return str(phone.take_photo(PHOTOS[0].read_bytes()).json["id"])

    def _by_rule(self) -> str:
        issue = self.contact.open_issue(text=TEXT, category=None, photo_ids=[self.picture])["id"]
        run_due()
        ticket = self.contact.see(f"/issues/{issue}")["tickets"][0]["id"]
        for verb, body in [
            ("accept", {}),
            ("note", {"text": f"已联系{SECRET}", "photo_ids": [self._photo(self.desk)]}),
            ("ask", {"text": f"请说明{SECRET}的经过"}),
        ]:
            self.desk.do(f"/tickets/{ticket}/{verb}", body)
        self.contact.do(f"/issues/{issue}/reply", {"text": f"{SECRET}如上"})
        self.inspector.do(f"/issues/{issue}/supervise", {"text": f"请尽快核实{SECRET}"})
        self.contact.do(f"/issues/{issue}/remind", {"text": f"{SECRET}怎么样了"})
        run_due()
        return str(issue)

    def _by_hand(self) -> str:
        issue = self.contact.open_issue(text=f"施工许可证的事，{SECRET}等着开工")["id"]
        run_due()
        ticket = self.clerk.see(f"/issues/{issue}")["tickets"][0]["id"]
        self.clerk.do(f"/tickets/{ticket}/accept")
        self.clerk.do(f"/tickets/{ticket}/note", {"text": f"{SECRET}正在办"})
        self.leader.do(f"/issues/{issue}/supervise", {"text": f"{SECRET}须办结"})
        run_due()
        body = {
            "restriction": "official",
            "reason": f"反映经办人，见{SECRET}",
            "department_ids": [department("HOUSING")],
        }
        assert self.dispatcher.post(f"/issues/{issue}/restrict", body).status_code == 204
        run_due()
        return str(issue)


@pytest.fixture
def hidden(given) -> Hidden:
    return Hidden(given)


def test_nothing_that_can_be_read_tells_of_it(hidden):
    numbers = [Issue.get(key).number for key in hidden.issues()]
    keys = {str(row["_id"]) for kind in (Issue, Ticket, Supervision) for row in _all(kind)}
    keys |= {hidden.picture}
    read = 0
    for name, phone in hidden.outside.items():
        for path, query in _paths(sorted(keys)):
            answer = phone.get(path, **query)
            said, read = answer.get_data().decode(errors="replace"), read + 1
            for word in (SECRET, *numbers):
                assert word not in said, (name, path, query)
            if not OF_THE_DISTRICT.match(path):
                assert hidden.firm.name not in said, (name, path, query)
                assert "住建局" not in said, (name, path, query)
    assert read > 1000, read


def test_neither_does_what_is_asked_while_filing(hidden):
    draft = {"kind": "request", "text": TEXT, "enterprise_id": str(hidden.firm.id)}
    for phone in (hidden.dispatcher, hidden.serving):
        for path in ("/issues/similar", "/routing/preview"):
            said = phone.post(path, draft).json
            assert not {"items", "similar"} & {name for name, value in said.items() if value}
            assert not said.get("nearby")
            assert not said.get("similar_hidden")


def test_whom_it_concerns_sees_both(hidden):
    for phone in (hidden.contact, hidden.desk, hidden.inspector):
        for key in hidden.issues():
            assert SECRET in phone.get(f"/issues/{key}").get_data(as_text=True)
        assert phone.see("/issues")["total"] == 2
    assert hidden.desk.get(f"/photos/{hidden.picture}").status_code == 200
    assert hidden.inspector.get(f"/photos/{hidden.picture}").status_code == 200


def test_its_photos_are_not_for_those_who_may_see_all_photos(hidden):
    for phone in hidden.outside.values():
        for path in ("", "/original", "/proof"):
            assert phone.get(f"/photos/{hidden.picture}{path}").status_code in (403, 404)


def test_a_colleague_sees_what_was_filed_for_the_firm_but_not_what_somebody_filed_unnamed(given):
    firm = given.enterprise()
    one, colleague = given.contact(firm), given.contact(firm)
    filed = {
        each: one.open_issue(text=TEXT, category=None, anonymous=each)["id"]
        for each in (True, False)
    }
    run_due()
    assert one.see("/issues")["total"] == 2
    assert [each["id"] for each in colleague.see("/issues")["items"]] == [filed[False]]
    assert colleague.get(f"/issues/{filed[True]}").status_code == 404
    assert {each["issue_id"] for each in colleague.see("/notices")["items"]} <= {filed[False], None}


def _all(kind) -> Iterator[dict]:
    return kind.rows().find({}, {"_id": 1})


def _paths(keys: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every path of the API that is read, with each of the keys where it asks for one."""
    for rule in wsgi.app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.rule.startswith(API):
            continue
        path = rule.rule.removeprefix(API)
        asked = re.findall(r"<[^>]*?(\w+)>", path)
        if asked == ["key"]:
            yield from ((re.sub(r"<[^>]+>", key, path), {}) for key in keys)
        elif not asked:
            yield path, {}
            yield from ((path, query) for query in QUERIES.get(path, ()))


def test_there_is_something_to_hide(given):
    """The same story of an ordinary issue is told to nearly all of them."""
    story = plain.accepted(given, text=f"施工许可证{SECRET}")
    run_due()
    told = [given.dispatcher(), given.role("leader"), given.role("admin"), story.head]
    for phone in told:
        assert SECRET in phone.get("/issues").get_data(as_text=True)
    assert ObjectId(story.issue)
