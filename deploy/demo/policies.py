"""The demo's policies, the claims that firms have under them, and what is proposed to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.foundation import days
from app.policies import keeping
from app.policies.claims import actions, deciding, objecting, paying
from app.policies.claims.documents import Claim
from app.policies.documents import Policy
from app.policies.proposals import actions as proposals
from app.policies.proposals.documents import Proposal
from deploy.demo.due import client_id
from deploy.demo.tale import Teller, made, step
from deploy.demo.times import DAY_MINUTES, Diary

Row = Mapping[str, Any]

_CONTENT = ("code", "title", "text", "conditions", "amount_rule", "papers", "notice_wd")
ON_THE_WAY = ("found", "matched", "submitted", "reviewed", "publicised", "approved", "paid")
OFF_THE_WAY = {"returned": "submitted", "refused": "submitted"}


def keep(teller: Teller, given: Row) -> None:
    """Keep what is missing of policies, claims and proposals."""
    for entry in given["policies"]:
        teller.once(Policy, _key(entry["code"]), entry["days_ago"], _Policy(teller, entry).play)
    for entry in given["claims"]:
        story = _Claim(teller, entry)
        teller.once(Claim, story.key, entry["days_ago"], story.play)
    for entry in given["proposals"]:
        _propose(teller, entry)


def _key(code: str) -> str:
    return f"policy:{code}"


class _Policy:
    """A policy from its draft to its publication."""

    def __init__(self, teller: Teller, entry: Row) -> None:
        self._teller, self._entry = teller, entry

    def play(self, diary: Diary) -> None:
        """Draft it, and publish it unless it is to stay a draft."""
        entry, cast = self._entry, self._teller.cast
        home = cast.department(entry["department"])
        raw = {
            **{name: entry[name] for name in _CONTENT},
            "department": str(home),
            "since": days.today(diary.at).isoformat(),
            "until": self._teller.day(entry["until_in_days"]).isoformat(),
            "several": entry.get("several", False),
            "shows_amount": entry["shows_amount"],
        }
        clerk, head = self._teller.clerk(home), self._teller.head(home)
        key, _ = keeping.create(clerk, raw, client_id(_key(entry["code"])), diary.at)
        if not entry.get("draft"):
            keeping.publish(head, str(key), text="", now=step(diary))


class _Claim:
    """A claim, taken as far as its entry says."""

    def __init__(self, teller: Teller, entry: Row) -> None:
        self._teller, self._entry = teller, entry
        self.key = f"claim:{entry['policy']}:{entry['enterprise']}"
        policy = Policy.rows().find_one({"code": entry["policy"]}) or {}
        self._policy, self._home = policy, policy["department"]
        self._who = teller.speaker(entry)
        self._papers = self._shot() if self._reaches("submitted") else []

    def play(self, diary: Diary) -> None:
        """From step to step, each some time after the last."""
        said = actions.Opening(enterprise_id=self._firm(), text=self._entry["text"])
        made_now = actions.open_claim(
            self._who, str(self._policy["_id"]), client_id(self.key), said, diary.at
        )
        key = str(made_now[0])
        for state in ON_THE_WAY[1:]:
            if self._reaches(state):
                getattr(self, f"_{state}")(key, diary)
        ends = self._entry["ends"]
        if ends in OFF_THE_WAY:
            getattr(self, f"_{ends}")(key, diary)

    def _reaches(self, state: str) -> bool:
        ends = self._entry["ends"]
        last = OFF_THE_WAY.get(ends, ends)
        return ON_THE_WAY.index(state) <= ON_THE_WAY.index(last)

    def _firm(self) -> str:
        return str(self._teller.cast.firm(self._entry["enterprise"]))

    def _shot(self) -> Sequence[Row]:
        """A photo of each paper; taken before the story's one transaction, which keeps no files."""
        diary = self._teller.diary(self.key, self._entry["days_ago"])
        place, shoot = self._teller.cast.place(self._entry), self._teller.camera.shoot
        return [
            {"name": name, "photo_ids": [shoot(self._who, f"{self.key}:{name}", place, diary.at)]}
            for name in self._policy["papers"]
        ]

    def _matched(self, key: str, diary: Diary) -> None:
        actions.match(self._who, key, step(diary))

    def _submitted(self, key: str, diary: Diary) -> None:
        said = actions.Papers(
            quantity=self._entry.get("quantity"), papers=self._papers, text=self._entry["text"]
        )
        actions.submit(self._who, key, said, step(diary))

    def _returned(self, key: str, diary: Diary) -> None:
        deciding.return_claim(self._clerk, key, text=self._entry["returned"], now=step(diary))

    def _refused(self, key: str, diary: Diary) -> None:
        why = self._entry["refusal"]
        codes, text = why["codes"], why["text"]
        deciding.refuse(self._clerk, key, reason_codes=codes, text=text, now=step(diary))

    def _reviewed(self, key: str, diary: Diary) -> None:
        deciding.review(self._clerk, key, amount=None, text="", now=step(diary))

    def _publicised(self, key: str, diary: Diary) -> None:
        """As late as the notice of one that stops here must still run."""
        ends = self._entry["ends"] == "publicised"
        at = diary.before_now(DAY_MINUTES) if ends else step(diary)
        deciding.publicise(self._clerk, key, text="", now=at)
        if objection := self._entry.get("objection"):
            objecting.object_to(
                self._teller.cast.who(objection["by"]),
                key,
                client_id(f"{self.key}:objection"),
                text=objection["text"],
                anonymous=objection["anonymous"],
                now=step(diary),
            )

    def _approved(self, key: str, diary: Diary) -> None:
        at = diary.later((self._policy["notice_wd"] + 2) * DAY_MINUTES)
        deciding.approve(self._teller.head(self._home), key, amount=None, text="", now=at)
        if not self._reaches("paid"):
            self._paid(key, diary)

    def _paid(self, key: str, diary: Diary) -> None:
        """In as many parts as the entry has, a day or so apart."""
        for number, amount in enumerate(self._entry.get("paid", ()), 1):
            at: datetime = diary.later(DAY_MINUTES + 60)
            said = paying.Paying(amount=amount, on=days.today(at), reference=f"DEMO-{number:03}")
            paying.pay(self._clerk, key, client_id(f"{self.key}:paid:{number}"), said, at)

    @property
    def _clerk(self) -> Any:
        return self._teller.clerk(self._home)


def _propose(teller: Teller, entry: Row) -> None:
    key = f"proposal:{entry['policy']}"

    def play(diary: Diary) -> None:
        policy = Policy.rows().find_one({"code": entry["policy"]}) or {}
        claim = made(Claim, f"claim:{entry['policy']}:{entry['refused']}")
        said = proposals.Said(text=entry["text"], claim_ids=[str(claim)])
        clerk = teller.clerk(policy["department"])
        proposals.open_proposal(clerk, str(policy["_id"]), client_id(key), said, diary.at)

    teller.once(Proposal, key, entry["days_ago"], play)
