"""Takes, scores and files as they sound."""

from pathlib import Path

import numpy as np
import pretty_midi
import pytest

from dsl.plan import ROLES, Key, Meter
from engine.arrange.arrange import arrange
from engine.errors import MediaError
from engine.generate.request import GridNote, Request, SectionTake, Take
from engine.match.performed import NO_ROLE, excerpt, performed_cue, performed_midi, performed_take
from tests.engine.arrange.staging import cue_of, music_of, plan_of


def test_a_take_sounds_at_the_times_that_the_cue_clock_gives() -> None:
    cue = cue_of(start_s=10.0, bars=4, bpm=120.0)
    music = music_of(cue)
    heard = performed_take(cue, music.intents, music.sections)
    assert (heard.begin_s, heard.finish_s) == (10.0, cue.end_s)
    assert heard.start_s.min() == pytest.approx(10.0)
    melody = heard.start_s[heard.role == ROLES.index("melody")]
    assert np.allclose(np.diff(melody), 0.5)


def test_a_later_section_begins_at_its_own_bar() -> None:
    cue = cue_of(bars=4, bpm=60.0)
    intents = music_of(cue).intents
    request = Request(2, Meter(), Key(0, "major", "C"), "piano", intents[2:], 1)
    take = Take(1, (), {"melody": (GridNote(0, 4, 60, 80), GridNote(4, 4, 62, 80))}, 0.5)
    heard = performed_take(cue, intents, (SectionTake(2, request, take),))
    assert heard.start_s.tolist() == pytest.approx([8.0, 9.0])


def test_louder_intents_sound_louder_and_every_value_is_in_range() -> None:
    cue = cue_of(bars=4)
    soft = music_of(cue, emotion=(-0.5, -0.9))
    loud = music_of(cue, emotion=(-0.5, 0.9))
    quiet, strong = (performed_take(cue, m.intents, m.sections) for m in (soft, loud))
    assert quiet.velocity.mean() + 10 < strong.velocity.mean()
    for heard in (quiet, strong):
        assert ((heard.velocity >= 1) & (heard.velocity <= 127)).all()
        assert (heard.end_s > heard.start_s).all()


def test_a_take_without_notes_is_silence_and_not_an_error() -> None:
    cue = cue_of(bars=4)
    request = Request(4, Meter(), Key(0, "major", "C"), "piano", music_of(cue).intents, 1)
    heard = performed_take(cue, music_of(cue).intents, (SectionTake(0, request, Take(1, (), {}, 0.0)),))
    assert len(heard) == 0
    assert heard.duration_s == pytest.approx(cue.end_s)


def test_a_finished_cue_holds_its_own_notes_only() -> None:
    first = cue_of(bars=4)
    second = cue_of(start_s=first.end_s, bars=4)
    score = arrange(plan_of(first, second), (music_of(first), music_of(second)))
    heard = performed_cue(score, 1)
    assert len(heard) > 10
    assert heard.start_s.min() >= second.start_s - 0.05
    assert heard.start_s.max() < second.end_s
    with pytest.raises(IndexError):
        performed_cue(score, 2)


def test_doubled_unisons_are_heard_once() -> None:
    cue = cue_of(bars=8, style="orchestral")
    heard = performed_cue(arrange(plan_of(cue), (music_of(cue),)), 0)
    places = np.array(sorted(zip(heard.pitch[~heard.is_drum], heard.start_s[~heard.is_drum], strict=True)))
    same = np.diff(places[:, 0]) == 0
    assert (np.diff(places[:, 1])[same] >= 0.045).all()


def test_a_midi_file_begins_with_its_first_note(tmp_path: Path) -> None:
    midi = pretty_midi.PrettyMIDI()
    piano = pretty_midi.Instrument(0)
    piano.notes = [pretty_midi.Note(80, 60, 2.0, 3.0), pretty_midi.Note(80, 64, 3.0, 4.0)]
    midi.instruments.append(piano)
    midi.write(str(tmp_path / "two.mid"))
    heard = performed_midi(tmp_path / "two.mid")
    assert heard.begin_s == pytest.approx(2.0, abs=0.01)
    assert heard.finish_s == pytest.approx(4.0, abs=0.01)
    assert set(heard.role.tolist()) == {NO_ROLE}


def test_a_damaged_file_is_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(b"MThd\x00\x00nonsense")
    with pytest.raises(MediaError, match=r"broken\.mid"):
        performed_midi(path)


def test_an_excerpt_holds_the_notes_that_start_within_it() -> None:
    cue = cue_of(bars=8, bpm=60.0)
    music = music_of(cue)
    part = excerpt(performed_take(cue, music.intents, music.sections), 8.0, 16.0)
    assert part.start_s.min() >= 8.0
    assert part.start_s.max() < 16.0
    assert part.duration_s == 8.0
