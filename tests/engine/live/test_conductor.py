"""What is asked changes what has not been heard, from the next line on, and nothing before it."""

from itertools import pairwise
from pathlib import Path

import pytest

from dsl.plan import Plan
from dsl.score_file import plan_text
from engine.live.conductor import Conductor, ReadTask
from engine.live.events import (
    EmotionEvent,
    HitEvent,
    IntensityEvent,
    LiveEvent,
    MotifEvent,
    PauseEvent,
    ResumeEvent,
    StateEvent,
    StopEvent,
    StyleEvent,
    TempoEvent,
    TextEvent,
)
from engine.live.outputs import (
    BeatPassed,
    LiveMessage,
    MusicPaused,
    MusicResumed,
    MusicStopped,
    NoteDue,
    NoteReleased,
    PassageBegun,
    StateEntered,
)
from engine.live.timeline import Quantise
from tests.engine.live.plain_writer import PlainWriter

SCORE = """melodrama: 1
seed: 3
---
@motif rope = [E5 G5 B5 A5]
# L1 Explore
@loop
@bars 8
@tempo 120
@key D minor
@emotion mystery
@transition cut

# L2 Boss door
@bars 4
@tempo 150
@key E minor
@style epic
@emotion rage
"""


def base(text: str = SCORE) -> Plan:
    plan = plan_text(text, Path("/nowhere")).plan
    assert plan is not None
    return plan


class Stage:
    """A conductor whose writing takes no time, played by the clock of the music."""

    def __init__(self, quantise: Quantise = "bar", seed: int = 0, text: str = SCORE) -> None:
        self.conductor = Conductor(base(text), seed, quantise)
        self.writer = PlainWriter()
        self.heard: list[LiveMessage] = []
        self.write(0.0)

    def write(self, now_s: float) -> None:
        while (task := self.conductor.next_task(now_s)) is not None:
            if isinstance(task, ReadTask):
                self.conductor.read(task, self.writer.read(task.scene))
            else:
                self.conductor.deliver(task, self.writer.write(task.order), now_s)

    def play(self, until_s: float) -> "Stage":
        now_s = self.conductor.playing.now_s
        while now_s < until_s and not self.conductor.playing.ended:
            now_s = min(now_s + 0.1, until_s)
            self.heard += self.conductor.playing.due(now_s)
            self.write(now_s)
        return self

    def ask(self, event: LiveEvent) -> "Stage":
        now_s = self.conductor.playing.now_s
        self.conductor.ask(event, now_s)
        self.write(now_s)
        return self

    def notes(self, role: str = "") -> list[tuple[float, str, int]]:
        return [
            (round(m.t_s, 4), m.role, m.pitch)
            for m in self.heard
            if isinstance(m, NoteDue) and role in ("", m.role)
        ]

    def of(self, kind: type) -> list[LiveMessage]:
        return [m for m in self.heard if isinstance(m, kind)]


def test_at_least_two_bars_are_always_ahead() -> None:
    stage = Stage()
    for tenth in range(1, 300):
        stage.play(tenth / 10)
        assert stage.conductor.bars_ahead(tenth / 10) >= 2.0
    assert stage.conductor.counts.varied == 0


@pytest.mark.parametrize("asked_at", [3.0, 3.55, 3.65, 5.9])
@pytest.mark.parametrize(
    "event", [EmotionEvent(0.8, 0.6), StyleEvent("noir"), StateEvent("L2"), TempoEvent(90.0, 90.0)]
)
def test_nothing_heard_changes_before_the_next_bar_line_and_something_does_from_there(
    asked_at: float, event: LiveEvent
) -> None:
    plain = Stage().play(14.0)
    asked = Stage().play(asked_at).ask(event).play(14.0)
    bar_s = 2.0  # 4/4 at 120
    line_s = bar_s * -(-(asked_at + 0.4) // bar_s)
    before = [n for n in plain.notes() if n[0] < line_s - 1e-3]
    assert [n for n in asked.notes() if n[0] < line_s - 1e-3] == before
    begun = [m for m in asked.of(PassageBegun) if isinstance(m, PassageBegun) and m.t_s > asked_at]
    assert begun[0].t_s == pytest.approx(line_s)
    assert asked.notes() != plain.notes()
    first = min(set(asked.notes()) ^ set(plain.notes()))
    assert line_s - 1e-3 <= first[0] < line_s + bar_s


def test_by_beats_and_by_phrases_it_comes_sooner_and_later() -> None:
    lines = {}
    for quantise in ("beat", "bar", "phrase"):
        stage = Stage(quantise).play(2.6).ask(EmotionEvent(0.9, 0.9)).play(24.0)
        begun = [m for m in stage.of(PassageBegun) if isinstance(m, PassageBegun) and m.t_s > 2.6]
        lines[quantise] = begun[0].t_s
        bars = [m.bar for m in stage.heard if isinstance(m, BeatPassed)]
        assert bars == sorted(bars)
        assert {bars.count(bar) for bar in set(bars[:-4])} == {4}
    assert lines == {"beat": 3.0, "bar": 4.0, "phrase": 16.0}


def test_a_state_brings_its_key_tempo_and_style_and_is_told() -> None:
    stage = Stage().play(3.0).ask(StateEvent("L2")).play(9.0)
    entered = [(m.t_s, m.cue, m.title) for m in stage.heard if isinstance(m, StateEntered)]
    assert entered == [(0.0, "L1", "Explore"), (4.0, "L2", "Boss door")]
    begun = [m for m in stage.heard if isinstance(m, PassageBegun) and m.t_s >= 4.0]
    assert (str(begun[0].key), begun[0].bpm, begun[0].style) == ("E minor", 150.0, "epic")


def test_a_cut_ends_what_sounds_and_what_the_next_chord_holds_sounds_on_elsewhere() -> None:
    cut = Stage().play(3.0).ask(StateEvent("L2")).play(6.0)
    released = [m for m in cut.heard if isinstance(m, NoteReleased)]
    assert {m.t_s for m in released} == {4.0}
    over = [
        m for m in cut.heard if isinstance(m, NoteDue) and m.t_s < 4.0 < m.t_s + m.length_s and not m.is_drum
    ]
    assert len(released) == len(over) > 0
    held = Stage().play(3.0).ask(EmotionEvent(0.5, 0.5)).play(6.0)
    kept = [m for m in held.heard if isinstance(m, NoteReleased)]
    assert len(kept) < len(over)


def test_a_loop_repeats_its_bars_to_the_note() -> None:
    stage = Stage().play(50.0)
    first = [(t, r, p) for t, r, p in stage.notes() if t < 16.0 - 1e-3]
    for turn in (1, 2):
        again = [
            (round(t - 16.0 * turn, 3), r, p)
            for t, r, p in stage.notes()
            if 0 <= t - 16.0 * turn < 16.0 - 1e-3
        ]
        assert again == [(round(t, 3), r, p) for t, r, p in first]
    assert len(stage.writer.orders) == 1


def test_layers_are_the_same_notes_and_nothing_is_written_for_them() -> None:
    full = Stage().play(20.0)
    stage = Stage().play(1.0).ask(IntensityEvent(0.0)).play(7.0).ask(IntensityEvent(0.5)).play(20.0)
    assert len(stage.writer.orders) == len(full.writer.orders)
    assert set(stage.notes()) < set(full.notes())
    roles = {
        bar: {r for t, r, _ in stage.notes() if 2.0 * bar <= t + 1e-3 < 2.0 * bar + 2.0} for bar in (0, 1, 4)
    }
    assert roles[0] == {"melody", "chords", "bass", "drums"}
    assert roles[1] == {"chords"}
    assert {"chords", "bass"} <= roles[4] < roles[0]


def test_a_hit_strikes_the_next_beat() -> None:
    stage = Stage().play(2.6).ask(HitEvent()).play(6.0)
    struck = [m for m in stage.heard if isinstance(m, NoteDue) and m.velocity > 100]
    assert {round(m.t_s, 6) for m in struck} == {3.0}
    assert {"bass", "chords", "drums"} <= {m.role for m in struck}
    assert len(stage.writer.orders) == 1


def test_a_pause_holds_the_clock_and_the_music_goes_on_where_it_was() -> None:
    plain = Stage().play(12.0)
    stage = Stage().play(3.3).ask(PauseEvent()).play(9.0)
    assert [m.t_s for m in stage.heard if isinstance(m, MusicPaused)] == [3.5]
    assert all(t < 3.5 for t, _, _ in stage.notes())
    assert stage.conductor.playing.now_s == 3.5
    stage.ask(ResumeEvent()).play(12.0)
    assert [m.t_s for m in stage.heard if isinstance(m, MusicResumed)] == [3.5]
    assert stage.notes() == plain.notes()


def test_what_is_asked_in_a_pause_is_heard_after_it() -> None:
    stage = Stage().play(3.3).ask(PauseEvent()).play(4.0).ask(StateEvent("L2")).ask(ResumeEvent()).play(9.0)
    entered = [m.cue for m in stage.heard if isinstance(m, StateEntered)]
    assert entered == ["L1", "L2"]


def test_a_text_is_read_in_the_scene_so_far_and_turns_the_music() -> None:
    stage = Stage().play(1.0).ask(TextEvent("One.")).play(2.0).ask(TextEvent("Two.")).play(8.0)
    assert stage.writer.scenes == [("One.",), ("One.", "Two.")]
    assert stage.writer.orders[-1].feeling[-1][1] == (-0.6, 0.4)


def test_a_text_that_says_nothing_new_has_nothing_rewritten() -> None:
    stage = Stage().play(1.0).ask(TextEvent("One.")).play(4.0)
    written = stage.conductor.counts.rewritten
    stage.ask(TextEvent("The same again.")).play(8.0)
    assert stage.conductor.counts.rewritten == written
    stage.writer.felt["Joy!"] = (0.8, 0.5)
    stage.ask(TextEvent("Joy!")).play(12.0)
    assert stage.conductor.counts.rewritten == written + 1


def test_a_feeling_led_to_over_seconds_is_on_its_way_in_every_passage() -> None:
    stage = (
        Stage().play(1.0).ask(EmotionEvent(0.0, 0.0)).play(5.0).ask(EmotionEvent(1.0, 1.0, 20.0)).play(40.0)
    )
    points = [point for order in stage.writer.orders[2:] for _, point in order.feeling]
    valences = [v for v, _ in points]
    assert valences == sorted(valences)
    assert any(0.1 < v < 0.9 for v in valences)
    assert valences[-1] == 1.0


def test_a_theme_is_brought_in_once() -> None:
    stage = Stage().play(1.0).ask(MotifEvent("rope")).play(30.0)
    assert [order.motif for order in stage.writer.orders].count("rope") == 1


def test_to_stop_is_to_close_on_whole_bars() -> None:
    stage = Stage().play(3.0).ask(StopEvent()).play(60.0)
    assert stage.writer.orders[-1].closing
    ended = [m.t_s for m in stage.heard if isinstance(m, MusicStopped)]
    assert ended == [pytest.approx(8.0)]
    assert isinstance(stage.heard[-1], MusicStopped)


def test_bars_that_come_too_late_begin_at_the_next_line_and_are_counted() -> None:
    stage = Stage().play(3.0)
    conductor = stage.conductor
    conductor.ask(EmotionEvent(0.9, 0.9), 3.0)
    task = conductor.next_task(3.0)
    assert task is not None
    assert not isinstance(task, ReadTask)
    stage.heard += conductor.playing.due(5.0)
    conductor.deliver(task, stage.writer.write(task.order), 5.0)
    stage.play(8.0)
    assert conductor.counts.late == 1
    assert [m.t_s for m in stage.heard if isinstance(m, PassageBegun)][1] == 6.0


def test_on_a_slow_machine_less_is_written_for_a_line_that_is_near() -> None:
    written = {}
    for bar_s in (0.05, 0.5, 0.9):
        stage = Stage()
        conductor = stage.conductor
        conductor.sparing = True
        stage.play(2.2)
        for _ in range(5):
            conductor.ask(EmotionEvent(0.5, 0.5), 2.2)
            task = conductor.next_task(2.2)
            assert task is not None
            assert not isinstance(task, ReadTask)
            conductor.took(task, bar_s * task.order.bars * task.order.takes / 3)
        conductor.ask(EmotionEvent(0.9, 0.9), 2.2)
        near = conductor.next_task(2.2)
        assert near is not None
        assert not isinstance(near, ReadTask)
        written[bar_s] = near.order.bars * near.order.takes
    assert written == {0.05: 12, 0.5: 4, 0.9: 2}


def test_where_nothing_is_ready_the_last_phrase_goes_on_varied_and_is_counted() -> None:
    stage = Stage().play(1.0).ask(StateEvent("L2")).play(1.2)
    conductor = stage.conductor
    before = len(stage.writer.orders)
    heard: list[LiveMessage] = []
    for tenth in range(13, 900):  # nobody writes any more
        heard += conductor.playing.due(tenth / 10)
    assert len(stage.writer.orders) == before
    assert conductor.counts.varied > 3
    times = sorted(m.t_s for m in heard if isinstance(m, NoteDue))
    assert max(b - a for a, b in pairwise(times)) < 2.0


def test_a_feeling_asked_again_before_the_first_takes_effect_leads_on_from_what_is_felt() -> None:
    stage = Stage().play(2.5).ask(EmotionEvent(0.9, 0.0)).ask(EmotionEvent(-0.9, 0.0, 4.0)).play(12.0)
    assert stage.writer.orders[-1].feeling[-1][1] == (-0.9, 0.0)
