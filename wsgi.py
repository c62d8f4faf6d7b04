"""The only file that joins the API with the tasks: `gunicorn wsgi:app`."""

from app.factory import create_app
from app.foundation import duties
from config import settings
from config.logging import configure
from tasks.hinting import Hinter

_settings = settings.load()
configure(_settings.log_format, _settings.log_level)
app = create_app(_settings)
duties.announce_with(Hinter().hint)
