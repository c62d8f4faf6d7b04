"""The calendar that the tests of this room share, and courses to promise over."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.sla.calendar import china
from app.sla.promise import Course, Extension, Pause, Terms

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(14), time(17, 30)))
CALENDAR = china(range(2024, 2029), zone=SHANGHAI, office_hours=HOURS, published_through=2026)

MOMENTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001
    datetime(2027, 6, 30),  # noqa: DTZ001
    timezones=st.timezones(),
)
DAYS = st.builds(
    lambda accept, reply, more: Terms(accept_wd=accept, reply_wd=reply, resolve_wd=reply + more),
    st.integers(1, 10),
    st.integers(1, 20),
    st.integers(0, 20),
)
HOURLY = st.builds(
    lambda accept, reply, more: Terms(
        accept_hours=accept, reply_hours=reply, resolve_hours=reply + more
    ),
    st.integers(1, 72),
    st.integers(1, 72),
    st.integers(0, 500),
)
TERMS = DAYS | HOURLY
EXTENSIONS = st.lists(st.builds(Extension, st.integers(1, 10)), max_size=3).map(tuple)


@st.composite
def pauses(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    """Some pauses after `start`, none touching another, any order; the last one may be open."""
    found, minutes = [], 0
    for _ in range(draw(st.integers(0, 4))):
        since = minutes + draw(st.integers(1, 15_000))
        until = since + draw(st.integers(0, 15_000))
        found.append(Pause(later(start, since), later(start, until)))
        minutes = until
    if draw(st.booleans()):
        found.append(Pause(later(start, minutes + 1), None))
    return tuple(draw(st.permutations(found)))


@st.composite
def courses(draw: st.DrawFn, terms: st.SearchStrategy[Terms] = TERMS) -> Course:
    start = draw(MOMENTS)
    return Course(start, draw(terms), draw(pauses(start)), draw(EXTENSIONS))


def at(text: str) -> datetime:
    """A moment; one written without an offset is Shanghai's."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def day(text: str) -> date:
    return date.fromisoformat(text)


def later(moment: datetime, minutes: int) -> datetime:
    """Real minutes later, in Shanghai's time."""
    return datetime.fromtimestamp(moment.timestamp() + 60 * minutes, SHANGHAI)
