"""Small matrices on few cores: work is dealt out whole, and no product is split over threads.

Splitting a product of this size gains little on a calm machine, and on a busy one threads that wait for each
other cost seconds. A product on one thread also adds up in the same order however many cores there are.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")


_AT_FIRST = torch.get_num_threads()
"""Cores, or what OMP_NUM_THREADS says."""


def reading_threads() -> int:
    """On how many threads texts are read. What torch says is too few wherever work has been dealt out before
    (threads that begin later take the pool's one for theirs), and where music is made (`engine.models`)."""
    return _AT_FIRST


def deal(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    device: torch.device | None = None,
    threads: int | None = None,
) -> list[Result]:
    """What `work` makes of each item, in order, on at most `threads` threads that each compute alone (None:
    two, one where torch has one). On one, or where `device` is no CPU, simply one after the other."""
    alone = torch.get_num_threads() == 1
    count = (1 if alone else 2) if threads is None else threads
    if (alone and count == 1) or (device is not None and device.type != "cpu"):
        return [work(item) for item in items]
    with ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        return list(pool.map(work, items))


def even_share(whole: int, most: int, threads: int) -> int:
    """How much goes into a batch, `most` or less, so that every thread has as many batches as the others."""
    rounds = max(1, -(-whole // (most * threads)))
    return max(1, -(-whole // (rounds * threads)))
