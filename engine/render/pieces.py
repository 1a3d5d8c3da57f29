"""A score's sound in pieces, one a cue and role, remembered: after an edit only the cues it changed are
synthesised again. For listening while one writes; files are rendered whole.

Synthesis is linear, so the pieces with their tails, laid where their cues begin, add up to the score. A piece
is known by its notes, counted from the start of its cue: a cue that an edit only moved is still the same.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from engine.music.score import Note, Score, TempoChange, Track
from engine.render.mastering import Loudness, listening_gain, measure
from engine.render.midi import midi_bytes
from engine.render.plain_synth import play_tracks
from engine.render.synthesis import REVERB, SAMPLE_RATE, TAIL_S, render_midis
from engine.render.synthesiser import Synthesiser

REMEMBERED_BYTES = 250_000_000
"""About five minutes of four roles. What the latest score needs is kept, however much it is."""
_DIGITS, _FINEST_S = 5, 1e-5
"""Times of a piece are rounded to this: what a cue's place in the score adds to them is far less."""
_CLOCK = TempoChange(0.0, 0.0, 240.0)
"""The tempo that the MIDI of pieces is written in: ticks of a quarter of a millisecond, whatever the music's
own."""
_GAP_S = 0.2
_FULL = 32767.0
_STRETCH = 1 << 18

Pcm = npt.NDArray[np.int16]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """`pcm` int16 [samples, 2]; times `scale` it is the sound, before mastering."""

    pcm: Pcm
    scale: float

    @staticmethod
    def of(samples: Samples) -> "Piece":
        """float32 samples [n, 2] as 16 bits with the scale that brings the loudest to full."""
        scale = max(float(np.abs(samples).max(initial=0.0)), 1e-6) / _FULL
        whole = samples * np.float32(1 / scale)
        return Piece(np.rint(whole, out=whole).astype(np.int16), scale)

    def add_to(self, total: Samples, at: int = 0) -> None:
        """Add it to `total` from sample `at` on, as far as that reaches."""
        count = min(len(self.pcm), len(total) - at)
        for start in range(0, count, _STRETCH):  # no second array of the whole length
            stop = min(start + _STRETCH, count)
            total[at + start : at + stop] += self.pcm[start:stop] * np.float32(self.scale)


@dataclass(frozen=True, slots=True)
class Sounding:
    """A score as sound: of each role the pieces and the samples they begin at, and what brings them to
    playing loudness. `gain` is float32 [samples] at `rate` Hz. Where somebody speaks (`@voice`), `voice` is
    that, and `under` [samples] the gain of the music under it; both are empty else. `remark`: why a voice
    that should be there is not."""

    roles: dict[str, tuple[tuple[int, Piece], ...]]
    gain: Samples
    rate: int
    voice: Piece = field(default_factory=lambda: Piece(np.zeros((0, 2), np.int16), 1.0))
    under: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    remark: str = ""

    def mix(self, silent: Collection[str] = (), clip: bool = True) -> Samples:
        """The sum of what sounds, mastered: float32 [samples, 2], in −1…1 where it is clipped."""
        total = np.zeros((len(self.gain), 2), np.float32)
        for role, pieces in self.roles.items():
            if role not in silent:
                for at, piece in pieces:
                    piece.add_to(total, at)
        for start in range(0, len(self.under), _STRETCH):
            total[start : start + _STRETCH] *= self.under[start : start + _STRETCH, None]
        self.voice.add_to(total)
        for start in range(0, len(total), _STRETCH):
            part = total[start : start + _STRETCH]
            part *= self.gain[start : start + _STRETCH, None]
            if clip:
                np.clip(part, -1.0, 1.0, out=part)
        return total


@dataclass(slots=True)
class Pieces:
    """What has been synthesised, by its notes and by what played them; the longest unused goes first."""

    most_bytes: int = REMEMBERED_BYTES
    _made: "OrderedDict[bytes, Piece]" = field(default_factory=OrderedDict, repr=False)
    _loudness: "dict[tuple[bytes, ...], Loudness]" = field(default_factory=dict, repr=False)

    def play(
        self, score: Score, synthesiser: Synthesiser, progress: Callable[[int, int], None] | None = None
    ) -> Sounding:
        """The whole score, with the least work. Raises MediaError when the font cannot be used."""
        cues: list[tuple[int, dict[str, bytes]]] = []
        missing: dict[bytes, tuple[Track, ...]] = {}
        for base_s, cue in _cut(score):
            keys = {}
            for role, tracks in cue.items():
                key = keys[role] = _key(tracks, synthesiser)
                if key not in self._made:
                    missing[key] = tracks
            cues.append((_samples(base_s), keys))
        self._make(missing, synthesiser, progress)
        length = _samples(score.duration_s + TAIL_S)
        gain = listening_gain(
            [(at, self._measured(tuple(keys.values()))) for at, keys in cues if keys], length, SAMPLE_RATE
        )
        roles: dict[str, list[tuple[int, Piece]]] = {track.role: [] for track in score.tracks}
        for at, keys in cues:
            for role, key in keys.items():
                roles[role].append((at, self._made[key]))
                self._made.move_to_end(key)
        self._forget(len({key for _, keys in cues for key in keys.values()}))
        return Sounding({role: tuple(pieces) for role, pieces in roles.items()}, gain, SAMPLE_RATE)

    def _make(
        self,
        missing: dict[bytes, tuple[Track, ...]],
        synthesiser: Synthesiser,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        """All pieces of a role one after another in one go, so that the font is opened once."""
        if synthesiser.font is None:
            for done, (key, tracks) in enumerate(missing.items()):
                if progress:
                    progress(done, len(missing))
                self._made[key] = Piece.of(play_tracks(tracks, _samples(_length_s(tracks)), SAMPLE_RATE))
            return
        by_role: dict[str, list[bytes]] = {}
        for key, tracks in missing.items():
            by_role.setdefault(tracks[0].role, []).append(key)
        midis, lengths, places = {}, {}, {}
        for role, keys in by_role.items():
            at_s = 0.0
            for key in keys:
                places[key] = at_s
                at_s = round(at_s + _length_s(missing[key]) + _GAP_S, 2)
            midis[role] = _row_midi([(places[key], missing[key]) for key in keys], at_s)
            lengths[role] = _samples(at_s)

        def keep(role: str, wave: Samples) -> None:
            for key in by_role[role]:
                first = _samples(places[key])
                self._made[key] = Piece.of(wave[first : first + _samples(_length_s(missing[key]))])

        render_midis(midis, synthesiser, lengths, progress=progress, made=keep)

    def _measured(self, keys: tuple[bytes, ...]) -> Loudness:
        """How loud the pieces of a cue are together."""
        found = self._loudness.get(keys)
        if found is None:
            pieces = [self._made[key] for key in keys]
            total = np.zeros((max(len(piece.pcm) for piece in pieces), 2), np.float32)
            for piece in pieces:
                piece.add_to(total)
            found = self._loudness[keys] = measure(total, SAMPLE_RATE)
        return found

    def _forget(self, in_use: int) -> None:
        """Let the longest unused go, but for the `in_use` that were used last."""
        held = sum(piece.pcm.nbytes for piece in self._made.values())
        while held > self.most_bytes and len(self._made) > in_use:
            held -= self._made.popitem(last=False)[1].pcm.nbytes
        known = self._made.keys()
        self._loudness = {keys: found for keys, found in self._loudness.items() if known >= set(keys)}


def _cut(score: Score) -> list[tuple[float, dict[str, tuple[Track, ...]]]]:
    """Of each cue the moment it begins at, and by role the tracks with the notes that begin in it, times
    counted from there."""
    starts = [0.0, *(cue.start_s for cue in score.cues[1:])]
    found: list[dict[str, list[Track]]] = [{} for _ in starts]
    for track in score.tracks:
        notes: dict[int, list[Note]] = {}
        for n in track.notes:
            at = max(bisect_right(starts, n.start_s + _FINEST_S) - 1, 0)
            base_s = starts[at]
            moved = Note(n.pitch, n.velocity, 0.0, 0.0, _fine(n.start_s - base_s), _fine(n.end_s - base_s))
            notes.setdefault(at, []).append(moved)
        for at, own in notes.items():
            expression = _expression(track.expression, starts[at], starts[at] + max(n.end_s for n in own))
            piece = replace(track, notes=tuple(own), expression=expression)
            found[at].setdefault(track.role, []).append(piece)
    return [
        (base_s, {role: tuple(own) for role, own in roles.items()})
        for base_s, roles in zip(starts, found, strict=True)
    ]


def _expression(
    written: Sequence[tuple[float, int]], base_s: float, stop_s: float
) -> tuple[tuple[float, int], ...]:
    """The controller's values of a stretch, with the one that holds where it begins."""
    first = bisect_left(written, base_s + _FINEST_S, key=lambda change: change[0])
    last = bisect_left(written, stop_s, key=lambda change: change[0])
    held = written[first - 1][1] if first else 127
    return ((0.0, held), *((_fine(t_s - base_s), value) for t_s, value in written[first:last]))


def _row_midi(row: Sequence[tuple[float, tuple[Track, ...]]], end_s: float) -> bytes:
    """Pieces of one role, each from its moment on, as one MIDI file; a track that occurs in several is one
    there."""
    joined: dict[str, Track] = {}
    for at_s, tracks in row:
        for track in tracks:
            notes = tuple(replace(n, start_s=n.start_s + at_s, end_s=n.end_s + at_s) for n in track.notes)
            changes = tuple((t_s + at_s, value) for t_s, value in track.expression)
            before = joined.get(track.name, replace(track, notes=(), expression=()))
            joined[track.name] = replace(
                before, notes=before.notes + notes, expression=before.expression + changes
            )
    bare = Score("", None, end_s, tuple(joined.values()), (_CLOCK,), (), (), (), (), ())
    return midi_bytes(bare, reverb=REVERB)


def _key(tracks: tuple[Track, ...], synthesiser: Synthesiser) -> bytes:
    """What a piece is known by. Names of tracks do not sound."""
    sounding = [(t.program, t.is_drum, t.gain_db, t.pan, t.notes, t.expression) for t in tracks]
    return blake2b(repr((str(synthesiser), sounding)).encode(), digest_size=16).digest()


def _length_s(tracks: tuple[Track, ...]) -> float:
    return max(note.end_s for track in tracks for note in track.notes) + TAIL_S


def _fine(t_s: float) -> float:
    return max(round(t_s, _DIGITS), 0.0)


def _samples(t_s: float) -> int:
    return round(t_s * SAMPLE_RATE)
