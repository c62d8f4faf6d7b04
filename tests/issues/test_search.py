"""Search by words: what contains them is found, and nothing else, whatever the words are."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as example
from hypothesis import strategies as st

from app.foundation import clock, db
from app.issues import search_terms
from app.issues.documents import Issue, Ticket
from app.issues.looking import listing, lists
from app.issues.looking.lists import IssueFilters
from app.people.who import Held, Who
from tests.api.shape import refused
from tests.issues import stories
from tests.support.duties import run_due

# Few characters, so that texts meet: wide and narrow ones, both cases, blanks, what means something to
# regular expressions and to MongoDB, and characters that fold into several.
LETTERS = "施工许可证水Aa1２０-. \n\t*+?()[]{}|^$\\/\"'%&＝ßẞΣςσİıﬁ㎏é가"
texts = st.text(alphabet=LETTERS, min_size=2, max_size=24)
anything = st.text(
    alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"),
    min_size=2,
    max_size=30,
)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
DESK = Who(ObjectId(), "派单员", (Held("dispatcher"),))


@st.composite
def part_of(draw, source):
    """A text and two characters of it or more."""
    text = draw(source)
    begin = draw(st.integers(0, len(text) - 2))
    return text, text[begin : draw(st.integers(begin + 2, len(text)))]


@example(pair=st.one_of(part_of(texts), part_of(anything)))
def test_whatever_is_in_a_text_finds_it(pair):
    text, q = pair
    wanted = search_terms.sought(q)
    assume(wanted is not None)
    stored = search_terms.of_issue("JY20261124-0001", text)
    assert wanted.text in stored["sought"]
    assert set(wanted.terms) <= set(stored["grams"])


@example(q=texts, number=texts, text=texts)
def test_nothing_is_found_across_two_texts(q, number, text):
    wanted = search_terms.sought(q)
    assume(wanted is not None)
    stored = search_terms.of_ticket(number, text, None)
    apart = (search_terms.folded(number), search_terms.folded(text))
    assert (wanted.text in stored["sought"]) == any(wanted.text in each for each in apart)


@pytest.mark.parametrize("common", [5000, 0], ids=["looked at one by one", "met on the walk"])
@example(rows=st.lists(texts, min_size=1, max_size=6), pair=part_of(texts), q=texts)
@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
def test_the_database_finds_just_that(common, clean, monkeypatch, rows, pair, q):
    monkeypatch.setattr(listing, "MOST_CANDIDATES", common)
    Issue.rows().delete_many({})
    written = [*rows, pair[0]]
    now = clock.now()
    Issue.rows().insert_many(
        {
            "_id": n,
            "number": f"JY{n}",
            "owner": ObjectId(),
            "client_id": str(n),
            "state": "submitted",
            "created_at": now - timedelta(seconds=n),
            **search_terms.of_issue(f"JY{n}", text),
        }
        for n, text in enumerate(written)
    )
    for words in (pair[1], q):
        wanted = search_terms.sought(words)
        if wanted is None:
            continue
        found = lists.issues(DESK, IssueFilters(q=words)).ids(100)
        has = (wanted.text in search_terms.folded(text) for text in written)
        assert found == [n for n, each in enumerate(has) if each]


def numbers(answer) -> set[str]:
    return {item["number"] for item in answer["items"]}


def test_words_numbers_and_firms(given):
    story = stories.dispatched(given, text="二期厂房 Line-2 的ＰＬＣ柜进水")
    other = stories.dispatched(given, text="施工许可还差一个章")
    clerk = story.clerk
    for q in (
        "厂房",
        "房 line",
        "line-2",
        "plc柜",
        "ＰＬＣ",
        story.number,
        story.number.lower(),
        story.number[2:],
        story.number[-4:],
        story.enterprise.name,
        story.enterprise.name[2:],
    ):
        assert numbers(clerk.see("/tickets", box="department", q=q)) == {story.number}, q
    for q in ("厂房", "line-2", story.number[2:]):
        assert numbers(story.contact.see("/issues", q=q)) == {story.number}, q
    for q in ("房厂", "line2", "厂房  Line", "JY19990101-0001"):
        assert numbers(clerk.see("/tickets", box="department", q=q)) == set(), q
    both = numbers(clerk.see("/tickets", box="department", q=story.number[:10]))
    assert both == {story.number, other.number}


@pytest.mark.parametrize("q", ["水", " 水 ", "　", "\n\n", "a"])
def test_one_character_is_too_little(q, given):
    clerk, contact = given.clerk("HOUSING"), given.contact(given.enterprise())
    for answer in (clerk.get("/tickets", q=q), contact.get("/issues", q=q)):
        refused(answer, 422)
        assert "q" in answer.json["errors"]


@pytest.mark.parametrize(
    "q",
    [
        ".*",
        "^施",
        "$where",
        '{"$ne": null}',
        "许可|水",
        "\\w+",
        "[施工]",
        "(?i)许可",
        "许可.",
        "a" * 100,
    ],
)
def test_what_means_something_to_the_database_means_nothing_here(q, given):
    story = stories.dispatched(given)
    assert story.clerk.see("/tickets", box="department", q=q)["total"] == 0
    assert story.contact.see("/issues", q=q)["total"] == 0
    named = stories.dispatched(given, text=f"标语写着 {q} 字样")
    assert numbers(named.clerk.see("/tickets", box="department", q=q)) == {named.number}


def test_an_operator_in_the_query_is_an_unknown_field(given):
    clerk = given.clerk("HOUSING")
    for name in ("q[$ne]", "state[$gt]", "$where"):
        refused(clerk.get("/tickets", **{name: "xx"}), 422)


def test_nobody_finds_what_they_may_not_see(given):
    story = stories.dispatched(given, text="图纸里有未公开的工艺")
    stranger = given.contact(given.enterprise())
    assert stranger.see("/issues", q="未公开")["total"] == 0
    assert given.clerk("WATER_AFFAIRS").see("/tickets", box="department", q="未公开")["total"] == 0
    assert given.clerk("WATER_AFFAIRS").see("/issues", q=story.number)["total"] == 0


def test_search_goes_with_the_other_filters(given):
    story = stories.dispatched(given, category="WATER", text="水压不足")
    water = given.clerk("WATER_AFFAIRS")
    assert water.see("/tickets", q="水压", category="WATER")["total"] == 1
    assert water.see("/tickets", q="水压", category="PERMIT")["total"] == 0
    assert water.see("/tickets", q="水压", box="done")["total"] == 0
    assert story.contact.see("/issues", q="水压", state="dispatched")["total"] == 1


def test_what_was_stored_before_there_was_search_is_found_after_the_migration(given):
    story = stories.dispatched(given)
    run_due()
    bare = {"$unset": {"grams": "", "sought": ""}}
    database = db.database()
    for kind in (Issue, Ticket):
        database[kind.rows().name].update_many({}, bare)
    before = Issue.rows().find_one({}, {"changed": 1})["changed"]
    assert story.contact.see("/issues", q="施工许可")["total"] == 0
    migration = importlib.import_module("migrations.m0012_looking")
    for _ in range(2):
        migration.apply(database)
        assert story.contact.see("/issues", q="施工许可")["total"] == 1
        assert story.clerk.see("/tickets", q=story.enterprise.name)["total"] == 1
    assert Issue.rows().find_one({}, {"changed": 1})["changed"] == before


def test_nothing_of_it_is_shown(given):
    story = stories.dispatched(given)
    shown = [
        story.contact.see(f"/issues/{story.issue}"),
        story.contact.see("/issues"),
        story.clerk.see("/tickets"),
        story.contact.see("/sync"),
    ]
    assert "grams" not in str(shown)
    assert "sought" not in str(shown)
