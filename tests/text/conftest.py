"""Property tests of text are not timed: other work may run beside them."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
