"""Dictionaries begin with what the pack brings and go on as admins state them."""

from __future__ import annotations

import pytest

from app.foundation import clock
from app.foundation.district import pack
from app.registers.packs import bring_in
from config.dictionary_terms import dictionary_terms
from config.pack import PackError

PATH = "/dictionaries/pool/Q1"
TERM = {"name": "储备库", "since": "2026-01-01"}


def test_a_term_is_defined_seen_and_changed_as_a_whole(given):
    admin, anybody = given.role("admin"), given.commissioner()
    made = admin.call("PUT", PATH, json=TERM)
    assert (made.status_code, made.json["version"]) == (201, 1)
    assert admin.call("PUT", PATH, json=TERM).status_code == 200
    ended = {**TERM, "until": "2026-12-01", "attributes": {"note": "并入"}}
    assert admin.call("PUT", PATH, json=ended).status_code == 428
    seen = anybody.get(PATH)
    tag = {"If-Match": seen.headers["ETag"]}
    assert admin.call("PUT", PATH, json=ended, headers=tag).status_code == 200
    assert admin.call("PUT", PATH, json=TERM, headers=tag).status_code == 412
    assert [e["code"] for e in anybody.see("/dictionaries", dictionary="pool")["items"]] == ["Q1"]
    assert anybody.see("/dictionaries", dictionary="pool", on="2026-12-01")["total"] == 0
    backwards = {**TERM, "until": "2025-12-01"}
    again = {"If-Match": "*"}
    assert admin.call("PUT", PATH, json=backwards, headers=again).json["errors"]["until"]
    assert anybody.call("PUT", PATH, json=TERM).status_code == 403


def test_the_pack_begins_them_and_never_overrules_an_admin(given):
    bring_in(pack(), clock.now())
    admin = given.role("admin")
    names = admin.see("/dictionaries", dictionary="dictionary", page_size=100)["items"]
    assert {"industry", "tag", "pool"} <= {each["code"] for each in names}
    assert admin.see("/dictionaries", dictionary="pool")["total"] == 0
    path = "/dictionaries/tag/srdi"
    mine = {"name": "专精特新“小巨人”"}
    assert admin.call("PUT", path, json=mine, headers={"If-Match": "*"}).status_code == 200
    bring_in(pack(), clock.now())
    assert admin.see(path)["name"] == mine["name"]


@pytest.mark.parametrize(
    "text",
    [
        "- {code: pool, name: 四库}",
        "- {code: pool, name: 四库, terms: [{code: a}]}",
        "- {code: pool, name: 四库, terms: [{code: a, name: 甲, attributes: {scale_sales: 2000}}]}",
    ],
)
def test_what_the_pack_says_is_checked(tmp_path, text):
    (tmp_path / "dictionaries.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=r"dictionaries\.yaml"):
        dictionary_terms(tmp_path)
