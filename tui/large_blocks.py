"""Large blocks of memory go back to the system. For the workstation and the process that makes its music."""

import sys

_M_MMAP_THRESHOLD = -3
_LARGE_BYTES = 1 << 20


def return_large_blocks() -> None:
    """Large blocks go back to the system when they are dropped; where the C library has no such switch,
    nothing.

    It takes blocks of some megabytes from the system one by one until the first is freed; from then on it
    cuts them out of its heap, which between them is soon too torn to shrink. Sound comes and goes in such
    blocks with every edit. A threshold that is set by hand stays (mallopt(3), M_MMAP_THRESHOLD).
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    except (OSError, AttributeError):
        return
