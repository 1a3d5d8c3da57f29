"""The note critic: hears lines event by event and says after each how likely it is that a person wrote them.

It is told what the writer is told, but for the gist. What it says of a beginning estimates the log ratio of
how likely real music and the writer are to begin so; the change from one event to the next is that event's
share (Goodfellow et al. 2014; rewards by partial sequences as in SeqGAN, Yu et al. 2017).
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.lines.conditions import ASKED_AT, GIST_AT
from engine.generate.lines.writer import Heard, LineWriter, WriterConfig
from engine.train.music.writer.rollouts import Rollout

SETTLED = 4
"""Events heard before the critic's opinion counts."""
OFF = 0.2
"""Standard deviation of what is added to what is asked (−1 to 1): the last digit does not count."""


@dataclass(frozen=True, slots=True)
class CriticConfig:
    """Sizes of the critic's network."""

    width: int = 96
    layers: int = 3
    heads: int = 4
    dropout: float = 0.2


class NoteCritic(nn.Module):
    """`forward`: opinions [W, T] in logits, each of the events before this one."""

    def __init__(self, config: CriticConfig) -> None:
        super().__init__()
        self.trunk = LineWriter(
            WriterConfig(config.width, config.layers, config.heads, dropout=config.dropout)
        )
        self.out = nn.Linear(config.width, 1)

    def forward(self, heard: Heard) -> Tensor:
        said: Tensor = self.out(self.trunk(heard)).squeeze(-1)
        return said


def without_gist(heard: Heard, generator: torch.Generator) -> Heard:
    """As the critic is told it: no gist, what is asked a little off."""
    told = heard.told.clone()
    told[..., GIST_AT] = 0
    size = told[:, :1, ASKED_AT].shape
    told[..., ASKED_AT] += OFF * torch.randn(size, generator=generator)
    return replace(heard, told=told)


def critic_loss(critic: NoteCritic, real: Rollout, own: Rollout, generator: torch.Generator) -> Tensor:
    """Mean cross-entropy of the critic's opinions on both sides, every prefix counting once."""
    losses = []
    for rollout, truth in ((real, 1.0), (own, 0.0)):
        said = critic(without_gist(rollout.heard, generator))
        kept = rollout.whole.clone()
        kept[:, :SETTLED] = False
        said = said[kept]
        losses.append(F.binary_cross_entropy_with_logits(said, torch.full_like(said, truth)))
    return torch.stack(losses).mean()


def gains(critic: NoteCritic, rollout: Rollout, discount: float, generator: torch.Generator) -> Tensor:
    """What each event gained in the critic's opinion, its own share and those of what followed, discounted by
    event: [W, T], 0 where events do not count."""
    critic.eval()
    with torch.no_grad():
        said = critic(without_gist(rollout.heard, generator)).clamp(-8, 8)
    critic.train()
    change = torch.zeros_like(said)
    counts = torch.zeros_like(rollout.whole)
    counts[:, SETTLED:-1] = rollout.whole[:, SETTLED + 1 :]
    change[:, :-1] = said[:, 1:] - said[:, :-1]
    change = torch.where(counts, change.clamp(-3, 3), 0.0)
    total = torch.zeros_like(change)
    ahead = torch.zeros(len(rollout))
    for place in range(change.shape[1] - 1, -1, -1):
        ahead = change[:, place] + discount * ahead
        total[:, place] = ahead
    return torch.where(counts, total, 0.0)
