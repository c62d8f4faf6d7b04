"""The pack of the district loads, and a pack with one fault says what is wrong with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config import pack as packs

DISTRICT = Path(packs.__file__).parent / "district"


@pytest.fixture(scope="module")
def pack() -> packs.Pack:
    return packs.load(DISTRICT)


def test_the_district(pack: packs.Pack) -> None:
    assert (pack.name, pack.code, pack.number_prefix) == ("姜堰区", "321204", "JY")
    assert pack.zone == ZoneInfo("Asia/Shanghai")
    assert pack.office_hours == ((time(8, 30), time(12)), (time(14), time(17, 30)))


def test_thirteen_towns_and_three_parks_have_a_department_each(pack: packs.Pack) -> None:
    kinds = [unit.kind for unit in pack.units]
    assert (kinds.count("street") + kinds.count("town"), kinds.count("park")) == (13, 3)
    for unit in pack.units:
        assert pack.department_of_unit(unit.code).unit == unit.code


def test_every_category_has_somebody_to_go_to(pack: packs.Pack) -> None:
    assert len(pack.categories) == 26
    for category in pack.categories:
        for code in (category.owner, *category.assisting):
            assert code == packs.BY_UNIT or pack.department(code).code == code
        for code in category.confusable_with:
            assert pack.category(code).code == code


def test_only_the_fallback_goes_to_the_desk(pack: packs.Pack) -> None:
    to_desk = [each.code for each in pack.categories if each.owner == packs.DISPATCH]
    assert to_desk == [packs.FALLBACK]
    assert pack.department(packs.DISPATCH).kind == "desk"
    assert all(each.keywords for each in pack.categories if each.code != packs.FALLBACK)


def test_a_figure_called_public_names_its_source(pack: packs.Pack) -> None:
    assert [each.code for each in pack.categories if each.basis == "public"] == [
        "PERMIT",
        "FIRE",
        "POWER",
    ]
    assert all(each.source for each in pack.categories if each.basis == "public")


def test_promises_words_and_answers(pack: packs.Pack) -> None:
    assert (pack.promises.normal.accept_wd, pack.promises.confirm_wd, pack.promises.redo_wd) == (
        1,
        5,
        3,
    )
    urgent = pack.promises.urgent
    assert (urgent.accept_hours, urgent.reply_hours, urgent.resolve_day_hours) == (1, 24, 24)
    assert "泄漏" in pack.routing.urgent_words
    assert "没有" in pack.routing.negations
    assert pack.holidays.published_through == 2026
    assert {each.code: each.needs for each in pack.results} == {
        "solved": "none",
        "explained": "basis",
        "planned": "date",
        "cannot": "basis",
        "not_ours_by_law": "basis",
        "permit_running": "date",
    }
    assert pack.return_reason("not_ours").name
    assert pack.result("solved").name == "已解决"


def test_the_ladder(pack: packs.Pack) -> None:
    ladder = pack.ladder
    assert ladder.quiet_hours == (time(21), time(8))
    assert (ladder.late_minutes, ladder.acknowledged_wd) == (30, 1)
    rungs = [(each.code, each.clock, each.offset, each.tells) for each in ladder.rungs]
    assert rungs == [
        ("accept_late", "accept", 0, ("head",)),
        ("reply_late", "reply", 0, ("worker", "head")),
        ("yellow", "resolve", -1, ("worker",)),
        ("red", "resolve", 0, ("worker", "head")),
        ("supervision", "resolve", 1, ("head", "unit", "inspector")),
        ("leader", "resolve", 3, ("leader", "inspector")),
    ]
    assert [each.code for each in ladder.rungs if each.supervises] == ["supervision"]


def test_the_terms_of_work(pack: packs.Pack) -> None:
    said = {
        "return_within_wd": 2,
        "returns_before_inspector": 3,
        "ask_limit_wd": 5,
        "extend_before_wd": 1,
        "first_extension_wd": 7,
        "second_extension_wd": 10,
        "unreachable_calls": 2,
        "redos_before_final": 2,
        "reopen_days": 30,
        "remind_hours": 24,
        "mention_most": 20,
        "similar_within_m": 100,
        "similar_days": 30,
        "similar_share": 0.35,
        "cluster_at": time(6, 30),
        "cluster_days": 60,
        "cluster_within_m": 800,
        "cluster_share": 0.18,
        "cluster_least": 3,
        "cluster_grown_by": 2,
    }
    assert asdict(pack.work).items() >= said.items()


def test_a_code_that_is_not_there_is_a_key_error(pack: packs.Pack) -> None:
    for look_up in (pack.unit, pack.department, pack.category, pack.department_of_unit):
        with pytest.raises(KeyError):
            look_up("NO_SUCH")


def test_a_pack_cannot_be_changed_and_can_be_a_key(pack: packs.Pack) -> None:
    with pytest.raises(AttributeError):
        pack.name = "别处"  # type: ignore[misc]
    assert {pack: 1}[packs.load(DISTRICT)] == 1


def _replace(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def _append(line: str) -> Callable[[str], str]:
    return lambda text: f"{text.rstrip()}\n{line}\n"


FAULTS: list[tuple[str, Callable[[str], str] | None, str]] = [
    ("district.yaml", _append("mayor: 某某"), "district.yaml: unknown key mayor"),
    ("district.yaml", _append("name: 别处"), "'name' stands twice"),
    ("district.yaml", _replace("name:", "# name:"), "district.yaml: name is missing"),
    ("district.yaml", _replace('"321204"', "321204"), "code: 321204 must be a text"),
    ("district.yaml", _replace("Asia/Shanghai", "Asia/Nowhere"), "Asia/Nowhere"),
    ("district.yaml", _replace('"12:00"', '"08:00"'), "office_hours: 08:30-08:00"),
    ("district.yaml", _replace('"14:00"', "14:00"), "office_hours: 840"),
    ("district.yaml", _replace('"14:00"', '"11:00"'), "overlaps"),
    ("district.yaml", _replace("JY", "Jy"), "number_prefix"),
    ("district.yaml", None, "district.yaml: the file is missing"),
    ("district.yaml", lambda _: "- 1", "district.yaml: must be a mapping"),
    ("district.yaml", lambda _: "a: [", "district.yaml: while parsing"),
    ("district.yaml", lambda _: "[a]: 1", "district.yaml: "),
    ("units.yaml", _replace("kind: town", "kind: village"), "village"),
    ("units.yaml", _replace("P-GXQ", "P-KFQ"), "units.yaml, entry P-KFQ: code stands twice"),
    ("units.yaml", _replace("高新区", "开发区"), "entry P-GXQ: 开发区 is also the name of P-KFQ"),
    (
        "units.yaml",
        _append('- {code: "1", name: 新镇, kind: town}'),
        "departments.yaml: no department for unit 1",
    ),
    ("units.yaml", lambda _: "[]", "units.yaml: must be a list"),
    ("units.yaml", _append("- just a word"), "units.yaml, entry 17: must be a mapping"),
    ("departments.yaml", _replace("unit: P-KFQ", "unit: P-XXX"), "P-XXX is not in units.yaml"),
    ("departments.yaml", _replace("unit: P-GXQ", "unit: P-KFQ"), "unit P-KFQ has two"),
    ("departments.yaml", _replace("code: DISPATCH", "code: DESK"), "desk DISPATCH is missing"),
    ("departments.yaml", _replace("kind: unit, unit", "kind: bureau, unit"), "unit belongs to"),
    ("departments.yaml", _replace("code: HOUSING", "code: housing"), "entry housing: code is"),
    ("departments.yaml", _replace("[环保局, 环保]", "[环保局, 审批局]"), "审批局 is also the name"),
    ("categories.yaml", _replace("owner: HOUSING", "owner: HOUSES"), "owner: HOUSES is not in dep"),
    ("categories.yaml", _replace("[unit, APPROVAL", "[unit, NOBODY"), "entry LAND: assisting: NOB"),
    ("categories.yaml", _replace("[PLANNING, REALTY]", "[PLANS]"), "confusable_with: PLANS is not"),
    ("categories.yaml", _replace("[PLANNING, REALTY]", "[LAND]"), "entry LAND: names itself"),
    ("categories.yaml", _replace("code: LAND", "code: FIRE"), "entry FIRE: code stands twice"),
    ("categories.yaml", _replace("name: 用地保障", "name: 税务"), "税务 is also the name of LAND"),
    ("categories.yaml", _replace("[用地, ", "[用地, 用地, "), "keywords: 用地 stands twice"),
    ("categories.yaml", _replace("reply_wd: 3", "reply_wd: 0"), "reply_wd is 0"),
    ("categories.yaml", _replace("reply_wd: 3", "reply_wd: true"), "reply_wd is True"),
    ("categories.yaml", _replace("reply_wd: 3", "reply_wd: 90"), "later than resolve_wd"),
    ("categories.yaml", _replace("basis: assumption", "basis: rumour"), "basis is 'rumour'"),
    ("categories.yaml", _replace("code: OTHER", "code: MISC"), "OTHER, owned by DISPATCH"),
    (
        "categories.yaml",
        _replace("  owner: POWER", "  ownr: POWER"),
        "entry POWER: unknown key ownr",
    ),
    ("promises.yaml", _replace("accept_wd: 1", "accept_wd: soon"), "normal: accept_wd is 'soon'"),
    ("promises.yaml", _replace("accept_hours", "accept_days"), "urgent: unknown key accept_days"),
    ("promises.yaml", _replace("reply_hours: 24", "reply_hours: 0"), "urgent: reply_hours is 0"),
    ("ladder.yaml", _replace('"08:00"]', '"08:00", "09:00"]'), "quiet_hours must be two times"),
    ("ladder.yaml", _replace('"08:00"]', '"21:00"]'), "quiet_hours must be two times"),
    (
        "ladder.yaml",
        _replace('"21:00"', "21:00"),
        'quiet_hours: 1260 must be a quoted time "HH:MM"',
    ),
    ("ladder.yaml", _replace("late_minutes: 30", "late_minutes: 0"), "late_minutes is 0"),
    ("ladder.yaml", _replace("code: red", "code: yellow"), "rung yellow: code stands twice"),
    ("ladder.yaml", _replace("code: red", "code: Red"), "rung Red: code is 'Red'"),
    ("ladder.yaml", _replace("clock: reply", "clock: wall"), "rung reply_late: clock is 'wall'"),
    ("ladder.yaml", _replace("when: before", "when: ahead"), "rung yellow: when is 'ahead'"),
    ("ladder.yaml", _replace("before, days: 1", "before"), "yellow: days belongs to before and"),
    ("ladder.yaml", _replace("accept, when: at", "accept, when: at, days: 1"), "accept_late: days"),
    ("ladder.yaml", _replace("tells: [head]", "tells: [boss]"), "tells must be some of worker"),
    ("ladder.yaml", _replace("tells: [head]", "tells: []"), "tells must be some of worker"),
    ("ladder.yaml", _replace("days: 3", "days: 1"), "rung leader: not later than the rung before"),
    ("ladder.yaml", _replace("supervises: true", "supervises: 1"), "supervises is 1, must be true"),
    ("ladder.yaml", lambda text: text.split("rungs:")[0] + "rungs: []", "rung: must be a list"),
    ("work.yaml", _replace("ask_limit_wd: 5", "ask_limit_wd: five"), "ask_limit_wd is 'five'"),
    ("work.yaml", _replace("similar_share: 0.35", "similar_share: 35"), "similar_share is 35"),
    ("work.yaml", _replace('"06:30"', "390"), "cluster_at: 390 must be a quoted time"),
    ("work.yaml", _replace("cluster_least: 3", "cluster_least: 1"), "cluster_least is 1"),
    ("work.yaml", _replace("reopen_days:", "reopen_wd:"), "work.yaml: unknown key reopen_wd"),
    ("work.yaml", None, "work.yaml: the file is missing"),
    ("routing.yaml", _replace("keywords: 0.6", "keywords: 60"), "keywords is 60"),
    ("routing.yaml", _replace("[停产, ", "[停产, '', "), "urgent_words: '' must be a text"),
    ("holidays.yaml", _replace("days_off: []", "days_off: [2026-02-30]"), "holidays.yaml: "),
    ("holidays.yaml", _replace("days_off: []", "days_off: [soon]"), "'soon' is not a day"),
    (
        "holidays.yaml",
        _replace("days_off: []", "days_off: [2026-02-03, 2026-02-03]"),
        "2026-02-03 stands twice",
    ),
    (
        "holidays.yaml",
        lambda _: "{published_through: 2026, days_off: [2026-02-03], working_days: [2026-02-03]}",
        "2026-02-03 is both off and working",
    ),
    ("results.yaml", _replace("needs: date", "needs: luck"), "entry planned: needs is 'luck'"),
    (
        "returns.yaml",
        _append("- {code: duplicate, name: 又}"),
        "entry duplicate: code stands twice",
    ),
    ("returns.yaml", _append("- {code: lazy, name: ' 懒'}"), "without blank ends"),
    ("workflow.yaml", lambda _: "[1]", "workflow.yaml: must be a mapping"),
]


@pytest.mark.parametrize(("name", "edit", "says"), FAULTS, ids=[f"{f[0]}-{f[2]}" for f in FAULTS])
def test_one_fault_stops_the_load_and_is_named(
    tmp_path: Path, name: str, edit: Callable[[str], str] | None, says: str
) -> None:
    copy = shutil.copytree(DISTRICT, tmp_path / "district")
    file = copy / name
    if edit is None:
        file.unlink()
    else:
        file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(packs.PackError) as caught:
        packs.load(copy)
    assert str(caught.value).partition(".yaml")[0].isalpha()
    assert says in str(caught.value)


def test_a_file_in_another_encoding_is_said_to_be_unreadable(tmp_path: Path) -> None:
    copy = shutil.copytree(DISTRICT, tmp_path / "district")
    (copy / "units.yaml").write_bytes("- {code: 甲}".encode("gb18030"))
    with pytest.raises(packs.PackError, match=r"units\.yaml: cannot be read"):
        packs.load(copy)


def test_the_workflow_is_handed_on_as_written(tmp_path: Path) -> None:
    copy = shutil.copytree(DISTRICT, tmp_path / "district")
    (copy / "workflow.yaml").write_text("anything: {goes: [here]}", encoding="utf-8")
    assert packs.load(copy).workflow == {"anything": {"goes": ["here"]}}
    (copy / "workflow.yaml").unlink()
    assert packs.load(copy).workflow == {}
