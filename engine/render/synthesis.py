"""A score as sound: each track, or group of tracks, through a General MIDI sound font.

Synthesis is linear (no compressor, no limiter), so the sum of the stems is the mix; loudness and peaks are
`engine.render.mastering`'s business. The synthesiser holds Python's global lock, so groups are rendered in
worker processes that import nothing else.
"""

import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from engine.child_python import child_environment, child_python
from engine.cores import cores
from engine.errors import MediaError
from engine.music.score import Score, Track
from engine.render.midi import tracks_midi_bytes
from engine.render.synthesiser import Synthesiser

SAMPLE_RATE = 48_000
"""What the synthesiser gives, in Hz."""
TAIL_S = 2.5
"""How long releases and reverb may ring after the last bar, in seconds."""
REVERB = 48
"""The General MIDI reverb send, 0–127."""
_HEARTBEAT_S = 0.1
_READ = 1 << 18
"""Samples read from a worker at once."""
_MELODIC_CHANNELS = 15
_WORKERS = {"fluidsynth": "fluidsynth_worker.py", "midirenderer": "synthesis_worker.py"}

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rendering:
    """Stems by name: float32 [samples, 2] of one length each, before mastering; the mix is their sum."""

    stems: dict[str, Samples]
    rate: int

    @property
    def mix(self) -> Samples:
        """The sum of the stems: float32 [samples, 2], before mastering; where there is one, that itself."""
        total, *others = self.stems.values()
        for number, stem in enumerate(others):
            total = np.add(total, stem, out=total if number else None)
        return total


def synthesise(
    score: Score,
    synthesiser: Synthesiser,
    *,
    separate: bool,
    reverb: int = REVERB,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rendering:
    """Play `score`. With `separate`, one stem a role; otherwise one of all, played in just enough groups to
    keep the cores busy.

    `reverb` is the General MIDI reverb send, 0–127. Raises MediaError when the font cannot be used.
    """
    groups = _by_role(score) if separate else _balanced(score, workers or cores())
    together = None if separate else "mix"
    return synthesise_groups(
        score,
        groups or {"silence": ()},
        synthesiser,
        together,
        reverb=reverb,
        workers=workers,
        progress=progress,
    )


def synthesise_groups(
    score: Score,
    groups: Mapping[str, tuple[Track, ...]],
    synthesiser: Synthesiser,
    together: str | None = None,
    *,
    reverb: int = REVERB,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rendering:
    """Play groups of a score's tracks (any number of channels each), one stem a group; one without tracks is
    silent. With `together`, their sum alone is kept, under that name. `reverb` and errors as `synthesise`."""
    length = round((score.duration_s + TAIL_S) * SAMPLE_RATE)
    parts = [(name, tracks) for name, tracks in groups.items() if tracks]
    if synthesiser.font is not None:
        # What has more channels than a MIDI file goes into several, whose sounds add up.
        parts = [(name, part) for name, tracks in parts for part in _by_channels(tracks)]
    sums = _Sums([name for name, _ in parts], together)
    if synthesiser.font is None:
        from engine.render.plain_synth import play_tracks

        for number, (_, tracks) in enumerate(parts):
            sums.add(str(number), play_tracks(tracks, length, SAMPLE_RATE))
    else:
        midis = {
            str(number): tracks_midi_bytes(score, part, tail_s=TAIL_S, reverb=reverb)
            for number, (_, part) in enumerate(parts)
        }
        render_midis(midis, synthesiser, dict.fromkeys(midis, length), workers, progress, sums.add)
    names = list(groups) if together is None else [together]
    silent = {name: np.zeros((length, 2), np.float32) for name in names if name not in sums.found}
    stems = sums.found | silent
    return Rendering({name: stems[name] for name in names}, SAMPLE_RATE)


class _Sums:
    """Adds up sounds of one length that come in any order, always in the order of their numbers, so that the
    same bits come out; what has been added is let go."""

    def __init__(self, names: Sequence[str], together: str | None) -> None:
        """`names`: which stem each belongs to, those of one stem side by side. `together`: what the sum of
        all stems is kept as, in place of them."""
        self.found: dict[str, Samples] = {}
        self._names = names
        self._together = together
        self._early: dict[int, Samples] = {}
        self._next = 0

    def add(self, number: str, wave: Samples) -> None:
        """Take `wave`, float32 [samples, 2], which is written into."""
        self._early[int(number)] = wave
        while self._next in self._early:
            name = self._names[self._next]
            self._add(name, self._early.pop(self._next))
            self._next += 1
            is_whole = self._names[self._next : self._next + 1] != [name]
            if self._together is not None and is_whole:
                self._add(self._together, self.found.pop(name))

    def _add(self, name: str, wave: Samples) -> None:
        total = self.found.get(name)
        if total is None:
            wave += 0.0  # no negative zeros, as in a sum that begins with silence
            self.found[name] = wave
        else:
            total += wave


def _by_channels(tracks: tuple[Track, ...]) -> list[tuple[Track, ...]]:
    """Tracks in groups of which each has a channel for every pitched one."""
    return [tracks[at : at + _MELODIC_CHANNELS] for at in range(0, len(tracks), _MELODIC_CHANNELS)]


def synthesise_midi(midi: bytes, synthesiser: Synthesiser, length_s: float | None = None) -> Samples:
    """Any MIDI file as sound, before mastering: float32 [samples, 2] at `SAMPLE_RATE`, `length_s` and its
    ringing on (None: as long as the synthesiser finds it to be). Raises MediaError, also where only the
    built-in synthesiser is there, which plays scores alone."""
    if synthesiser.font is None:
        raise MediaError("no sound font is here to play MIDI with; name one with --soundfont FILE.sf2")
    length = 0 if length_s is None else round((length_s + TAIL_S) * SAMPLE_RATE)
    return render_midis({"midi": midi}, synthesiser, {"midi": length})["midi"]


def _by_role(score: Score) -> dict[str, tuple[Track, ...]]:
    groups: dict[str, list[Track]] = {}
    for track in score.tracks:
        groups.setdefault(track.role, []).append(track)
    return {role: tuple(tracks) for role, tracks in groups.items()}


def _balanced(score: Score, count: int) -> dict[str, tuple[Track, ...]]:
    """Tracks spread over `count` groups of about as many notes, none with more channels than MIDI has."""
    count = max(count, -(-len(score.tracks) // _MELODIC_CHANNELS))
    groups: list[list[Track]] = [[] for _ in range(min(count, len(score.tracks)))]
    for track in sorted(score.tracks, key=lambda t: (-len(t.notes), t.name)):
        min(groups, key=lambda g: sum(len(t.notes) for t in g)).append(track)
    return {f"group {i + 1}": tuple(group) for i, group in enumerate(groups) if group}


def render_midis(
    midis: dict[str, bytes],
    synthesiser: Synthesiser,
    lengths: Mapping[str, int],
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    made: Callable[[str, Samples], None] | None = None,
) -> dict[str, Samples]:
    """Each MIDI file to samples float32 [n, 2] before mastering, `lengths` of them (0: as many as it takes),
    `workers` at a time, each in a process of its own. Raises MediaError when the font cannot be used.

    `progress` hears of it some times a second and may raise to end it; `made` gets each as soon as it is
    there, and then it alone: minutes of music are not held twice.
    """
    processes = _Processes(synthesiser)
    waves: dict[str, Samples] = {}
    count = 0
    with ThreadPoolExecutor(workers or cores()) as pool:
        waiting = {pool.submit(processes.play, midi, lengths[name]): name for name, midi in midis.items()}
        try:
            while waiting:
                for done in wait(waiting, _HEARTBEAT_S, FIRST_COMPLETED).done:
                    name = waiting.pop(done)
                    if made:
                        made(name, done.result())
                    else:
                        waves[name] = done.result()
                    count += 1
                    del done  # it holds the sound
                if progress:
                    progress(count, len(midis))
        except BaseException:
            for future in waiting:
                future.cancel()
            processes.kill()
            raise
    return {name: waves[name] for name in midis if name in waves}


class _Processes:
    """The synthesiser's processes under way. Each has a reader thread, because a process whose output pipe
    is full stops; what it says of errors goes to a file, which is never full."""

    def __init__(self, synthesiser: Synthesiser) -> None:
        self._synthesiser = synthesiser
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._ended = False

    def play(self, midi: bytes, length: int) -> Samples:
        with tempfile.TemporaryFile() as said:
            with self._lock:
                if self._ended:
                    raise MediaError("synthesis was stopped")
                process = _start(self._synthesiser, length, said)
                self._running.add(process)
            try:
                with process:
                    assert process.stdin is not None
                    assert process.stdout is not None
                    with suppress(OSError), process.stdin as stdin:  # a process that has failed reads nothing
                        stdin.write(midi)
                    wave = _read(process.stdout, length, self._synthesiser)
            finally:
                with self._lock:
                    self._running.discard(process)
            if process.returncode == 0:
                return wave
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1] if lines else f"exit {process.returncode}"
        raise MediaError(f"{self._synthesiser.name} could not use {self._synthesiser.font}: {reason}")

    def kill(self) -> None:
        with self._lock:
            self._ended = True
            for process in self._running:
                process.kill()


def _read(stream: IO[bytes], length: int, synthesiser: Synthesiser) -> Samples:
    """What a worker writes, as float32 [samples, 2], `length` of them (0: all there are): straight into their
    place, since collected bytes and their copies would be several times the sound."""
    floats = synthesiser.name == "fluidsynth"
    kind = np.dtype(np.float32 if floats else np.int16)
    if length == 0:
        return _scaled(np.frombuffer(stream.read(), kind), floats)
    wave = np.zeros((length, 2), np.float32)
    at = 0
    while block := stream.read(2 * kind.itemsize * _READ):
        own = _scaled(np.frombuffer(block, kind, len(block) // kind.itemsize // 2 * 2), floats)[: length - at]
        wave[at : at + len(own)] = own
        at += len(own)
    return wave


def _scaled(values: "npt.NDArray[np.float32] | npt.NDArray[np.int16]", floats: bool) -> Samples:
    """float32 [samples, 2] in −1…1."""
    pairs = values.reshape(-1, 2)
    return np.asarray(pairs if floats else pairs.astype(np.float32) / 32768.0, np.float32)


def _start(synthesiser: Synthesiser, length: int, said: IO[bytes]) -> "subprocess.Popen[bytes]":
    worker = Path(__file__).with_name(_WORKERS[synthesiser.name])
    words = [str(length)] if synthesiser.name == "fluidsynth" else []
    return subprocess.Popen(
        child_python(str(worker), str(synthesiser.font), *words),
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
    )
