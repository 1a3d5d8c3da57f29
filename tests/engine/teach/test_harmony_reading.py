"""The harmony of finished notes: the bass and the top are heard, roots and qualities are the plan's."""

from dataclasses import replace

from engine.music.keys import key_named
from engine.music.score import KeyChange, Score, ScorePhrase
from engine.teach.cue_score import cue_score
from engine.teach.harmony_reading import read_cadences, read_harmony
from tests.engine.teach.made_scores import CLOSING, made_score, note


def figures(score: Score) -> list[str]:
    return [read.numeral.figure for read in read_harmony(score)]


def test_a_four_part_phrase_is_read_with_its_inversions_and_its_cadence() -> None:
    score = made_score(CLOSING)
    assert figures(score) == ["I", "vi", "IV", "V", "I6", "ii6", "V7", "I"]
    assert [(read.bar, read.beat) for read in read_harmony(score)][:3] == [(1, 1.0), (1, 3.0), (2, 1.0)]
    cadences = read_cadences(score, read_harmony(score))
    assert [(one.bar, one.beat, one.kind) for one in cadences] == [(4, 3.0, "perfect authentic")]


def test_the_form_decides_where_phrases_end() -> None:
    form = (ScorePhrase("A", 1, 2, "new", 0.0), ScorePhrase("B", 3, 2, "new", 8.0))
    score = made_score(CLOSING, form=form)
    cadences = read_cadences(score, read_harmony(score))
    assert [(one.bar, one.kind) for one in cadences] == [(2, "half"), (4, "perfect authentic")]


def test_without_planned_chords_nothing_is_claimed() -> None:
    score = made_score(CLOSING, planned=False)
    assert read_harmony(score) == ()
    assert read_cadences(score, ()) == ()


def test_a_chord_in_another_key_is_read_in_that_key() -> None:
    score = made_score(CLOSING)
    turned = replace(score, keys=(*score.keys, KeyChange(8.0, 8.0, key_named(7, "major"))))
    assert figures(turned)[4:] == ["IV6", "v6", "V7/IV", "IV"]
    assert [str(read.key) for read in read_harmony(turned)][4:] == ["G major"] * 4


def test_a_suspended_bass_that_moves_into_the_chord_is_not_an_odd_bass() -> None:
    score = made_score([(0, "maj", 0, 0), (5, "maj", 5, 0)])
    held = (note(36, 0.0, 2.5), note(41, 2.5, 1.5))  # C stays for half a beat, then F
    bass = replace(score.tracks[2], notes=held)
    assert figures(replace(score, tracks=(*score.tracks[:2], bass))) == ["I", "IV64"]
    held = (note(38, 0.0, 2.5), note(41, 2.5, 1.5))  # D is foreign to both
    bass = replace(score.tracks[2], notes=held)
    read = read_harmony(replace(score, tracks=(*score.tracks[:2], bass)))
    assert read[1].numeral.figure == "IV"
    assert read[1].numeral.over is None


def test_a_pedal_is_told() -> None:
    score = made_score([(0, "maj", 0, 0), (7, "maj", 0, 2), (0, "maj", 0, 0)])
    read = read_harmony(score)
    assert read[1].numeral.figure == "V"
    assert read[1].numeral.over == 0


def test_a_cue_in_the_middle_of_a_score_is_read_as_if_it_stood_alone() -> None:
    alone = made_score(CLOSING)
    cue = alone.cues[0]
    late = replace(
        alone,
        duration_s=40.0,
        tracks=tuple(
            replace(
                track,
                notes=tuple(
                    replace(n, start_beat=n.start_beat + 8, start_s=n.start_s + 8, end_s=n.end_s + 8)
                    for n in track.notes
                ),
            )
            for track in alone.tracks
        ),
        harmony=tuple(replace(s, beat=s.beat + 8, end_beat=s.end_beat + 8) for s in alone.harmony),
        cues=(
            replace(cue, id="0", end_s=8.0, end_beat=8.0),
            replace(cue, start_s=8.0, end_s=24.0, start_beat=8.0, end_beat=24.0),
        ),
    )
    assert figures(cue_score(late, 1)) == figures(alone)
    assert figures(cue_score(late, 0)) == []
