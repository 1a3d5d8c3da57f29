"""Products of 8-bit integers, exact, by the fastest way that this processor has.

Two ways give the same bits. `int8`: `torch._int_mm`, which adds in 32-bit integers; fast where the processor
has instructions for it (AVX512-VNNI, AVX-VNNI). `float32`: the integers as floats. Each product is at most
127², and while columns × 127² < 2²⁴ every partial sum is a whole number that float32 holds exactly, in
whatever order it is added up. Longer sums are cut into blocks.

Which way is taken is measured, not looked up: torch and oneDNN each decide by themselves what they use, and
without those instructions `int8` is either 40 times slower or wrong (oneDNN's kernel for AVX2 and AVX512
without VNNI adds pairs in 16 bits, and saturates).
"""

import time
from functools import cache
from typing import Literal

import torch
from torch import Tensor

from engine.threads import deal

Path = Literal["int8", "float32"]

EXACT_COLUMNS = (2**24 - 1) // 127**2
"""So many products add up exactly in float32: 1,040."""


class Int8Product:
    """x (tokens × inputs, whole numbers −127…127 as float32) times a fixed int8 matrix, by integers."""

    def __init__(self, weight: Tensor) -> None:
        """`weight`: outputs × inputs, int8."""
        # Laid out inputs × outputs, contiguous: twice as fast as a transposed view.
        self.columns = weight.t().contiguous()

    def __call__(self, x: Tensor) -> Tensor:
        """tokens × outputs, float32: the exact sum, rounded once where it is beyond 2²⁴."""
        return torch._int_mm(x.to(torch.int8), self.columns).float()


class Float32Product:
    """The same by float32, in blocks of columns that add up exactly."""

    def __init__(self, weight: Tensor) -> None:
        inputs = weight.shape[1]
        count = max(1, -(-inputs // EXACT_COLUMNS))
        self.size = max(1, -(-inputs // count))
        self.blocks = [part.t().float().contiguous() for part in torch.split(weight, self.size, 1)]

    def __call__(self, x: Tensor) -> Tensor:
        sums: list[Tensor] = [
            part @ block for part, block in zip(torch.split(x, self.size, 1), self.blocks, strict=True)
        ]
        total = sums[0]
        if len(sums) < 3:  # the sum of two exact numbers is rounded once, as integers would be
            return total.add_(sums[1]) if len(sums) == 2 else total
        total = total.double()
        for more in sums[1:]:
            total += more
        return total.float()


Product = Int8Product | Float32Product
PRODUCTS: dict[Path, type[Product]] = {"int8": Int8Product, "float32": Float32Product}


def exact_product(weight: Tensor, path: Path | None = None) -> Product:
    """`weight` (outputs × inputs, int8) ready to be multiplied, by `path` or the measured one."""
    return PRODUCTS[path or measured_path()[0]](weight)


@cache
def measured_path() -> tuple[Path, str]:
    """The way taken on this machine in this process, and why in a few words. Some milliseconds, once."""
    try:
        exact = all(_agrees(rows) for rows in (1, 8, 48))
    except RuntimeError as error:  # a build of torch without integer products
        return "float32", f"8-bit products do not work here: {str(error).splitlines()[0]}"
    if not exact:
        return "float32", "8-bit products saturate here (no VNNI)"
    # On one thread, as in reading.
    ways: list[type[Product]] = [Int8Product, Float32Product]
    by_integers, by_floats = deal(_seconds, ways)
    ratio = by_floats / by_integers
    if ratio > 1:
        return "int8", f"{ratio:.1f} times as fast as float32 here"
    return "float32", f"{1 / ratio:.1f} times as fast as 8-bit products here"


def _hardest(rows: int, columns: int) -> Tensor:
    """An int8 matrix whose sums are the largest there are, with a row of each sign."""
    matrix = torch.full((rows, columns), 127, dtype=torch.int8)
    matrix[1::3] = -127
    matrix[2::3, ::2] = -127
    return matrix


def _agrees(rows: int) -> bool:
    weight, x = _hardest(24, 384), _hardest(rows, 384).float()
    return torch.equal(Int8Product(weight)(x), Float32Product(weight)(x))


def _seconds(way: type[Product]) -> float:
    """The quickest of five, after one that does not count (kernels are made at the first call). In processor
    time where its clock is fine enough: a busy machine must not decide this."""
    fine = time.get_clock_info("thread_time").resolution < 1e-6
    clock = time.thread_time if fine else time.perf_counter
    product, x = way(_hardest(384, 384)), _hardest(32, 384).float()
    times = []
    for _ in range(6):
        began = clock()
        product(x)
        times.append(clock() - began)
    return min(times[1:])
