"""How the district tells people: what stands in notices.yaml, and what is refused there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from app.foundation.district import use
from app.notices.audience import events
from config import settings
from config.notice_terms import notice_terms
from config.strict_yaml import PackError

DISTRICT = settings.load().district_dir
TERMS = notice_terms(DISTRICT)


def test_the_district() -> None:
    assert TERMS.digest_at == time(8, 30)
    assert TERMS.is_important("issue.answered")
    assert not TERMS.is_important("ticket.noted")
    assert not TERMS.may_mute("rung.red")
    assert TERMS.may_mute("ticket.noted")


def test_every_event_that_is_named_is_one() -> None:
    use(DISTRICT)
    known = events()
    named = [
        *TERMS.important,
        *TERMS.alerts,
        *TERMS.unmutable,
        *(e for t in TERMS.templates for e in t.events),
    ]
    for event in named:
        room = event.removesuffix("*")
        assert event in known or (room != event and any(e.startswith(room) for e in known)), event


def test_a_template_is_found_by_event_and_by_id() -> None:
    found = TERMS.template_for("rung.red")
    assert found
    assert found.page
    assert TERMS.template(found.id) is found
    assert TERMS.template_for("issue.met") is None
    assert TERMS.template("other") is None
    assert [each.kind for each in found.fields] == ["character_string", "thing", "thing", "time"]


def _replaced(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_replaced('"08:30"', "830"), "digest_at"),
        (_replaced("attempts: 8", "attempts: 0"), "attempts"),
        (_replaced("call_wd: 1", "calls: 1"), "unknown key calls"),
        (_replaced("- issue.no_reply", "- no_reply"), "'no_reply' is no event"),
        (
            _replaced("thing2: [text, body]", "thing2: [words]"),
            "template 1, fields: thing2 must list",
        ),
        (_replaced("thing2: [text, body]", "thing2: []"), "thing2 must list"),
        (_replaced("thing2: [text, body]", "anything2: [text]"), "anything2 must be a kind"),
        (_replaced("thing2: [text, body]", "thing: [text]"), "thing must be a kind"),
        (_replaced("example-progress", "example-answered"), "id example-answered"),
        (_replaced("[digest.daily]", "[rung.*]"), "event rung.* stands in two"),
        (_replaced("[digest.daily]", "[]"), "events is empty"),
        (lambda text: text[: text.index("    fields:")] + "    fields: {}\n", "fields must be"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, edit: Callable[[str], str], said: str) -> None:
    text = (DISTRICT / "notices.yaml").read_text("utf-8")
    (tmp_path / "notices.yaml").write_text(edit(text), "utf-8")
    with pytest.raises(PackError, match=r"notices\.yaml") as caught:
        notice_terms(tmp_path)
    assert said in str(caught.value)
