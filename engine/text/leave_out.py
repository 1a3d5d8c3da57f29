"""What a text would say without one of its words, roughly and at once: the word is left out of the encoder's
upper quarter alone.

A text goes through the lower layers once, however many of its words are asked about, and not at all where
reading it has just done that; each word then costs a quarter of a pass. Everything works row by row and text
by text, as in reading, so that the answer is the same bits in any company.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.text.encoder import Encoder, Layer, spans_of
from engine.text.model import EmotionModel
from engine.text.scores import Floats, Stretch
from engine.text.tokens import Tokens, framed
from engine.threads import deal, reading_threads

UPPER = 4
"""One layer in so many, the topmost ones, goes without the word. Of twelve layers, the upper six agree better
with leaving the word out of the text and cost twice as much, the upper two worse (NOTES-text.md)."""
BUDGET = 192
"""Tokens of text a batch: with a word less at a time it is some ten times as many."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text's framed ids, for each word asked about the places that stay without it, and what its tokens are
    before the first layer that goes without (None: not known)."""

    number: int
    ids: list[int]
    staying: list[Tensor]
    lower: Tensor | None


class LeavingOut:
    """An encoder on int8 rows, on the CPU, and what pools its states."""

    def __init__(self, model: EmotionModel, tokens: Tokens, longest: int) -> None:
        self.model, self.tokens, self.longest = model, tokens, longest
        layers = len(model.encoder.layers)
        self.first = layers - max(1, layers // UPPER)
        """The first layer that goes without the word."""

    def vectors(
        self,
        texts: Sequence[str],
        left_out: Sequence[Sequence[Stretch]],
        kept: Sequence[Tensor | None] | None = None,
    ) -> list[Floats]:
        """For each text the pooled vectors without each of its stretches: stretches × 2·width. Of a text
        longer than the encoder takes at once only the beginning is heard. `kept`: what the tokens of each are
        before layer `first`, where known."""
        asked = [
            self._asked(number, ids, places, stretches, lower)
            for number, (ids, places, stretches, lower) in enumerate(
                zip(
                    self.tokens.encode(texts),
                    self.tokens.places(texts),
                    left_out,
                    kept or [None] * len(texts),
                    strict=True,
                )
            )
        ]
        asked.sort(key=lambda one: len(one.ids))
        batches: list[list[_Asked]] = []
        tokens = BUDGET
        for one in asked:
            if tokens + len(one.ids) > BUDGET:
                batches.append([])
                tokens = 0
            batches[-1].append(one)
            tokens += len(one.ids)
        width = 2 * self.model.encoder.config.width
        found: list[Floats] = [np.empty((0, width), np.float32)] * len(texts)
        cores = reading_threads()
        for batch, answers in zip(batches, deal(self._batch, batches, threads=cores), strict=True):
            for one, vectors in zip(batch, answers, strict=True):
                found[one.number] = vectors
        return found

    def _asked(
        self,
        number: int,
        ids: list[int],
        places: Sequence[Stretch],
        stretches: Sequence[Stretch],
        lower: Tensor | None,
    ) -> _Asked:
        whole = framed(self.tokens.prefix, ids, self.longest)
        head = 1 + len(self.tokens.prefix)
        starts, ends = np.array(places, np.int64).reshape(-1, 2)[: len(whole) - head - 1].T
        staying = []
        for start, end in stretches:
            stays = np.ones(len(whole), bool)
            spoken = (starts < end) & (ends > start) & (starts < ends)
            stays[head : head + len(starts)] = ~spoken if start < end else True
            staying.append(torch.from_numpy(np.flatnonzero(stays)))
        return _Asked(number, whole, staying, lower)

    @torch.inference_mode()
    def _batch(self, batch: Sequence[_Asked]) -> list[Floats]:
        encoder: Encoder = self.model.encoder
        layer = encoder.layers[self.first]
        assert isinstance(layer, Layer)
        unread = iter(encoder.read([one.ids for one in batch if one.lower is None], self.first))
        lower = [next(unread) if one.lower is None else one.lower for one in batch]
        # What a token asks and answers is the same whichever word is left out.
        spoken = torch.split(layer.qkv(torch.cat(lower)), [len(own) for own in lower])
        without = [(n, staying) for n, one in enumerate(batch) for staying in one.staying]
        pooled = torch.empty(len(without), 2 * encoder.config.width)
        if not without:
            return [np.empty((0, pooled.shape[1]), np.float32) for _ in batch]
        # By length: texts of one length go through attention together.
        order = sorted(range(len(without)), key=lambda place: len(without[place][1]))
        inside = [without[place] for place in order]
        lengths = [len(staying) for _, staying in inside]
        flat, qkv = (torch.cat([own[n][staying] for n, staying in inside]) for own in (lower, spoken))
        first = layer.hear(flat, qkv, spans_of(lengths))
        upper = encoder.go_on(torch.split(first, lengths), self.first + 1)
        for place, own in zip(order, upper, strict=True):
            pooled[place] = self.model.pool(own[None].double(), torch.ones(1, len(own), dtype=torch.bool))[0]
        counts = [len(one.staying) for one in batch]
        return [np.asarray(part.numpy(), np.float32) for part in torch.split(pooled, counts)]
