"""The recurrent cell of the codec's decoders."""

import torch
from torch import Tensor, nn


class Recurrence(nn.Module):
    """A gated recurrent unit whose input is already projected to gate space [B, 3H] (sums of embeddings,
    cheap on a CPU)."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.recur = nn.Linear(hidden, 3 * hidden)

    def forward(self, gates: Tensor, state: Tensor) -> Tensor:
        """One step of a GRU whose inputs were multiplied before: gates [B, 3 H] and state [B, H] → state
        [B, H]."""
        reset_in, update_in, new_in = gates.chunk(3, -1)
        reset_h, update_h, new_h = self.recur(state).chunk(3, -1)
        update = torch.sigmoid(update_in + update_h)
        new = torch.tanh(new_in + torch.sigmoid(reset_in + reset_h) * new_h)
        return new + update * (state - new)

    def advance(self, gates: Tensor, state: Tensor) -> Tensor:
        """The same step without a graph, in half as many passes over memory; overwrites `gates`."""
        size = state.shape[-1]
        inner = self.recur(state)
        both = gates[:, : 2 * size].add_(inner[:, : 2 * size]).sigmoid_()
        new = gates[:, 2 * size :].addcmul_(both[:, :size], inner[:, 2 * size :]).tanh_()
        return torch.lerp(new, state, both[:, size:])
