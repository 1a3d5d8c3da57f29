"""Vectors of lines read among the tokens of the lines around them, each line's lower layers run once.

What a line is by itself in the layers that hear neighbours is kept for a while: the next line needs it, and
so does an edit next to it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from engine.text.model import EmotionModel
from engine.text.scores import Floats, LinesAround
from engine.text.tokens import Tokens, framed
from engine.text.window import Answers, Heard, States, Window, answers_of, read_in_windows
from engine.threads import deal, even_share, reading_threads

MARGIN = 8
"""Tokens of the longest sequence that are kept for the frame around a text."""
KEPT = 6144
"""Tokens of lines whose states are kept, 9 kB each."""
ANSWERED = 2048
"""Tokens of lines whose answers to their neighbours are kept, 18 kB each."""
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
        self._answered: dict[str, Answers] = {}

    @property
    def before(self) -> tuple[int, ...]:
        """The layers that hear neighbours."""
        return tuple(range(self.window.config.first, len(self.model.encoder.layers)))

    def keep(self, texts: Sequence[str], states: Sequence[States]) -> None:
        """Remembers what lines are by themselves (`States` of each); what came first is forgotten first."""
        self._kept = newest({**without(self._kept, texts), **dict(zip(texts, states, strict=True))}, KEPT)

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
        answers = self._answers(texts, states, sorted({line for one in asked for line, _ in one.near}))
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
        found = deal(lambda batch: self._batch(states, answers, batch), batches, device, cores)
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

    def _answers(
        self, texts: Sequence[str], states: Sequence[States], near: Sequence[int]
    ) -> dict[int, Answers]:
        """By number, what is heard of those texts that are near others, kept or made now."""
        kept = self._answered
        found = {line: kept[texts[line]] for line in near if texts[line] in kept}
        fresh = [line for line in near if line not in found]
        if fresh:
            cores, device = reading_threads(), torch.device(self.model.query.device)
            share = even_share(len(fresh), len(fresh), cores)
            batches = [fresh[at : at + share] for at in range(0, len(fresh), share)]
            made = deal(lambda part: self._answer([states[line] for line in part]), batches, device, cores)
            found |= zip(fresh, (one for part in made for one in part), strict=True)
            used = {texts[line]: own for line, own in found.items()}
            self._answered = newest({**without(kept, list(used)), **used}, ANSWERED)
        return found

    @torch.inference_mode()
    def _answer(self, batch: Sequence[States]) -> list[Answers]:
        return answers_of(self.model.encoder, self.window, batch)

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
    def _batch(
        self, states: Sequence[States], answers: Mapping[int, Answers], asked: Sequence[Heard]
    ) -> Floats:
        encoder = self.model.encoder
        before = len(encoder.layers) if self.deep is None else self.deep
        deep, top = read_in_windows(encoder, self.window, states, answers, asked, before)
        pooled = torch.cat([self.model.pool(own[None].double(), whole(own)) for own in top])
        if self.deep is not None:
            pooled = torch.cat([pooled, torch.stack([own.double().mean(0) for own in deep])], 1)
        return np.asarray(pooled.float().cpu().numpy())


def newest(kept: dict[str, tuple[Tensor, ...]], most: int) -> dict[str, tuple[Tensor, ...]]:
    """What came last, of `most` tokens in all."""
    size = sum(len(own[0]) for own in kept.values())
    for text in list(kept):
        if size <= most:
            break
        size -= len(kept.pop(text)[0])
    return kept


def without(kept: dict[str, tuple[Tensor, ...]], texts: Sequence[str]) -> dict[str, tuple[Tensor, ...]]:
    """What is kept of other texts. A dictionary of its own: another thread may still look things up in
    `kept`."""
    gone = set(texts)
    return {text: own for text, own in kept.items() if text not in gone}


def whole(states: Tensor) -> Tensor:
    """The mask of one text that is all tokens: 1 × tokens."""
    return torch.ones(1, len(states), dtype=torch.bool, device=states.device)
