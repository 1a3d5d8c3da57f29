"""A linear layer in float64 whose sums are exact, so that a row's outputs are the same bits however many rows
are asked for at once, on however many threads, on any processor.

A product of matrices in floating point is not: libraries take other kernels for one row than for many, and
add up in another order. Here weights and inputs are rounded to whole numbers (times a power of two) so small
that every partial sum is a whole number below 2⁵³, which float64 holds exactly in whatever order it is added.
What rounding loses is less than float32 would.
"""

import torch
from torch import Tensor, nn

WEIGHT_BITS = 24
INPUT_BITS = 18
"""An input is the sum of two such parts."""
MOST_INPUTS = 2 ** (53 - WEIGHT_BITS - INPUT_BITS)


def power_above(x: Tensor) -> Tensor:
    """The power of two above each row's largest magnitude: rows × columns → rows × 1, float64."""
    return torch.ldexp(torch.ones(len(x), 1, dtype=torch.float64), torch.frexp(x.abs().amax(1, True))[1])


class ExactLinear(nn.Module):
    """`nn.Linear` for inference: rows × inputs, float64 → rows × outputs, float64. At most `MOST_INPUTS`
    inputs (ValueError)."""

    weight: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        if layer.in_features > MOST_INPUTS:
            raise ValueError(f"{layer.in_features} inputs; sums are exact up to {MOST_INPUTS}")
        wide = layer.weight.detach().double()
        step = power_above(wide) / 2**WEIGHT_BITS
        self.register_buffer("weight", (wide / step).round_().t().contiguous(), persistent=False)
        self.register_buffer("scale", step.view(-1), persistent=False)
        bias = torch.zeros(layer.out_features) if layer.bias is None else layer.bias.detach()
        self.register_buffer("bias", bias.double(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x [..., inputs] → [..., outputs], the same bits however many rows stand in a batch."""
        step = power_above(x) / 2**INPUT_BITS
        fine = x / step
        high = fine.round()
        low = ((fine - high) * 2**INPUT_BITS).round_()
        total = high @ self.weight + (low @ self.weight) / 2**INPUT_BITS
        answer: Tensor = total * (step * self.scale) + self.bias
        return answer


def exact(module: nn.Module) -> nn.Module:
    """`module` with every `nn.Linear` in it replaced, in place; the new layer where it is one itself."""
    if isinstance(module, nn.Linear):
        return ExactLinear(module)
    for name, child in module.named_children():
        setattr(module, name, exact(child))
    return module
