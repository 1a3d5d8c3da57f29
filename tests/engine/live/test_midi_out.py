"""Live music through a MIDI port: roles on channels, a clock, no note left behind, ports that come and go.

Read back through a backend of mido's that keeps what is sent; and, where a JACK server can be started,
through python-rtmidi and a virtual port of its own.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.errors import DeviceError
from engine.live import midi_out
from engine.live.midi_out import CHANNELS, GOING, MidiWire
from engine.live.midi_ports import MidiPorts, bare, meant
from engine.live.outputs import (
    BeatPassed,
    DeckLevel,
    LiveOutputs,
    MusicPaused,
    MusicResumed,
    MusicStarted,
    MusicStopped,
    NoteDue,
    NoteReleased,
)
from tests.engine.live import pipe_midi

SYNTH = "Synth:Synth port 0 128:0"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> Iterator[MidiWire]:
    monkeypatch.setenv("MIDO_BACKEND", "tests.engine.live.pipe_midi")
    monkeypatch.setattr(pipe_midi, "PORTS", {SYNTH: [], "Piano:Piano 20:0": []})
    monkeypatch.setattr(midi_out, "LOOKS_S", 0.05)
    wire = MidiWire("synth", told.append)
    yield wire
    wire.close()


def sent(kind: str = "", port: str = SYNTH) -> list[Any]:
    return [message for _, message in list(pipe_midi.PORTS[port]) if message.type.startswith(kind)]


def until(met: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.005)


def note(
    role: Any = "melody", pitch: int = 60, after_s: float = 0.0, length_s: float = 0.02, **more: Any
) -> NoteDue:
    return NoteDue(0.0, time.monotonic() + after_s, role, pitch, 80, length_s, **more)


def still_sounding() -> set[tuple[int, int]]:
    sounding: set[tuple[int, int]] = set()
    for message in sent("note"):
        place = (message.channel, message.note)
        (sounding.add if message.type == "note_on" and message.velocity else sounding.discard)(place)
    return sounding


def test_every_role_has_a_channel_of_its_own_and_its_program_comes_first(wire: MidiWire) -> None:
    for number, role in enumerate(CHANNELS):
        wire.take(note(role, 60, program=40 + number, is_drum=role == "drums"))
    until(lambda: len(sent("note_off")) == 5)
    assert len(set(CHANNELS.values())) == 5
    for role, channel in CHANNELS.items():
        own = [m for m in sent() if getattr(m, "channel", None) == channel]
        kinds = [m.type for m in own if m.type != "control_change"]
        assert kinds == [*(["program_change"] if role != "drums" else []), "note_on", "note_off"]
    assert CHANNELS["drums"] == 9
    assert [m.program for m in sent("program")] == [40, 41, 42, 43]


def test_a_program_is_sent_again_only_when_it_changes(wire: MidiWire) -> None:
    for number, program in enumerate((40, 40, 73, 73)):
        wire.take(note("melody", 60 + number, program=program))
    until(lambda: len(sent("note_off")) == 4)
    assert [m.program for m in sent("program")] == [40, 73]


def test_notes_begin_and_end_when_they_are_due(wire: MidiWire) -> None:
    due = time.monotonic() + 0.15
    wire.take(NoteDue(0.0, due, "melody", 64, 90, 0.1))
    until(lambda: bool(sent("note_off")))
    (on,) = [at for at, m in pipe_midi.PORTS[SYNTH] if m.type == "note_on"]
    (off,) = [at for at, m in pipe_midi.PORTS[SYNTH] if m.type == "note_off"]
    assert 0.0 <= on - due < 0.1
    assert off - due >= 0.1


def test_a_note_struck_again_is_not_cut_short_by_the_end_of_the_one_before(wire: MidiWire) -> None:
    wire.take(note(pitch=60, length_s=0.15))
    again = note(pitch=60, after_s=0.05, length_s=0.4)
    wire.take(again)
    until(lambda: len(sent("note_off")) == 2)
    kinds = [(m.type, m.note) for m in sent("note")]
    assert kinds == [("note_on", 60), ("note_off", 60), ("note_on", 60), ("note_off", 60)]
    times = [at for at, m in pipe_midi.PORTS[SYNTH] if m.type.startswith("note")]
    assert times[3] - again.due >= 0.4


def test_a_note_that_the_music_leaves_ends_then_and_once(wire: MidiWire) -> None:
    wire.take(note("chords", 64, length_s=0.4))
    wire.take(NoteReleased(0.0, time.monotonic() + 0.1, "chords", 64))
    wire.take(NoteReleased(0.0, time.monotonic() + 0.1, "bass", 64))
    until(lambda: bool(sent("note_off")))
    assert still_sounding() == set()
    time.sleep(0.5)
    assert len(sent("note_off")) == 1


def test_what_is_faded_out_goes_on_four_channels_higher_softer_and_softer(wire: MidiWire) -> None:
    wire.take(note("chords", 60, length_s=5.0))
    for share in (0.9, 0.5, 0.1):
        wire.take(DeckLevel(0.0, time.monotonic(), 0, share, True))
        wire.take(DeckLevel(0.0, time.monotonic(), 1, 1.0 - share, False))
        wire.take(note("chords", 60, program=48))
        wire.take(note("chords", 60, program=4, deck=1))
    wire.take(NoteReleased(0.0, time.monotonic() + 0.1, "chords", 60))
    until(lambda: still_sounding() == set() and len(sent("note_on")) == 7)
    old = [m.velocity for m in sent("note_on") if m.channel == CHANNELS["chords"] + GOING]
    new = [m.velocity for m in sent("note_on") if m.channel == CHANNELS["chords"]][1:]
    assert old == sorted(old, reverse=True)
    assert new == sorted(new)
    assert len(set(old)) == len(set(new)) == 3
    assert {m.program for m in sent("program") if m.channel == CHANNELS["chords"] + GOING} == {48}


def test_values_that_midi_has_not_are_brought_into_its_range(wire: MidiWire) -> None:
    wire.take(note(pitch=200, gain_db=float("inf"), pan=-7.0, program=900, length_s=float("inf")))
    wire.take(note(pitch=-5, gain_db=float("nan"), pan=0.0, program=-1))
    until(lambda: len(sent("note_on")) == 2)
    assert {m.note for m in sent("note_on")} == {0, 127}


def test_the_clock_ticks_24_times_a_beat_from_start_to_stop(wire: MidiWire) -> None:
    begin = time.monotonic() + 0.05
    wire.take(MusicStarted(0.0, begin, 300.0))
    for beat in range(3):
        wire.take(BeatPassed(0.2 * beat, begin + 0.2 * beat, beat, 1, float(beat), 300.0, 4.0))
    wire.take(MusicStopped(0.6, begin + 0.6))
    until(lambda: bool(sent("stop")))
    kinds = [m.type for m in sent() if m.type in ("start", "clock", "stop")]
    assert kinds == ["start", *["clock"] * 72, "stop"]
    times = [at for at, m in pipe_midi.PORTS[SYNTH] if m.type == "clock"]
    assert times[24] - begin == pytest.approx(0.2, abs=0.08)


def test_a_pause_ends_what_sounds_and_the_beat_keeps_its_ticks(wire: MidiWire) -> None:
    begin = time.monotonic()
    wire.take(MusicStarted(0.0, begin, 120.0))
    wire.take(BeatPassed(0.0, begin, 0, 1, 0.0, 120.0, 4.0))
    for pitch in (60, 64, 67):
        wire.take(NoteDue(0.0, begin, "chords", pitch, 80, 30.0))
    wire.take(NoteDue(0.0, begin + 5.0, "melody", 72, 80, 1.0))
    wire.take(MusicPaused(0.1, begin + 0.1))
    until(lambda: bool(sent("stop")))
    assert still_sounding() == set()
    before = len(sent("clock"))
    assert before < 24
    wire.take(MusicResumed(0.1, time.monotonic()))
    until(lambda: len(sent("clock")) == 24)
    time.sleep(0.05)
    assert len(sent("clock")) == 24
    assert [m.type for m in sent() if m.type in ("start", "stop", "continue")] == [
        "start",
        "stop",
        "continue",
    ]
    assert 72 not in [m.note for m in sent("note_on")]


def test_closing_ends_what_sounds(wire: MidiWire) -> None:
    wire.take(MusicStarted(0.0, time.monotonic(), 120.0))
    wire.take(note("melody", 60, length_s=60.0))
    wire.take(note("bass", 40, length_s=60.0))
    until(lambda: len(sent("note_on")) == 2)
    wire.close()
    assert still_sounding() == set()
    assert sent()[-1].type == "control_change"
    assert sent("stop")
    wire.close()


@pytest.mark.parametrize("silent", [True, False])
def test_a_port_that_vanishes_is_told_once_and_taken_up_where_the_music_is(
    wire: MidiWire, told: list[str], monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    monkeypatch.setattr(pipe_midi, "SILENT", silent)
    wire.take(MusicStarted(0.0, time.monotonic(), 120.0))
    wire.take(note("melody", 60, length_s=60.0, program=40))
    until(lambda: bool(sent("note_on")))
    del pipe_midi.PORTS[SYNTH]
    for pitch in range(40):
        wire.take(note("melody", pitch))
    until(lambda: bool(told))
    time.sleep(0.2)
    assert told == [f"MIDI port {SYNTH} has gone; the music goes on, and the port is looked for"]
    back = "Synth:Synth port 0 131:0"
    pipe_midi.PORTS[back] = []
    until(lambda: len(told) == 2)
    assert told[1] == f"MIDI port {back} is there again"
    wire.take(BeatPassed(0.0, time.monotonic(), 9, 3, 1.0, 120.0, 4.0))
    wire.take(note("melody", 62, program=40))
    until(lambda: bool(sent("note_on", back)))
    kinds = [m.type for m in sent("", back)]
    assert kinds[:2] == ["songpos", "continue"]
    assert "program_change" in kinds
    assert sent("songpos", back)[0].pos == 36


def test_among_other_outputs_a_vanished_port_stops_nobody(wire: MidiWire, told: list[str]) -> None:
    outputs = LiveOutputs((wire,), told.append)
    del pipe_midi.PORTS[SYNTH]
    for pitch in range(60):
        outputs.send(note("melody", pitch))
    until(lambda: bool(told))
    outputs.close()
    assert len(told) == 1


# ---------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (SYNTH, SYNTH),
        ("Synth:Synth port 0", SYNTH),
        ("synth port 0", SYNTH),
        ("SYNTH", SYNTH),
        ("piano", "Piano:Piano 20:0"),
        ("port", None),
        ("", None),
        ("organ", None),
    ],
)
def test_a_port_is_known_by_any_part_of_its_name_that_only_it_has(wanted: str, found: str | None) -> None:
    names = (SYNTH, "Piano:Piano 20:0", "Other port 5:0")
    assert meant(wanted, names) == found


def test_numbers_of_alsa_are_no_part_of_a_name_and_others_are() -> None:
    assert bare(SYNTH) == "Synth:Synth port 0"
    assert bare("Launchpad 2") == "Launchpad 2"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("Pianno", r"did you mean Piano\?"),
        ("xyz", f"there are {SYNTH}, Piano:Piano 20:0"),
        ("n", "may mean"),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_there_are(
    wire: MidiWire, wanted: str, words: str
) -> None:
    with pytest.raises(DeviceError, match=words):
        MidiWire(wanted, print)


def test_without_any_port_one_line_says_so(wire: MidiWire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe_midi, "PORTS", {})
    with pytest.raises(DeviceError, match="nor any other"):
        MidiWire("synth", print)
    monkeypatch.setattr(pipe_midi, "PORTS", {SYNTH: []})


@pytest.mark.parametrize("missing", ["mido", "rtmidi"])
def test_without_the_packages_one_line_names_the_extra(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.delenv("MIDO_BACKEND", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "mido.backends.rtmidi", raising=False)
    with pytest.raises(DeviceError, match=r"pip install 'melodrama\[live\]'"):
        MidiPorts()


def test_a_machine_without_midi_is_told_in_one_line_and_libraries_add_none(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("rtmidi")
    if Path("/dev/snd/seq").exists() or sys.platform != "linux":
        pytest.skip("this machine has MIDI")
    monkeypatch.delenv("MIDO_BACKEND", raising=False)
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    with pytest.raises(DeviceError, match="modprobe snd-seq"):
        MidiPorts()
    assert capfd.readouterr().err == ""


# ------------------------------------------------------------------------------- through rtmidi and JACK


@pytest.fixture
def jack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """mido on python-rtmidi on a JACK server of this test's own, which needs no hardware."""
    pytest.importorskip("rtmidi")
    jackd = shutil.which("jackd")
    if jackd is None or sys.platform != "linux":
        pytest.skip("no JACK server to start (Debian: jackd2)")
    server = f"melodrama-{os.getpid()}"
    words = [jackd, "-n", server, "-r", "-t", "20000", "-d", "dummy", "-r", "48000", "-p", "4096"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    monkeypatch.setenv("JACK_DEFAULT_SERVER", server)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("MIDO_BACKEND", "mido.backends.rtmidi/UNIX_JACK")
    import mido

    backend = mido.Backend("mido.backends.rtmidi/UNIX_JACK", load=True)
    end = time.monotonic() + 15
    while not _answers(backend):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            pytest.skip("the JACK server does not run here")
        time.sleep(0.3)
    yield backend
    process.terminate()
    process.wait(10)


def _answers(backend: Any) -> bool:
    try:
        backend.get_output_names()
    except Exception:
        return False
    return True


def test_a_virtual_port_hears_notes_and_clock_and_its_end_is_noticed(jack: Any, told: list[str]) -> None:
    heard = jack.open_input("in", virtual=True, client_name="synthesiser")
    wire = MidiWire("synthesiser", told.append)
    begin = time.monotonic() + 0.2
    wire.take(MusicStarted(0.0, begin, 240.0))
    wire.take(BeatPassed(0.0, begin, 0, 1, 0.0, 240.0, 4.0))
    wire.take(NoteDue(0.0, begin, "bass", 36, 90, 0.1, program=33))
    wire.take(MusicStopped(0.25, begin + 0.25))
    messages: list[Any] = []

    def hears_stop() -> bool:
        messages.extend(heard.iter_pending())
        return any(message.type == "stop" for message in messages)

    until(hears_stop, 30)
    kinds = [message.type for message in messages]
    assert kinds.count("clock") == 24
    assert kinds[0] == "start"
    assert [(m.type, m.channel, m.note) for m in messages if m.type.startswith("note")] == [
        ("note_on", 3, 36),
        ("note_off", 3, 36),
    ]
    assert [(m.channel, m.program) for m in messages if m.type == "program_change"] == [(3, 33)]
    heard.close()
    until(lambda: bool(told), 30)
    assert "has gone" in told[0]
    again = jack.open_input("in", virtual=True, client_name="synthesiser")
    until(lambda: len(told) == 2, 30)
    assert "is there again" in told[1]
    wire.close()
    again.close()
