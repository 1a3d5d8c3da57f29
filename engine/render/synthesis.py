"""A score as sound: each track, or group of tracks, through a General MIDI sound font.

Synthesis is linear (no compressor, no limiter), so the sum of the stems is the mix; loudness and peaks are
`engine.render.mastering`'s
business. The synthesiser holds Python's global lock, so groups are rendered in worker processes that import
nothing else.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.music.score import Score, Track
from engine.render.midi import tracks_midi_bytes
from engine.render.synthesiser import Synthesiser

SAMPLE_RATE = 48_000
"""What the synthesiser gives, in Hz."""
TAIL_S = 2.5
"""How long releases and reverb may ring after the last bar, in seconds."""
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
        total = np.zeros_like(next(iter(self.stems.values())))
        for stem in self.stems.values():
            total += stem
        return total


def synthesise(
    score: Score,
    synthesiser: Synthesiser,
    *,
    separate: bool,
    reverb: int = 48,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rendering:
    """Play `score`. With `separate`, one stem a role; otherwise just enough groups to keep the cores busy.

    `reverb` is the General MIDI reverb send, 0–127. Raises MediaError when the font cannot be used.
    """
    length = round((score.duration_s + TAIL_S) * SAMPLE_RATE)
    groups = _by_role(score) if separate else _balanced(score, workers or os.cpu_count() or 1)
    if not groups:
        return Rendering({"silence": np.zeros((length, 2), np.float32)}, SAMPLE_RATE)
    if synthesiser.font is None:
        from engine.render.plain_synth import play_tracks

        return Rendering(
            {name: play_tracks(tracks, length, SAMPLE_RATE) for name, tracks in groups.items()}, SAMPLE_RATE
        )
    midis = {
        name: tracks_midi_bytes(score, tracks, tail_s=TAIL_S, reverb=reverb)
        for name, tracks in groups.items()
    }
    waves = _render_all(midis, synthesiser, workers or os.cpu_count() or 1, length, progress)
    return Rendering({name: _fit(wave, length) for name, wave in waves.items()}, SAMPLE_RATE)


def synthesise_midi(midi: bytes, synthesiser: Synthesiser) -> Samples:
    """Any MIDI file as sound, before mastering: float32 [samples, 2] at `SAMPLE_RATE`. Raises MediaError,
    also
    where only the built-in synthesiser is there, which plays scores alone."""
    if synthesiser.font is None:
        raise MediaError("no sound font is here to play MIDI with; name one with --soundfont FILE.sf2")
    return _render_all({"midi": midi}, synthesiser, 1, 0, None)["midi"]


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


def _render_all(
    midis: dict[str, bytes],
    synthesiser: Synthesiser,
    workers: int,
    length: int,
    progress: Callable[[int, int], None] | None,
) -> dict[str, Samples]:
    """Each MIDI file to samples (`length` of them, 0: as many as it takes), `workers` at a time, each in a
    process of its own."""
    waves: dict[str, Samples] = {}
    pending = list(midis.items())
    running: list[tuple[str, subprocess.Popen[bytes]]] = []
    try:
        while pending or running:
            while pending and len(running) < workers:
                name, midi = pending.pop(0)
                running.append((name, _start(midi, synthesiser, length)))
            name, process = running.pop(0)
            out, err = process.communicate()
            if process.returncode != 0:
                said = err.decode("utf-8", "replace").strip().splitlines() or [f"exit {process.returncode}"]
                raise MediaError(f"{synthesiser.name} could not use {synthesiser.font}: {said[-1]}")
            waves[name] = _samples(out, synthesiser)
            if progress:
                progress(len(waves), len(midis))
    finally:
        for _, process in running:
            process.kill()
            process.wait()
    return {name: waves[name] for name in midis}


def _samples(out: bytes, synthesiser: Synthesiser) -> Samples:
    """What a worker wrote, as float32 [samples, 2]."""
    if synthesiser.name == "fluidsynth":
        return np.frombuffer(out, np.float32).reshape(-1, 2)
    return np.frombuffer(out, np.int16).reshape(-1, 2).astype(np.float32) / 32768.0


def _start(midi: bytes, synthesiser: Synthesiser, length: int) -> "subprocess.Popen[bytes]":
    worker = Path(__file__).with_name(_WORKERS[synthesiser.name])
    words = [str(length)] if synthesiser.name == "fluidsynth" else []
    process = subprocess.Popen(
        [sys.executable, str(worker), str(synthesiser.font), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    stdin: Any = process.stdin
    try:
        stdin.write(midi)
        stdin.close()
    except BrokenPipeError:
        pass  # the worker died early: its return code and stderr tell why
    process.stdin = None  # communicate() must not flush what is closed
    return process


def _fit(wave: Samples, length: int) -> Samples:
    """Cut or pad to `length` samples, so that stems are equally long."""
    if len(wave) >= length:
        return wave[:length]
    return np.concatenate([wave, np.zeros((length - len(wave), 2), np.float32)])
