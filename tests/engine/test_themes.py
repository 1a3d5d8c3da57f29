"""Written themes from the script to the MIDI file: in the key of their moment, in the rhythm written, to
their end or with a word about it.
"""

import io
from pathlib import Path

import numpy as np
import pretty_midi
import pytest

from dsl.score_file import plan_source
from engine.composition import Composition
from engine.models import Models
from engine.music.score import Note
from engine.pipeline import compose
from engine.render.midi import midi_bytes

TRIPLETS = "[C5:1/3 D5:1/3 E5:1/3 F5:1 G5:0.1 A5:0.1 B5:1.8]"
QUINTUPLETS = "[C5:1/5 D5:1/5 E5:1/5 F5:1/5 G5:1/5 A5:2 G5:1]"
CLIFF = "[E5 G5 B5 A5:2 G5 E5:2]"


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(folder="debug")


def made(text: str, models: Models, folder: Path = Path()) -> Composition:
    loaded = plan_source(text, folder / "a.score")
    assert loaded.plan is not None, loaded.findings
    return compose(loaded.plan, models, takes=1)


def score_with(theme: str, *directives: str, style: str = "piano", bars: int = 8, exact: str = "") -> str:
    lines = [f"@motif fig = {theme} {exact}", "# 1m1", f"@style {style}", "@tempo 80", f"@bars {bars}"]
    return "\n".join([*lines, "@emotion joy 0.3", *directives, "{motif fig} Rain."]) + "\n"


def melody(composition: Composition, before_beat: float = 1e9) -> list[Note]:
    """The first melody track's notes."""
    track = next(t for t in composition.score.tracks if t.role == "melody")
    return [note for note in track.notes if note.start_beat < before_beat]


@pytest.mark.parametrize("theme", [TRIPLETS, QUINTUPLETS], ids=["triplets", "quintuplets"])
@pytest.mark.parametrize("style", ["piano", "strings", "noir", "chiptune"])
def test_a_written_rhythm_is_in_the_midi_file_as_written(theme: str, style: str, models: Models) -> None:
    composition = made(score_with(theme, "@key C major", style=style), models)
    written = [float(eval(part.partition(":")[2])) for part in theme[1:-1].split()]
    starts = np.cumsum([0.0, *written[:-1]])
    midi = pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(composition.score)))
    name = next(t.name for t in composition.score.tracks if t.role == "melody")
    played = next(part for part in midi.instruments if part.name == name).notes[: len(written)]
    beats = np.array([midi.time_to_tick(note.start) / midi.resolution for note in played])
    # Players are a few hundredths of a second off the written place, never a sixteenth.
    assert np.abs(beats - starts).max() < 0.06
    assert [n.start_beat for n in melody(composition)[: len(written)]] == pytest.approx(starts, abs=1e-6)
    assert [note.pitch % 12 for note in played[:3]] == [0, 2, 4]


def test_a_short_note_between_long_ones_does_not_vanish(models: Models) -> None:
    heard = [note.pitch % 12 for note in melody(made(score_with(TRIPLETS), models), 4.0)]
    assert heard == [0, 2, 4, 5, 7, 9, 11]


@pytest.mark.parametrize(("style", "voices"), [("piano", 3), ("strings", 3), ("noir", 1)])
def test_the_chords_of_a_written_theme_are_heard_by_who_can_play_them(
    style: str, voices: int, models: Models
) -> None:
    theme = "[(C5 E5 G5):2 D5 (G5 E5 C5):5]"
    heard = melody(made(score_with(theme, "@key C major", "@emotion joy 0.9", style=style), models), 8.0)
    first, second, third = ([n for n in heard if n.start_beat == beat] for beat in (0.0, 2.0, 3.0))
    for chord in (first, third):
        assert {note.pitch % 12 for note in chord} == ({0, 4, 7} if voices == 3 else {7})
        assert max(note.pitch for note in chord) % 12 == 7
    assert [note.pitch % 12 for note in second] == [2]
    assert all(note.beats >= 1.0 for note in (*first, *third))


@pytest.mark.parametrize("emotion", ["joy", "despair", "rage", "calm"])
@pytest.mark.parametrize("theme", [CLIFF, "[Db5 F5 Ab5:2]", "[F#4 A4 C#5 B4 A4 F#4:2]"])
def test_a_free_key_follows_the_theme_of_its_cue(theme: str, emotion: str, models: Models) -> None:
    composition = made(score_with(theme, f"@emotion {emotion}", "@key auto"), models)
    key = composition.score.cues[0].key
    assert all(key.holds(note.pitch) for note in composition_theme(composition, theme))
    names = [pretty_midi.note_name_to_number(part.partition(":")[0]) for part in theme[1:-1].split()]
    assert [n.pitch % 12 for n in melody(composition)[: len(names)]] == [pitch % 12 for pitch in names]


def composition_theme(composition: Composition, theme: str) -> list[Note]:
    return melody(composition)[: len(theme.split())]


@pytest.mark.parametrize("key", ["Ab major", "C minor", "F# minor", "B major"])
@pytest.mark.parametrize("theme", [CLIFF, TRIPLETS, "[D5:1.5 C5:0.5 A4 G#4 A4:4]"])
def test_in_a_given_key_the_theme_is_moved_into_it(theme: str, key: str, models: Models) -> None:
    composition = made(score_with(theme, f"@key {key}"), models)
    own = composition.score.cues[0].key
    assert str(own) == key
    heard = composition_theme(composition, theme)
    assert np.mean([own.holds(note.pitch) for note in heard]) >= 0.95


def test_an_exact_theme_keeps_its_pitches_and_what_clashes_is_said(models: Models) -> None:
    composition = made(score_with(CLIFF, "@key Ab major", exact="exact"), models)
    assert [n.pitch % 12 for n in composition_theme(composition, CLIFF)] == [4, 7, 11, 9, 7, 4]
    (said,) = [finding for finding in composition.plan.findings if finding.code == "W416"]
    assert "E, B and A clash with Ab major" in said.message
    free = made(score_with(CLIFF, exact="原调"), models)
    assert [n.pitch % 12 for n in composition_theme(free, CLIFF)] == [4, 7, 11, 9, 7, 4]
    assert not [finding for finding in free.plan.findings if finding.code == "W416"]


def midi_theme(path: Path, *notes: tuple[float, float, int]) -> None:
    """A MIDI file at 120 quarter notes a minute: (beat, beats, pitch)."""
    midi = pretty_midi.PrettyMIDI(initial_tempo=120, resolution=480)
    part = pretty_midi.Instrument(0)
    part.notes = [pretty_midi.Note(90, p, b / 2, (b + d) / 2) for b, d, p in notes]
    midi.instruments.append(part)
    midi.write(str(path))


def test_a_theme_in_a_midi_file_keeps_its_rhythm_and_finds_its_key(tmp_path: Path, models: Models) -> None:
    triplet = [(70 + k / 3, 1 / 3, p) for k, p in enumerate((73, 77, 80))]
    midi_theme(tmp_path / "t.mid", *triplet, (71, 2, 85))
    free = made(score_with('"t.mid"', "@emotion joy"), models, tmp_path)
    assert [n.pitch % 12 for n in melody(free)[:4]] == [1, 5, 8, 1]
    assert [n.start_beat for n in melody(free)[:4]] == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=0.01)
    given = made(score_with('"t.mid"', "@key C major"), models, tmp_path)
    assert [n.pitch % 12 for n in melody(given)[:4]] == [0, 4, 7, 0]
    exact = made(score_with('"t.mid"', "@key C major", exact="exact"), models, tmp_path)
    assert [n.pitch % 12 for n in melody(exact)[:4]] == [1, 5, 8, 1]
    (said,) = [finding for finding in exact.plan.findings if finding.code == "W416"]
    assert "C#" in said.message


def test_a_theme_drawn_by_seed_keeps_to_the_key(models: Models) -> None:
    for seed in range(6):
        composition = made(score_with(f"seed {seed}", "@key E minor"), models)
        key, heard = composition.score.cues[0].key, melody(composition, 8.0)
        assert np.mean([key.holds(note.pitch) for note in heard]) >= 0.95


def test_a_theme_longer_than_its_cue_is_played_to_the_cues_end_and_said_to_be_cut(models: Models) -> None:
    long = "[" + " ".join(["C5", "E5", "G5", "E5"] * 5) + "]"
    composition = made(score_with(long, "@key C major", bars=2), models)
    (said,) = [finding for finding in composition.plan.findings if finding.code == "W417"]
    assert "8 of the 20 beats" in said.message
    assert [n.pitch % 12 for n in melody(composition)] == [0, 4, 7, 4, 0, 4, 7, 4]


def test_a_theme_of_six_bars_is_heard_whole_with_its_harmony_under_it(models: Models) -> None:
    long = "[" + " ".join(["C5", "E5", "G5", "C5"] * 5 + ["G5", "B5", "D5", "G5"]) + "]"
    composition = made(score_with(long, "@key C major", bars=8), models)
    assert not [finding for finding in composition.plan.findings if finding.code == "W417"]
    assert [n.pitch % 12 for n in melody(composition, 24.0)] == [0, 4, 7, 0] * 5 + [7, 11, 2, 7]
    bass = [n for t in composition.score.tracks if t.role == "bass" for n in t.notes]
    under = [n.pitch % 12 for n in bass if 20.0 - 1e-6 <= n.start_beat < 20.5]
    assert not under or under[0] in (7, 11, 2)


@pytest.mark.parametrize("meter", ["2/4", "3/4", "5/4", "7/8", "6/8"])
def test_in_any_metre_the_theme_begins_with_its_bar(meter: str, models: Models) -> None:
    composition = made(score_with(CLIFF, "@key E minor", f"@meter {meter}", bars=9), models)
    assert [n.pitch % 12 for n in melody(composition)[:6]] == [4, 7, 11, 9, 7, 4]
    assert [n.start_beat for n in melody(composition)[:6]] == pytest.approx([0, 1, 2, 3, 5, 6])
