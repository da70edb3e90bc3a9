"""When garbage is looked for, in a program that loads once and then works in large steps."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New containers before the collector looks at the young ones. An import makes some sixty for a
#: lead; with Python's 700 a fifth of its time goes into looking at values that are still needed.
_YOUNG = 50_000
#: How many such looks before it looks at older ones, and at all.
_OLDER = 20


@contextmanager
def loading_for_good() -> Iterator[None]:
    """Look for no garbage while the app is loaded, nor ever in what was loaded: it all stays.

    The collector would go through all of it again and again, for a tenth of the start, and at
    each full collection later on while a person waits.
    """
    gc.disable()
    try:
        yield
    finally:
        collect_seldom()
        gc.enable()


def collect_seldom() -> None:
    """Leave alone what is there by now, and look at the rest in large steps."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)
