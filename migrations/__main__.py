"""`python -m migrations`: bring the database up to date with the code and the district pack."""

from __future__ import annotations

from app.foundation import db, district
from config import settings
from config.logging import configure
from migrations.run import migrate


def main() -> None:
    """Connect as the settings say and migrate."""
    current = settings.load()
    configure(current.log_format, current.log_level)
    db.connect(current.mongodb_uri)
    migrate(district.use(current.district_dir))


if __name__ == "__main__":
    main()
