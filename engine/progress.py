"""How far the work is, said to whoever asked to be told. What a listener raises stops the work and comes
through."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, all)."""


def counted(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    """For work that counts what is done: (done, all) of one stage."""
    if progress is None:
        return None
    return lambda done, count: progress(stage, done, count)


def shared(progress: Progress | None, stage: str) -> Callable[[float], None] | None:
    """For work that knows the share that is done, 0…1: told in hundredths."""
    if progress is None:
        return None
    return lambda share: progress(stage, round(100 * share), 100)
