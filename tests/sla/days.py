"""The calendar that the tests of this room share."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app.sla.calendar import china

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(14), time(17, 30)))
CALENDAR = china(range(2024, 2029), zone=SHANGHAI, office_hours=HOURS, published_through=2026)


def at(text: str) -> datetime:
    """A moment; one written without an offset is Shanghai's."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def day(text: str) -> date:
    return date.fromisoformat(text)
