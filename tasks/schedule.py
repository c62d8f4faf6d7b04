"""What beat sends, and how often. Two beats are harmless: a duty is claimed once."""

from __future__ import annotations

from tasks.queue import celery, current

celery.conf.beat_schedule = {
    "sweep": {
        "task": "upkeep.sweep",
        "schedule": current.sweep_seconds,
        "options": {"expires": current.sweep_seconds},
    },
    "evidence": {"task": "evidence.begin", "schedule": 3600, "options": {"expires": 3600}},
    "digest": {"task": "notices.begin", "schedule": 3600, "options": {"expires": 3600}},
    "clusters": {"task": "issues.begin", "schedule": 3600, "options": {"expires": 3600}},
    "boards": {"task": "boards.begin", "schedule": 5, "options": {"expires": 5}},
    "policies": {"task": "policies.begin", "schedule": 3600, "options": {"expires": 3600}},
    "leaders": {"task": "oversight.begin", "schedule": 3600, "options": {"expires": 3600}},
    "projects": {"task": "projects.begin", "schedule": 3600, "options": {"expires": 3600}},
    "reports": {"task": "reports.begin", "schedule": 3600, "options": {"expires": 3600}},
    "scoreboards": {
        "task": "scoreboards.begin",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "training": {"task": "routing.begin", "schedule": 3600, "options": {"expires": 3600}},
    "tidy": {"task": "upkeep.tidy", "schedule": 3600, "options": {"expires": 3600}},
}
