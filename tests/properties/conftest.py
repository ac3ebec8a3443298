"""Laws hold on busy machines, too: no example is judged by the time that it takes."""

from hypothesis import settings

settings.register_profile("recoup", deadline=None)
settings.load_profile("recoup")
