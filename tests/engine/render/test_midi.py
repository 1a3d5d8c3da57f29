"""The MIDI file, read back by mido and pretty_midi."""

import io

import mido
import pretty_midi
import pytest

from engine.render.midi import midi_bytes
from tests.engine.render.small_score import SECOND_CUE_S, small_score


@pytest.fixture(scope="module")
def read_back() -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(midi_bytes(small_score())), charset="utf-8")


def test_notes_come_back_within_a_millisecond() -> None:
    score = small_score()
    midi = pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(score)), charset="utf-8")
    for track, instrument in zip(score.tracks, midi.instruments, strict=True):
        assert len(instrument.notes) == len(track.notes)
        written = sorted((n.start_s, n.pitch, n.end_s) for n in track.notes)
        read = sorted((n.start, n.pitch, n.end) for n in instrument.notes)
        for (start, pitch, end), (read_start, read_pitch, read_end) in zip(written, read, strict=True):
            assert pitch == read_pitch
            assert read_start == pytest.approx(start, abs=0.001)
            assert read_end == pytest.approx(end, abs=0.001)


def test_tracks_carry_names_programs_and_channels(read_back: mido.MidiFile) -> None:
    names = [track.name for track in read_back.tracks[1:]]
    assert names == ["小提琴", "Strings", "Kit"]
    programs = [next(m for m in track if m.type == "program_change") for track in read_back.tracks[1:]]
    assert [p.program for p in programs] == [40, 48, 0]
    assert programs[2].channel == 9


def test_cues_and_hits_are_markers_at_their_times(read_back: mido.MidiFile) -> None:
    ticks = 0
    markers = []
    for message in read_back.tracks[0]:
        ticks += message.time
        if message.type == "marker":
            markers.append((message.text, ticks))
    assert [text for text, _ in markers] == ["cue: 1m1 悬崖", "hit: door"]
    assert markers[1][1] == pytest.approx(6 * read_back.ticks_per_beat, abs=1)


def test_lyrics_tempo_metre_and_key_are_there(read_back: mido.MidiFile) -> None:
    by_type: dict[str, list[mido.MetaMessage]] = {}
    for message in read_back.tracks[0]:
        by_type.setdefault(message.type, []).append(message)
    assert [m.text for m in by_type["lyrics"]] == ["主人公站在悬崖边。", "我不会回头。"]
    assert [round(mido.tempo2bpm(m.tempo), 1) for m in by_type["set_tempo"]] == [71.3, 120.0]
    assert by_type["key_signature"][0].key == "Dm"
    assert (by_type["time_signature"][0].numerator, by_type["time_signature"][0].denominator) == (4, 4)


def test_the_second_cue_starts_on_its_beat(read_back: mido.MidiFile) -> None:
    midi = pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(small_score())), charset="utf-8")
    assert midi.tick_to_time(16 * midi.resolution) == pytest.approx(SECOND_CUE_S, abs=0.0005)


def test_the_same_score_gives_the_same_bytes() -> None:
    assert midi_bytes(small_score()) == midi_bytes(small_score())
