"""A performance: a script gives the same files each time, in real time nothing waits, and files are whole."""

import gc
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from dsl.plan import Plan
from dsl.score_file import load_plan, plan_text
from engine.live.conductor import Conductor
from engine.live.event_lines import read_script
from engine.live.events import (
    EmotionEvent,
    HitEvent,
    IntensityEvent,
    KnownNames,
    LiveEvent,
    StateEvent,
    StopEvent,
    TempoEvent,
    TextEvent,
)
from engine.live.outputs import LiveMessage, LiveOutputs, LiveRemark, MusicStopped, NoteDue, PassageBegun
from engine.live.performance import Performance
from engine.live.recording import TakeRecording
from engine.live.stage import live_text
from engine.live.wav_recording import WavRecording
from engine.media.midi_file import read_midi
from engine.music.score import Score
from engine.render.synthesiser import Synthesiser
from tests.engine.live.plain_writer import PlainWriter

SCORE = """---
# L1 Explore
@loop
@bars 8
@tempo 240
@key D minor
@transition cut

# L2 Boss door
@tempo 200
@meter 3/4
@style strings
"""
SCRIPT = """0 @state Explore
9 It is dark in here.
20 @state Boss door
26 @intensity 0.4
31 @hit
40 @emotion hope 0.6 over 2s
44 @pause
50 @resume
60 @stop
"""
KNOWN = KnownNames(cues=(("L1", "Explore"), ("L2", "Boss door")))


def base() -> Plan:
    plan = plan_text(live_text(SCORE), Path("/nowhere")).plan
    assert plan is not None
    return plan


def performance(
    *outputs: object, writer: PlainWriter | None = None, quantise: str = "bar", waits: bool = True
) -> tuple[Performance, list[str]]:
    told: list[str] = []
    conductor = Conductor(base(), 5, quantise)  # type: ignore[arg-type]
    fan = LiveOutputs(tuple(outputs), told.append, waits=waits)  # type: ignore[arg-type]
    return Performance(conductor, writer or PlainWriter(), fan, told.append), told


def recorded(path: Path, quantise: str = "bar", delay_s: float = 0.0) -> None:
    events, problems = read_script(SCRIPT, KNOWN)
    assert problems == ()
    one, told = performance(TakeRecording(path), writer=PlainWriter(delay_s=delay_s), quantise=quantise)
    one.run_script(events, real_time=False)
    one.outputs.close()
    assert told == []


class Kept:
    name = "kept"

    def __init__(self) -> None:
        self.messages: list[tuple[float, LiveMessage]] = []

    def take(self, message: LiveMessage) -> None:
        self.messages.append((time.monotonic(), message))

    def close(self) -> None:
        pass


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """A busy machine takes its time."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)


def test_the_same_script_and_seed_give_the_same_bytes_however_long_writing_takes(tmp_path: Path) -> None:
    recorded(tmp_path / "one" / "take")
    recorded(tmp_path / "two" / "take", delay_s=0.02)
    for name in ("take.mid", "take.score"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def _notes(path: Path) -> list[tuple[str, int, int, int, int]]:
    midi = read_midi(path)
    return sorted(
        (part.name, *(round(float(s) * 200) for s in midi.seconds(note[:2])), int(note[2]), int(note[3]))
        for part in midi.parts
        for note in part.notes
    )


def rendered_again(path: Path) -> Score:
    """What the score of a recording is arranged to."""
    from engine.arrange.arrange import arrange
    from engine.asking import asked_of
    from engine.pipeline import felt_cues

    loaded = load_plan(path)
    assert loaded.findings == ()
    assert loaded.plan is not None
    plan, asked = asked_of(loaded.plan, felt_cues(loaded.plan, ()))
    return arrange(plan, [one.with_take(()) for one in asked])


@pytest.mark.parametrize("quantise", ["beat", "bar"])
def test_the_score_of_a_recording_renders_to_the_same_music(tmp_path: Path, quantise: str) -> None:
    from engine.render.midi import midi_bytes

    recorded(tmp_path / "take", quantise)
    (tmp_path / "again.mid").write_bytes(midi_bytes(rendered_again(tmp_path / "take.score")))
    assert _notes(tmp_path / "again.mid") == _notes(tmp_path / "take.mid")
    assert len(_notes(tmp_path / "take.mid")) > 100


def test_in_real_time_notes_come_when_they_are_due_and_what_is_asked_is_followed() -> None:
    kept = Kept()
    one, told = performance(kept, waits=False)
    running = threading.Thread(target=one.run)
    running.start()
    time.sleep(1.0)
    one.ask(StateEvent("L2"))
    time.sleep(2.2)
    one.ask(StopEvent())
    running.join(15)
    assert not running.is_alive()
    one.outputs.close()
    notes = [(at, m) for at, m in kept.messages if isinstance(m, NoteDue)]
    assert len(notes) > 20
    assert sorted(at - m.due for at, m in notes)[len(notes) // 2] < 0.5
    assert all(at - m.due > -0.05 for at, m in notes)
    assert [m.cue for _, m in kept.messages if hasattr(m, "cue")] == ["L1", "L2"]
    assert isinstance(kept.messages[-1][1], MusicStopped)
    assert told == []


def test_bars_that_take_long_to_write_hold_nothing_up() -> None:
    kept = Kept()
    one, _ = performance(kept, writer=PlainWriter(delay_s=1.5), waits=False)
    running = threading.Thread(target=one.run)
    running.start()
    wait_for(lambda: one.conductor.playing.now_s > 0.5)
    one.ask(EmotionEvent(0.9, 0.9))
    wait_for(lambda: one.conductor.playing.now_s > 3.0)
    one.end()
    running.join(5)
    one.outputs.close()
    times = [m.t_s for _, m in kept.messages if isinstance(m, NoteDue)]
    assert max(b - a for a, b in pairwise(times)) < 0.6
    assert one.conductor.counts.late + one.conductor.counts.written >= 2


def test_a_writer_that_fails_is_told_in_a_line_and_the_music_goes_on() -> None:
    kept, writer = Kept(), PlainWriter()
    one, told = performance(kept, writer=writer, waits=False)
    running = threading.Thread(target=one.run)
    running.start()
    time.sleep(0.6)
    writer.fail = True
    one.ask(StateEvent("L2"))
    wait_for(lambda: bool(told) and one.conductor.playing.now_s > 2.5)
    one.end()
    running.join(5)
    one.outputs.close()
    assert told[0] == "RuntimeError: the model is gone"
    assert any(isinstance(m, LiveRemark) for _, m in kept.messages)
    last = [m.t_s for _, m in kept.messages if isinstance(m, NoteDue)][-1]
    assert last > 1.5


def test_in_a_flood_the_music_goes_on_and_neither_writing_nor_memory_grows() -> None:
    one, told = performance()
    clock = [0.0]
    one._flood.clock = lambda: clock[0]
    conductor, writer = one.conductor, PlainWriter()
    kinds: list[Callable[[int], LiveEvent]] = [
        lambda n: EmotionEvent(-1.0 + (n % 20) / 10, 0.5),
        lambda n: TextEvent(f"Something happens for the {n}th time. " * 20),
        lambda n: IntensityEvent(n % 100 / 100),
        lambda n: StateEvent("L1" if n % 3 else "L2"),
        lambda n: TempoEvent(100.0 + n % 60, 160.0),
        lambda n: HitEvent(),
    ]
    times, size = [0.0], []
    one._write(0.0)
    for tenth in range(200):  # 20 s
        for n in range(100):
            clock[0] = tenth / 10 + n / 1000
            one.ask(kinds[n % len(kinds)](100 * tenth + n))
        one._hear(clock[0])
        one._write(clock[0])
        times += [m.t_s for m in conductor.playing.due(tenth / 10 + 0.1) if isinstance(m, NoteDue)]
        writer.orders.clear()
        if tenth in (60, 199):
            gc.collect()
            size.append(len(gc.get_objects()))
    assert max(b - a for a, b in pairwise(times)) < 1.0
    assert conductor.counts.varied == 0
    assert one.superseded + conductor.counts.events > 15_000
    assert conductor.counts.events - 20_000 / len(kinds) < 5 * (20 + 10 * 20) + 50
    one._flood.end()
    assert sum(int(line.split()[0].replace(",", "")) for line in told) == one.superseded
    assert len(told) == 2
    assert size[1] < 1.1 * size[0]


def test_what_is_asked_while_the_first_bars_are_written_is_heard_and_a_stop_ends_it() -> None:
    kept = Kept()
    one, _ = performance(kept, writer=PlainWriter(delay_s=0.8), waits=False)
    running = threading.Thread(target=one.run)
    running.start()
    for n in range(800):
        one.ask(EmotionEvent(n / 800, 0.5))
        time.sleep(0.0005)
    one.ask(StopEvent())
    running.join(20)
    assert not running.is_alive()
    one.outputs.close()
    assert any(isinstance(m, MusicStopped) for _, m in kept.messages)


def test_a_wav_is_whole_as_long_as_the_music_and_loud_enough(tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    events, _ = read_script("0 @state Explore\n100 @stop\n", KNOWN)
    wav = WavRecording(tmp_path / "take.wav", Synthesiser("built-in", "", None))
    one, told = performance(wav, Kept())
    one.run_script(events, real_time=False)
    one.outputs.close()
    assert told == []
    samples, rate = soundfile.read(tmp_path / "take.wav")
    seconds = one.conductor.playing.now_s
    assert seconds - 0.5 < len(samples) / rate < seconds + 25.0
    assert 0.02 < float(np.abs(samples).mean()) < 0.5
    seam = samples[round(19.9 * rate) : round(20.1 * rate)]
    assert float(np.abs(np.diff(seam, axis=0)).max()) <= float(np.abs(np.diff(samples, axis=0)).max())
    assert [p.name for p in tmp_path.iterdir()] == ["take.wav"]


def test_an_end_in_the_middle_leaves_whole_files(tmp_path: Path) -> None:
    take, wav = (
        TakeRecording(tmp_path / "t"),
        WavRecording(tmp_path / "t.wav", Synthesiser("built-in", "", None)),
    )
    one, told = performance(take, wav, waits=False)
    running = threading.Thread(target=one.run)
    running.start()
    wait_for(lambda: one.conductor.playing.now_s > 1.0)
    one.end()
    running.join(5)
    one.outputs.close(60.0)
    assert told == []
    assert {p.name for p in tmp_path.iterdir()} == {"t.mid", "t.score", "t-takes", "t.wav"}
    assert load_plan(tmp_path / "t.score").plan is not None
    assert len(_notes(tmp_path / "t.mid")) > 3


def test_a_passage_says_how_well_it_is_heard() -> None:
    kept = Kept()
    one, _ = performance(kept)
    one.run_script(read_script("0 @state Explore\n8 @stop\n", KNOWN)[0], real_time=False)
    one.outputs.close()
    begun = [m for _, m in kept.messages if isinstance(m, PassageBegun)]
    assert begun
    assert all(m.match == 0.8 for m in begun)


def test_a_storm_after_a_calm_is_recorded_as_much_louder_as_it_is(tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    wav = WavRecording(tmp_path / "take.wav", Synthesiser("built-in", "", None))
    for second in range(40):
        loud = 110 if second >= 20 else 40
        for pitch in (48, 60, 67):
            wav.take(NoteDue(float(second), 0.0, "chords", pitch, loud, 0.9, 48, False, "Strings"))
    wav.close()
    samples, rate = soundfile.read(tmp_path / "take.wav")
    calm, storm = (float(np.sqrt((samples[a * rate : b * rate] ** 2).mean())) for a, b in ((2, 18), (22, 38)))
    assert 20 * np.log10(storm / calm) == pytest.approx(20 * 1.6 * np.log10(110 / 40), abs=1.0)
