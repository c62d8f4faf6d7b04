"""`python -m deploy.story`: play the main story against a running server, over HTTP, as phones do.

BASE_URL is the server (default `http://127.0.0.1:$PORT`, port 8000); the demo accounts are read from
`$VAR/demo-accounts.json`. Each step is printed with its status and its time. The exit code is 1, with
one line saying why, as soon as a step is not as it should be.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from config.settings import ROOT
from deploy.greeting import ACCOUNTS
from deploy.sample_photos import FOLDER, SAMPLES, Sample
from deploy.story_stage import Check, Person, Stage, StoryError

DONE, SITE, _ = SAMPLES
WAITING = "waiting_enterprise"
DISTRICT_TIME = timezone(timedelta(hours=8))

TEXT = (
    "走访时企业反映施工许可证卡在图审环节已有三周，桩基队伍在现场等待开工，"
    "请住建部门帮助协调，尽快办理施工许可。"
)
INTERNAL = "内部：图审中心说缺一份抗震设防说明，先催设计院。"
QUESTION = "请补一份抗震设防专篇，收到后当天复核。"
PATH = (
    "open",
    "route",
    "accept",
    "note",
    "ask",
    "reply",
    "answer",
    "reopen",
    "accept",
    "answer",
    "resolve",
)


class Story:
    """The whole story, with the demo's people."""

    def __init__(self, base_url: str, accounts: Sequence[dict[str, str]]) -> None:
        self._base_url, self._accounts, self._stage = base_url, accounts, Stage()

    def play(self) -> None:
        """From the site to solved. Raises StoryError."""
        commissioner = self._enter("专员", "commissioner")
        contact = self._enter("企业联系人", "contact")
        enterprise = contact.roles[0]["enterprise_id"]
        issue = self._file(commissioner, enterprise)
        department = issue["route"]["department"]
        clerk = self._enter("经办人", "clerk", department)
        head = self._enter("负责人", "head", department)
        ticket = self._work(clerk, issue)
        self._ask(clerk, contact, ticket, issue)
        self._extend(clerk, head, contact, ticket, issue)
        self._answer(clerk, ticket)
        self._refuse(contact, issue)
        clerk.does("再接单被拒，须由负责人办", f"{ticket}/accept", status=403)
        self._redo(head, ticket, issue)
        self._close(contact, issue)
        self._stage.end()

    def _enter(self, title: str, role: str, department: str | None = None) -> Person:
        for account in self._accounts:
            if account["role"] == role and department in (None, account.get("department")):
                return Person(self._stage, self._base_url, title, account)
        raise StoryError(f"演示账号里没有{title}（{role}，{department or '任意部门'}）")

    def _file(self, commissioner: Person, enterprise: str) -> Any:
        now = datetime.now(DISTRICT_TIME).isoformat(timespec="seconds")
        photo = _photograph(commissioner, "上传现场照片", SITE)
        visit = commissioner.does(
            "登记走访",
            "/visits",
            {
                "client_id": str(uuid.uuid4()),
                "enterprise_id": enterprise,
                "started_at": now,
                "note": "到现场查看开工准备情况。",
                "photo_ids": [photo],
            },
            status=201,
        )
        facts = {
            "client_id": str(uuid.uuid4()),
            "kind": "problem",
            "text": TEXT,
            "visit_id": visit["id"],
            "photo_ids": [photo],
        }
        filed = commissioner.does("上报问题（不选类别）", "/issues", facts, status=201)
        commissioner.does(
            "重发同一请求，得到同一事项",
            "/issues",
            facts,
            true=lambda again: again["id"] == filed["id"],
        )
        issue = commissioner.awaits(
            "等到派单", f"/issues/{filed['id']}", lambda seen: seen["state"] == "dispatched"
        )
        self._stage.tell(f"{issue['number']} → {issue['route']['department']}：")
        for reason in issue["route"]["reasons"]:
            self._stage.tell(f"· {reason['text']}")
        self._stage.tell(f"承诺办结时间 {issue['promise']['resolve_by']}")
        commissioner.awaits("等到照片处理好", f"/photos/{photo}", _is_ready)
        return issue

    def _work(self, clerk: Person, issue: Any) -> str:
        ticket = self._first_todo(clerk, issue)
        clerk.does("接单", f"{ticket}/accept", true=_in_state("accepted"))
        clerk.does("写内部备注", f"{ticket}/note", {"text": INTERNAL, "internal": True})
        clerk.does(
            "回复企业：今天到现场", f"{ticket}/note", {"text": "已收到，今天下午到现场对接。"}
        )
        return ticket

    def _ask(self, clerk: Person, contact: Person, ticket: str, issue: Any) -> None:
        path = f"/issues/{issue['id']}"
        asked = clerk.does(
            "问企业要材料，时限暂停", f"{ticket}/ask", {"text": QUESTION}, true=_in_state(WAITING)
        )
        self._stage.tell(f"最迟等到 {asked['question']['until']}")
        contact.awaits("收到提问", "/notices", _told("ticket.asked", issue))
        replied = contact.does("补上材料，时限继续", f"{path}/reply", {"text": "专篇已发邮箱。"})
        for reason in replied["promise"]["why"]:
            self._stage.tell(f"· {reason['text']}")

    def _extend(
        self, clerk: Person, head: Person, contact: Person, ticket: str, issue: Any
    ) -> None:
        body = {"days": 2, "reason": "图审排队，需多两天。"}
        clerk.does("申请延期", f"{ticket}/extend", body, true=_in_state("extension_requested"))
        word = {"granted": True, "reason": "同意，抓紧办。"}
        head.does("同意延期", f"{ticket}/decide", word, true=_in_state("in_progress"))
        contact.awaits("得知时限变化和原因", "/notices", _told("issue.promise_moved", issue))

    def _answer(self, clerk: Person, ticket: str) -> None:
        photo = _photograph(clerk, "上传办理照片", DONE)
        answer = {
            "text": "图审意见已当面沟通，施工许可证今日核发，可以开工。",
            "result": "solved",
            "photo_ids": [photo],
        }
        clerk.does("答复办结", f"{ticket}/answer", answer, true=_in_state("answered"))

    def _refuse(self, contact: Person, issue: Any) -> None:
        contact.awaits("收到答复通知", "/notices", _told("issue.answered", issue))
        path = f"/issues/{issue['id']}"
        contact.sees(
            "看答复，看不到内部备注",
            path,
            lambda seen: (
                seen["state"] == "answered" and INTERNAL not in json.dumps(seen, ensure_ascii=False)
            ),
        )
        verdict = {"solved": "no", "satisfaction": 2, "comment": "证上建筑面积写错了，还不能用。"}
        contact.does("回访：未解决", f"{path}/confirm", verdict, true=_in_state("reopened"))

    def _redo(self, head: Person, ticket: str, issue: Any) -> None:
        self._first_todo(head, issue, level=1)
        head.does("接单", f"{ticket}/accept", true=_in_state("accepted"))
        answer = {"text": "面积已更正，新证已送到企业。", "result": "solved"}
        head.does("答复办结", f"{ticket}/answer", answer, true=_in_state("answered"))

    def _close(self, contact: Person, issue: Any) -> None:
        path = f"/issues/{issue['id']}"
        verdict = {"solved": "yes", "satisfaction": 5, "comment": "拿到了，谢谢。"}
        contact.does("回访：已解决", f"{path}/confirm", verdict, true=_in_state("resolved"))
        seen = contact.sees("看全部经过", path, _went_all_the_way)
        for row in seen["history"]:
            self._stage.tell(f"{row['at'][11:19]} {row['title']}（{row['by']}）{row['text']}")

    def _first_todo(self, person: Person, issue: Any, level: int = 0) -> str:
        """The path of the issue's ticket, found in the person's box."""
        number = issue["number"]
        box = person.awaits(
            "的待办里有这张工单",
            "/tickets",
            lambda found: any(
                each["number"] == number and each["level"] == level for each in found["items"]
            ),
            box="todo",
            q=number,
        )
        return f"/tickets/{box['items'][0]['id']}"


def _photograph(person: Person, name: str, sample: Sample) -> str:
    """Upload one of the shipped photos, where and when its file says it was taken."""
    fields: dict[str, Any] = {"taken_at": sample.taken_at.isoformat()}
    if sample.place:
        fields |= {"latitude": sample.place[0], "longitude": sample.place[1], "accuracy_m": 12}
    return person.photographs(name, FOLDER / sample.name, **fields)


def _told(event: str, issue: Any) -> Check:
    return lambda box: any(
        each["event"] == event and each["issue_id"] == issue["id"] for each in box["items"]
    )


def _in_state(state: str) -> Check:
    return lambda seen: bool(seen["state"] == state)


def _is_ready(photo: Any) -> bool:
    return bool(photo["state"] == "ready" and photo["renditions"]["thumb"])


def _went_all_the_way(issue: Any) -> bool:
    """Whether history tells these steps in this order, whatever else it tells."""
    rows = iter(row["action"] for row in issue["history"])
    return all(action in rows for action in PATH)


def main() -> int:
    """Play it. The exit code: 0 all as it should be, 1 not."""
    base_url = os.environ.get("BASE_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    path = ROOT / Path(os.environ.get("VAR") or "var") / ACCOUNTS
    try:
        accounts = json.loads(path.read_text(encoding="utf-8"))
        Story(base_url.rstrip("/"), accounts).play()
    except StoryError as error:
        print(f"story: {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"story: 读不到演示账号 {path}（{error}）；先 make run", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
