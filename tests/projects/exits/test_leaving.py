"""A project leaves, or stays: trips of exit cases over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.notices.documents import Notice
from app.photos.documents import Photo
from app.projects.documents import Project
from app.projects.exits.documents import ExitCase
from tests.projects.warnings import stories
from tests.projects.warnings.stories import LONG_FILED, UNIT
from tests.support.duties import run_due
from tests.support.factories import Given, client_id
from tests.support.ledger import picture
from tests.support.phone import Phone

WORDS = {"text": "项目备案后两年未开工"}
LAND = "NATURAL_RESOURCES"


@dataclass
class Leaving:
    story: stories.Story
    given: Given
    inspector: Phone
    leader: Phone
    path: str = ""

    def propose(self, phone: Phone | None = None) -> None:
        body = {"client_id": client_id(), **WORDS}
        made = (phone or self.inspector).do(f"{self.story.path}/exit-cases", body)
        self.path = f"/exit-cases/{made['id']}"

    def step(self, phone: Phone, action: str, **said) -> dict:
        return phone.do(f"{self.path}/{action}", {**WORDS, **said})

    def refused(self, phone: Phone, action: str, **said) -> tuple[int, str]:
        answer = phone.post(f"{self.path}/{action}", {**WORDS, **said})
        return answer.status_code, answer.json["code"]

    def again(self, phone: Phone) -> Phone:
        return self.given.phone(phone.person)


@pytest.fixture
def leaving(given, the_time) -> Leaving:
    the_time.is_("2026-11-24 09:00")
    story = stories.begun(given, stage="filed")
    story.judged(dates=LONG_FILED)
    return Leaving(story, given, given.inspector(), given.role("leader"))


def told(phone: Phone) -> list[str]:
    run_due()
    rows = Notice.rows().find({"person": phone.person.id, "event": {"$regex": "exit"}})
    return [row["event"].removeprefix("project.exit_") for row in rows]


def test_from_the_proposal_to_the_exit(leaving, the_time):
    contact, commissioner = leaving.story.contact, leaving.story.commissioner
    leaving.propose()
    assert contact.get(leaving.path).status_code == 404
    assert contact.see("/exit-cases")["total"] == 0
    served = leaving.step(leaving.inspector, "serve")
    assert served["state"] == "served"
    assert served["reply_by"].startswith("2026-12-01T17:30")
    assert "2024-02-10" in contact.see(leaving.path)["evidence"][0]["text"]

    decide = {"measure": "terminate"}
    assert leaving.refused(leaving.leader, "decide", **decide) == (409, "exit.reply_first")
    photo = str(contact.take_photo(picture(1)).json["id"])
    replied = leaving.step(contact, "reply", text="桩基已进场", photo_ids=[photo])
    assert replied["replies"][0]["photo_ids"] == [photo]
    assert Photo.get(photo).links[0].thing_id == leaving.story.project.id

    soon = leaving.refused(leaving.inspector, "rectify", due_on="2026-12-01")
    assert soon == (422, "exit.too_soon")
    leaving.step(leaving.inspector, "rectify", due_on="2026-12-09")
    leaving.step(leaving.inspector, "extend", due_on="2026-12-12")
    the_time.is_("2026-12-12 18:00")
    assert leaving.refused(leaving.leader, "decide", **decide) == (409, "exit.rectifying_still")
    the_time.is_("2026-12-13 09:00")
    assert leaving.refused(leaving.inspector, "decide", **decide) == (403, "exit.not_to_decide")
    decided = leaving.step(leaving.leader, "decide", **decide)
    assert decided["decision"]["name"] == "解除投资协议"
    assert "民法典" in decided["decision"]["basis"]

    closed = leaving.step(leaving.story.unit_admin, "close", on="2026-12-13")
    assert (closed["state"], closed["outcome"]) == ("closed", "terminate")
    assert [each["action"] for each in closed["history"]] == [
        *("propose", "serve", "reply", "rectify", "extend", "decide", "close")
    ]
    assert Project.get(leaving.story.project.id).course == "exited"
    assert told(contact) == ["served", "rectify", "extended", "decided", "closed"]
    assert told(commissioner)[:2] == ["suggested", "served"]
    again = {"client_id": client_id(), **WORDS}
    assert leaving.inspector.post(f"{leaving.story.path}/exit-cases", again).status_code == 409


def test_once_the_time_to_reply_is_over_silence_hinders_nothing(leaving, the_time):
    leaving.propose()
    leaving.step(leaving.inspector, "serve")
    the_time.is_("2026-12-01 17:30")
    assert leaving.refused(leaving.leader, "decide", measure="buy_back")[0] == 409
    the_time.is_("2026-12-01 17:31")
    assert leaving.step(leaving.leader, "decide", measure="buy_back")["state"] == "decided"


def test_what_was_put_right_is_closed_and_the_project_stays(leaving):
    leaving.propose(leaving.story.unit_admin)
    leaving.step(leaving.story.unit_admin, "serve")
    leaving.step(leaving.story.commissioner, "reply", text="代企业说明：设备已订")
    leaving.step(leaving.story.unit_admin, "rectify", due_on="2026-12-31")
    closed = leaving.step(leaving.story.unit_admin, "close", on="2026-11-24")
    assert (closed["outcome"], closed["outcome_name"]) == ("rectified", "整改到位")
    assert Project.get(leaving.story.project.id).course == "going"


def test_only_the_department_of_natural_resources_calls_land_idle(leaving, given):
    head, clerk = given.head(LAND), given.clerk(LAND)
    leaving.propose()
    leaving.step(leaving.inspector, "serve")
    leaving.step(leaving.story.contact, "reply")
    idle = {"measure": "idle_reclaim"}
    for phone in (leaving.leader, leaving.inspector, clerk):
        assert leaving.refused(phone, "decide", **idle) == (403, "exit.not_to_decide")
    assert leaving.refused(given.head("HOUSING"), "decide", **idle)[0] == 403
    assert clerk.see(leaving.path)["measures"] == ["idle_fee"]
    assert leaving.leader.see(leaving.path)["actions"] == ["decide", "withdraw"]
    assert leaving.step(head, "decide", **idle)["decision"]["measure"] == "idle_reclaim"


def test_the_machine_proposes_and_moves_nothing(leaving, the_time, given):
    the_time.is_("2027-05-24 09:00")
    leaving.story.judged()
    [case] = ExitCase.rows().find()
    leaving.path = f"/exit-cases/{case['_id']}"
    service, inspector = given.role("service"), leaving.again(leaving.inspector)
    for action, said in (
        ("serve", {}),
        ("rectify", {"due_on": "2027-07-01"}),
        ("decide", {"measure": "terminate"}),
        ("close", {"on": "2027-05-24"}),
        ("reject", {}),
    ):
        assert leaving.refused(service, action, **said)[0] == 404
    shown = inspector.see(leaving.path)
    assert (shown["by_machine"], shown["state"]) == (True, "proposed")
    the_time.passes(days=20)
    leaving.story.judged(dates={**LONG_FILED, "started": "2027-06-01"})
    run_due()
    assert inspector.see(leaving.path)["state"] == "proposed"
    assert leaving.step(inspector, "reject", text="已开工")["state"] == "rejected"
    assert told(leaving.story.contact) == []


def test_one_case_at_a_time_and_the_same_proposal_is_one(leaving):
    body = {"client_id": client_id(), **WORDS}
    where = f"{leaving.story.path}/exit-cases"
    first, second = (leaving.inspector.post(where, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["id"] == second.json["id"]
    other = leaving.inspector.post(where, body | {"client_id": client_id()})
    assert (other.status_code, other.json["code"]) == (409, "exit.under_way")
    leaving.path = f"/exit-cases/{first.json['id']}"
    assert leaving.step(leaving.inspector, "withdraw")["state"] == "withdrawn"
    leaving.propose(leaving.story.unit_admin)


def test_who_may_not(leaving, given):
    leaving.propose()
    story = leaving.story
    assert leaving.refused(story.contact, "reply")[0] == 404
    leaving.step(leaving.inspector, "serve")
    for phone, action in (
        (story.contact, "serve"),
        (story.commissioner, "serve"),
        (leaving.leader, "serve"),
        (leaving.inspector, "reply"),
        (leaving.leader, "close"),
        (story.contact, "withdraw"),
    ):
        said = {"on": "2026-11-24"} if action == "close" else {}
        assert leaving.refused(phone, action, **said) == (403, "forbidden")
    for phone in (given.role("unit_admin", unit="P-KFQ"), given.clerk("HOUSING")):
        assert phone.get(leaving.path).status_code == 404
        assert phone.see("/exit-cases")["total"] == 0
    assert story.unit_admin.see("/exit-cases", unit=UNIT, state="served")["total"] == 1
    names = [each["code"] for each in story.contact.see("/exit-cases/measures")["items"]]
    assert {"rectify", "buy_back", "terminate", "idle_fee"} <= {*names}
