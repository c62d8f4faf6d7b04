"""The docs page tells the table that the code acts on."""

from __future__ import annotations

from app.foundation import district
from config import settings
from deploy.workflow_page import PAGE, page


def test_the_page_is_made_from_the_table():
    made = page(district.use(settings.load().district_dir))
    assert PAGE.read_text(encoding="utf-8") == made, "run `make docs`"
