"""A writer of passages without a model, for tests of everything around it: notes drawn by the seed in the
key that the feeling asks for, the same for the same order."""

import random
import time
from dataclasses import dataclass, field

from dsl.plan import Key
from engine.live.passage import FeltPoint, LivePassage, PassageOrder
from engine.music.score import ChordSpan, Note, Track
from engine.music.theme_key import ThemeNote

ROLES = (("melody", 73, 72), ("chords", 48, 60), ("bass", 32, 38), ("drums", 0, 42))


@dataclass
class PlainWriter:
    delay_s: float = 0.0
    orders: list[PassageOrder] = field(default_factory=list)
    scenes: list[tuple[str, ...]] = field(default_factory=list)
    felt: dict[str, FeltPoint] = field(default_factory=dict)
    fail: bool = False

    def read(self, scene: tuple[str, ...]) -> FeltPoint:
        self.scenes.append(scene)
        return self.felt.get(scene[-1], (-0.6, 0.4))

    def write(self, order: PassageOrder) -> LivePassage:
        time.sleep(self.delay_s)
        if self.fail:
            raise RuntimeError("the model is gone\nand more")
        self.orders.append(order)
        feeling = order.feeling or ((0.0, (0.2, 0.1)),)
        minor = feeling[-1][1][0] < 0
        low, high = order.tempo
        bpm = min(max(100.0, low), high)
        beats = order.bars * order.meter.beats_per_bar
        chance = random.Random(order.seed)
        second = 60.0 / bpm
        tracks = []
        for role, program, base in ROLES:
            notes = tuple(
                Note(
                    base + (0 if role == "drums" else chance.randrange(12)),
                    80,
                    float(n),
                    1.0 if role != "chords" else 3.0,
                    n * second,
                    (n + (0.9 if role != "chords" else 2.9)) * second,
                )
                for n in range(int(beats))
            )
            tracks.append(Track(role.capitalize(), role, program, role == "drums", notes))
        key = order.key or (Key(9, "minor", "A") if minor else Key(0, "major", "C"))
        theme = tuple(ThemeNote(4.0 * n, 4.0, 60 + n, 80) for n in range(4))
        harmony = (ChordSpan(0.0, beats, key.tonic, "min" if minor else "maj"),)
        return LivePassage(
            order.bars,
            order.meter,
            bpm,
            key,
            order.style,
            tuple(tracks),
            harmony,
            feeling[-1][1],
            feeling[-1][1],
            0.8,
            theme,
        )
