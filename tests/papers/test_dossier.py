"""The dossier of an issue: all of it that its asker may see, with the proofs of its photos."""

from __future__ import annotations

import io

import docx

from app.photos.documents import Photo
from tests.issues import restricted_stories, stories
from tests.papers.test_papers import made
from tests.support.duties import run_due
from tests.support.faces import photo
from tests.support.factories import client_id

ASK = {"kind": "dossier", "format": "docx"}


def dossier(phone, issue: str) -> tuple[dict, docx.document.Document]:
    paper, file = made(phone, **ASK, params={"issue_id": issue})
    return paper, docx.Document(io.BytesIO(file.get_data()))


def words(document) -> str:
    """All that it says, tables too."""
    cells = [cell.text for each in document.tables for row in each.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def test_it_says_all_with_the_proofs_of_its_photos(given):
    story = stories.resolved(given)
    key = photo(story.contact)
    story.contact.do(story.on_issue("comment"), {"text": "补充照片", "photo_ids": [key]})
    paper, document = dossier(given.inspector(), story.issue)
    said, stored = words(document), Photo.get(key)
    assert paper["title"] == f"事项 {story.number} 档案"
    for wanted in ("派至 住建局", "施工许可证已发放", "满意度 5", "补充照片", "尚未封存", "未核实"):
        assert wanted in said
    assert stored.sha256 in said
    assert stored.short_code[:5] in said
    assert len(document.inline_shapes) == 1


def test_it_is_its_askers_alone_and_hides_what_the_issue_hides(given):
    """Two who see the same issue get two papers; neither reads the other's."""
    story = stories.submitted(given, anonymous=True)
    run_due()
    name = story.contact.person.name
    inspector = given.inspector()
    mine, open_to_me = dossier(inspector, story.issue)
    assert name in words(open_to_me)
    paper, document = dossier(story.head, story.issue)
    assert name not in words(document)
    assert "匿名" in words(document)
    assert inspector.get(f"/papers/{paper['id']}").status_code == 404
    assert story.head.get(f"/papers/{mine['id']}/file").status_code == 404
    story.head.person.update(set__grants=[])
    assert given.phone(story.head.person).get(f"/papers/{paper['id']}/file").status_code in (
        403,
        404,
    )
    wish = {"client_id": client_id(), **ASK, "params": {"issue_id": story.issue}}
    assert given.head("ECOLOGY").post("/papers", wish).status_code == 404
    assert story.contact.post("/papers", wish).status_code == 403
    outside = {**wish, "audience": "outside"}
    assert inspector.post("/papers", outside).status_code == 422


def test_a_restricted_issue_has_a_dossier_for_few(given):
    """Who sees all other issues gets none; a hidden photo is in none, whoever asks."""
    held = restricted_stories.held(given)
    key = photo(held.contact)
    held.contact.do(held.on_issue("comment"), {"text": "有照片为证", "photo_ids": [key]})
    Photo.rows().update_one({"_id": Photo.get(key).id}, {"$set": {"hidden": {"reason": "错传"}}})
    _, document = dossier(held.head, held.issue)
    assert "有照片为证" in words(document)
    assert Photo.get(key).sha256 not in words(document)
    wish = {"client_id": client_id(), **ASK, "params": {"issue_id": held.issue}}
    for phone in (given.role("leader"), given.dispatcher(), given.head("HOUSING")):
        assert phone.post("/papers", wish).status_code == 404
