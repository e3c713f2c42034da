"""Python's cycle collector, told that a tracker's memory is full of books, which hold no cycles.

With its defaults it looks through every cached book again and again: three quarters of the time to open one.
"""

import gc

NEW_OBJECTS = 100_000
"""Between two looks at the newest objects; the default is 700."""


def collect_seldom() -> None:
    """Leave what was imported alone for ever, and look at the rest seldom. For a whole process, once, at its start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 100)
