"""MusicXML as other programs read it: music21 (a second library) and, where it is installed, MuseScore."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from engine.music.score import Track
from engine.render.musicxml import musicxml_bytes
from tests.engine.render.small_score import small_score

MUSESCORE = next(
    (found for name in ("musescore3", "mscore3", "musescore", "mscore") if (found := shutil.which(name))),
    None,
)


def test_bars_are_full_ties_join_and_tempi_stand_in_music21(tmp_path: Path) -> None:
    music21 = pytest.importorskip("music21")
    path = tmp_path / "a.musicxml"
    path.write_bytes(musicxml_bytes(small_score()))
    read = music21.converter.parse(path)
    assert [part.partName for part in read.parts] == ["小提琴", "Strings", "Kit"]
    for part in read.parts:
        bars = list(part.getElementsByClass("Measure"))
        assert len(bars) == 6
        for bar in bars:
            assert bar.duration.quarterLength == 4.0
            for voice in bar.voices or [bar]:
                assert sum(e.duration.quarterLength for e in voice.notesAndRests) == 4.0
    tempi = [mark.number for mark in read.recurse().getElementsByClass("MetronomeMark")]
    assert [round(float(number)) for number in tempi] == [71, 120]
    key = read.parts[0].recurse().getElementsByClass("KeySignature")[0]
    assert key.sharps == -1
    sounded = read.parts[0].stripTies().flatten().notes
    wanted = [(note.start_beat, note.pitch) for note in small_score().tracks[0].notes]
    assert sorted((float(n.offset), n.pitch.midi) for n in sounded) == sorted(wanted)


def test_a_transposing_instrument_is_written_and_sounds_in_music21(tmp_path: Path) -> None:
    music21 = pytest.importorskip("music21")
    score = small_score()
    notes = score.tracks[0].notes
    bass = tuple(replace(note, pitch=note.pitch - 24) for note in notes)
    tracks = (
        Track("Clarinet", "melody", 71, False, notes),
        Track("Contrabass", "bass", 43, False, bass),
    )
    path = tmp_path / "a.musicxml"
    path.write_bytes(musicxml_bytes(replace(score, tracks=tracks)))
    read = music21.converter.parse(path)
    for part, own, written in zip(read.parts, (notes, bass), (2, 12), strict=True):
        first = part.recurse().notes[0]
        assert first.pitch.midi == own[0].pitch + written
        assert part.toSoundingPitch().recurse().notes[0].pitch.midi == own[0].pitch


def test_dynamics_and_drums_are_there_in_music21(tmp_path: Path) -> None:
    music21 = pytest.importorskip("music21")
    score = small_score()
    notes = score.tracks[0].notes
    growing = tuple(replace(n, velocity=40 if n.start_beat < 8 else 110) for n in notes)
    tracks = (replace(score.tracks[0], notes=growing), score.tracks[2])
    path = tmp_path / "a.musicxml"
    path.write_bytes(musicxml_bytes(replace(score, tracks=tracks)))
    read = music21.converter.parse(path)
    marks = [mark.value for mark in read.parts[0].recurse().getElementsByClass("Dynamic")]
    assert marks == ["p", "ff"]
    drums = read.parts[1].recurse().notes
    assert len(drums) == 24
    assert all("Unpitched" in type(n).__name__ or n.isRest for n in drums)


@pytest.mark.skipif(MUSESCORE is None, reason="MuseScore is not installed")
def test_musescore_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "a.musicxml"
    path.write_bytes(musicxml_bytes(small_score()))
    command = [str(MUSESCORE), "-o", str(tmp_path / "back.mid"), str(path)]
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
    pretty_midi = pytest.importorskip("pretty_midi")
    back = pretty_midi.PrettyMIDI(str(tmp_path / "back.mid"))
    assert sum(len(part.notes) for part in back.instruments) == sum(
        len(t.notes) for t in small_score().tracks
    )
