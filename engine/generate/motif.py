"""Motifs: themes as points in the melody's latent space.

A written motif is harmonised bar by bar and encoded by the codec, and where it enters its own notes stand
in the melody (`quoted`); a `seed` draws the point from the generator in a neutral mood. Where the motif is
heard its own harmony comes with it, in the mode of the moment. The same point decoded in another mode and
moved towards another density and register is the variation.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.codec import Codec
from engine.generate.form import plain_chords
from engine.generate.grid import METER_STEPS, BarArrays, from_notes
from engine.generate.harmony_features import harmony_features
from engine.generate.line_codec import LineCodec
from engine.generate.metre import bar_steps
from engine.generate.request import MOTIF_BARS, STEPS_PER_BEAT, GridNote, MotifPlacement, Request, theme_ends
from engine.music.theory import QUALITIES, chord_templates

WRITTEN_BARS = 4
"""Bars of a written motif that are encoded at the most; its harmony and its notes go on to its end."""

_TRIADS = {
    False: ((0, "maj"), (5, "maj"), (7, "maj"), (9, "min"), (2, "min"), (4, "min")),
    True: ((0, "min"), (5, "min"), (7, "maj"), (8, "maj"), (3, "maj"), (10, "maj")),
}
"""What a written motif is harmonised with, plainest first: (relative root, quality)."""


def motif_bars(motif: MotifPlacement, meter: int) -> int:
    """Model bars over which a motif sounds, one at the least."""
    return max(1, -(-round(motif.steps) // METER_STEPS[meter])) if motif.notes else MOTIF_BARS


def written_bars(motif: MotifPlacement, tonic_shift: int, meter: int) -> BarArrays:
    """A written motif as melody bars, its rhythm rounded to the grid. `tonic_shift` makes sounding pitches
    key-relative."""
    notes, steps, bars = motif.notes, METER_STEPS[meter], motif_bars(motif, meter)
    start = np.array([round(note.start) for note in notes], np.int64)
    end = np.maximum(start + 1, np.array([round(note.start + note.steps) for note in notes], np.int64))
    pitch = np.array([note.pitch for note in notes], np.int64) + tonic_shift
    return from_notes(start, end, pitch, np.zeros(len(notes), np.int64), np.full(bars, steps))


def motif_chords(motif: MotifPlacement, tonic_shift: int, meter: int, minor: bool) -> npt.NDArray[np.int8]:
    """The harmony that a motif brings along [bars, 4, 3], key-relative: the plain opening for one drawn by
    seed, the best fitting triad a bar for a written one."""
    if not motif.notes:
        return plain_chords(MOTIF_BARS, minor, False)
    steps = METER_STEPS[meter]
    spans = [(bar * steps, (bar + 1) * steps) for bar in range(motif_bars(motif, meter))]
    chords = [
        chord_under(motif, start, end, tonic_shift, minor) or (0, QUALITIES.index("maj"), 0)
        for start, end in spans
    ]
    return np.repeat(np.array(chords, np.int8)[:, None], 4, axis=1)


def chord_under(
    motif: MotifPlacement, start: float, end: float, tonic_shift: int, minor: bool
) -> tuple[int, int, int] | None:
    """The triad of the key (root, quality, bass, key-relative) that fits a written motif best from
    sixteenth `start` to `end` of it; None where it rests."""
    weight = np.zeros(12)
    for note in motif.notes:
        sounding = min(note.start + note.steps, end) - max(note.start, start)
        if sounding > 0:
            on_beat = note.start >= start and abs(note.start / 4 - round(note.start / 4)) < 0.01
            weight[(note.pitch + tonic_shift) % 12] += sounding * (2.0 if on_beat else 1.0)
    if not weight.any():
        return None
    templates = chord_templates()
    fits = [
        weight @ np.roll(templates[QUALITIES.index(quality)], root) - 0.01 * rank * weight.sum()
        for rank, (root, quality) in enumerate(_TRIADS[minor])
    ]
    root, quality = _TRIADS[minor][int(np.argmax(fits))]
    return root, QUALITIES.index(quality), root


def quoted(melody: tuple[GridNote, ...], request: Request) -> tuple[GridNote, ...]:
    """The melody of a take with the request's written themes in place of its own notes where they sound,
    each until the next one enters; rhythms rounded to the grid, which is how takes are compared. The
    arrangement plays them as written."""
    size = bar_steps(request.meter)
    total = request.bars * size
    for motif, end in theme_ends(request):
        begin, until = motif.bar * size, min(total, motif.bar * size + round(end * STEPS_PER_BEAT))
        own = [note for note in melody if not begin <= note.start < until]
        own = [
            replace(note, steps=min(note.steps, begin - note.start)) if note.start < begin else note
            for note in own
        ]
        # Of a written chord the takes are compared by its top note.
        upwards = sorted(motif.notes, key=lambda note: note.pitch)
        starts = {begin + round(note.start): note for note in upwards}
        for start, note in starts.items():
            if start < until:
                own.append(
                    GridNote(start, max(1, min(round(note.steps), until - start)), note.pitch, note.velocity)
                )
        melody = tuple(sorted(own, key=lambda note: (note.start, note.pitch)))
    return melody


def encode_notes(
    codec: Codec, motif: MotifPlacement, tonic_shift: int, meter: int, minor: bool
) -> tuple[Tensor, npt.NDArray[np.int64]]:
    """Melody latents [n, Z] of a written motif on its own harmony and its key-relative tokens [n, 16], n ≤ 4
    bars."""
    tokens = written_bars(motif, tonic_shift, meter).tokens[0][:WRITTEN_BARS]
    bars = len(tokens)
    chords = motif_chords(motif, tonic_shift, meter, minor)[:bars]
    harmony = harmony_features(chords, np.full(bars, meter), np.full(bars, minor))
    melody = codec.roles[0]
    assert isinstance(melody, LineCodec)
    with torch.no_grad():
        mean, _ = melody.encode(torch.from_numpy(tokens).to(melody.device), harmony.to(melody.device))
    return mean.cpu(), tokens.astype(np.int64)
