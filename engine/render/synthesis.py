"""A score as sound: each track, or group of tracks, through a General MIDI sound font.

Synthesis is linear (no compressor, no limiter), so the sum of the stems is the mix; loudness and peaks are
`engine.render.mastering`'s business. The synthesiser holds Python's global lock, so groups are rendered in
worker processes that import nothing else.
"""

import subprocess
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

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
        """The sum of the stems: float32 [samples, 2], before mastering."""
        total = np.zeros_like(next(iter(self.stems.values())))
        for stem in self.stems.values():
            total += stem
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
    """Play `score`. With `separate`, one stem a role; otherwise just enough groups to keep the cores busy.

    `reverb` is the General MIDI reverb send, 0–127. Raises MediaError when the font cannot be used.
    """
    groups = _by_role(score) if separate else _balanced(score, workers or cores())
    return synthesise_groups(
        score, groups or {"silence": ()}, synthesiser, reverb=reverb, workers=workers, progress=progress
    )


def synthesise_groups(
    score: Score,
    groups: Mapping[str, tuple[Track, ...]],
    synthesiser: Synthesiser,
    *,
    reverb: int = REVERB,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rendering:
    """Play groups of a score's tracks (any number of channels each), one stem a group; one without tracks is
    silent. `reverb` and errors as `synthesise`."""
    length = round((score.duration_s + TAIL_S) * SAMPLE_RATE)
    stems = {name: np.zeros((length, 2), np.float32) for name in groups}
    sounding = {name: tracks for name, tracks in groups.items() if tracks}
    if synthesiser.font is None:
        from engine.render.plain_synth import play_tracks

        stems.update({name: play_tracks(tracks, length, SAMPLE_RATE) for name, tracks in sounding.items()})
        return Rendering(stems, SAMPLE_RATE)
    # What has more channels than a MIDI file goes into several, whose sounds add up.
    parts = {
        (name, number): part
        for name, tracks in sounding.items()
        for number, part in enumerate(_by_channels(tracks))
    }
    midis = {
        f"{name} {number}": tracks_midi_bytes(score, part, tail_s=TAIL_S, reverb=reverb)
        for (name, number), part in parts.items()
    }
    waves = render_midis(midis, synthesiser, dict.fromkeys(midis, length), workers, progress)
    for name, number in parts:
        stems[name] = stems[name] + _fit(waves[f"{name} {number}"], length)
    return Rendering(stems, SAMPLE_RATE)


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
    wave = render_midis({"midi": midi}, synthesiser, {"midi": length})["midi"]
    return wave if length == 0 else _fit(wave, length)


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
    there.
    """
    processes = _Processes(synthesiser)
    waves: dict[str, Samples] = {}
    with ThreadPoolExecutor(workers or cores()) as pool:
        waiting = {pool.submit(processes.play, midi, lengths[name]): name for name, midi in midis.items()}
        try:
            while waiting:
                for done in wait(waiting, _HEARTBEAT_S, FIRST_COMPLETED).done:
                    name = waiting.pop(done)
                    waves[name] = done.result()
                    if made:
                        made(name, waves[name])
                if progress:
                    progress(len(waves), len(midis))
        except BaseException:
            for future in waiting:
                future.cancel()
            processes.kill()
            raise
    return {name: waves[name] for name in midis}


class _Processes:
    """The synthesiser's processes under way. Each has a reader thread, because a process whose output pipe
    is full stops."""

    def __init__(self, synthesiser: Synthesiser) -> None:
        self._synthesiser = synthesiser
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._ended = False

    def play(self, midi: bytes, length: int) -> Samples:
        with self._lock:
            if self._ended:
                raise MediaError("synthesis was stopped")
            process = _start(self._synthesiser, length)
            self._running.add(process)
        try:
            out, err = process.communicate(midi)
        finally:
            with self._lock:
                self._running.discard(process)
        if process.returncode != 0:
            said = err.decode("utf-8", "replace").strip().splitlines() or [f"exit {process.returncode}"]
            raise MediaError(f"{self._synthesiser.name} could not use {self._synthesiser.font}: {said[-1]}")
        return _samples(out, self._synthesiser)

    def kill(self) -> None:
        with self._lock:
            self._ended = True
            for process in self._running:
                process.kill()


def _samples(out: bytes, synthesiser: Synthesiser) -> Samples:
    """What a worker wrote, as float32 [samples, 2]."""
    if synthesiser.name == "fluidsynth":
        return np.frombuffer(out, np.float32).reshape(-1, 2)
    return np.frombuffer(out, np.int16).reshape(-1, 2).astype(np.float32) / 32768.0


def _start(synthesiser: Synthesiser, length: int) -> "subprocess.Popen[bytes]":
    worker = Path(__file__).with_name(_WORKERS[synthesiser.name])
    words = [str(length)] if synthesiser.name == "fluidsynth" else []
    return subprocess.Popen(
        child_python(str(worker), str(synthesiser.font), *words),
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _fit(wave: Samples, length: int) -> Samples:
    """Cut or pad to `length` samples, so that stems are equally long."""
    if len(wave) >= length:
        return wave[:length]
    return np.concatenate([wave, np.zeros((length - len(wave), 2), np.float32)])
