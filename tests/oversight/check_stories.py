"""A closed issue, a draw of it, and a case that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.issues import stories
from tests.issues.stories import Story
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, Given, client_id
from tests.support.phone import Phone

WORDS = {"text": "核查情况见附件"}


def plan(**said: Any) -> dict[str, Any]:
    """A draw as an inspector plans it."""
    return {
        "client_id": client_id(),
        "name": "十一月抽查",
        "kinds": ["tickets"],
        "since": "2026-11-01",
        "until": "2026-11-30",
        "percent": 100,
        **said,
    }


@dataclass
class Watch:
    """Who watches, over one issue that a department closed on the 24th; it is December by now."""

    given: Given
    the_time: Any
    story: Story
    inspector: Phone
    leader: Phone
    case: str = ""
    check: str = ""
    others: list[Phone] = field(default_factory=list)

    def again(self, phone: Phone) -> Phone:
        return self.given.phone(phone.person)

    def drawn(self, **said: Any) -> str:
        """Plan and draw; the id of the draw."""
        key = str(self.inspector.do("/draws", plan(**said))["id"])
        self.inspector.do(f"/draws/{key}/draw")
        run_due()
        [found] = self.inspector.see("/checks", draw_id=key)["items"][:1]
        self.check = f"/checks/{found['id']}"
        return key

    def record(self, outcome: str = "fake", **said: Any) -> Any:
        body = {"outcome": outcome, "notes": "现场未见许可证", **said}
        return self.inspector.do(f"{self.check}/record", body)

    def evidence(self) -> list[dict[str, str]]:
        key = self.check.rpartition("/")[2]
        return [{"kind": "check", "id": key, "text": "答复已解决，现场并未解决"}]

    def proposal(self, **said: Any) -> dict[str, Any]:
        return {
            "client_id": client_id(),
            "kind": "negative",
            "subject_kind": "department",
            "subject_id": department_of(self.story.head),
            "title": "办结不实",
            "text": "未办结而答复已解决",
            "evidence": self.evidence(),
            **said,
        }

    def propose(self, **said: Any) -> Any:
        made = self.inspector.do("/cases", self.proposal(**said))
        self.case = f"/cases/{made['id']}"
        return made

    def step(self, phone: Phone, action: str, **said: Any) -> Any:
        return phone.do(f"{self.case}/{action}", {**WORDS, **said})

    def refused(self, phone: Phone, action: str, **said: Any) -> tuple[int, str]:
        answer = phone.post(f"{self.case}/{action}", {**WORDS, **said})
        return answer.status_code, answer.json["code"]

    def approved(self) -> None:
        """Recorded, proposed, served, replied to and approved."""
        self.drawn()
        self.record()
        self.propose()
        self.step(self.inspector, "serve")
        self.step(self.story.head, "reply")
        self.step(self.leader, "approve")

    def circulated(self) -> None:
        self.approved()
        self.step(self.inspector, "circulate", audience={"kind": "staff"})

    def approval(self, **said: Any) -> dict[str, Any]:
        photo = self.inspector.take_photo(PHOTOS[0].read_bytes()).json["id"]
        approval = {
            "authority": "区纪委监委",
            "document_no": "纪通〔2026〕12号",
            "approved_on": "2026-12-01",
            "approved_by": "张主任",
            "photo_ids": [photo],
            "title": "某部门办结不实",
            "public_text": "答复已解决而未解决",
        }
        return {"approval": {**approval, **said}}


def begun(given: Given, the_time: Any) -> Watch:
    """The issue is closed with the enterprise's word; then a month is over."""
    the_time.is_("2026-11-24 10:00")
    story = stories.resolved(given)
    the_time.is_("2026-12-02 09:00")
    for name in ("clerk", "head", "contact"):
        setattr(story, name, given.phone(getattr(story, name).person))
    return Watch(given, the_time, story, given.inspector(), given.role("leader"))
