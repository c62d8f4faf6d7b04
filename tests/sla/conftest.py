"""How long an example takes on a busy machine says nothing about the law it tests."""

from hypothesis import settings

settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")
