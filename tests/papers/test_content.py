"""What a paper says, as the printer reads it."""

from __future__ import annotations

from decimal import Decimal

from bson import ObjectId

from app.papers.content import (
    Column,
    Content,
    File,
    Heading,
    Map,
    Picture,
    Pictures,
    Spot,
    Table,
    as_json,
    numeral,
)


def test_numerals():
    told = {1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九"}
    assert {number: numeral(number) for number in told} == told


def test_headings_are_numbered_and_numbers_are_told_from_text():
    photo, gone = ObjectId(), ObjectId()
    content = Content(
        title="报告",
        blocks=[
            Heading("甲"),
            Heading("子", 2),
            Heading("丑", 2),
            Heading("乙"),
            Heading("子", 2),
            Table("表", [Column("数")], [["1", 1, Decimal("1.50"), None]], "没有"),
            Pictures([Picture(photo, "一"), Picture(gone, "二"), Picture(photo, "三")]),
        ],
    )
    assert [each.photo for each in content.pictures()] == [photo, gone]
    *heads, table, pictures = as_json(content, {photo: File("photo000.jpg", tall=True)})["blocks"]
    numbered = ["一、甲", "（一）子", "（二）丑", "二、乙", "（一）子"]
    assert [each["text"] for each in heads] == numbered
    assert table["rows"][0] == [
        {"text": "1", "number": False},
        {"text": "1", "number": True},
        {"text": "1.50", "number": True},
        {"text": None, "number": False},
    ]
    assert [each["file"] for each in pictures["pictures"]] == ["photo000.jpg", None, "photo000.jpg"]


def test_a_map_has_points_and_outlines_and_nothing_below():
    spots = [Spot(1, "甲", 32.51, 120.15), Spot(2, "乙", 32.47, 120.2)]
    content = Content(title="图", blocks=[Map("路线", spots, [], "没有底图", "北")])
    (block,) = as_json(content, {})["blocks"]
    assert set(block) == {"kind", "title", "spots", "borders", "note", "north"}
    assert [each["number"] for each in block["spots"]] == [1, 2]
