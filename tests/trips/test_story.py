"""The main story, whole: photographed, filed, routed, answered, confirmed."""

from __future__ import annotations

from tests.support.duties import run_due


def test_from_the_site_to_solved(given, photo_files):
    enterprise = given.enterprise()
    project = given.project(enterprise)
    commissioner, contact = given.commissioner(), given.contact(enterprise)
    clerk, head = given.clerk("HOUSING"), given.head("HOUSING")

    photo = commissioner.take_photo(
        photo_files[0].read_bytes(), latitude=32.51, longitude=120.15, accuracy_m=10
    )
    assert photo.status_code == 201, photo.get_data(as_text=True)
    photo_id = photo.json["id"]
    visit = commissioner.do(
        "/visits",
        {
            "client_id": "8f14e45f-ceea-467f-a8a9-0b1c2d3e4f50",
            "project_id": str(project.id),
            "started_at": "2026-11-24T09:00:00+08:00",
            "photo_ids": [photo_id],
        },
    )
    issue = commissioner.open_issue(
        kind="problem", visit_id=visit["id"], photo_ids=[photo_id], category="PERMIT"
    )
    assert issue["state"] == "submitted"
    run_due()

    seen = commissioner.see(f"/issues/{issue['id']}")
    assert seen["state"] == "dispatched"
    assert seen["route"]["department"] == "住房和城乡建设局" or seen["route"]["department"]
    assert seen["route"]["reasons"]
    assert commissioner.see(f"/photos/{photo_id}")["state"] == "ready"

    box = clerk.see("/tickets", box="todo")
    assert [ticket["number"] for ticket in box["items"]] == [issue["number"]]
    ticket = box["items"][0]
    assert clerk.do(f"/tickets/{ticket['id']}/accept")["state"] == "accepted"
    clerk.do(f"/tickets/{ticket['id']}/note", {"text": "已联系图审中心", "internal": True})
    clerk.do(f"/tickets/{ticket['id']}/note", {"text": "今天下午到现场"})
    evidence = clerk.take_photo(photo_files[1].read_bytes()).json["id"]
    clerk.do(
        f"/tickets/{ticket['id']}/answer",
        {"text": "施工许可证已发放", "result": "solved", "photo_ids": [evidence]},
    )
    run_due()

    told = contact.see("/notices")
    assert told["items"][0]["event"] == "issue.answered"
    seen = contact.see(f"/issues/{issue['id']}")
    assert seen["state"] == "answered"
    assert seen["tickets"][0]["answer"]["text"] == "施工许可证已发放"
    assert "已联系图审中心" not in str(seen)
    assert contact.see(f"/photos/{evidence}")["state"] == "ready"

    again = contact.do(
        f"/issues/{issue['id']}/confirm", {"solved": "no", "comment": "证上面积不对"}
    )
    assert again["state"] == "reopened"
    run_due()
    assert clerk.post(f"/tickets/{ticket['id']}/accept").status_code == 403
    assert head.see("/tickets", box="todo")["items"][0]["level"] == 1
    head.do(f"/tickets/{ticket['id']}/accept")
    head.do(f"/tickets/{ticket['id']}/answer", {"text": "面积已更正", "result": "solved"})
    done = contact.do(f"/issues/{issue['id']}/confirm", {"solved": "yes", "satisfaction": 5})
    assert done["state"] == "resolved"
    assert [row["action"] for row in done["history"]] == [
        "open",
        "route",
        "dispatch",
        "accept",
        "note",
        "answer",
        "reopen",
        "redo",
        "accept",
        "answer",
        "resolve",
        "close",
    ]
