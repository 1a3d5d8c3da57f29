"""Where the time goes, stage by stage, for the report."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def timed(stage: str, timings: dict[str, float]) -> Iterator[None]:
    """Adds the seconds spent inside to a stage."""
    began = time.perf_counter()
    try:
        yield
    finally:
        timings[stage] = timings.get(stage, 0.0) + time.perf_counter() - began
