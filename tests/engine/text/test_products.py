"""Products of 8-bit integers are exact by every way there is, whatever the processor has."""

import pytest
import torch
from torch import Tensor

from engine.text.products import EXACT_COLUMNS, PRODUCTS, Float32Product, exact_product, measured_path


def by_double(weight: Tensor, x: Tensor) -> Tensor:
    """The true sums (below 2⁵³), rounded once to float32."""
    return (x.double() @ weight.double().t()).float()


def matrices(rows: int, columns: int, outputs: int, kind: str) -> tuple[Tensor, Tensor]:
    if kind == "largest":
        x, weight = (torch.full((n, columns), 127, dtype=torch.int8) for n in (rows, outputs))
        weight[::2] = -127
        return weight, x.float()
    random = torch.Generator().manual_seed(rows + columns)
    x, weight = (
        torch.randint(-127, 128, (n, columns), generator=random, dtype=torch.int8) for n in (rows, outputs)
    )
    return weight, x.float()


@pytest.mark.parametrize("kind", ["largest", "random"])
@pytest.mark.parametrize(
    "columns", [32, 384, EXACT_COLUMNS, EXACT_COLUMNS + 1, 1536, 2 * EXACT_COLUMNS, 5000]
)
@pytest.mark.parametrize("rows", [1, 27, 192])
def test_float32_sums_as_integers_do(rows: int, columns: int, kind: str) -> None:
    weight, x = matrices(rows, columns, 48, kind)
    assert torch.equal(Float32Product(weight)(x), by_double(weight, x))


@pytest.mark.parametrize("kind", ["largest", "random"])
@pytest.mark.parametrize("columns", [32, 384, 1536])
@pytest.mark.parametrize("rows", [1, 27, 192])
def test_the_way_taken_here_is_exact(rows: int, columns: int, kind: str) -> None:
    weight, x = matrices(rows, columns, 48, kind)
    assert torch.equal(exact_product(weight)(x), by_double(weight, x))


def test_the_way_taken_is_told_with_its_reason() -> None:
    path, reason = measured_path()
    assert path in PRODUCTS
    assert reason
