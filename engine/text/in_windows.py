"""Vectors of lines read among the tokens of the lines around them, each line's lower layers run once.

What a line is by itself in the layers that hear neighbours is kept for a while: the next line needs it, and
so does an edit next to it.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from engine.text.model import EmotionModel
from engine.text.scores import Floats, LinesAround
from engine.text.tokens import Tokens, framed
from engine.text.window import Heard, States, Window, read_in_windows
from engine.threads import deal, even_share, reading_threads

MARGIN = 8
"""Tokens of the longest sequence that are kept for the frame around a text."""
KEPT = 6144
"""Tokens of lines whose states are kept, 9 kB each."""
BUDGET = 384
"""Tokens of lines a batch."""


class InWindows:
    """A network with a window, and the states it remembers. `longest`: tokens it takes at once; `deep`:
    before which layer the means are taken (None: none)."""

    def __init__(self, model: EmotionModel, tokens: Tokens, longest: int, deep: int | None) -> None:
        assert model.window is not None
        self.model, self.tokens, self.longest, self.deep = model, tokens, longest, deep
        self.window: Window = model.window
        self._kept: dict[str, States] = {}

    @property
    def before(self) -> tuple[int, ...]:
        """The layers that hear neighbours."""
        return tuple(range(self.window.config.first, len(self.model.encoder.layers)))

    def keep(self, texts: Sequence[str], states: Sequence[States]) -> None:
        """Remembers what lines are by themselves (`States` of each); what came first is forgotten first."""
        kept = dict(self._kept)  # another thread may still look things up in the old one
        for text, own in zip(texts, states, strict=True):
            kept.pop(text, None)
            kept[text] = own
        size = sum(len(own[0]) for own in kept.values())
        for text in list(kept):
            if size <= KEPT:
                break
            size -= len(kept.pop(text)[0])
        self._kept = kept

    def kept(self, text: str, layer: int) -> Tensor | None:
        """What a text is by itself before `layer`, tokens × width, where that is remembered."""
        states = self._kept.get(text)
        return None if states is None or layer not in self.before else states[self.before.index(layer)]

    def vectors(self, lines: Sequence[LinesAround]) -> Floats:
        """Pooled vectors of each line among those around it, then the mean of its deeper states: n × 2 (or
        3) · width. Of a line longer than the network takes at once its neighbours hear the beginning."""
        texts = list(dict.fromkeys(text for around, _ in lines for text in around))
        place = {text: number for number, text in enumerate(texts)}
        states = self._states(texts)
        asked = [
            Heard(
                place[around[own]],
                tuple((place[text], at - own) for at, text in enumerate(around) if at != own),
            )
            for around, own in lines
        ]
        cores = reading_threads()
        budget = even_share(sum(len(states[one.line][0]) for one in asked), BUDGET, cores)
        batches: list[list[Heard]] = []
        tokens = budget
        for one in asked:
            if tokens >= budget:
                batches.append([])
                tokens = 0
            batches[-1].append(one)
            tokens += len(states[one.line][0])
        device = torch.device(self.model.query.device)
        found = deal(lambda batch: self._batch(states, batch), batches, device, cores)
        return np.concatenate(found)

    def _states(self, texts: Sequence[str]) -> list[States]:
        """Of each text, those kept or made now."""
        kept = self._kept
        found = {text: kept[text] for text in texts if text in kept}
        fresh = [text for text in texts if text not in found]
        if fresh:
            room = self.longest - MARGIN
            ids = [framed(self.tokens.prefix, own[:room], self.longest) for own in self.tokens.encode(fresh)]
            cores, device = reading_threads(), torch.device(self.model.query.device)
            made = deal(self._alone, [[own] for own in ids], device, cores)
            own = [one for part in made for one in part]
            self.keep(fresh, own)
            found |= zip(fresh, own, strict=True)
        return [found[text] for text in texts]

    @torch.inference_mode()
    def _alone(self, batch: Sequence[list[int]]) -> list[States]:
        encoder, device = self.model.encoder, self.model.query.device
        states = [encoder.embed(torch.tensor([ids], device=device))[0] for ids in batch]
        layers: list[list[Tensor]] = []
        for done, stop in pairwise((0, *self.before)):
            states = encoder.go_on(states, done, stop)
            layers.append(states)
        return list(zip(*layers, strict=True))

    @torch.inference_mode()
    def _batch(self, states: Sequence[States], asked: Sequence[Heard]) -> Floats:
        encoder = self.model.encoder
        before = len(encoder.layers) if self.deep is None else self.deep
        deep, top = read_in_windows(encoder, self.window, states, asked, before)
        pooled = torch.cat([self.model.pool(own[None].double(), whole(own)) for own in top])
        if self.deep is not None:
            pooled = torch.cat([pooled, torch.stack([own.double().mean(0) for own in deep])], 1)
        return np.asarray(pooled.float().cpu().numpy())


def whole(states: Tensor) -> Tensor:
    """The mask of one text that is all tokens: 1 × tokens."""
    return torch.ones(1, len(states), dtype=torch.bool, device=states.device)
