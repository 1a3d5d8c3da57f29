"""Live music as sound: notes stand at their moment, a device that is not there or goes away stops nothing."""

import threading
import time

import numpy as np
import pytest

from engine.live.outputs import NoteDue, NoteReleased
from engine.live.sound import BLOCK, LATENCY_S, RATE, LiveSound, PlainLiveSynth, Samples
from engine.music.score import Note, Track
from engine.render.plain_synth import note_samples, play_tracks


def note(due: float = 0.0, pitch: int = 60, length_s: float = 0.3) -> NoteDue:
    return NoteDue(0.0, due, "melody", pitch, 100, length_s, 0, False, "Piano")


class Device:
    """A sound card that asks for a block when a block has been played."""

    def __init__(self, fill: "object") -> None:
        self.fill, self.active = fill, True
        self.heard: list[Samples] = []
        self.started_at = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self._thread.start()

    def _play(self) -> None:
        asked = 0
        while not self._stop.is_set():
            block = np.empty((BLOCK, 2), np.float32)
            self.fill(block)  # type: ignore[operator]
            self.heard.append(block)
            asked += 1
            time.sleep(max(self.started_at + asked * BLOCK / RATE - time.monotonic(), 0.0))

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._stop.set()


def test_a_note_stands_at_its_sample_and_ends() -> None:
    synth = PlainLiveSynth()
    synth.note(note(), 200)
    first = synth.block(BLOCK)
    assert not first[:200].any()
    assert first[200:].any()
    rest = np.concatenate([synth.block(BLOCK) for _ in range(100)])
    assert not rest[round(0.5 * RATE) :].any()


def test_a_released_note_fades_within_a_tenth_of_a_second() -> None:
    synth = PlainLiveSynth()
    synth.note(note(length_s=3.0), 0)
    synth.block(BLOCK)
    synth.release(NoteReleased(0.0, 0.0, "melody", 60, "Piano"))
    rest = np.concatenate([synth.block(BLOCK) for _ in range(20)])
    assert rest[:100].any()
    assert not rest[round(0.11 * RATE) :].any()


def test_a_note_is_heard_when_it_is_due_and_a_little() -> None:
    now = [100.0]
    opened: list[object] = []

    class Still:
        active = True

        def start(self) -> None: ...
        def stop(self) -> None: ...
        def close(self) -> None: ...

    def open_still(fill: object) -> Still:
        opened.append(fill)
        return Still()

    sound = LiveSound(PlainLiveSynth(), lambda words: None, open_still, lambda: now[0])

    def full() -> None:
        until = time.monotonic() + 30.0
        while (not opened or sound.ready_samples < 7 * BLOCK) and time.monotonic() < until:
            time.sleep(0.002)

    full()
    due = now[0] + 0.3
    sound.take(note(due))
    heard = []
    for _ in range(60):
        block = np.empty((BLOCK, 2), np.float32)
        sound.fill(block)
        heard.append(block)
        now[0] += BLOCK / RATE
        full()
    sound.close()
    assert sound.late_blocks == 0
    begins = 100.0 + int(np.flatnonzero(np.abs(np.concatenate(heard)).sum(1))[0]) / RATE
    assert begins == pytest.approx(due + LATENCY_S, abs=2 * BLOCK / RATE)


def test_where_there_is_no_device_it_is_told_once_and_asked_for_again() -> None:
    tries: list[int] = []
    devices: list[Device] = []

    def opened(fill: object) -> Device:
        tries.append(1)
        if len(tries) < 2:
            raise RuntimeError("Error querying device -1")
        devices.append(Device(fill))
        return devices[-1]

    told: list[str] = []
    sound = LiveSound(PlainLiveSynth(), told.append, opened)
    for _ in range(100):
        sound.take(note(time.monotonic()))
        time.sleep(0.02)
        if devices:
            break
    time.sleep(0.3)
    sound.close()
    assert told == [
        "no sound: there is no output device; the other outputs go on",
        "sound: there is a device again",
    ]


def test_a_device_that_goes_away_is_told_and_holds_nothing_up() -> None:
    devices: list[Device] = []

    def opened(fill: object) -> Device:
        if devices:
            raise RuntimeError("Error querying device -1")
        devices.append(Device(fill))
        return devices[-1]

    told: list[str] = []
    sound = LiveSound(PlainLiveSynth(), told.append, opened)
    time.sleep(0.3)
    devices[0].stop()
    devices[0].active = False
    time.sleep(0.5)
    before = time.monotonic()
    for _ in range(1000):
        sound.take(note(time.monotonic()))
    assert time.monotonic() - before < 0.5
    sound.close()
    assert told == ["the sound device went away; the other outputs go on"]


def test_a_device_that_takes_sound_as_fast_as_it_can_is_held_to_time() -> None:
    class Greedy(Device):
        """ALSA's null device: no block takes any time."""

        def _play(self) -> None:
            while not self._stop.is_set():
                block = np.empty((BLOCK, 2), np.float32)
                self.fill(block)  # type: ignore[operator]
                self.heard.append(block)

    opened: list[Greedy] = []

    def opening(fill: object) -> Greedy:
        opened.append(Greedy(fill))
        return opened[-1]

    sound = LiveSound(PlainLiveSynth(), print, opening)
    time.sleep(1.0)
    taken_s = sum(len(block) for block in opened[0].heard) / RATE
    lasted_s = time.monotonic() - opened[0].started_at
    sound.close()
    assert taken_s < lasted_s + 0.3


def test_a_long_note_is_the_same_in_parts_and_keeps_no_block_waiting() -> None:
    import time as clock

    synth = PlainLiveSynth()
    chord = [NoteDue(0.0, 0.0, "chords", 48 + n, 90, 8.0, 48, False, f"Strings {n}") for n in range(12)]
    began = clock.process_time()
    for one in chord:
        synth.note(one, 100)
    first = synth.block(BLOCK)
    used_s = clock.process_time() - began
    heard = np.concatenate([first, *(synth.block(BLOCK) for _ in range(800))])
    tracks = tuple(
        Track("", "chords", 48, False, (Note(one.pitch, 90, 0.0, 0.0, 100 / RATE, 100 / RATE + 8.0),))
        for one in chord
    )
    assert float(np.abs(heard - play_tracks(tracks, len(heard), RATE)).max()) < 1e-5
    whole_s = clock.process_time()
    note_samples(tracks[0].notes[0], 48, False, 0.0, 0.0, RATE)
    whole_s = clock.process_time() - whole_s
    assert used_s < whole_s  # twelve notes begin in less than one of them takes as a whole
