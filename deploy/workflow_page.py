"""Write docs/workflow.md from the table that the code acts on: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.foundation import district
from app.foundation.messages import say
from app.issues.states import Kind, Machine, machine
from config import settings
from config.pack import Pack

PAGE = Path(__file__).resolve().parents[1] / "docs" / "workflow.md"

HEAD = """# What may happen to issues and tickets

Made by `make docs` from the district's `workflow.yaml` and its times; do not edit. The same table is what
the code acts on and what `tests/issues/test_states.py` goes through pair by pair. Every other step is
refused with 409, the legal ones and the last step.
"""


def page(pack: Pack) -> str:
    """The whole page."""
    parts = [HEAD]
    for kind, title in (("issue", "Issue 事项"), ("ticket", "Ticket 工单")):
        parts += _of(kind, title, pack.workflow)  # type: ignore[arg-type]
    return "\n".join([*parts, *_follows(pack.workflow["issue"]), *_times(pack)]) + "\n"


def _of(kind: Kind, title: str, workflow: Mapping[str, Any]) -> Iterator[str]:
    rules = machine(kind, workflow)
    yield f"## {title}\n"
    yield "| state | 名称 | |\n|---|---|---|"
    for state in rules.states:
        ended = "ended" if state in rules.ended else ""
        yield f"| `{state}` | {say(f'{kind}.state.{state}')} | {ended} |"
    yield "\n```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {rules.states[0]}"
    yield from _arrows(rules)
    yield "```\n"
    yield "| action | 名称 | from | to |\n|---|---|---|---|"
    for action, steps in rules.actions.items():
        for after in dict.fromkeys(steps.values()):
            before = [f"`{state}`" for state, to in steps.items() if to == after]
            to = "(stays)" if before == [f"`{after}`"] else f"`{after}`"
            yield f"| `{action}` | {say(f'history.issue.{action}')} | {', '.join(before)} | {to} |"
    yield ""


def _arrows(rules: Machine) -> Iterator[str]:
    """One arrow for each pair of states, with the actions that lead along it."""
    ways: dict[tuple[str, str], list[str]] = {}
    for action, steps in rules.actions.items():
        for before, after in steps.items():
            if before != after:
                ways.setdefault((before, after), []).append(action)
    for (before, after), actions in ways.items():
        yield f"    {before} --> {after}: {', '.join(actions)}"


def _follows(table: Mapping[str, Any]) -> Iterator[str]:
    yield "## How an issue follows its lead ticket\n"
    yield "| lead ticket | issue |\n|---|---|"
    for lead, state in table["follows"].items():
        yield f"| `{lead}` | `{state}` |"
    yield "| any other | `dispatched`, or `reopened` where it is that already |\n"
    own = ", ".join(f"`{state}`" for state in table["own"])
    yield f"The states {own} follow nothing: they come and go by the issue's own actions.\n"


def _times(pack: Pack) -> Iterator[str]:
    yield "## Times and limits\n"
    yield "| what (`work.yaml`, `promises.yaml`) | value |\n|---|---|"
    found = {name: getattr(pack.work, name) for name in pack.work.__dataclass_fields__}
    times = {"confirm_wd": pack.promises.confirm_wd, "redo_wd": pack.promises.redo_wd}
    for name, value in {**found, **times}.items():
        yield f"| `{name}` | {value} |"
    yield "\n| rung (`ladder.yaml`) | when | tells |\n|---|---|---|"
    for rung in pack.ladder.rungs:
        when = f"{rung.days} wd {rung.when}" if rung.days else rung.when
        tells = ", ".join(rung.tells)
        yield f"| `{rung.code}` | {when} `{rung.clock}_by` | {tells} |"


if __name__ == "__main__":
    PAGE.write_text(page(district.use(settings.load().district_dir)), encoding="utf-8")
