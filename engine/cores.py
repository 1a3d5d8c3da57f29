"""How many cores there are for this process: in a container, or under `taskset`, fewer than the machine
has."""

import os


def cores() -> int:
    """At least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
