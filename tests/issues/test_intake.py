"""Where an issue comes from, for whom, and who may know: intake of what reaches the desk by any way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as example
from hypothesis import strategies as st

from app.departments import registry
from app.issues.documents import SOURCES, Issue
from app.issues.reporters import persons
from app.people.documents import Grant
from app.people.who import ROLES, Held, Who
from tests.api.shape import nothing_stored, refused
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.phone import Phone, issue_body

ASKER = {"name": "王建国", "phone": "13800000001"}
ON_SITE = {"name": "李门卫", "phone": "13800000002"}
OWNER_PHONE = "13800000003"
PHONES = (ASKER["phone"], ON_SITE["phone"], OWNER_PHONE)


@pytest.mark.parametrize("source", SOURCES)
def test_the_source_is_kept_and_filters(source, given):
    phone = given.dispatcher()
    said = {"source": source, "external_number": "12345-2026-0007"}
    issue = phone.open_issue(**said)
    phone.open_issue(source="import" if source != "import" else "phone")
    found = phone.see("/issues", source=source)
    assert [each["id"] for each in found["items"]] == [issue["id"]]
    assert found["items"][0]["external_number"] == "12345-2026-0007"
    refused(phone.get("/issues", source="rumour"), 422)


def test_the_source_when_nobody_says_it(given):
    phone = given.commissioner()
    visit = phone.do(
        "/visits",
        {
            "client_id": client_id(),
            "enterprise_id": str(given.enterprise().id),
            "started_at": "2026-11-24T09:00:00+08:00",
        },
    )["id"]
    assert phone.open_issue()["source"] == "wechat"
    assert phone.open_issue(visit_id=visit)["source"] == "visit"
    assert phone.open_issue(visit_client_id=client_id())["source"] == "visit"
    assert phone.open_issue(visit_id=visit, source="leader")["source"] == "leader"


@pytest.mark.parametrize(
    "fields",
    [
        {"source": "rumour"},
        {"external_number": ""},
        {"external_number": "x" * 61},
        {"on_behalf_of": {"phone": "1380000"}},
        {"on_behalf_of": {"name": " "}},
        {"on_behalf_of": {"name": "x", "phone": "call me"}},
        {"on_behalf_of": {"name": "x", "phone": "138\n0000"}},
        {"on_behalf_of": {"name": "x", "id_card": "321"}},
        {"contact": "门卫"},
        {"contact": {"name": "x" * 51}},
        {"anonymous": "perhaps"},
        {"visit_client_id": "x"},
        {"photo_client_ids": ["x"]},
        {"enterprise_name": ""},
        {"enterprise_name": "新厂", "enterprise_unit": "nowhere"},
        {"enterprise_unit": "321204001"},
    ],
)
def test_what_cannot_be_taken_in(fields, given):
    phone = given.dispatcher()
    with nothing_stored():
        error = refused(phone.post("/issues", issue_body(**fields)), 422)
        assert error["errors"]


def test_one_thing_is_not_named_twice(given):
    phone, enterprise = given.commissioner(), given.enterprise()
    named = {"enterprise_id": str(enterprise.id), "enterprise_name": "新厂"}
    refused(phone.post("/issues", issue_body(**named)), 422, "issue.enterprise_twice")
    visits = {"visit_id": "f" * 24, "visit_client_id": client_id()}
    refused(phone.post("/issues", issue_body(**visits)), 422, "issue.visit_twice")


def test_a_replay_counts_every_field(given):
    phone = given.dispatcher()
    body = issue_body(on_behalf_of=ASKER, contact=ON_SITE, anonymous=True, source="phone")
    assert phone.post("/issues", body).status_code == 201
    assert phone.post("/issues", body).status_code == 200
    for change in ({"anonymous": False}, {"contact": ASKER}, {"source": "leader"}):
        refused(phone.post("/issues", body | change), 409, "client_id.conflict")


class Told:
    """An issue on somebody's behalf, accepted by a clerk, and everybody who may look at it."""

    def __init__(self, given: Any, *, anonymous: bool) -> None:
        self.enterprise = given.enterprise()
        contact = Grant(role="contact", enterprise=self.enterprise.id)
        owner = given.person(contact, phone=OWNER_PHONE)
        self.owner: Phone = given.phone(owner)
        self.name = owner.name
        fields = {"on_behalf_of": ASKER, "contact": ON_SITE, "anonymous": anonymous}
        self.issue = self.owner.open_issue(**fields)["id"]
        run_due()
        housing = registry.by_code("HOUSING").id
        self.people: dict[str, Phone] = {
            "owner": self.owner,
            "colleague": given.contact(self.enterprise),
            "assignee": given.clerk("HOUSING"),
            "clerk": given.clerk("HOUSING"),
            "head": given.head("HOUSING"),
            "unit_admin": given.role("unit_admin", unit=self.enterprise.unit),
            "desk clerk": given.phone(
                given.person(
                    Grant(role="clerk", department=housing),
                    Grant(role="dispatcher"),
                )
            ),
            **{role: given.role(role) for role in ("dispatcher", "inspector", "leader", "admin")},
        }
        ticket = self.owner.see(f"/issues/{self.issue}")["tickets"][0]["id"]
        self.people["assignee"].do(f"/tickets/{ticket}/accept")
        run_due()

    def see(self, who: str) -> Any:
        return self.people[who].see(f"/issues/{self.issue}")

    def knowing(self, what: str) -> set[str]:
        """Who finds this anywhere in the issue."""
        return {who for who in self.people if what in str(self.see(who))}


HANDLING = {"owner", "assignee", "head", "dispatcher", "desk clerk"}
CONFIDED = {"owner", "dispatcher", "inspector", "admin", "desk clerk"}


def test_names_are_for_all_phones_for_those_who_handle_it(given):
    told = Told(given, anonymous=False)
    everybody = set(told.people)
    for name in (told.name, ASKER["name"], ON_SITE["name"]):
        assert told.knowing(name) == everybody
    for phone in PHONES:
        assert told.knowing(phone) == HANDLING
    seen = told.see("leader")
    assert seen["owner"] == {"name": told.name, "phone": None}
    assert seen["contact"] == {"name": ON_SITE["name"], "phone": None}


def test_an_anonymous_word_stays_with_the_desk(given):
    told = Told(given, anonymous=True)
    for name in (told.name, ASKER["name"]):
        assert told.knowing(name) == CONFIDED
    for phone in (OWNER_PHONE, ASKER["phone"]):
        assert told.knowing(phone) == HANDLING & CONFIDED
    # Whoever is to be asked for on site is named to be asked for.
    assert told.knowing(ON_SITE["name"]) == set(told.people)
    assert told.knowing(ON_SITE["phone"]) == HANDLING
    for who in ("assignee", "head", "colleague", "leader", "unit_admin"):
        seen = told.see(who)
        assert (seen["owner"], seen["on_behalf_of"], seen["anonymous"]) == (None, None, True)
        assert seen["history"][0]["by"] == "匿名"


def test_nor_does_a_notice_or_a_list_tell(given):
    told = Told(given, anonymous=True)
    told.owner.do(f"/issues/{told.issue}/withdraw")
    run_due()
    clerk = told.people["assignee"]
    notices = clerk.see("/notices")
    assert "issue.withdrawn" in [each["event"] for each in notices["items"]]
    for answer in (notices, clerk.see("/tickets", box="done"), clerk.see("/issues")):
        for secret in (told.name, ASKER["name"], *PHONES):
            assert secret not in str(answer)


def test_nor_does_the_enterprises_word_on_the_answer(given):
    told = Told(given, anonymous=True)
    ticket = told.see("assignee")["tickets"][0]["id"]
    told.people["assignee"].do(f"/tickets/{ticket}/answer", stories.ANSWER)
    told.owner.do(f"/issues/{told.issue}/confirm", {"solved": "yes"})
    run_due()
    assert told.see("assignee")["confirmation"]["by"] == "匿名"
    assert told.see("dispatcher")["confirmation"]["by"] == told.name
    assert told.knowing(told.name) == CONFIDED
    # The assignee of a closed ticket no longer handles it.
    assert told.knowing(ON_SITE["phone"]) == HANDLING - {"assignee"}


OWNING = {"commissioner", "contact", "unit_admin", "service"}
departments = st.sampled_from(["HOUSING", "WATER_AFFAIRS"])
grants = st.lists(st.tuples(st.sampled_from(ROLES), departments), max_size=3)


@example(held=grants, anonymous=st.booleans(), owner=st.booleans(), assigned=st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_for_any_roles(held, anonymous, owner, assigned, given):
    """No phone without handling it; nobody of a department alone learns an anonymous name."""
    person = given.person(phone=OWNER_PHONE)
    home = registry.by_code("HOUSING").id
    who = Who(
        person.id,
        person.name,
        tuple(Held(role, department=registry.by_code(code).id) for role, code in held),
    )
    issue = Issue(
        owner=person.id if owner else given.person(phone=OWNER_PHONE).id,
        anonymous=anonymous,
        on_behalf_of=ASKER,
        contact=ON_SITE,
        departments=[home],
    )
    tickets = [{"live": True, "assignee": person.id if assigned else None}]
    shown = persons(who, issue, tickets)
    roles = {role for role, _ in held}
    headed = ("head", "HOUSING") in held
    handles = assigned or headed or "dispatcher" in roles or (owner and bool(roles & OWNING))
    assert (shown["contact"]["phone"] is not None) == handles
    confided = bool(roles & {"dispatcher", "inspector", "admin"}) or (
        owner and bool(roles & OWNING)
    )
    for name in ("owner", "on_behalf_of"):
        assert (shown[name] is not None) == (confided or not anonymous)
        if shown[name] is not None:
            assert (shown[name]["phone"] is not None) == handles


def test_photos_named_by_client_id_are_shown_when_they_come(given, photo_files):
    phone, name = given.commissioner(), client_id()
    issue = phone.open_issue(photo_client_ids=[name])
    assert issue["photo_ids"] == []
    photo = phone.take_photo(photo_files[0].read_bytes(), client_id=name).json["id"]
    run_due()
    seen = phone.see(f"/issues/{issue['id']}")
    assert seen["photo_ids"] == [photo]
    joined = next(row for row in seen["history"] if row["action"] == "join")
    assert (joined["photo_ids"], joined["role"]) == ([photo], "system")
    assert given.dispatcher().get(f"/photos/{photo}").status_code == 200
