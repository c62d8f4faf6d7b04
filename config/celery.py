"""How Celery runs: hints go through Redis, nothing is kept there that matters."""

from __future__ import annotations

from typing import Any

from config.settings import Settings

QUEUES = ("issues", "notices", "papers", "photos", "routing", "upkeep")


def configuration(settings: Settings) -> dict[str, Any]:
    """Celery's settings. Results are ignored; a hint that cannot be sent fails at once, without retry."""
    return {
        "broker_url": settings.redis_url,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
            "queue_order_strategy": "round_robin",
        },
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "task_publish_retry": False,
        "task_default_queue": "upkeep",
        "task_routes": {f"{room}.*": {"queue": room} for room in QUEUES},
        "task_create_missing_queues": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "worker_max_tasks_per_child": 2000,
        "timezone": "UTC",
        "enable_utc": True,
    }
