"""A state is handed over to the next as the score's `@transition` says, and comes in the score's layers."""

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dsl.plan import Transition
from engine.live.conductor import Conductor
from engine.live.event_lines import read_script
from engine.live.events import EmotionEvent, IntensityEvent, KnownNames, StateEvent
from engine.live.outputs import DeckLevel, LiveOutputs, NoteDue, NoteReleased, PassageBegun, StateEntered
from engine.live.performance import Performance
from engine.live.recording import TakeRecording
from engine.live.sound import BLOCK, RATE, PlainLiveSynth
from engine.live.wav_recording import WavRecording
from engine.music.layers import enters_at, layers_of
from engine.render.synthesiser import Synthesiser
from tests.engine.live.plain_writer import PlainWriter
from tests.engine.live.test_conductor import Stage, base
from tests.engine.live.test_performance import rendered_again

TEMPO = 120
SCORE = """---
# L1 Explore
@loop
@bars 8
@tempo 120
@key D minor
@layers 2
{transitions}

# L2 Fight
@loop
@bars 4
@tempo 120
@key E minor
@style epic

# L3 Rest
@loop
@bars 4
@tempo 120
@key F major
"""
BAR_S = 2.0


def stage(*transitions: str) -> Stage:
    return Stage(text=SCORE.format(transitions="\n".join(transitions)))


def entered(one: Stage) -> list[tuple[float, str]]:
    return [(round(m.t_s, 6), m.cue) for m in one.heard if isinstance(m, StateEntered)]


def notes(one: Stage, deck: int) -> list[NoteDue]:
    return [m for m in one.heard if isinstance(m, NoteDue) and m.deck == deck]


def test_the_transition_that_names_the_state_counts_and_else_the_cues_own() -> None:
    text = SCORE.format(transitions="@transition cut\n@transition crossfade 3s to=L3")
    one = Stage(text=text).play(3.0).ask(StateEvent("L3")).play(9.0)
    assert entered(one) == [(0.0, "L1"), (4.0, "L3")]
    assert any(isinstance(m, DeckLevel) for m in one.heard)
    other = Stage(text=text).play(3.0).ask(StateEvent("L2")).play(9.0)
    assert entered(other) == [(0.0, "L1"), (4.0, "L2")]
    assert not any(isinstance(m, DeckLevel) for m in other.heard)
    assert {m.t_s for m in other.heard if isinstance(m, NoteReleased)} == {4.0}


@pytest.mark.parametrize(("written", "lasts_s"), [("3s", 3.0), ("2bars", 4.0), ("10s", 10.0)])
def test_in_a_crossfade_both_sound_for_the_time_that_is_named_in_equal_power(
    written: str, lasts_s: float
) -> None:
    one = stage(f"@transition crossfade {written} to=L2").play(13.0).ask(StateEvent("L2")).play(40.0)
    line = 14.0
    assert entered(one)[1] == (line, "L2")
    old, new = notes(one, 0), notes(one, 1)
    assert min(m.t_s for m in new) == pytest.approx(line)
    last = max(m.t_s for m in old)
    assert line + lasts_s - 0.6 < last < line + lasts_s
    for role in ("melody", "chords", "bass", "drums"):  # the loop goes round meanwhile
        within = [m for m in old if m.role == role and m.t_s >= line - 1e-6]
        assert len(within) == math.ceil(lasts_s * TEMPO / 60)
    levels = [m for m in one.heard if isinstance(m, DeckLevel)]
    assert all(line <= m.t_s <= line + lasts_s + 1e-6 for m in levels)
    by_time: dict[float, dict[int, float]] = {}
    for m in levels:
        by_time.setdefault(round(m.t_s, 6), {})[m.deck] = m.level
    assert all(pair[0] ** 2 + pair[1] ** 2 == pytest.approx(1.0) for pair in by_time.values())
    halfway = min(by_time, key=lambda t: abs(t - line - lasts_s / 2))
    assert by_time[halfway][0] == pytest.approx(math.sqrt(0.5), abs=0.01)
    assert by_time[max(by_time)] == {0: 0.0, 1: 1.0}
    assert len(by_time) >= lasts_s / 0.025


def test_what_is_asked_again_before_the_line_leaves_one_crossfade() -> None:
    one = stage("@transition crossfade 3s to=L2").play(2.2).ask(StateEvent("L2"))
    one.ask(EmotionEvent(0.9, 0.9)).play(20.0)
    assert entered(one) == [(0.0, "L1"), (4.0, "L2")]
    first = [m for m in one.heard if isinstance(m, DeckLevel) and m.deck == 1]
    assert [m.level for m in first] == sorted(m.level for m in first)
    back = stage("@transition crossfade 3s to=L2").play(2.2).ask(StateEvent("L2"))
    back.ask(StateEvent("L1")).play(20.0)
    assert entered(back) == [(0.0, "L1")]
    assert not any(isinstance(m, DeckLevel) for m in back.heard)


def test_a_cut_ends_a_crossfade_that_goes_on() -> None:
    text = SCORE.format(transitions="@transition crossfade 12s to=L2").replace(
        "@style epic", "@style epic\n@transition cut"
    )
    one = Stage(text=text).play(3.0).ask(StateEvent("L2")).play(9.0).ask(StateEvent("L3")).play(20.0)
    assert entered(one) == [(0.0, "L1"), (4.0, "L2"), (10.0, "L3")]
    assert all(m.t_s < 10.0 for m in notes(one, 0))
    levels = {m.deck: m.level for m in one.heard if isinstance(m, DeckLevel)}
    assert levels == {0: 0.0, 1: 1.0}


def test_one_crossfade_follows_another_on_the_other_deck() -> None:
    text = SCORE.format(transitions="@transition crossfade 3s").replace(
        "@style epic", "@style epic\n@transition crossfade 2s"
    )
    one = Stage(text=text).play(3.0).ask(StateEvent("L2")).play(9.0).ask(StateEvent("L3")).play(20.0)
    assert entered(one) == [(0.0, "L1"), (4.0, "L2"), (10.0, "L3")]
    third = [m for m in notes(one, 0) if m.t_s > 8.0]
    assert min(m.t_s for m in third) == pytest.approx(10.0)
    assert max(m.t_s for m in notes(one, 1)) < 12.0


def test_a_segue_to_a_named_state_has_a_bar_that_leads_to_its_key() -> None:
    one = stage("@transition segue to=L2").play(3.0).ask(StateEvent("L2")).play(12.0)
    assert entered(one) == [(0.0, "L1"), (6.0, "L2")]
    led = [m for m in one.heard if isinstance(m, NoteDue) and 4.0 - 1e-6 <= m.t_s < 6.0 - 1e-6]
    assert {m.pitch % 12 for m in led if not m.is_drum} <= {11, 3, 6, 9}  # B7, to E minor
    assert {m.pitch % 12 for m in led if m.role == "bass"} == {11}
    own = [m for m in one.heard if isinstance(m, NoteDue) and 2.0 - 1e-6 <= m.t_s < 4.0 - 1e-6]
    assert {round(m.t_s, 3) for m in led} == {round(m.t_s + BAR_S, 3) for m in own}


def test_a_segue_that_names_no_state_goes_on_at_once() -> None:
    one = stage("@transition segue").play(3.0).ask(StateEvent("L2")).play(12.0)
    assert entered(one) == [(0.0, "L1"), (4.0, "L2")]


@pytest.mark.parametrize(("kind", "bars", "sounds_s"), [("ring-out", 2, 4.0), ("button", 1, 0.35)])
def test_a_ring_out_and_a_button_have_their_own_chord_in_whole_bars(
    kind: str, bars: int, sounds_s: float
) -> None:
    one = stage(f"@transition {kind}").play(3.0).ask(StateEvent("L2")).play(14.0)
    assert entered(one) == [(0.0, "L1"), (4.0 + bars * BAR_S, "L2")]
    chord = [m for m in one.heard if isinstance(m, NoteDue) and 4.0 - 1e-6 <= m.t_s < entered(one)[1][0]]
    assert {round(m.t_s, 6) for m in chord} == {4.0}
    pitched = [m for m in chord if not m.is_drum]
    assert {m.pitch % 12 for m in pitched} == {2, 5, 9}  # D minor
    assert all(m.length_s == pytest.approx(sounds_s) for m in pitched)


def test_bars_that_lead_over_are_led_over_from_no_more() -> None:
    one = stage("@transition ring-out").play(3.0).ask(StateEvent("L2")).play(5.0)
    one.ask(EmotionEvent(0.9, 0.9)).play(16.0)
    assert entered(one) == [(0.0, "L1"), (6.0, "L2")]
    begun = [m.t_s for m in one.heard if isinstance(m, PassageBegun) and 3.0 < m.t_s < 8.0]
    assert begun == [4.0, 6.0]


def test_intensity_brings_in_the_layers_that_a_game_gets() -> None:
    one = stage().play(1.0)
    tracks = one.conductor.timeline.placed[0].passage.tracks
    layers = layers_of(tracks, 2)
    first, second = ({track.role for track in own} for own in layers)
    entry = enters_at(1, 2)
    one.ask(IntensityEvent(entry - 0.01)).play(7.0).ask(IntensityEvent(entry)).play(12.0)
    sparse = {m.role for m in notes(one, 0) if 2.0 <= m.t_s + 1e-6 < 8.0}
    full = {m.role for m in notes(one, 0) if 8.0 <= m.t_s + 1e-6 < 12.0}
    assert sparse == first
    assert full == first | second
    assert len(one.writer.orders) == 1


def test_a_crossfade_in_bars_is_so_many_at_whatever_tempo() -> None:
    plan = base(SCORE.format(transitions="@transition crossfade 2bars to=L2"))
    assert plan.cues[0].leads_to == (Transition("crossfade", 4.0, "L2", 2.0),)


def test_the_built_in_synthesiser_fades_what_sounds_already() -> None:
    synth = PlainLiveSynth()
    synth.note(NoteDue(0.0, 0.0, "chords", 60, 100, 9.0, 48, False, "Strings", 0.0, 0.0, 1), 0)
    before = np.concatenate([synth.block(BLOCK) for _ in range(20)])
    synth.level(1, 0.5)
    synth.block(BLOCK)
    after = np.concatenate([synth.block(BLOCK) for _ in range(20)])
    assert float(np.abs(after).max()) == pytest.approx(
        0.5 * float(np.abs(before[RATE // 20 :]).max()), rel=0.05
    )


SESSION = "0 @state L1\n9 @state L2\n44 @stop\n"


def _recorded(path: Path, transition: str) -> Performance:
    plan = base(SCORE.format(transitions=transition))
    known = KnownNames(cues=tuple((cue.id, cue.title) for cue in plan.cues))
    events, problems = read_script(SESSION, known)
    assert problems == ()
    outputs = (TakeRecording(path), WavRecording(path.with_suffix(".wav"), Synthesiser("built-in", "", None)))
    told: list[str] = []
    fan = LiveOutputs(outputs, told.append, waits=True)
    one = Performance(Conductor(plan, 5, "bar"), PlainWriter(), fan, told.append)
    one.run_script(events, real_time=False)
    one.outputs.close()
    assert told == []
    return one


def test_a_recording_has_the_crossfade_in_its_sound_and_its_score_renders_to_it(tmp_path: Path) -> None:
    _recorded(tmp_path / "cross" / "take", "@transition crossfade 8s to=L2")
    _recorded(tmp_path / "cut" / "take", "@transition cut to=L2")
    cross, rate = soundfile.read(tmp_path / "cross" / "take.wav")
    cut, _ = soundfile.read(tmp_path / "cut" / "take.wav")

    def loud(samples: np.ndarray, from_s: float, to_s: float) -> float:
        return float(np.sqrt((samples[round(from_s * rate) : round(to_s * rate)] ** 2).mean()))

    before = loud(cross, 2.0, 6.0)
    assert loud(cross, 6.0, 14.0) == pytest.approx(before, rel=0.25)
    assert np.abs(cross[: 6 * rate] / loud(cross, 0, 6) - cut[: 6 * rate] / loud(cut, 0, 6)).max() < 0.2
    again = rendered_again(tmp_path / "cross" / "take.score")
    fades = [track.expression for track in again.tracks if track.expression]
    assert len(fades) >= 6
    falls = [fade for fade in fades if any(7.0 < t_s < 13.0 and 30 < v < 120 for t_s, v in fade)]
    assert len(falls) == len(fades)
